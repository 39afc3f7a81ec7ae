"""What the user wants of the final labels, and the decision threshold that gives it.

The reference decides at p > 0.65 (its app at 0.5), found by hand on three recordings. But what is
best depends on what is wanted and on the share of cells. All targets here follow from the predicted
probabilities of ALL candidates: the answers are a biased sample (they lie where the classifier
doubts), the probabilities given the features are not.

The default is ``balanced``: a candidate counts as a cell if it is more probable than the average
candidate. For calibrated probabilities this maximises the balanced accuracy, (true positive rate +
true negative rate) / 2, which is what the field reports; it costs true cells where nearly all
candidates are cells, and `decide` says how many.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError

TargetKind = Literal["balanced", "false-cells", "cells-kept", "as-annotator", "threshold"]


@dataclass(frozen=True)
class Target:
    """What is wanted of the labels.

    Parameters
    ----------
    kind
        ``balanced``: errors on cells and on false candidates weigh the same. ``false-cells``: at
        most this share of the accepted is false. ``cells-kept``: at least this share of the cells
        is accepted. ``as-annotator``: what the annotator would most probably say.
        ``threshold``: accept above this probability.
    value
        The share or probability, between 0 and 1; not used by the first and fourth.
    """

    kind: TargetKind = "balanced"
    value: float = 0.5

    def __post_init__(self) -> None:
        if self.kind not in get_args(TargetKind):
            kinds = ", ".join(get_args(TargetKind))
            raise SettingError(f"There is no target {self.kind!r}; use one of {kinds}.")
        if not 0 <= self.value <= 1:
            raise SettingError(f"The target {self.kind} is {self.value}; it must lie in 0 to 1.")

    def __str__(self) -> str:
        if self.kind in ("balanced", "as-annotator"):
            return self.kind
        if self.kind == "threshold":
            return f"threshold={self.value:g}"
        return f"{self.kind}={100 * self.value:g}%"


BALANCED: Final = Target("balanced")


def parse_target(text: str) -> Target:
    """Read a target: ``balanced``, ``as-annotator``, ``false-cells=5%``, ``threshold=0.65``, ...

    Raises
    ------
    SettingError
        If it is none of these.
    """
    kind, _, number = text.strip().partition("=")
    try:
        value = float(number.rstrip("%")) / (100 if number.endswith("%") else 1) if number else 0.5
    except ValueError:
        value = float("nan")
    needs_number = kind in ("false-cells", "cells-kept", "threshold")
    if kind not in get_args(TargetKind) or needs_number != bool(number) or not 0 <= value <= 1:
        raise SettingError(
            f"The target {text!r} is not understood; write balanced, as-annotator, "
            "false-cells=5%, cells-kept=95% or threshold=0.65."
        )
    return Target(kind, value)  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True)
class Expected:
    """What labels at a threshold are expected to be like, by the probabilities themselves.

    All are shares between 0 and 1 except ``cells``, a number; ``nan`` where nothing is to count.
    """

    threshold: float
    cells: float
    precision: float
    recall: float
    true_negative_rate: float

    @property
    def balanced_accuracy(self) -> float:
        """Mean of recall and true negative rate."""
        return (self.recall + self.true_negative_rate) / 2


def decide(probability: NDArray[np.floating], target: Target = BALANCED) -> Expected:
    """Choose the threshold for a target, and say what it is expected to cost.

    Parameters
    ----------
    probability : (candidate,) float
        Probability of a cell, of all candidates; 0 or 1 where a person decided. Compared with the
        threshold in single precision, as classifiers give it.
    target
        What is wanted. A share of false cells that even the surest candidate exceeds gives a
        threshold that accepts nothing.

    Returns
    -------
    Expected
        With the threshold: accept where the probability is above it.
    """
    p = np.asarray(probability, np.float32)
    return expect(p, _threshold(p, target))


def expect(probability: NDArray[np.floating], threshold: float) -> Expected:
    """What the labels ``probability > threshold`` are expected to be like."""
    p = np.asarray(probability, np.float64)
    accepted = p.astype(np.float32) > np.float32(threshold)
    cells, true_cells = p.sum(), p[accepted].sum()
    false, true_rejections = len(p) - cells, (1 - p[~accepted]).sum()
    return Expected(
        threshold,
        float(cells),
        _ratio(true_cells, accepted.sum()),
        _ratio(true_cells, cells),
        _ratio(true_rejections, false),
    )


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _threshold(p: NDArray[np.float32], target: Target) -> float:
    descending = np.sort(p)[::-1]
    match target.kind:
        case "balanced":
            return float(p.mean(dtype=np.float64))
        case "as-annotator":
            return 0.5
        case "threshold":
            return target.value
        case "false-cells":
            false_share = np.cumsum(1 - descending, dtype=np.float64) / np.arange(1, len(p) + 1)
            last_of_equals = np.append(descending[1:] < descending[:-1], True)
            accepted = np.flatnonzero(last_of_equals & (false_share <= target.value))
        case "cells-kept":
            kept = np.cumsum(descending, dtype=np.float64)
            accepted = np.flatnonzero(kept >= target.value * kept[-1])[:1]
    if not accepted.size:
        return float(p.max())
    return float(np.nextafter(descending[accepted[-1]], np.float32(-1)))
