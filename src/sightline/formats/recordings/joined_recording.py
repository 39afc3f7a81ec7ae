"""Recordings one after the other in time, as one: folders of TIFFs, the files beside an NWB."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.recording import Recording, RecordingInfo
from sightline.errors import InputError
from sightline.formats.recordings.file_recording import FileRecording

_MOST_OPEN: Final = 4


class JoinedRecording(FileRecording):
    """Parts that are opened when their frames are read.

    Parameters
    ----------
    info
        Of the whole; its shape beyond time is that of every part.
    parts
        Each opens one part.
    frames
        Number of frames in each part.
    """

    def __init__(
        self,
        info: RecordingInfo,
        parts: Sequence[Callable[[], Recording]],
        frames: Sequence[int],
    ) -> None:
        super().__init__(info)
        self._parts = parts
        self._ends = np.cumsum(frames)
        self._opened: OrderedDict[int, Recording] = OrderedDict()

    def _fill(self, start: int, stop: int, out: NDArray[Any]) -> None:
        done = start
        while done < stop:
            number = int(np.searchsorted(self._ends, done, "right"))
            end = int(self._ends[number])
            first = int(self._ends[number - 1]) if number else 0
            until = min(stop, end)
            part = self._part(number, end - first)
            part.read(done - first, until - first, out[done - start : until - start])
            done = until

    def _part(self, number: int, frames: int) -> Recording:
        if number not in self._opened:
            if len(self._opened) >= _MOST_OPEN:
                self._opened.popitem(last=False)[1].close()
            part = self._parts[number]()
            self._opened[number] = part
            check_alike(part.info, self.info, frames)
        self._opened.move_to_end(number)
        return self._opened[number]

    def _release(self) -> None:
        for part in self._opened.values():
            part.close()
        self._opened.clear()


def check_alike(part: RecordingInfo, whole: RecordingInfo, frames: int | None = None) -> None:
    """Raise unless a part has the axes, image size and type of the whole, and so many frames."""
    expected = (whole.axes, whole.shape[1:], whole.dtype)
    if (part.axes, part.shape[1:], part.dtype) == expected and frames in (None, part.frames):
        return
    raise InputError(
        part.source,
        f"it has axes {part.axes}, shape {part.shape} and type {part.dtype}",
        f"axes {whole.axes}, shape {(frames or 'frames', *whole.shape[1:])} and type {whole.dtype}"
        " as the files before it",
        "Move files that are no part of the movie elsewhere.",
    )
