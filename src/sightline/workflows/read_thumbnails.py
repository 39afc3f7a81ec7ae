"""Thumbnails of a whole video, by which its frames are compared."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.data.recording import Recording, RecordingInfo
from sightline.data.volumes import read_volumes
from sightline.track.frame_distance import thumbnail
from sightline.track.paper.settings import PaperSettings
from sightline.track.paper.thumbnails import paper_thumbnail

_BLOCK_BYTES = 32 * 2**20


def read_thumbnails(
    recording: Recording, progress: Progress, paper: PaperSettings | None = None
) -> NDArray[np.float16]:
    """Read the whole video once, some frames at a time, and keep a thumbnail of each frame.

    Parameters
    ----------
    recording
        The video.
    progress
        Called with the number of frames read and of all.
    paper
        Settings of the published method, which compares frames in its own way; None: ours.

    Returns
    -------
    (frame, pixel) float16
        See `sightline.track.frame_distance.thumbnail`, or `paper_thumbnail`.

    Raises
    ------
    InputError
        If frames are damaged.
    """
    info = recording.info
    found = np.empty((0, 0), np.float16)
    for start, stop in _blocks(info):
        for frame, volume in enumerate(read_volumes(recording, start, stop), start):
            one = thumbnail(volume) if paper is None else paper_thumbnail(volume, paper)
            if not len(found):
                found = np.empty((info.frames, len(one)), np.float16)
            found[frame] = one
        progress(stop, info.frames)
    return found


def _blocks(info: RecordingInfo) -> Iterator[tuple[int, int]]:
    length = max(1, _BLOCK_BYTES // max(info.frame_bytes, 1))
    for start in range(0, info.frames, length):
        yield start, min(start + length, info.frames)
