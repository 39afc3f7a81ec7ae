"""Which pixels of which movie frames the snapshots are made of, in the order of the movie."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.data.evidence import ABSENT
from sightline.learn.compiled import compiled


@dataclass(frozen=True)
class Windows:
    """The pieces of all snapshots: one piece is one candidate's crop of one movie frame.

    Pieces are ordered by frame, so that one pass over the movie meets them one after the other, and
    their pixels are kept in that order.

    Parameters
    ----------
    frame : (piece,) int32
        Movie frame, ascending.
    crop : (piece, 4) int32
        (top, left, bottom, right) in the image, the last two exclusive.
    start : (piece + 1,) int64
        Where each piece's pixels begin among all.
    of_candidate : (candidate, event, frame) int64
        The piece of each frame of each snapshot; -1 where there is no event.
    """

    frame: NDArray[np.int32]
    crop: NDArray[np.int32]
    start: NDArray[np.int64]
    of_candidate: NDArray[np.int64]

    def between(self, start: int, stop: int) -> slice:
        """Return the pieces of the movie frames ``start`` to ``stop``, exclusive."""
        first, last = np.searchsorted(self.frame, [start, stop])
        return slice(int(first), int(last))


def plan_windows(
    events: NDArray[np.int32],
    crops: NDArray[np.int32],
    half_window: int,
    movie_downsampled: int = 1,
) -> Windows:
    """Plan the pieces.

    Parameters
    ----------
    events : (candidate, event) int32
        Frames of the trace, -1 where there is none.
    crops : (candidate, 4) int32
        As in `Layout`.
    half_window
        Movie frames before and after an event.
    movie_downsampled
        Frames of the trace in one frame of the movie.
    """
    offsets = np.arange(-half_window, half_window + 1)
    frames = events[:, :, None] // movie_downsampled + offsets
    present = np.broadcast_to(events[:, :, None] != ABSENT, frames.shape)
    order = np.argsort(frames[present], kind="stable")
    owner = np.nonzero(present)[0][order]
    of_candidate = np.full(frames.shape, -1, np.int64)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    of_candidate[present] = place
    crop = crops[owner]
    sizes = (crop[:, 2] - crop[:, 0]).astype(np.int64) * (crop[:, 3] - crop[:, 1])
    start = np.concatenate([[0], np.cumsum(sizes)])
    return Windows(frames[present][order].astype(np.int32), crop, start, of_candidate)


def cut_pieces(frames: NDArray, first: int, windows: Windows) -> NDArray:
    """Cut the pieces that lie in some consecutive movie frames.

    Parameters
    ----------
    frames : (frame, height, width)
        The movie from frame ``first`` on.
    first
        Number of the first of these frames.
    windows
        The plan.

    Returns
    -------
    (pixel,) array of the frames' dtype
        The pixels of the pieces, one after the other.
    """
    pieces = windows.between(first, first + len(frames))
    starts = windows.start[pieces.start : pieces.stop + 1]
    cut = np.empty(int(starts[-1] - starts[0]), frames.dtype)
    _cut(
        frames,
        windows.frame[pieces] - first,
        windows.crop[pieces],
        starts - starts[0],
        cut,
    )
    return cut


@compiled
def _cut(frames: NDArray, frame: NDArray, crop: NDArray, start: NDArray, cut: NDArray) -> None:
    for piece in range(len(frame)):
        place = start[piece]
        width = crop[piece, 3] - crop[piece, 1]
        for y in range(crop[piece, 0], crop[piece, 2]):
            for x in range(width):
                cut[place + x] = frames[frame[piece], y, crop[piece, 1] + x]
            place += width
