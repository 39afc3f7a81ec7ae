"""A recording: frames on disk that are read lazily, whatever format they are in."""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

AXES: Final = ("time", "channel", "z", "y", "x")

Units = Literal["raw", "dF/F", "unknown"]


@dataclass(frozen=True)
class RecordingInfo:
    """What is known of a recording without reading its frames.

    Parameters
    ----------
    name
        Short name, usually the file's stem.
    source
        File or folder, named in errors.
    axes
        A subset of ``AXES`` in their order; always with time, y and x. A still image has one frame.
    shape
        Length of each axis.
    dtype
        Of the stored values.
    frame_rate_hz
        Frames (of all planes together, volumes) a second; None where nobody said.
    frame_times_s : (frame,) float64 or None
        When each frame was taken, where the file has real times.
    pixel_size_um
        Size of a pixel along each spatial axis in ``axes``; None where nobody said.
    units
        What values mean: ``"raw"`` counts, ``"dF/F"``, or ``"unknown"``.
    frames_at_once
        Frames that the file stores together, so that reading fewer costs as much.
    sequential
        Whether frames can only be decoded one after the other, as in a video.
    frame_names
        File name of each frame, where each is a file of its own; else empty.
    notes
        What was found and assumed, in words.
    """

    name: str
    source: str
    axes: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    frame_rate_hz: float | None = None
    frame_times_s: NDArray[np.float64] | None = None
    pixel_size_um: tuple[float, ...] | None = None
    units: Units = "unknown"
    frames_at_once: int = 1
    sequential: bool = False
    frame_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """Number of frames."""
        return self.shape[0]

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame in memory."""
        return int(np.prod(self.shape[1:], dtype=np.int64)) * self.dtype.itemsize


class Recording(Protocol):
    """Frames that can be read in any order; what each format implements.

    It holds files open: use it in a ``with`` statement, or close it. Processes open their own.
    """

    @property
    def info(self) -> RecordingInfo:
        """What is known without reading frames."""
        ...

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Read frames ``start`` to ``stop``, exclusive.

        Parameters
        ----------
        start, stop
            Frame numbers from 0, ``0 <= start < stop <= info.frames``.
        out
            Buffer of the result's shape and dtype to fill and return, so that none is allocated.

        Returns
        -------
        (stop - start, ...) array of ``info.dtype``
            Axes as in ``info.axes``.

        Raises
        ------
        InputError
            If the frames are not there or damaged.
        """
        ...

    def close(self) -> None:
        """Close the files."""
        ...

    def __enter__(self) -> Self:
        """Give itself."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        ...
