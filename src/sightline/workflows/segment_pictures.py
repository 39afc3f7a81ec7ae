"""What a training and a prediction look like: curves, and images beside what was said of them."""

from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sightline.data.image import Image
from sightline.data.segmentation import Segmentation
from sightline.errors import InputError
from sightline.formats.model_folder import read_json
from sightline.formats.new_file import renewed_file

_MOST_UNCERTAIN: Final = 0.25  # what the maps can reach, one scale for all
_WIDE_PX: Final = 800  # of a panel; larger images are thinned
_SMOOTHED: Final = 25  # steps
_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


def draw_curves(folder: Path) -> None:
    """Draw ``curves.png``: loss and held-out Dice by step, of each network that has begun."""
    figure = _figure(8, 3.2)
    left, right = figure.subplots(1, 2)
    figure.subplots_adjust(left=0.1, right=0.98, bottom=0.16, top=0.96, wspace=0.25)
    for number, curve in read_curves(folder).items():
        colour = _COLOURS[number % len(_COLOURS)]
        losses = np.array(curve["losses"], np.float64)
        width = min(_SMOOTHED, max(1, len(losses) // 8))
        if len(losses):
            smooth = np.convolve(losses, np.full(width, 1 / width), "valid")
            left.plot(np.arange(width, len(losses) + 1), smooth, color=colour, lw=1)
        looks = [(look["step"], look["held_out_dice"]) for look in curve["looks"]
                 if look["held_out_dice"] is not None]  # fmt: skip
        if looks:
            right.plot(*zip(*looks, strict=True), "o-", ms=3, color=colour, lw=1,
                       label=f"member {number + 1}")  # fmt: skip
    left.set(xlabel="step", ylabel="loss, running mean")
    right.set(xlabel="step", ylabel="Dice, parts of held-out images", ylim=(0, 1))
    if right.get_legend_handles_labels()[0]:
        right.legend(frameon=False, fontsize=8)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    _save(figure, folder / "curves.png")


def draw_example(
    path: Path,
    image: Image,
    consensus: NDArray[Any] | None,
    found: Segmentation,
    objects: NDArray[Any] | None = None,
) -> None:
    """Draw an image, its consensus where there is one, the prediction and its uncertainty.

    Parameters
    ----------
    path
        PNG; an earlier one of ours is replaced.
    image
        Its first channel is shown, from its 1st to its 99.8th percentile.
    consensus : (y, x) or None
        Classes, -1 where nothing is said.
    found
        What was predicted.
    objects : (y, x) or None
        Outlined over the image, if given.
    """
    step = max(1, -(-max(image.shape) // _WIDE_PX))
    thin = (slice(None, None, step), slice(None, None, step))
    grey = np.asarray(image.pixels[0][thin], np.float32)
    panels: list[tuple[str, NDArray[Any]]] = [(image.name, _bright(grey))]
    if consensus is not None:
        panels.append(("consensus", _coloured(consensus[thin])))
    classes = found.probability[(slice(None), *thin)].argmax(axis=0)
    panels.append(("prediction", _coloured(classes)))
    uncertainty = found.uncertainty[thin]
    height = max(1.5, 3.2 * image.shape[0] / image.shape[1])
    figure = _figure(3.2 * (len(panels) + 1), min(height, 12) + 0.3)
    *shown, last = figure.subplots(1, len(panels) + 1)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.92, wspace=0.03)
    for axes, (title, panel) in zip(shown, panels, strict=True):
        axes.imshow(panel, interpolation="nearest")
        _plain(axes, title)
    if objects is not None and objects.any():
        edges = _edges(objects[thin])
        marked = panels[0][1].copy()
        marked[edges] = to_rgb(_COLOURS[4])
        shown[0].imshow(marked, interpolation="nearest")
    last.imshow(uncertainty, cmap="magma", vmin=0, vmax=_MOST_UNCERTAIN, interpolation="nearest")
    _plain(last, f"uncertainty, 0 to {_MOST_UNCERTAIN}")
    _save(figure, path)


def _bright(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    finite = grey[np.isfinite(grey)]
    low, high = np.percentile(finite, (1, 99.8)) if len(finite) else (0, 1)
    scaled = np.clip((np.nan_to_num(grey) - low) / max(high - low, 1e-9), 0, 1)
    return np.repeat(scaled[..., None], 3, axis=2).astype(np.float32)


def _coloured(classes: NDArray[Any]) -> NDArray[np.float32]:
    """Background black, ignored grey, classes in colours."""
    palette = np.array([to_rgb(colour) for colour in ("black", "white", *_COLOURS)])
    place = np.where(classes <= 0, 0, 1 + (classes - 1) % (len(palette) - 1))
    found = palette[place]
    found[classes < 0] = 0.4
    return found.astype(np.float32)


def _edges(objects: NDArray[Any]) -> NDArray[np.bool_]:
    """(y, x) pixels of objects beside another one or the background."""
    found = np.zeros(objects.shape, np.bool_)
    for axis in (0, 1):
        change = np.diff(objects, axis=axis) != 0
        first = (slice(0, -1), slice(None)) if axis == 0 else (slice(None), slice(0, -1))
        second = (slice(1, None), slice(None)) if axis == 0 else (slice(None), slice(1, None))
        found[first] |= change
        found[second] |= change
    return found & (objects > 0)


def _plain(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=8)
    axes.set_axis_off()


def _figure(width: float, height: float) -> Figure:
    figure = Figure((width, height))
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Figure, path: Path) -> None:
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=120, metadata={"Software": "Sightline"})
    with renewed_file(path) as aside:
        aside.write_bytes(drawn.getvalue())


def read_curves(folder: Path) -> dict[int, dict[str, Any]]:
    """Number of a network to its ``losses`` and ``looks``, of those that have begun."""
    found = {}
    for file in sorted(folder.glob("member-*.curve.json")):
        with suppress(InputError, ValueError):
            number = int(file.name.removesuffix(".curve.json").removeprefix("member-"))
            found[number] = read_json(file)
    return found
