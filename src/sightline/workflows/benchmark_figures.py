"""The benchmark's curves: every metric by share of candidates answered (paper, Fig. 4B-D)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from sightline.workflows.benchmark import Row
from sightline.workflows.benchmark_summary import (
    HUMAN,
    Averages,
    Metric,
    average_repeats,
    mean_and_error,
)
from sightline.workflows.figure_files import save_figure

_PANELS: Final[tuple[tuple[Metric, str], ...]] = (
    ("balanced_accuracy", "Balanced accuracy"),
    ("true_positive_rate", "True positive rate (recall)"),
    ("true_negative_rate", "True negative rate"),
    ("unseen_balanced_accuracy", "Balanced accuracy, not yet answered"),
    ("precision", "Precision"),
    ("f1", "F-score"),
    ("final_balanced_accuracy", "Balanced accuracy, with the answers"),
    ("auc", "AUC"),
    ("unseen_auc", "AUC, not yet answered"),
)
_TICKS: Final = (1, 2, 3, 5, 10, 20, 50, 100)
_SHARED_SCALES: Final = {3: 0, 6: 0, 8: 7}


@dataclass(frozen=True)
class _Look:
    """How a method's curve is told from the others, by colour, marker and dashes alike."""

    color: str
    marker: str
    dashes: str | tuple[int, tuple[float, ...]]


# Okabe and Ito's colours with a brown and a wine: all kinds of colour vision tell them apart.
_LOOKS: Final = {
    "random": _Look("#6b4410", "o", (0, (1, 1))),
    "rank": _Look("#882255", "x", (0, (4, 1, 1, 1))),
    "CAL": _Look("#e69f00", "s", (0, (5, 1.5))),
    "DAL": _Look("#56b4e9", "^", (0, (3, 1, 1, 1, 1, 1))),
}
_DCAL_COLORS: Final = ("#009e73", "#0072b2", "#d55e00", "#cc79a7")
_DCAL_MARKERS: Final = ("D", "v", "P", "X", "*")


def draw_curves(rows: Sequence[Row], folder: str | Path) -> list[Path]:
    """Draw the curves of every metric, over all annotators and for each data set alone.

    Lines are means over annotators, bands one standard error of the mean.

    Parameters
    ----------
    rows
        Of `benchmark`.
    folder
        Where the figures go; made if it is not there. Earlier figures of ours are replaced.

    Returns
    -------
    list of Path
        ``curves.png`` and ``curves.svg``; with several data sets also ``curves_NAME``.

    Raises
    ------
    InputError, SightlineError
        If the rows are not those of one plan, or the folder holds foreign files of these names or
        cannot be written.
    """
    averages = average_repeats(rows)
    figures = {"curves": figure_of_curves(averages, ", ".join(averages.data_sets))}
    if len(averages.data_sets) > 1:
        for name in averages.data_sets:
            figures[f"curves_{name}"] = figure_of_curves(averages.of(name), name)
    return [
        path for name, each in figures.items() for path in save_figure(each, Path(folder), name)
    ]


def figure_of_curves(averages: Averages, title: str) -> Figure:
    """One panel a metric, one curve a method, and the human across."""
    figure = Figure(figsize=(10, 9), layout="constrained")
    axes = list(figure.subplots(3, 3, sharex=True).flat)
    for panel, like in _SHARED_SCALES.items():
        axes[panel].sharey(axes[like])
    for panel, (ax, (metric, name)) in enumerate(zip(axes, _PANELS, strict=True)):
        _draw_panel(ax, averages, metric)
        ax.set_title(f"{chr(ord('a') + panel)}  {name}", loc="left", fontsize=10)
    for ax in axes[-3:]:
        ax.set_xlabel("Candidates answered (%)", fontsize=10)
    handles, labels = axes[0].get_legend_handles_labels()
    heading = f"{title}: mean ± s.e.m. over {len(averages.units)} annotators"
    figure.legend(
        handles,
        labels,
        loc="outside upper center",
        ncols=min(len(labels), 9),
        title=heading,
        frameon=False,
        columnspacing=1.2,
    )
    return figure


def _draw_panel(ax: Axes, averages: Averages, metric: Metric) -> None:
    means, errors = mean_and_error(averages.values[metric])
    x = 100 * np.asarray(averages.fractions)
    looks = _looks(averages.methods)
    for method, mean, error in zip(averages.methods, means, errors, strict=True):
        if not np.isfinite(mean).any():
            continue
        if method == HUMAN:
            ax.axhspan(mean[0] - error[0], mean[0] + error[0], color="0.9", lw=0)
            ax.axhline(mean[0], color="0.35", lw=1.2, ls="--", label=HUMAN)
            continue
        look = looks[method]
        ax.fill_between(x, mean - error, mean + error, color=look.color, alpha=0.1, lw=0)
        ax.plot(x, mean, color=look.color, marker=look.marker, ls=look.dashes, ms=5, label=method)
    ax.set_xscale("log")
    ticks = [each for each in x.round(6).tolist() if each in _TICKS]
    ax.xaxis.set_major_locator(FixedLocator(ticks or x.tolist()))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=9)


def _looks(methods: Sequence[str]) -> dict[str, _Look]:
    """The look of each learner; DCAL's weights share solid lines."""
    weighted = [method for method in methods if method not in (HUMAN, *_LOOKS)]
    return _LOOKS | {
        method: _Look(_DCAL_COLORS[i % 4], _DCAL_MARKERS[i % 5], "-")
        for i, method in enumerate(weighted)
    }
