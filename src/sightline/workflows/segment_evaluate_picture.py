"""Predictions judged, drawn: Dice against uncertainty, and the machine among the annotators."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sightline.trust.dice_forecast import DiceForecast
from sightline.workflows.figure_files import save_figure

_MACHINE: Final = "#d55e00"
_PEOPLE: Final = "#0072b2"
_NAMED: Final = 12  # images, up to which each is named


def draw_evaluation(told: Mapping[str, Any], line: DiceForecast | None, folder: Path) -> list[Path]:
    """Draw Dice by U with the line that forecasts it, and the Dice of machine and annotators.

    Parameters
    ----------
    told
        What `evaluate` returns.
    line
        None where there are too few images.
    folder
        Made if it is not there; ``evaluation.png`` and ``evaluation.svg``.

    Raises
    ------
    InputError, SightlineError
        If the folder holds foreign files of these names or cannot be written.
    """
    figure = Figure((10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    _by_uncertainty(left, told["images"], told["rank_correlation"]["uncertainty"], line)
    _among_people(right, told)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return save_figure(figure, folder, "evaluation")


def _by_uncertainty(
    axes: Axes,
    rows: Sequence[Mapping[str, Any]],
    correlation: Mapping[str, Any],
    line: DiceForecast | None,
) -> None:
    known = [row for row in rows if np.isfinite(row["uncertainty"]) and np.isfinite(row["dice"])]
    u = np.array([row["uncertainty"] for row in known])
    dice = np.array([row["dice"] for row in known])
    axes.plot(u, dice, "o", color=_MACHINE, ms=5, label="image, against the consensus")
    if len(known) <= _NAMED:
        for row in known:
            place = row["uncertainty"], row["dice"]
            axes.annotate(row["image"], place, (3, 3), textcoords="offset points", fontsize=7)
    if line is not None and len(u):
        along = np.linspace(u.min(), u.max(), 50)
        expected = np.array([line.expected(float(value)) for value in along])
        axes.plot(along, expected, "-", color="0.3", lw=1, label="line")
        low, high = (np.clip(expected + sign * line.error, 0, 1) for sign in (-1, 1))
        axes.fill_between(along, low, high, color="0.85", zorder=0,
                          label=f"± {line.error:.3f}, its error on images left out")  # fmt: skip
    title = f"rank correlation {correlation['value']:.2f}"
    if np.isfinite(correlation["low"]):
        title += f" (95 %: {correlation['low']:.2f} to {correlation['high']:.2f})"
    axes.set(
        xlabel="U, mean uncertainty of the predicted foreground", ylabel="Dice", ylim=(0, 1.02)
    )
    axes.set_title(title, fontsize=9)
    axes.legend(frameon=False, fontsize=8, loc="lower left")


def _among_people(axes: Axes, told: Mapping[str, Any]) -> None:
    """Means over images: one row each, the machine first."""
    names = ["the machine", *told["annotators"]]
    figures = [told["machine"], *told["annotators"].values()]
    place = np.arange(len(names))[::-1]
    colours = [_MACHINE] + [_PEOPLE] * (len(names) - 1)
    for y, row, colour in zip(place, figures, colours, strict=True):
        axes.plot(row["dice"], y, "o", color=colour, ms=8)
        axes.plot(row["dice_others"], y, "D", color=colour, ms=7, mfc="none", mew=1.5)
    axes.plot([], [], "o", color="0.4", label="with the consensus of all")
    axes.plot([], [], "D", color="0.4", mfc="none", mew=1.5, label="with those of all but one")
    axes.set_yticks(place, names)
    axes.set(xlabel="Dice, mean over images", xlim=(0, 1), ylim=(-0.7, len(names) - 0.3))
    axes.grid(axis="x", color="0.92")
    axes.legend(frameon=False, fontsize=8, loc="lower left")
    axes.set_title("an annotator is part of the consensus of all", fontsize=9)
