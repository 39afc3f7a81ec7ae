"""Experts' masks drawn: outlines, votes, what one alone marked or missed, and who agrees with whom.

Colours are Okabe and Ito's and a scale from dark to light, which also those tell apart who see few
colours; annotators' lines differ in their dashes too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from sightline.consensus.mask_consensus import FusedMasks
from sightline.data.image import Image
from sightline.data.mask import Mask
from sightline.formats.masks.write_consensus import vote_palette
from sightline.formats.new_file import renewed_file
from sightline.workflows.figure_files import save_figure

_COLOURS: Final = ("#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2")
_DASHES: Final = ("-", (0, (4, 1)), (0, (1, 0.7)), (0, (4, 1, 1, 1)))
_ALONE: Final = "#e69f00"
_MISSED: Final = "#56b4e9"
_WIDE_PX: Final = 700  # of a panel; larger images are thinned
_ACROSS: Final = 3  # panels in a row
_DIM: Final = 0.45  # brightness of the image under colours


def draw_votes(
    image: Image, masks: Mapping[str, Mask], fused: FusedMasks, path: Path, corrected_by: str = ""
) -> None:
    """Draw one page: outlines over the image, votes, and a map an annotator of what differs.

    Parameters
    ----------
    image
        Its first channel is shown, from its 1st to its 99.8th percentile.
    masks
        Annotator to mask.
    fused
        Their consensus, outlined over the votes.
    path
        PNG file; an earlier one of ours is replaced.
    corrected_by
        Who corrected the consensus.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    step = max(1, -(-max(image.shape) // _WIDE_PX))
    thin = (slice(None, None, step), slice(None, None, step))
    grey = _bright(np.asarray(image.pixels[(0, *thin)], np.float32))
    marked = {who: mask.foreground[thin] for who, mask in masks.items()}
    panels = 2 + (len(masks) if len(masks) > 1 else 0)
    across = min(_ACROSS, panels)
    rows = -(-panels // across)
    height = min(max(4.0 * image.shape[0] / image.shape[1], 1.5), 12)
    figure = Figure((4 * across, (height + 0.7) * rows), layout="constrained")
    axes = np.atleast_1d(figure.subplots(rows, across)).ravel().tolist()
    for spare in axes[panels:]:
        spare.set_axis_off()
    _outlines(axes[0], image.name, grey, marked)
    by = f", corrected by {corrected_by}" if corrected_by else ""
    _votes(axes[1], fused.marked[thin], len(masks), fused.mask.foreground[thin], by)
    for place, who in zip(axes[2:panels], masks if panels > 2 else (), strict=True):
        _differences(place, who, grey, marked)
    with renewed_file(path) as aside:
        figure.savefig(aside, format="png", dpi=110, metadata={"Software": "Sightline"})


def draw_matrix(
    annotators: Mapping[str, Mapping[str, Any]], pairs: Sequence[Sequence[Any]], folder: Path
) -> list[Path]:
    """Draw the mean Dice of each pair of annotators, and of each with consensuses.

    Parameters
    ----------
    annotators
        To their figures, with ``dice`` and ``dice_others``.
    pairs
        Two annotators and their Dice.
    folder
        Made if it is not there; ``agreement.png`` and ``agreement.svg``.

    Raises
    ------
    InputError, SightlineError
        If the folder holds foreign files of these names or cannot be written.
    """
    names = list(annotators)
    dice = np.full((len(names), len(names) + 2), np.nan)
    for a, b, value in pairs:
        row, column = names.index(a), names.index(b)
        dice[row, column] = dice[column, row] = value
    dice[:, -2] = [annotators[name]["dice_others"] for name in names]
    dice[:, -1] = [annotators[name]["dice"] for name in names]
    figure = Figure((2.5 + 0.8 * len(names), 1.6 + 0.55 * len(names)), layout="constrained")
    axes = figure.subplots()
    drawn = axes.imshow(dice, cmap="viridis", vmin=0, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(dice):
        if np.isfinite(value):
            colour = "black" if value > 0.6 else "white"
            axes.text(column, row, f"{value:.2f}", ha="center", va="center", color=colour)
    axes.axvline(len(names) - 0.5, color="white", lw=3)
    columns = [*names, "consensus of\nthe others", "consensus, with\nthe own mask"]
    axes.set_xticks(range(len(columns)), columns, rotation=45, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    figure.colorbar(drawn, label="Dice, mean over images")
    return save_figure(figure, folder, "agreement")


def _outlines(
    axes: Axes, title: str, grey: NDArray[np.float32], marked: Mapping[str, NDArray[np.bool_]]
) -> None:
    axes.imshow(np.repeat(grey[..., None], 3, axis=2), interpolation="nearest")
    lines = []
    for number, (who, mask) in enumerate(marked.items()):
        look: dict[str, Any] = {"linestyles": [_DASHES[number % len(_DASHES)]], "linewidths": 0.7}
        colour = _COLOURS[number % len(_COLOURS)]
        if mask.any() and not mask.all() and min(mask.shape) > 1:
            axes.contour(mask, levels=[0.5], colors=[colour], **look)
        lines.append(Line2D([], [], color=colour, ls=_DASHES[number % len(_DASHES)], label=who))
    _plain(axes, title)
    _legend(axes, lines)


def _votes(
    axes: Axes,
    votes: NDArray[np.uint8],
    annotators: int,
    consensus: NDArray[np.bool_],
    corrected: str,
) -> None:
    colours = vote_palette(annotators)
    axes.imshow(colours[votes], interpolation="nearest")
    if consensus.any() and not consensus.all() and min(consensus.shape) > 1:
        axes.contour(consensus, levels=[0.5], colors=["white"], linewidths=0.4)
    _plain(axes, f"how many marked it; white: consensus{corrected}")
    _legend(axes, [Patch(fc=colours[k] / 255, ec="0.5", label=f"{k}")
                   for k in range(1, annotators + 1)])  # fmt: skip


def _differences(
    axes: Axes, who: str, grey: NDArray[np.float32], marked: Mapping[str, NDArray[np.bool_]]
) -> None:
    """What one alone marked, and what all others did."""
    others = [mask for name, mask in marked.items() if name != who]
    alone = marked[who] & ~np.any(others, axis=0)
    missed = ~marked[who] & np.all(others, axis=0)
    picture = np.repeat(_DIM * grey[..., None], 3, axis=2)
    picture[alone], picture[missed] = to_rgb(_ALONE), to_rgb(_MISSED)
    axes.imshow(picture, interpolation="nearest")
    _plain(axes, who)
    theirs = "all others" if len(others) > 1 else "the other"
    _legend(axes, [
        Patch(fc=_ALONE, label=f"only {who}: {alone.mean():.2%}"),
        Patch(fc=_MISSED, label=f"{theirs}, not {who}: {missed.mean():.2%}"),
    ])  # fmt: skip


def _bright(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    finite = grey[np.isfinite(grey)]
    low, high = np.percentile(finite, (1, 99.8)) if len(finite) else (0, 1)
    return np.clip((np.nan_to_num(grey) - low) / max(high - low, 1e-9), 0, 1).astype(np.float32)


def _plain(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=9)
    axes.set_axis_off()


def _legend(axes: Axes, entries: Sequence[Any]) -> None:
    axes.legend(
        handles=list(entries), loc="upper center", bbox_to_anchor=(0.5, 0), fontsize=7,
        frameon=False, ncols=min(len(entries), 5),
    )  # fmt: skip
