"""What a benchmark's rows amount to: accuracy by method, paired differences, human level."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sightline.errors import InputError, SettingError
from sightline.workflows.benchmark import Row

Metric = Literal[
    "balanced_accuracy",
    "true_positive_rate",
    "true_negative_rate",
    "precision",
    "f1",
    "auc",
    "final_balanced_accuracy",
    "unseen_balanced_accuracy",
    "unseen_auc",
    "label_classifier_weight",
]
METRICS: Final[tuple[Metric, ...]] = get_args(Metric)
HUMAN: Final = "human"
_METHODS: Final = {
    HUMAN: HUMAN,
    "random": "random",
    "rank": "rank",
    "cal": "CAL",
    "dal": "DAL",
    "dcal": "DCAL",
}


@dataclass(frozen=True)
class Averages:
    """What each method reached with each annotator, averaged over its repeats.

    Parameters
    ----------
    methods
        Human first, then random, rank, CAL, DAL, and DCAL by weight, as far as they were run.
    units
        (data set, annotator): the observations that are paired. Runs that differ only in the
        earlier recording they were pretrained on count as repeats.
    fractions
        Shares of the candidates answered, ascending.
    values
        For each metric (method, fraction, unit); NaN where there is none. The human's stand at
        every fraction.
    """

    methods: tuple[str, ...]
    units: tuple[tuple[str, str], ...]
    fractions: tuple[float, ...]
    values: dict[Metric, NDArray[np.float64]]

    @property
    def data_sets(self) -> tuple[str, ...]:
        """Their names, in the order of the rows."""
        return tuple(dict.fromkeys(data_set for data_set, _ in self.units))

    def of(self, data_set: str) -> "Averages":
        """Only the annotators of one data set."""
        kept = [index for index, unit in enumerate(self.units) if unit[0] == data_set]
        return replace(
            self,
            units=tuple(self.units[index] for index in kept),
            values={metric: each[..., kept] for metric, each in self.values.items()},
        )

    def index(self, fraction: float | None = None) -> int:
        """Position of a fraction, or of the last one.

        Raises
        ------
        SettingError
            If nothing was measured there.
        """
        if fraction is None:
            return len(self.fractions) - 1
        near = np.flatnonzero(np.isclose(self.fractions, fraction))
        if not near.size:
            known = ", ".join(f"{100 * each:g} %" for each in self.fractions)
            raise SettingError(
                f"Nothing was measured at {100 * fraction:g} % of the candidates; choose {known}."
            )
        return int(near[0])


@dataclass(frozen=True)
class AccuracyRow:
    """One method's line of Tables S6-S8: means over the annotators of all data sets."""

    method: str
    annotators: int
    balanced_accuracy: float
    true_positive_rate: float
    true_negative_rate: float
    precision: float
    f1: float
    auc: float


@dataclass(frozen=True)
class PairedDifference:
    """How much a method is above another one, with the 95 % t-interval over annotators.

    The interval takes annotators for independent. Those of stacked recordings share people, so
    theirs is too narrow.
    """

    method: str
    reference: str
    metric: Metric
    pairs: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class HumanLevel:
    """Where a method's mean curve first reaches the humans' mean balanced accuracy.

    Parameters
    ----------
    share
        Share of candidates answered, interpolated between the measured ones; ``None`` if it stays
        below.
    at_once
        It is there at the first measured share already, so ``share`` is an upper bound.
    human, best
        Balanced accuracy of the humans, and the method's highest.
    """

    method: str
    share: float | None
    at_once: bool
    human: float
    best: float


def average_repeats(rows: Sequence[Row]) -> Averages:
    """Average the rows of `benchmark` over the repeats of each method, annotator and fraction.

    Raises
    ------
    InputError
        If there are no runs, or runs of different starts or presets are mixed.
    """
    _check(rows)
    fractions = sorted({row["fraction"] for row in rows if row["strategy"] != HUMAN})
    keys = sorted({_key(row) for row in rows})
    units = list(dict.fromkeys((row["data_set"], row["annotator"]) for row in rows))
    total = np.zeros((len(METRICS), len(keys), len(fractions), len(units)))
    count = np.zeros_like(total)
    for row in rows:
        measured = np.array([np.nan if row[m] is None else row[m] for m in METRICS], float)
        every = slice(None) if row["strategy"] == HUMAN else [fractions.index(row["fraction"])]
        unit = units.index((row["data_set"], row["annotator"]))
        total[:, keys.index(_key(row)), every, unit] += np.nan_to_num(measured)[:, None]
        count[:, keys.index(_key(row)), every, unit] += np.isfinite(measured)[:, None]
    values = dict(zip(METRICS, _ratio(total, count), strict=True))
    names = tuple(name for *_, name in keys)
    return Averages(names, tuple(units), tuple(fractions), values)


