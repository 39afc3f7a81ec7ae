"""The benchmark of tracking drawn: accuracy by number of references, and how errors spread."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from sightline.workflows.figure_files import save_figure
from sightline.workflows.track_benchmark_rows import Run

# Okabe and Ito's colours; markers and dashes tell the lines apart too.
_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_MARKERS: Final = ("o", "s", "^", "D", "v", "P")
_DASHES: Final = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (3, 1, 1, 1)), "--", "-.")


def draw_tracking(runs: Sequence[Run], tolerance_px: float, folder: Path) -> list[Path]:
    """Draw the curves of a benchmark.

    Parameters
    ----------
    runs
        Its rows and errors.
    tolerance_px
        Farthest from the truth that counted as right.
    folder
        Where the figures go; made if it is not there. Earlier figures of ours are replaced.

    Returns
    -------
    list of Path
        ``tracking.png`` and ``tracking.svg``.

    Raises
    ------
    InputError, SightlineError
        If the folder holds foreign files of these names or cannot be written.
    """
    spread = [run for run in runs if run.errors is not None and run.errors.size]
    figure = Figure(figsize=(10 if spread else 5.5, 4.2), layout="constrained")
    first, *rest = np.atleast_1d(figure.subplots(1, 2 if spread else 1))
    _draw_accuracy(first, runs, tolerance_px if spread else None)
    if rest:
        _draw_errors(rest[0], spread, tolerance_px)
    return save_figure(figure, folder, "tracking")


def _draw_accuracy(ax: Axes, runs: Sequence[Run], tolerance_px: float | None) -> None:
    """One line for each number of given keypoints."""
    for number, partial in enumerate(dict.fromkeys(run.row["partial"] for run in runs)):
        line = sorted(
            (run.row["references"], run.row["accuracy"])
            for run in runs
            if run.row["partial"] == partial and run.row["accuracy"] is not None
        )
        if line:
            x, y = zip(*line, strict=True)
            ax.plot(x, y, label=f"{partial} keypoints given everywhere", **_look(number))
    ticks = sorted({run.row["references"] for run in runs})
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel("Reference frames")
    what = "Detections given the right identity" if tolerance_px is None else "Points found"
    within = "" if tolerance_px is None else f" within {tolerance_px:g} px"
    ax.set_ylabel(f"{what}{within} (share)")
    _finish(ax)


def _draw_errors(ax: Axes, runs: Sequence[Run], tolerance_px: float) -> None:
    """Share of points within any distance, one line for each number of references."""
    least = min(run.row["partial"] for run in runs)
    for number, run in enumerate(run for run in runs if run.row["partial"] == least):
        errors = np.empty(0) if run.errors is None else run.errors
        share = np.linspace(0, 1, len(errors))
        ax.plot(
            errors,
            share,
            label=f"{run.row['references']} references",
            markevery=0.25,
            **_look(number),
        )
    ax.axvline(tolerance_px, color="0.6", lw=0.8)
    ax.set_xlim(0, 4 * tolerance_px)
    ax.set_xlabel("Distance from the truth (px)")
    ax.set_ylabel("Share of points within it")
    _finish(ax)


def _finish(ax: Axes) -> None:
    ax.set_ylim(0, 1.02)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color="0.92")
    ax.legend(frameon=False, fontsize=9, loc="lower right")


def _look(number: int) -> dict[str, Any]:
    return {
        "color": _COLOURS[number % 6], "marker": _MARKERS[number % 6],
        "ls": _DASHES[number % 6], "ms": 5,
    }  # fmt: skip
