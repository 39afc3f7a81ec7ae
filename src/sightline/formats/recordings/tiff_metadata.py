"""What ImageJ and OME wrote into a TIFF file about frame rate, frame times and pixel size."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray
from tifffile import TiffFile, TiffPageSeries

from sightline.formats.recordings.recording_info import FileMetadata

_MICROMETRES: Final = {
    **dict.fromkeys(("micron", "microns", "um", "µm", "μm", "micrometer", "\\u00b5m"), 1.0),
    **dict.fromkeys(("nm", "nanometer"), 1e-3),
    **dict.fromkeys(("mm", "millimeter"), 1e3),
    **dict.fromkeys(("cm", "centimeter"), 1e4),
    **dict.fromkeys(("m", "meter"), 1e6),
}
_SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("µs", "μs", "us", "usec"), 1e-6),
    **dict.fromkeys(("min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3600.0),
}
_X_RESOLUTION, _Y_RESOLUTION = 282, 283


def read_imagej(file: TiffFile) -> FileMetadata:
    """Frame interval and calibration that ImageJ keeps in the first page."""
    said = file.imagej_metadata or {}
    unit = _SECONDS.get(str(said.get("tunit", "sec")).strip().lower())
    interval, rate = _number(said.get("finterval")), _number(said.get("fps"))
    if interval is not None and unit is not None:
        rate = _per(interval * unit)
    factor = _MICROMETRES.get(str(said.get("unit", "")).strip().lower())
    sizes: dict[str, float] = {}
    if factor is not None:
        tags = file.pages.first.tags
        for axis, tag in (("y", _Y_RESOLUTION), ("x", _X_RESOLUTION)):
            pixels, units = tags.valueof(tag, default=(0, 1))
            if pixels:
                sizes[axis] = factor * units / pixels
        spacing = _number(said.get("spacing"))
        if spacing is not None:
            sizes["z"] = abs(spacing) * factor
    return FileMetadata(frame_rate_hz=rate, pixel_size_um=sizes)


def read_ome(file: TiffFile, series: TiffPageSeries) -> FileMetadata:
    """Pixel size, time increment and the times of planes in the OME-XML of one series."""
    images = _pixels(file)
    number = file.series.index(series)
    if number >= len(images):
        return FileMetadata()
    pixels = images[number]
    sizes = {
        axis.lower(): size
        for axis in "ZYX"
        if (size := _measure(pixels.attrib, f"PhysicalSize{axis}", _MICROMETRES, "µm")) is not None
    }
    interval = _measure(pixels.attrib, "TimeIncrement", _SECONDS, "s")
    rate = None if interval is None else _per(interval)
    return FileMetadata(frame_rate_hz=rate, frame_times_s=_plane_times(pixels), pixel_size_um=sizes)


def declared_pages(file: TiffFile) -> int | None:
    """Number of pages that the first series should have, as ImageJ, OME or tifffile wrote it."""
    page = file.pages.first
    if file.is_imagej:
        return int((file.imagej_metadata or {}).get("images", 1))
    if file.shaped_metadata:
        return math.prod(file.shaped_metadata[0]["shape"]) // max(page.size, 1)
    if file.is_ome:
        said = next((p.attrib for p in _pixels(file)), {})
        return math.prod(int(said.get(f"Size{axis}", 1)) for axis in "TCZYX") // max(page.size, 1)
    return None


def _pixels(file: TiffFile) -> list[ET.Element]:
    """The ``Pixels`` of each image in the OME-XML; none where that is damaged."""
    try:
        root = ET.fromstring(file.ome_metadata or "")  # noqa: S314 -- expat limits entities
    except ET.ParseError:
        return []
    return [pixels for image in _children(root, "Image") for pixels in _children(image, "Pixels")]


def _plane_times(pixels: ET.Element) -> NDArray[np.float64] | None:
    """Times of the first plane of each frame, if all are given."""
    frames = int(pixels.attrib.get("SizeT", 1))
    times: dict[int, float] = {}
    for plane in _children(pixels, "Plane"):
        said = plane.attrib
        time = _measure(said, "DeltaT", _SECONDS, "s")
        if time is not None and said.get("TheC", "0") == "0" and said.get("TheZ", "0") == "0":
            times[int(said.get("TheT", 0))] = time
    if frames < 2 or len(times) != frames or set(times) != set(range(frames)):
        return None
    return np.array([times[frame] for frame in range(frames)])


def _children(element: ET.Element, name: str) -> Iterator[ET.Element]:
    """Children of that name in whichever year's schema."""
    return (child for child in element if child.tag.rpartition("}")[2] == name)


def _measure(
    said: Mapping[str, str], name: str, factors: Mapping[str, float], unit: str
) -> float | None:
    """A number with its unit, which OME keeps beside it."""
    value = _number(said.get(name))
    factor = factors.get(said.get(f"{name}Unit", unit))
    return None if value is None or factor is None else value * factor


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _per(interval: float) -> float:
    """A rate from an interval; what cannot be one stays out of range, and is noted as such."""
    return 1 / interval if interval else math.inf
