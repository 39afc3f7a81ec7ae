"""Thumbnails of a whole video, by which its frames are compared."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.data.recording import Recording, RecordingInfo
from sightline.data.volumes import read_volumes
from sightline.track.frame_distance import thumbnail

_BLOCK_BYTES = 32 * 2**20


def read_thumbnails(recording: Recording, progress: Progress) -> NDArray[np.float16]:
    """Read the whole video once, some frames at a time, and keep a thumbnail of each frame.

    Returns
    -------
    (frame, pixel) float16
        See `sightline.track.frame_distance.thumbnail`.

    Raises
    ------
    InputError
        If frames are damaged.
    """
    info = recording.info
    found: list[NDArray[np.float16]] = []
    for start, stop in _blocks(info):
        found += [thumbnail(volume) for volume in read_volumes(recording, start, stop)]
        progress(stop, info.frames)
    return np.stack(found)


def _blocks(info: RecordingInfo) -> Iterator[tuple[int, int]]:
    length = max(1, _BLOCK_BYTES // max(info.frame_bytes, 1))
    for start in range(0, info.frames, length):
        yield start, min(start + length, info.frames)
