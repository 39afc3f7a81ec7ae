"""The benchmark of segmentation drawn: scores by image, uncertainty, and three images."""

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion

from sightline.workflows.figure_files import save_figure
from sightline.workflows.segment_benchmark_images import KnownImage
from sightline.workflows.segment_benchmark_ours import Seen

# Okabe and Ito's colours; markers tell apart too.
_OURS: Final = "#0072b2"
_EXPERTS: Final = "0.6"
_COLOURS: Final = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442")  # of classes
_PEERS: Final = (("#d55e00", "s"), ("#009e73", "^"), ("#cc79a7", "D"), ("#e69f00", "v"))
_SHOWN: Final = 512  # rows and columns of an image that are drawn
_HIGHEST: Final = 0.25  # of uncertainty: the same scale for all images


def draw_segmentation(
    told: dict[str, Any], images: Sequence[KnownImage], seen: Mapping[str, Seen], folder: Path
) -> list[Path]:
    """Draw Dice by image, uncertainty against Dice, and the best, median and worst image.

    Parameters
    ----------
    told
        Of `benchmark`, what is not a number still NaN.
    images
        That were judged on.
    seen
        What our model said of them.
    folder
        Where the figures go; made if it is not there. Earlier figures of ours are replaced.

    Returns
    -------
    list of Path
        ``dice``, ``uncertainty`` and ``examples``, each as PNG and SVG.

    Raises
    ------
    InputError, SightlineError
        If the folder holds foreign files of these names or cannot be written.
    """
    rows = [row for row in told["images"] if row["adapted"] == 0 and isfinite(row["dice"])]
    if not rows:
        return []
    rows.sort(key=lambda row: row["dice"])
    drawn = _by_image(rows, told, folder) + _uncertainty(rows, told["summary"], folder)
    by_name = {one.name: one for one in images}
    places = dict.fromkeys((len(rows) - 1, len(rows) // 2, 0))
    chosen = [(rows[place], by_name[rows[place]["name"]]) for place in places]
    return drawn + _examples(chosen, seen, folder)


def _by_image(rows: Sequence[dict[str, Any]], told: dict[str, Any], folder: Path) -> list[Path]:
    """Dots an image, from our worst to our best."""
    names = [row["name"] for row in rows]
    figure = Figure(figsize=(max(6.0, 1.6 + 0.42 * len(names)), 4.2), layout="constrained")
    ax = figure.subplots()
    for number, row in enumerate(told["experts"]):
        label = "experts" if number == 0 else None
        ax.plot(*_points(names, row["by_image"]), "o", color=_EXPERTS, ms=4, label=label)
    for number, row in enumerate(told["peers"]):
        colour, marker = _PEERS[number % len(_PEERS)]
        if not row["why"]:
            ax.plot(*_points(names, row["by_image"]), marker, color=colour, ms=5, mfc="none",
                    label=row["name"])  # fmt: skip
    ax.errorbar(range(len(rows)), [row["dice"] for row in rows],
                [row["dice_sd"] if isfinite(row["dice_sd"]) else 0 for row in rows],
                fmt="o", color=_OURS, ms=7, label="ours")  # fmt: skip
    ax.set_xticks(range(len(names)), names, rotation=60 if len(names) > 6 else 0, fontsize=8)
    ax.set_ylabel("Dice with the consensus")
    ax.set_ylim(0, 1)
    _finish(ax)
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    return save_figure(figure, folder, "dice")


def _points(names: Sequence[str], scores: Mapping[str, float]) -> tuple[list[int], list[float]]:
    places = [place for place, name in enumerate(names) if name in scores]
    return places, [scores[names[place]] for place in places]


def _uncertainty(
    rows: Sequence[dict[str, Any]], summary: Sequence[dict[str, Any]], folder: Path
) -> list[Path]:
    figure = Figure(figsize=(5.2, 4.2), layout="constrained")
    ax = figure.subplots()
    for foreign, marker, label in ((False, "o", "like the training"), (True, "X", "foreign")):
        own = [row for row in rows if bool(row.get("foreign")) == foreign]
        if own:
            ax.plot([row["uncertainty"] for row in own], [row["dice"] for row in own], marker,
                    color=_OURS if not foreign else "#d55e00", ms=7, label=label)  # fmt: skip
    for row in (row for row in (rows[0], rows[-1]) if isfinite(row["uncertainty"])):
        ax.annotate(row["name"], (row["uncertainty"], row["dice"]), (6, -3),
                    textcoords="offset points", fontsize=8)  # fmt: skip
    found = next(row["rank_correlation"]["uncertainty"] for row in summary if row["adapted"] == 0)
    if isfinite(found):
        ax.set_title(f"rank correlation {found:.2f}, {len(rows)} images", fontsize=10)
    ax.set_xlabel("Uncertainty U of the image (mean over predicted foreground)")
    ax.set_ylabel("Dice with the consensus")
    _finish(ax)
    ax.legend(frameon=False, fontsize=8)
    return save_figure(figure, folder, "uncertainty")


def _examples(
    chosen: Sequence[tuple[dict[str, Any], KnownImage]], seen: Mapping[str, Seen], folder: Path
) -> list[Path]:
    figure = Figure(figsize=(12, 3.1 * len(chosen)), layout="constrained")
    axes = figure.subplots(len(chosen), 4, squeeze=False)
    for (row, one), line in zip(chosen, axes, strict=True):
        said = seen[one.name]
        part = _part(one.truth.foreground | (said.classes > 0))
        grey = _bright(one.image.pixels)[part]
        for ax, mask in zip(line, (None, one.truth.classes, said.classes), strict=False):
            ax.imshow(_outlined(grey, None if mask is None else mask[part]))
        line[3].imshow(said.uncertainty[part], cmap="magma", vmin=0, vmax=_HIGHEST)
        line[0].set_ylabel(f"{one.name}\nDice {row['dice']:.3f}, U {row['uncertainty']:.3f}")
    for ax, title in zip(axes[0], ("image", "consensus", "ours", "uncertainty"), strict=True):
        ax.set_title(title)
    for ax in axes.ravel():
        ax.set_xticks([])
        ax.set_yticks([])
    figure.colorbar(axes[0, 3].images[0], ax=axes[:, 3].tolist(), shrink=0.6)
    return save_figure(figure, folder, "examples")


def _part(marked: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Rows and columns around the middle of what is marked."""
    starts = []
    for places, size in zip(np.nonzero(marked), marked.shape, strict=True):
        middle = int(np.median(places)) if len(places) else size // 2
        starts.append(int(np.clip(middle - _SHOWN // 2, 0, max(0, size - _SHOWN))))
    return slice(starts[0], starts[0] + _SHOWN), slice(starts[1], starts[1] + _SHOWN)


def _outlined(grey: NDArray[np.float32], mask: NDArray[np.integer] | None) -> NDArray[np.float32]:
    """(y, x, 3) the image with the border pixels of each class in its colour."""
    shown = np.repeat(grey[..., None], 3, axis=2)
    for label in range(1, int(mask.max(initial=0)) + 1 if mask is not None else 1):
        inside = mask == label
        border = np.logical_and(inside, np.logical_not(binary_erosion(inside)))
        shown[border] = to_rgb(_COLOURS[(label - 1) % len(_COLOURS)])
    return shown


def _bright(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """(y, x) the mean of channels, 0 to 1 from the 1st to the 99.8th percentile."""
    grey = np.nan_to_num(np.asarray(pixels, np.float32)).mean(axis=0)
    low, high = np.percentile(grey, (1, 99.8))
    return np.clip((grey - low) / max(float(high - low), 1e-9), 0, 1)


def _finish(ax: Axes) -> None:
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color="0.92")
