"""A movie in memory, to prepare what no simulation shows: gaps, faults and odd types."""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sightline.data.recording import RecordingInfo


@dataclass(frozen=True)
class ArrayMovie:
    """Frames (time, y, x) as a `Recording`; ``known`` changes what is known of it."""

    frames: NDArray[Any] = field(repr=False)
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def info(self) -> RecordingInfo:
        said = {"name": "array", "source": "array in memory", "frame_rate_hz": 10.0, "units": "raw"}
        axes = ("time", "y", "x")
        return RecordingInfo(
            axes=axes, shape=self.frames.shape, dtype=self.frames.dtype, **{**said, **self.known}
        )

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        if out is None:
            return self.frames[start:stop].copy()
        np.copyto(out, self.frames[start:stop])
        return out

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
