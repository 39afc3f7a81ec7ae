"""Decode the frames of a video by their number."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.formats.recordings.video_index import index_video
from sightline.formats.unreadable import damage_reported


class VideoDecoder:
    """Frames by their number; going on is fast, going elsewhere decodes from a key frame before.

    Parameters
    ----------
    path
        The file.
    demuxer
        FFmpeg's name of its container.

    Attributes
    ----------
    stream, index, notes
        The video stream, when its frames are shown, and what was found.

    Raises
    ------
    InputError
        If the file is damaged, truncated, or has no video.
    """

    def __init__(self, path: Path, demuxer: str) -> None:
        self._path = path
        self._demuxer = demuxer
        self.notes: tuple[str, ...] = ()
        with damage_reported(path, "a video"):
            self._container, self.stream = _open(path, demuxer)
            self.index = index_video(self._container, self.stream)
        self._check_whole()
        self._decoded: Iterator[VideoFrame] = iter(())
        self._next = -1

    def _check_whole(self) -> None:
        """Raise if frames are missing at the end; AVI also counts those dropped in between."""
        declared, there = self.stream.frames, self.index.frames
        dropped = self.index.span - there if self._demuxer == "avi" else 0
        if there + dropped < max(declared, 1):
            self._container.close()
            raise InputError(
                self._path,
                f"it is truncated or empty: {there} of {declared} frames",
                "a whole video",
                "Copy it again from its source, or convert the frames that are there.",
            )
        if dropped:
            self.notes = (f"{dropped} frames were dropped when it was recorded.",)

    def close(self) -> None:
        """Close the file."""
        self._decoded = iter(())
        self._container.close()

    def rate(self) -> float | None:
        """Frames a second."""
        rate = self.stream.average_rate or self.stream.guessed_rate
        return float(rate) if rate else None

    def times_s(self) -> NDArray[np.float64] | None:
        """When each frame is shown, where the file tells; seconds."""
        base = self.stream.time_base
        return np.float64(base) * self.index.times if self.index.seekable and base else None

    def samples(self) -> list[VideoFrame]:
        """The first frame, and one in the middle and near the end where that is quick."""
        first = next(self.frames(0, 1))
        keys = self.index.keys
        if not self.index.seekable or len(keys) < 2:
            return [first]
        numbers = np.searchsorted(self.index.times, keys[[len(keys) // 2, -1]])
        return [first, *(next(self.frames(int(n), int(n) + 1)) for n in numbers)]

    def frames(self, start: int, stop: int) -> Iterator[VideoFrame]:
        """Decode frames ``start`` to ``stop``."""
        if not self._leads_to(start):
            self._jump(start)
        for number in range(self._next, stop):
            frame = self._decode(number)
            if number >= start:
                yield frame

    def _decode(self, number: int) -> VideoFrame:
        """The next frame, which must be the one of that number."""
        self._next = -1  # until it is there
        frame = next(self._decoded, None)
        if frame is None or (self.index.seekable and frame.pts != self.index.times[number]):
            raise InputError(
                self._path,
                f"frame {number} of {self.index.frames} cannot be decoded",
                "a whole video",
                "Copy it again from its source, or convert it.",
            )
        self._next = number + 1
        return frame

    def _leads_to(self, number: int) -> bool:
        """Whether going on is the way to a frame: it lies ahead, and no key frame before it."""
        if not 0 <= self._next <= number:
            return False
        if not self.index.seekable or self._next == number:
            return True
        ahead = self.index.times[[self._next, number]]
        first, last = np.searchsorted(self.index.keys, ahead, "right")
        return bool(first == last)

    def _jump(self, number: int) -> None:
        """Begin anew at the key frame before a frame, or one before that if it is not met."""
        self._next = -1  # until it is found
        if not self.index.seekable:
            self._restart()
            self._next = 0
            return
        wanted, keys = int(self.index.times[number]), self.index.keys
        key = int(np.searchsorted(keys, wanted, "right")) - 1
        while not self._seek(int(keys[key]) if key > 0 else None, wanted):
            if key <= 0:
                raise InputError(
                    self._path, f"frame {number} cannot be found", "a whole video", "Convert it."
                )
            key -= 1
        self._next = number

    def _seek(self, key: int | None, wanted: int) -> bool:
        """Decode from a key frame up to the wanted time; whether it was met."""
        if key is None:
            self._restart()
        else:
            self._container.seek(key, stream=self.stream)
            self._decoded = self._container.decode(self.stream)
        for frame in self._decoded:
            if frame.pts is not None and frame.pts >= wanted:
                self._decoded = _put_back(frame, self._decoded)
                return frame.pts == wanted
        return False

    def _restart(self) -> None:
        self._container.close()
        self._container, self.stream = _open(self._path, self._demuxer)
        self._decoded = self._container.decode(self.stream)


def _open(path: Path, demuxer: str) -> tuple[InputContainer, VideoStream]:
    container = av.open(str(path), format=demuxer)
    streams = [s for s in container.streams.video if s.codec_context is not None]
    if not streams:
        container.close()
        raise InputError(
            path, "it has no video that can be decoded", "a video", "Convert it to another codec."
        )
    streams[0].thread_type = "AUTO"
    return container, streams[0]


def _put_back(frame: VideoFrame, rest: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    yield frame
    yield from rest
