"""A picture of detections: projections of a frame, and a circle around each."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from numpy.typing import NDArray

from sightline.formats.new_file import new_file

_REACH: Final = 2.0  # radii of the circles
_FOUND: Final = "#e69f00"
_KNOWN: Final = "#56b4e9"
_NAMED: Final = 300  # detections above which ranks would cover the image


def draw_detections(
    frame: NDArray[np.float32],
    positions: NDArray[np.float64],
    annotated: NDArray[np.float64],
    voxel_size: tuple[float, float, float],
    radius: float,
    path: Path,
) -> None:
    """Draw the maximum projections of a frame with circles of two radii, and their ranks.

    Parameters
    ----------
    frame : (channel, z, y, x)
        The brightest channel is drawn.
    positions : (detection, 3)
        (z, y, x) pixels, the strongest first.
    annotated : (point, 3)
        What a person pointed at, drawn as crosses.
    voxel_size, radius
        In one unit.
    path
        New PNG file.

    Raises
    ------
    InputError
        If the file is there already, or cannot be written.
    """
    image = np.nan_to_num(frame).max(axis=0)
    size = np.array(voxel_size)
    extent = np.array(image.shape) * size
    views = [(1, 2, 0)] if len(image) == 1 else [(1, 2, 0), (1, 0, 2), (0, 2, 1)]
    width = 9.0 * (extent[2] / extent[1:].max())
    height = 9.0 * (extent[1] / extent[1:].max())
    deep = 0.0 if len(image) == 1 else extent[0] / extent[2] * width
    figure = Figure(figsize=(width + deep + 1, height + deep + 1), layout="constrained")
    columns, rows = ([1.0], [1.0]) if not deep else ([width, deep], [height, deep])
    grid = figure.add_gridspec(len(rows), len(columns), width_ratios=columns, height_ratios=rows)
    for (vertical, across, gone), cell in zip(views, _cells(grid), strict=False):
        axes = figure.add_subplot(cell)
        seen = image.max(axis=gone)
        _show(axes, seen if vertical < across else seen.T, size[vertical] / size[across])
        axes.set_xlabel("zyx"[across])
        axes.set_ylabel("zyx"[vertical])
        _circle(axes, positions[:, [across, vertical]], _REACH * radius / size[[across, vertical]])
        axes.plot(*annotated[:, [across, vertical]].T, "+", color=_KNOWN, markersize=5)
    with new_file(path) as aside:
        figure.savefig(aside, format="png", dpi=120, metadata={"Software": "Sightline"})


def _cells(grid: Any) -> Iterable[Any]:
    """The places of the views from above, from the side and from the front."""
    return [grid[0, 0]] if grid.ncols == 1 else [grid[0, 0], grid[0, 1], grid[1, 0]]


def _show(axes: Axes, image: NDArray[np.float32], aspect: float) -> None:
    low, high = np.percentile(image, (1, 99.7))
    axes.imshow(image, cmap="gray", vmin=low, vmax=max(high, low + 1e-6), aspect=float(aspect))
    axes.set_autoscale_on(False)


def _circle(axes: Axes, places: NDArray[np.float64], reach: NDArray[np.float64]) -> None:
    for rank, (x, y) in enumerate(places, start=1):
        axes.add_patch(
            Ellipse((x, y), 2 * reach[0], 2 * reach[1], fill=False, color=_FOUND, linewidth=0.7)
        )
        if len(places) <= _NAMED:
            axes.annotate(
                str(rank), (x, y), (2, 2), textcoords="offset points", color=_FOUND, fontsize=5
            )
