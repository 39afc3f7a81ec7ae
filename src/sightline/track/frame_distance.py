"""How unlike two frames are, from thumbnails of their projections."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError

_SIDE: Final = 24  # largest side of a thumbnail, pixels
_ROWS: Final = 4096  # frames compared at once


def thumbnail(frame: NDArray[np.floating]) -> NDArray[np.float16]:
    """Small maximum projections of a frame along z, y and x, of the brightest channel.

    Their inner product with another frame's is the mean correlation of the projections (`distances`
    takes one from it). A flat frame has one projection only.

    Parameters
    ----------
    frame : (channel, z, y, x)
        Values that are not finite count as the smallest that is.

    Returns
    -------
    (pixel,) float16
        As many for every frame of a size; about 1,300 at most. Zero where a projection is constant.
    """
    brightest = np.asarray(frame, np.float32).max(axis=0)
    finite = np.isfinite(brightest)
    if not finite.all():
        least = brightest[finite].min() if finite.any() else 0.0
        brightest = np.where(finite, brightest, np.float32(least))
    views = [brightest.max(axis=0)]
    if len(brightest) > 1:
        views += [brightest.max(axis=1), brightest.max(axis=2)]
    side = max(brightest.shape)
    parts = [_standard(_shrunk(view, -(-side // _SIDE))) for view in views]
    return (np.concatenate(parts) / np.sqrt(len(parts))).astype(np.float16)


def distances(thumbnails: NDArray[np.float16], to: NDArray[np.float16]) -> NDArray[np.float32]:
    """One minus the mean correlation of the projections of frames with those of others.

    Parameters
    ----------
    thumbnails : (frame, pixel)
        Of `thumbnail`.
    to : (other, pixel)
        Of the frames to compare with, usually few.

    Returns
    -------
    (frame, other) float32
        0 (alike) to 2; 1 with a frame that is constant.
    """
    found = np.empty((len(thumbnails), len(to)), np.float32)
    others = to.astype(np.float32).T
    for start in range(0, len(thumbnails), _ROWS):
        rows = slice(start, start + _ROWS)
        found[rows] = 1 - thumbnails[rows].astype(np.float32) @ others
    return np.clip(found, 0, 2, out=found)


def nearest_frames(
    thumbnails: NDArray[np.float16], to: NDArray[np.float16], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Find for each frame the most similar of others, without keeping all distances.

    Parameters
    ----------
    thumbnails : (frame, pixel)
        Of `thumbnail`.
    to : (other, pixel)
        Of the frames to compare with, at least one.
    count
        How many are wanted; all where there are fewer.

    Returns
    -------
    places : (frame, count) int64
        Into ``to``, the most similar first, the earlier of equal ones.
    apart : (frame, count) float32
        Their distances.
    """
    count = min(count, len(to))
    places = np.empty((len(thumbnails), count), np.int64)
    apart = np.empty((len(thumbnails), count), np.float32)
    for start in range(0, len(thumbnails), _ROWS):
        rows = slice(start, start + _ROWS)
        near = distances(thumbnails[rows], to)
        places[rows] = np.argsort(near, axis=1, kind="stable")[:, :count]
        apart[rows] = np.take_along_axis(near, places[rows], axis=1)
    return places, apart


def pair_distances(
    thumbnails: NDArray[np.float16], first: NDArray[np.integer], second: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Distance of each frame of ``first`` to that of ``second`` at the same place.

    Returns
    -------
    (pair,) float32
    """
    found = np.empty(len(first), np.float32)
    for start in range(0, len(first), _ROWS):
        pairs = slice(start, start + _ROWS)
        one = thumbnails[first[pairs]].astype(np.float32)
        found[pairs] = 1 - np.einsum("ij,ij->i", one, thumbnails[second[pairs]].astype(np.float32))
    return np.clip(found, 0, 2, out=found)


def check_skipped(skip: Sequence[int], frames: int) -> list[int]:
    """Give frames to leave out, if they are there.

    Raises
    ------
    SettingError
        If one is not.
    """
    beyond = [int(frame) for frame in skip if not 0 <= frame < frames]
    if beyond:
        raise SettingError(f"skip is {beyond[0]}; it must be frames between 0 and {frames - 1}.")
    return [int(frame) for frame in skip]


def _shrunk(view: NDArray[np.float32], by: int) -> NDArray[np.float64]:
    """Means of tiles of ``by`` x ``by`` pixels; a short side keeps more of its pixels."""
    shrunk = view.astype(np.float64)
    for axis in range(2):
        tile = min(by, max(shrunk.shape[axis] // 6, 1))
        starts = np.arange(0, shrunk.shape[axis], tile)
        widths = np.diff(np.append(starts, shrunk.shape[axis]))
        sums = np.add.reduceat(shrunk, starts, axis=axis)
        shrunk = sums / (widths[:, None] if axis == 0 else widths)
    return shrunk


def _standard(view: NDArray[np.float64]) -> NDArray[np.float64]:
    """(pixel,) with mean 0 and length 1; zero if constant but for rounding."""
    values = view.ravel() - view.mean()
    length = np.linalg.norm(values)
    floor = 1e-6 * np.abs(view).max() * np.sqrt(values.size)
    return values / length if length > floor else np.zeros_like(values)
