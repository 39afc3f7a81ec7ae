"""A recording seen as a movie: axes of length 1 other than time, y and x are dropped."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.data.recording import Recording
from sightline.formats.recordings.file_recording import FileRecording

MOVIE_AXES = ("time", "y", "x")


class MovieView(FileRecording):
    """Frames (time, y, x) of a recording whose other axes have length 1.

    Parameters
    ----------
    recording
        Closed with this one.
    """

    def __init__(self, recording: Recording) -> None:
        info = recording.info
        self._recording = recording
        self._dropped = tuple(n for n, axis in enumerate(info.axes) if axis not in MOVIE_AXES)
        spatial = [axis for axis in info.axes if axis in ("z", "y", "x")]
        sizes = info.pixel_size_um
        super().__init__(
            replace(
                info,
                axes=MOVIE_AXES,
                shape=tuple(n for n, axis in zip(info.shape, info.axes, strict=True)
                            if axis in MOVIE_AXES),
                pixel_size_um=None if sizes is None else sizes[len(spatial) - 2 :],
            )
        )  # fmt: skip

    def _fill(self, start: int, stop: int, out: NDArray[Any]) -> None:
        self._recording.read(start, stop, np.expand_dims(out, self._dropped))

    def _release(self) -> None:
        self._recording.close()
