"""The picture of `sightline demo segment`: opinions, predictions, and how good they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#F0E442", "#CC79A7")
_TRUTH, _FOUND, _HUMAN = "#FFFFFF", "#E69F00", "#999999"


@dataclass(frozen=True)
class Shown:
    """An image with lines drawn over it.

    Parameters
    ----------
    title
        Above it.
    pixels : (y, x)
        In grey.
    outlines
        What each line is, to what it runs around: (y, x) bool.
    """

    title: str
    pixels: NDArray[Any]
    outlines: Mapping[str, NDArray[np.bool_]]


def draw_demo(
    path: Path,
    opinions: Shown,
    found: Shown,
    uncertainty: NDArray[Any],
    scores: Mapping[str, float],
) -> None:
    """Draw experts' outlines, a prediction beside its uncertainty, and everybody's Dice.

    Parameters
    ----------
    path
        PNG.
    opinions, found
        An annotated image with five experts' outlines; a new one with truth and prediction.
    uncertainty : (y, x)
        Of the prediction, 0 to .25.
    scores
        Who, to Dice against the truth; from the first expert to the last answer.
    """
    figure = Figure(figsize=(14, 8.5), layout="constrained")
    (left, right), (below, chart) = figure.subplots(2, 2)
    _outlined(left, opinions, _COLOURS)
    _outlined(right, found, (_TRUTH, _FOUND))
    shown = below.imshow(uncertainty, cmap="magma", vmin=0, vmax=0.25)
    below.set_title("where the networks are unsure (variance, at most 0.25)")
    below.set_axis_off()
    figure.colorbar(shown, ax=below, shrink=0.8)
    _bars(chart, scores)
    figure.savefig(path, dpi=110)


def _outlined(axes: Axes, shown: Shown, colours: Sequence[str]) -> None:
    low, high = np.percentile(shown.pixels, (1, 99.8))
    axes.imshow(shown.pixels, cmap="gray", vmin=low, vmax=max(high, low + 1))
    lines = []
    for (name, inside), colour in zip(shown.outlines.items(), colours, strict=False):
        if inside.any() and not inside.all():
            axes.contour(inside, [0.5], colors=[colour], linewidths=1)
        lines.append(Line2D([], [], color=colour, label=name))
    axes.legend(handles=lines, loc="lower left", fontsize="small", facecolor="0.3",
                labelcolor="white")  # fmt: skip
    axes.set_title(shown.title)
    axes.set_axis_off()


def _bars(axes: Axes, scores: Mapping[str, float]) -> None:
    names, values = list(scores), list(scores.values())
    colours = [_HUMAN] * (len(names) - 2) + [_FOUND] * 2  # the last two are the machine's
    places = np.arange(len(names))[::-1]
    axes.barh(places, values, color=colours)
    for place, value in zip(places, values, strict=True):
        axes.text(value + 0.01, place, f"{value:.2f}", va="center")
    axes.set_yticks(places, names)
    axes.set_xlim(0, 1)
    axes.set_xlabel("Dice against the simulated truth, images that nobody learnt from")
    axes.spines[["top", "right"]].set_visible(False)
