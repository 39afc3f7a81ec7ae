"""The benchmark's tables in the terminal: Tables S6-S8 and what puts them to the test."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from rich.table import Table

from sightline.workflows.benchmark import Row
from sightline.workflows.benchmark_summary import (
    HUMAN,
    Averages,
    HumanLevel,
    Metric,
    PairedDifference,
    accuracy_rows,
    average_repeats,
    human_levels,
    mean_and_error,
    paired_differences,
)

_SHOWN_FRACTIONS: Final = (0.01, 0.03, 0.05, 0.1, 0.2, 0.5)


def benchmark_tables(rows: Sequence[Row], fraction: float | None = None) -> list[Table]:
    """All tables of a benchmark, ready to print.

    Parameters
    ----------
    rows
        Of `benchmark`.
    fraction
        Share of the candidates answered that the summaries are about; the last one if not given.
    """
    averages = average_repeats(rows)
    tables = [render_accuracy(averages, fraction)]
    tables += [render_data_set(averages.of(name), name) for name in averages.data_sets]
    return [*tables, render_differences(averages, fraction), render_human_levels(averages)]


def render_accuracy(averages: Averages, fraction: float | None = None) -> Table:
    """The layout of Tables S6-S8."""
    percent = 100 * averages.fractions[averages.index(fraction)]
    headings = ("ACC", "TPR", "TNR", "Precision", "F-score", "AUC", "n")
    table = _table(f"After {percent:g} % of the candidates: means over n annotators", headings)
    for row in accuracy_rows(averages, fraction):
        measures = (
            row.balanced_accuracy,
            row.true_positive_rate,
            row.true_negative_rate,
            row.precision,
            row.f1,
            row.auc,
        )
        table.add_row(row.method, *(_number(each, 4) for each in measures), str(row.annotators))
    return table


def render_data_set(averages: Averages, data_set: str) -> Table:
    """Balanced accuracy and AUC of one data set at 1, 3, 5, ... % and the last share."""
    last = averages.fractions[-1]
    shown = [each for each in averages.fractions if each in _SHOWN_FRACTIONS or each == last]
    table = _table(
        f"{data_set}: balanced accuracy / AUC by share answered",
        [f"{100 * each:g} %" for each in shown],
    )
    accuracy, _ = mean_and_error(averages.values["balanced_accuracy"])
    auc, _ = mean_and_error(averages.values["auc"])
    for m, method in enumerate(averages.methods):
        places = [averages.index(each) for each in shown]
        cells = [f"{_number(accuracy[m, at], 3)}/{_number(auc[m, at], 3)}" for at in places]
        table.add_row(method, *cells)
    return table


def render_differences(averages: Averages, fraction: float | None = None) -> Table:
    """Paired differences to random and to the human, with their intervals."""
    compared: tuple[tuple[str, str, Metric], ...] = (
        ("ACC - random", "random", "balanced_accuracy"),
        ("AUC - random", "random", "auc"),
        ("ACC - human", HUMAN, "balanced_accuracy"),
    )
    percent = 100 * averages.fractions[averages.index(fraction)]
    table = _table(
        f"After {percent:g} %: paired differences [95 % interval over annotators]",
        [*(heading for heading, *_ in compared), "Pairs"],
    )
    columns = [
        {each.method: each for each in paired_differences(averages, reference, metric, fraction)}
        for _, reference, metric in compared
    ]
    for method in averages.methods[1:]:
        cells = [column.get(method) for column in columns]
        pairs = max((each.pairs for each in cells if each), default=0)
        table.add_row(method, *map(_difference, cells), str(pairs))
    return table


def render_human_levels(averages: Averages) -> Table:
    """Where the mean curves reach the mean human, for each data set and over all."""
    several = len(averages.data_sets) > 1
    groups = {name: averages.of(name) for name in averages.data_sets}
    groups |= {"all": averages} if several else {}
    levels = {name: human_levels(each) for name, each in groups.items()}
    headings = [f"{name} ({_number(each[0].human, 4)})" for name, each in levels.items()]
    table = _table("Share answered at which the mean curve reaches the mean human ACC", headings)
    for index, method in enumerate(averages.methods[1:]):
        cells = [_level(each[index], averages.fractions[-1]) for each in levels.values()]
        table.add_row(method, *cells)
    return table


def _table(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("Method", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def _number(value: float, places: int) -> str:
    return f"{value:.{places}f}" if np.isfinite(value) else "-"


def _difference(found: PairedDifference | None) -> str:
    if found is None:
        return "-"
    if not np.isfinite(found.low):
        return f"{found.mean:+.3f}"
    return f"{found.mean:+.3f} [{found.low:+.3f},{found.high:+.3f}]"


def _level(found: HumanLevel, last: float) -> str:
    if found.share is None:
        return f"not by {100 * last:g} % ({_number(found.best, 4)})"
    return f"{'at most ' if found.at_once else ''}{100 * found.share:.1f} %"
