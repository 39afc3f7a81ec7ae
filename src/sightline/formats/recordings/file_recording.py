"""What every reader of recordings does alike: check ranges and buffers, close, tell of damage."""

from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.data.closing import Closing
from sightline.data.recording import RecordingInfo, Units
from sightline.errors import InputError
from sightline.formats.unreadable import damage_reported


class FileRecording(Closing, ABC):
    """A recording in files; a format adds how frames are read and files are closed.

    Parameters
    ----------
    info
        What is known without reading frames.
    """

    def __init__(self, info: RecordingInfo) -> None:
        self._info = info
        self._closed = False

    @abstractmethod
    def _fill(self, start: int, stop: int, out: NDArray[Any]) -> None:
        """Read frames into a buffer that is known to fit."""

    @abstractmethod
    def _release(self) -> None:
        """Close the files; called once."""

    @property
    def info(self) -> RecordingInfo:
        """What is known without reading frames."""
        return self._info

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Read frames ``start`` to ``stop``, exclusive, as `Recording.read` says.

        Raises
        ------
        InputError
            If the frames are not there or damaged.
        ValueError
            If the recording is closed, or ``out`` has another shape or type.
        """
        info = self._info
        if self._closed:
            raise ValueError(f"{info.source} is closed")
        if not 0 <= start < stop <= info.frames:
            raise InputError(
                info.source,
                f"it has {info.frames} frames",
                f"frames {start} to {stop - 1}",
                f"Ask for frames between 0 and {info.frames - 1}.",
            )
        shape = (stop - start, *info.shape[1:])
        if out is None:
            out = np.empty(shape, info.dtype)
        elif out.shape != shape or out.dtype != info.dtype:
            raise ValueError(f"the buffer is {out.dtype} {out.shape}, not {info.dtype} {shape}")
        with damage_reported(info.source, f"frames {start} to {stop - 1} whole"):
            self._fill(start, stop, out)
        return out

    def guess_units(self) -> None:
        """Look at the first frame of floats whose units nobody said, and note what it looks like.

        Taken as dF/F only if plainly so: centred on zero (median within 0.1) with values on both
        sides (at least 5 % each) and nearly all within 5.
        """
        if self._info.units != "unknown" or self._info.dtype.kind != "f":
            return
        note = "Units are not said; say `--units raw` or `--units dF/F`."
        units: Units = "unknown"
        if _looks_like_ratio(self.read(0, 1)):
            note = "Units are not said; the first frame looks like dF/F. Say `--units` if not."
            units = "dF/F"
        self._info = replace(self._info, units=units, notes=(*self._info.notes, note))

    def close(self) -> None:
        """Close the files; closing again does nothing."""
        if not self._closed:
            self._closed = True
            self._release()


def _looks_like_ratio(frame: NDArray[Any]) -> bool:
    values = frame[np.isfinite(frame)]
    if values.size == 0:
        return False
    low, median, high = np.quantile(values, [0.005, 0.5, 0.995])
    sides = min((values < 0).mean(), (values > 0).mean())
    return bool(abs(median) < 0.1 and sides > 0.05 and max(-low, high) < 5)


def check_size(path: Path, needed_bytes: int, frames: int, first_byte: int = 0) -> None:
    """Raise if a file is too short for its frames, telling how many are there.

    Parameters
    ----------
    path
        The file.
    needed_bytes
        Its length, at least.
    frames
        That it declares, of equal length from ``first_byte`` on.
    """
    size = path.stat().st_size
    if size >= needed_bytes:
        return
    there = max(size - first_byte, 0) * frames // max(needed_bytes - first_byte, 1)
    raise InputError(
        path,
        f"it is truncated: {size:,} of {needed_bytes:,} bytes, {there} of {frames} frames",
        f"{frames} whole frames",
        "Copy it again from its source, or convert the frames that are there.",
    )
