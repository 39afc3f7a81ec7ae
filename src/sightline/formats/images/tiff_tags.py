"""What a TIFF's tags say of its pixels beyond their axes: alpha, ink, resolution, packing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tifffile import TIFF, TiffFile, TiffPage

from sightline.formats.recordings.tiff_metadata import read_imagej, read_ome
from sightline.formats.recordings.tiff_recording import silent_tifffile
from sightline.formats.unreadable import damage_reported

_ALPHA: Final = (1, 2)  # values of ExtraSamples
_WHITE_IS_ZERO, _RGB, _PALETTE = 0, 2, 3
_X_RESOLUTION, _Y_RESOLUTION = 282, 283
_UM_PER_UNIT: Final = {2: 25_400.0, 3: 10_000.0, 4: 1_000.0, 5: 1.0}  # inch, cm; mm, um


@dataclass(frozen=True)
class TiffTags:
    """Tags of a TIFF's first page.

    Parameters
    ----------
    colour
        Whether its first three channels are red, green and blue.
    alpha
        Channels at the end that are transparency.
    inverted
        Whether 0 is white, and meant so.
    palette
        Whether its values are places in a table of colours.
    pixels_per_um
        Resolution along y and x; 0 where there is none.
    calibrated
        Whether OME or ImageJ say what its pages are.
    pages
        How many.
    packed
        Whether tifffile alone cannot unpack it.
    bits
        Of a value.
    """

    colour: bool
    alpha: int
    inverted: bool
    palette: bool
    pixels_per_um: tuple[float, float]
    calibrated: bool
    pages: int
    packed: bool
    bits: int


def read_tags(path: Path) -> TiffTags:
    """Look at the first page.

    Raises
    ------
    InputError
        If it is damaged.
    """
    with damage_reported(path, "a whole TIFF file"), silent_tifffile(), TiffFile(path) as file:
        page = file.pages.first
        extra = [int(kind) for kind in page.extrasamples or ()]
        codecs = (TIFF.DECOMPRESSORS, page.compression), (TIFF.UNPREDICTORS, page.predictor)
        calibrated = file.is_imagej or file.is_ome
        return TiffTags(
            colour=page.photometric == _RGB and page.samplesperpixel >= 3,
            alpha=sum(kind in _ALPHA for kind in extra[-1:]),
            inverted=page.photometric == _WHITE_IS_ZERO and not _made_by_tifffile(page),
            palette=page.photometric == _PALETTE,
            pixels_per_um=_calibration(file) if calibrated else _resolution(page),
            calibrated=calibrated,
            pages=len(file.pages),
            packed=any(code != 1 and code not in known for known, code in codecs),
            bits=int(page.bitspersample),
        )


def _made_by_tifffile(page: TiffPage) -> bool:
    """Whether tifffile wrote it, which says of any array of booleans that 0 is white."""
    return str(page.software).startswith("tifffile")


def _calibration(file: TiffFile) -> tuple[float, float]:
    """What OME or ImageJ say."""
    said = read_ome(file, file.series[0]) if file.is_ome else read_imagej(file)
    sizes = [said.pixel_size_um.get(axis, 0.0) for axis in "yx"]
    along_y, along_x = (1 / size if size > 0 else 0.0 for size in sizes)
    return along_y, along_x


def _resolution(page: TiffPage) -> tuple[float, float]:
    unit = _UM_PER_UNIT.get(int(page.resolutionunit or 0))
    found = [page.tags.valueof(tag, default=(0, 1)) for tag in (_Y_RESOLUTION, _X_RESOLUTION)]
    if unit is None or any(not parts or not parts[1] for parts in found):
        return 0.0, 0.0
    along_y, along_x = (float(count) / float(per) / unit for count, per in found)
    return along_y, along_x
