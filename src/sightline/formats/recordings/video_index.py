"""Which frame of a video is shown when, found without decoding."""

from dataclasses import dataclass

import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray


@dataclass(frozen=True)
class VideoIndex:
    """Frames in the order in which they are shown.

    Parameters
    ----------
    times : (frame,) int64
        Time of each frame in the stream's time base, ascending; empty if the file does not tell.
    keys : (key,) int64
        Times of the frames at which decoding can begin, ascending.
    frames
        Number of packets, each of one frame.
    """

    times: NDArray[np.int64]
    keys: NDArray[np.int64]
    frames: int

    @property
    def seekable(self) -> bool:
        """Whether a frame can be found by its time."""
        return len(self.times) > 0

    @property
    def span(self) -> int:
        """Ticks of the time base from the first frame to the last, both counted."""
        return int(self.times[-1] - self.times[0]) + 1 if self.seekable else self.frames


def index_video(container: InputContainer, stream: VideoStream) -> VideoIndex:
    """List the times of all frames; reads the file through unless its own index is enough.

    Where every frame stands alone, as in uncompressed AVI, the container's index will do.
    """
    entries = stream.index_entries
    if stream.codec.intra_only and 0 < len(entries) == stream.frames:
        times = np.array([entry.timestamp for entry in entries], np.int64)
        if (np.diff(times) > 0).all() and all(entry.is_keyframe for entry in entries):
            return VideoIndex(times, times, len(times))
    times_list: list[int | None] = []
    keys: list[int] = []
    for packet in container.demux(stream):
        if packet.size == 0 or packet.is_discard or packet.is_corrupt:
            continue
        times_list.append(packet.pts)
        if packet.is_keyframe and packet.pts is not None:
            keys.append(packet.pts)
    known = [time for time in times_list if time is not None]
    nothing = np.array([], np.int64)
    if len(set(known)) < len(times_list):  # times are missing, or shared by two frames
        return VideoIndex(nothing, nothing, len(times_list))
    return VideoIndex(
        np.sort(np.array(known, np.int64)), np.sort(np.array(keys, np.int64)), len(known)
    )
