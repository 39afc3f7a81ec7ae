"""The recommended frames drawn, beside what each of them is worth."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sightline.data.recording import Recording
from sightline.data.volumes import read_volumes
from sightline.workflows.figure_files import save_figure

_MOST: Final = 12  # frames that are shown
_ACROSS: Final = 4


def draw_recommended(
    recording: Recording,
    frames: Sequence[int],
    annotated: Sequence[int],
    curve: NDArray[np.floating],
    folder: Path,
) -> list[Path]:
    """Draw the mean distance against the number of frames, and the frames, brightest along z.

    Parameters
    ----------
    recording
        The video.
    frames, annotated
        Recommended ones, and those that exist.
    curve : (frame + 1,)
        Mean distance with the annotated ones and 0, 1, ... more; NaN where there is none.
    folder
        Made if it is not there. Earlier figures of ours are replaced.

    Returns
    -------
    list of Path
        ``recommended.png`` and ``recommended.svg``.

    Raises
    ------
    InputError, SightlineError
        If the folder holds foreign files of these names or cannot be written.
    """
    shown = list(frames[:_MOST])
    rows = -(-len(shown) // _ACROSS)
    figure = Figure(figsize=(10, 3 + 2.2 * rows), layout="constrained")
    grid = figure.add_gridspec(rows + 1, _ACROSS, height_ratios=[3, *[2.2] * rows])
    ax = figure.add_subplot(grid[0, :])
    known = np.flatnonzero(np.isfinite(curve))
    ax.plot(len(annotated) + known, curve[known], "o-", color="#0072b2")
    ax.set_ylim(bottom=0)
    ax.set_xlabel("annotated frames")
    ax.set_ylabel("mean distance to the nearest")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    for place, frame in enumerate(shown):
        one = figure.add_subplot(grid[1 + place // _ACROSS, place % _ACROSS])
        picture = read_volumes(recording, frame, frame + 1)[0].max(axis=(0, 1))
        low, high = np.nanpercentile(picture, [1, 99.8])
        one.imshow(picture, cmap="gray", vmin=low, vmax=max(high, low + 1e-6))
        one.set_title(f"frame {frame}", fontsize=9)
        one.set_axis_off()
    return save_figure(figure, folder, "recommended")
