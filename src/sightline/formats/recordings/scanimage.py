"""How ScanImage lays frames, slices and channels into the pages of a TIFF file, and how fast.

Channels vary fastest, then repeated frames of one slice, then slices; the frames taken while the
objective flies back stand at the end of each volume, as ordinary pages.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tifffile import TiffFile, matlabstr2py

from sightline.errors import InputError
from sightline.formats.recordings.recording_info import FileMetadata
from sightline.formats.recordings.tiff_pages import Page

_DESCRIPTION: Final = 270
_MOST_DESCRIBED: Final = 65_536
_TIMESTAMP: Final = re.compile(rb"frameTimestamps_sec\s*=\s*([0-9.]+)")


@dataclass(frozen=True)
class ScanImageLayout:
    """Which page is which.

    Parameters
    ----------
    pages : (time, z, channel) int64
        Numbers of the pages that hold whole volumes.
    metadata
        Axes, rate and pixel size; notes on pages that are left out.
    """

    pages: NDArray[np.int64]
    metadata: FileMetadata


def read_header(file: TiffFile) -> Mapping[str, Any]:
    """Settings such as ``SI.hChannels.channelSave``: of the file, or as text in its first page."""
    header = (file.scanimage_metadata or {}).get("FrameData")
    if not header:
        page = file.pages.first
        lines = f"{page.software}\n{page.description}".replace("scanimage.SI.", "SI.").splitlines()
        header = matlabstr2py("\n".join(line for line in lines if line.startswith("SI.")))
    return header if isinstance(header, Mapping) else {}


def read_frame_times(file: TiffFile, pages: Sequence[Page]) -> NDArray[np.float64] | None:
    """Times that ScanImage wrote into the description of each of these pages, in seconds."""
    count, entry = ("u8", "u2,u2,u8,u8") if file.is_bigtiff else ("u2", "u2,u2,u4,u4")
    counter, entries = (np.dtype(form).newbyteorder(file.byteorder) for form in (count, entry))
    stream, times = file.filehandle, np.empty(len(pages))
    for number, page in enumerate(pages):
        if not page.offset:
            return None
        stream.seek(page.offset)
        size = int(np.frombuffer(stream.read(counter.itemsize), counter)[0])
        tags = np.frombuffer(stream.read(size * entries.itemsize), entries)
        described = tags[tags["f0"] == _DESCRIPTION]
        if len(described) == 0:
            return None
        stream.seek(int(described["f3"][0]))
        said = _TIMESTAMP.search(stream.read(min(int(described["f2"][0]), _MOST_DESCRIBED)))
        if said is None:
            return None
        times[number] = float(said[1])
    return times


def lay_out_scanimage(
    path: Path, header: Mapping[str, Any], pages: int, image_shape: tuple[int, ...]
) -> ScanImageLayout:
    """Sort pages into frames, slices and channels from ScanImage's header.

    Parameters
    ----------
    path
        Named in errors.
    header
        Entries such as ``SI.hChannels.channelSave``.
    pages
        Number of pages in the file.
    image_shape
        (height, width).

    Raises
    ------
    InputError
        If there is not one whole volume.
    """
    channels = max(1, np.size(header.get("SI.hChannels.channelSave", 1)))
    slices, repeats, flyback = _stack(header)
    per_volume = (slices * repeats + flyback) * channels
    volumes, rest = divmod(pages, per_volume)
    if volumes == 0:
        raise InputError(
            path,
            f"it has {pages} pages, and ScanImage's header says {per_volume} a volume "
            f"({slices} slices of {repeats} frames, {flyback} of flyback, {channels} channels)",
            "at least one whole volume",
            "If these are single frames, say so with `--axes tyx`.",
        )
    notes = []
    if rest:
        notes.append(f"The last {rest} pages are no whole volume of {per_volume}: left out.")
    if flyback:
        notes.append(f"{flyback} flyback frames at the end of each volume are left out.")
    if header.get("SI.hRoiManager.mroiEnable"):
        notes.append("ScanImage stacked several regions of interest into each image, with gaps.")
    order = np.arange(volumes * per_volume).reshape(volumes, -1, channels)
    order = order[:, : slices * repeats].reshape(volumes, slices, repeats, channels)
    if repeats > 1 and slices > 1:
        notes.append(
            f"Each slice was scanned {repeats} times in a row: frames are not evenly spaced."
        )
    order = order.transpose(0, 2, 1, 3).reshape(volumes * repeats, slices, channels)
    rate = _rate(header, slices, repeats)
    found = FileMetadata(
        ("time", "z", "channel", "y", "x"),
        rate,
        None,
        _sizes(header, image_shape),
        None,
        tuple(notes),
    )
    return ScanImageLayout(order, found)


def _stack(header: Mapping[str, Any]) -> tuple[int, int, int]:
    """Slices a volume, frames a slice, frames of flyback; counts are stale where no stack is on."""
    if not (header.get("SI.hStackManager.enable") or header.get("SI.hFastZ.enable")):
        return 1, 1, 0
    slices = _count(header, "actualNumSlices") or _count(header, "numSlices") or 1
    repeats = _count(header, "framesPerSlice") or 1
    if slices == 1:
        return 1, 1, 0
    whole = _count(header, "numFramesPerVolumeWithFlyback")
    return slices, repeats, max(0, whole - slices * repeats) if whole else 0


def _count(header: Mapping[str, Any], name: str) -> int | None:
    value = header.get(f"SI.hStackManager.{name}")
    return int(value) if isinstance(value, int | float) and 1 <= value < 1e9 else None


def _rate(header: Mapping[str, Any], slices: int, repeats: int) -> float | None:
    """Volumes a second, or frames where there is one slice, after averaging at the microscope."""
    if slices > 1 and repeats > 1:
        return None
    name = "scanVolumeRate" if slices > 1 else "scanFrameRate"
    value, averaged = (
        header.get(f"SI.hRoiManager.{name}"),
        header.get("SI.hScan2D.logAverageFactor"),
    )
    if not isinstance(value, int | float):
        return None
    return value / (averaged if isinstance(averaged, int) and averaged > 1 and slices == 1 else 1)


def _sizes(header: Mapping[str, Any], image_shape: tuple[int, ...]) -> dict[str, float]:
    """Pixel size from the corners of the field of view, in micrometres."""
    try:
        corners = np.asarray(header.get("SI.hRoiManager.imagingFovUm"), float)
    except (TypeError, ValueError):
        return {}
    if corners.shape != (4, 2):
        return {}
    width, height = np.ptp(corners, axis=0)
    sizes = {"y": height / image_shape[0], "x": width / image_shape[1]}
    return {axis: float(size) for axis, size in sizes.items() if math.isfinite(size) and size > 0}
