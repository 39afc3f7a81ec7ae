"""The benchmark's tables: accuracy by method (Tables S6-S8), paired differences, human level."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
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
HUMAN: Final = "human"
RANDOM: Final = "random"
_NAMES: Final = {HUMAN: HUMAN, RANDOM: RANDOM, "rank": "rank", "cal": "CAL", "dal": "DAL"}
_PRINTED: Final = ("balanced_accuracy", "true_positive_rate", "true_negative_rate", "precision")
_SHOWN_FRACTIONS: Final = (0.01, 0.03, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True)
class Averages:
    """What each method reached with each annotator, averaged over its repeats.

    The human has no fraction: his values stand at every one of them.

    Parameters
    ----------
    methods
        Human first, then random, rank, CAL, DAL, and DCAL by weight; as far as they were run.
    units
        (data set, annotator), the independent observations. Runs that differ in the earlier
        recording they were pretrained on count as repeats.
    fractions
        Shares of the candidates answered, ascending.
    values
        For each metric (method, fraction, unit); NaN where there is none.
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
        values = {metric: each[..., kept] for metric, each in self.values.items()}
        return Averages(
            self.methods, tuple(self.units[i] for i in kept), self.fractions, values
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
            known = ", ".join(f"{100 * each:g}%" for each in self.fractions)
            raise SettingError(
                f"Nothing was measured at {100 * fraction:g}% of the candidates; choose {known}."
            )
        return int(near[0])


def average_repeats(rows: Sequence[Row]) -> Averages:
    """Average the rows of `benchmark` over the repeats of each method, annotator and fraction.

    Raises
    ------
    InputError
        If there are no runs, or runs of different starts or presets are mixed.
    """
    fractions = sorted({row["fraction"] for row in rows if row["strategy"] != HUMAN})
    conditions = sorted({f"start {row['start']}, preset {row['preset']}" for row in rows})
    if not fractions or len(conditions) > 1:
        raise InputError(
            "the benchmark's rows",
            "; ".join(conditions) if fractions else "no runs of a query strategy",
            "the runs of one plan",
            "Tabulate the runs of each plan by themselves.",
        )
    keys = sorted({_method(row) for row in rows}, key=_position)
    units = list(dict.fromkeys((row["data_set"], row["annotator"]) for row in rows))
    total = {metric: np.zeros((len(keys), len(fractions), len(units))) for metric in METRICS}
    count = {metric: np.zeros_like(each) for metric, each in total.items()}
    for row in rows:
        human = row["strategy"] == HUMAN
        place = (
            keys.index(_method(row)),
            slice(None) if human else fractions.index(row["fraction"]),
            units.index((row["data_set"], row["annotator"])),
        )
        for metric in METRICS:
            if row[metric] is not None:
                total[metric][place] += row[metric]
                count[metric][place] += 1
    values = {metric: _ratio(total[metric], count[metric]) for metric in METRICS}
    return Averages(tuple(map(_name, keys)), tuple(units), tuple(fractions), values)
