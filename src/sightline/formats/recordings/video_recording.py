"""Videos (AVI, MP4, Matroska and others) by PyAV, with exact frame numbers.

Grey videos give their brightness as a player shows it; those whose channels differ are colour, and
give red, green and blue.
"""

from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.formats.recordings.file_recording import FileRecording
from sightline.formats.recordings.recording_info import FileMetadata, make_info
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.recordings.stored_axes import AxisPlan, plan_axes
from sightline.formats.recordings.video_decoder import VideoDecoder
from sightline.formats.unreadable import damage_reported

_NEUTRAL: Final = 4  # how far the chroma of a grey video strays from its middle, of 256
_PLANES: Final = (2, 0, 1)  # red, green, blue in a frame of planes g, b, r


def open_video(path: Path, options: RecordingOptions, *, demuxer: str) -> "VideoRecording":
    """Open the first video stream of a file.

    Parameters
    ----------
    path, options
        The file, and what the user says.
    demuxer
        FFmpeg's name of the container. Never left to FFmpeg, which would follow play lists to
        other files and addresses.

    Raises
    ------
    InputError
        If the file is damaged, truncated, or has no video that can be decoded.
    """
    decoder = VideoDecoder(path, demuxer)
    try:
        with damage_reported(path, "a video"):
            samples = decoder.samples()
        grey = all(_is_grey(frame) for frame in samples)
        pixels = _pixel_format(samples[0], grey=grey)
        return VideoRecording(path, decoder, pixels, options)
    except BaseException:
        decoder.close()
        raise


class VideoRecording(FileRecording):
    """Frames of a video.

    Parameters
    ----------
    path, options
        The file, and what the user says.
    decoder
        Closed with the recording.
    pixels
        FFmpeg's name of the pixels that frames are turned into.
    """

    def __init__(
        self, path: Path, decoder: VideoDecoder, pixels: str, options: RecordingOptions
    ) -> None:
        self._decoder = decoder
        self._pixels = pixels
        self._plan, notes = _plan(path, decoder, pixels, options)
        found = FileMetadata(
            frame_rate_hz=decoder.rate(), frame_times_s=decoder.times_s(), notes=decoder.notes
        )
        dtype = np.dtype(np.uint16 if _bits(pixels) > 8 else np.uint8)
        super().__init__(
            make_info(path, self._plan, dtype, found, options, notes=notes, sequential=True)
        )

    def _fill(self, start: int, stop: int, out: NDArray[Any]) -> None:
        for number, frame in enumerate(self._decoder.frames(start, stop)):
            self._copy(frame, out[number])

    def _copy(self, frame: VideoFrame, out: NDArray[Any]) -> None:
        if frame.format.name != self._pixels:
            frame = frame.reformat(format=self._pixels, threads=1)
        picked = self._plan.picked.get("channel")
        if out.ndim == 3:
            for channel, plane in enumerate(_PLANES):
                out[channel] = _plane(frame, plane, out.dtype)
        else:
            out[...] = _plane(frame, 0 if picked is None else _PLANES[picked], out.dtype)

    def _release(self) -> None:
        self._decoder.close()


def _plan(
    path: Path, decoder: VideoDecoder, pixels: str, options: RecordingOptions
) -> tuple[AxisPlan, tuple[str, ...]]:
    frames, height, width = decoder.index.frames, decoder.stream.height, decoder.stream.width
    colour = _is_colour(pixels)
    names = ("time", "channel", "y", "x") if colour else ("time", "y", "x")
    letters = "tcyx" if colour else "tyx"
    if options.axes not in ("", letters):
        raise InputError(
            path, f"its axes are {letters}", f"{options.axes}, as `--axes` says", "Leave it out."
        )
    shape = (frames, 3, height, width) if colour else (frames, height, width)
    plan, notes = plan_axes(path, shape, names, options)
    if colour:
        notes = ("Colour video: red, green and blue are channels 0, 1 and 2.", *notes)
    return plan, notes


def _pixel_format(frame: VideoFrame, *, grey: bool) -> str:
    """What to turn frames into: grey or planes of green, blue and red, of 8 or 16 bits."""
    name, deep = frame.format.name, _bits(frame.format.name) > 8
    if not grey:
        return "gbrp16le" if deep else "gbrp"
    if name.startswith("gray") and not name.endswith(("be", "f32le")):
        return name
    return "gray16le" if deep else "gray"


def _bits(pixels: str) -> int:
    return max(component.bits for component in av.VideoFormat(pixels).components)


def _is_colour(pixels: str) -> bool:
    return pixels.startswith("gbrp")


def _is_grey(frame: VideoFrame) -> bool:
    """Whether the channels say the same: no chroma, or red, green and blue alike."""
    kind = frame.format
    if kind.name.startswith(("gray", "mono", "ya")):
        return True
    chroma = [c for c in kind.components if c.is_chroma]
    if chroma and kind.is_planar and _bits(kind.name) == 8:
        values = [_plane(frame, c.plane, np.dtype(np.uint8)).astype(np.int16) for c in chroma]
        return all(abs(value - 128).max() <= _NEUTRAL for value in values)
    rgb = frame.reformat(format="gbrp", threads=1)
    green, blue, red = (_plane(rgb, n, np.dtype(np.uint8)).astype(np.int16) for n in range(3))
    spread = np.maximum(abs(red - green), abs(red - blue)).max()
    return spread <= (2 * _NEUTRAL if chroma else 0)


def _plane(frame: VideoFrame, number: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """View one plane, without the bytes that fill up its lines."""
    plane = frame.planes[number]
    lines = np.frombuffer(memoryview(plane), dtype).reshape(plane.height, -1)
    return lines[:, : plane.width]