def mean_and_error(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard error of the mean over the last axis, NaN left out.

    NaN where there is no value; the error also where there is one only.
    """
    known = np.isfinite(values)
    n = known.sum(-1)
    mean = _ratio(np.where(known, values, 0).sum(-1), n)
    squares = np.where(known, values - mean[..., None], 0) ** 2
    return mean, np.sqrt(_ratio(squares.sum(-1), (n - 1) * n))


def accuracy_rows(averages: Averages, fraction: float | None = None) -> tuple[AccuracyRow, ...]:
    """Tables S6-S8: each method's means at a fraction, or at the last one."""
    at = averages.index(fraction)
    mean = {metric: mean_and_error(each)[0][:, at] for metric, each in averages.values.items()}
    annotators = np.isfinite(averages.values["balanced_accuracy"][:, at]).sum(-1)
    return tuple(
        AccuracyRow(
            method,
            int(annotators[m]),
            float(mean["balanced_accuracy"][m]),
            float(mean["true_positive_rate"][m]),
            float(mean["true_negative_rate"][m]),
            float(mean["precision"][m]),
            float(mean["f1"][m]),
            float(mean["auc"][m]),
        )
        for m, method in enumerate(averages.methods)
    )


def paired_differences(
    averages: Averages, reference: str, metric: Metric, fraction: float | None = None
) -> tuple[PairedDifference, ...]:
    """Each learner's lead over a reference, paired by data set and annotator; none without pairs.

    Parameters
    ----------
    averages
        Of `average_repeats`.
    reference
        Method to compare with, such as ``random`` or ``human``.
    metric
        What is compared.
    fraction
        Share answered; the last one if not given.
    """
    if reference not in averages.methods:
        return ()
    values = averages.values[metric][:, averages.index(fraction)]
    lead = values - values[averages.methods.index(reference)]
    mean, error = mean_and_error(lead)
    found = []
    for m, method in enumerate(averages.methods):
        pairs = int(np.isfinite(lead[m]).sum())
        if method in (HUMAN, reference) or not pairs:
            continue
        half = float(stdtrit(pairs - 1, 0.975) * error[m]) if pairs > 1 else float("nan")
        centre = float(mean[m])
        found.append(
            PairedDifference(method, reference, metric, pairs, centre, centre - half, centre + half)
        )
    return tuple(found)


def human_levels(averages: Averages) -> tuple[HumanLevel, ...]:
    """Share of candidates at which each method's mean curve reaches the mean human."""
    curves, _ = mean_and_error(averages.values["balanced_accuracy"])
    human = curves[averages.methods.index(HUMAN), 0]
    x = np.asarray(averages.fractions)
    found = []
    for method, curve in zip(averages.methods, curves, strict=True):
        if method == HUMAN:
            continue
        above = np.flatnonzero(curve >= human)
        share = float(x[above[0]]) if above.size else None
        at_once = bool(above.size) and above[0] == 0
        if above.size and not at_once:
            step = slice(above[0] - 1, above[0] + 1)
            share = float(np.interp(human, curve[step], x[step]))
        best = float(curve[np.isfinite(curve)].max(initial=-np.inf))
        found.append(HumanLevel(method, share, at_once, float(human), best))
    return tuple(found)


def _check(rows: Sequence[Row]) -> None:
    strategies = {row["strategy"] for row in rows}
    plans = sorted({f"start {row['start']} with preset {row['preset']}" for row in rows})
    if HUMAN not in strategies or len(strategies) < 2 or len(plans) != 1:
        raise InputError(
            "the benchmark's rows",
            f"strategies {sorted(strategies)} of {' and '.join(plans) or 'no plan'}",
            "the human and at least one query strategy, all of one plan",
            "Give all rows of one benchmark, and no others.",
        )


def _key(row: Row) -> tuple[int, float, str]:
    """Sorts methods as the tables list them; its last element is the name."""
    name, weight = _METHODS[row["strategy"]], row["weight"]
    position = list(_METHODS).index(row["strategy"])
    return (position, 0.0, name) if weight is None else (position, weight, f"{name}-{weight:g}")


def _ratio(part: NDArray[np.float64], whole: NDArray[np.number]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
