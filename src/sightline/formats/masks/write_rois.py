"""Objects as ImageJ's regions of interest, the most uncertain first, in a zip as its ROI Manager's.

Outlines follow the sides of pixels (`sightline.formats.masks.outlines`), in whole numbers from the
corner of the first pixel, as ImageJ's wand traces them: ImageJ fills exactly the object's pixels.
An object with holes or in several parts is a composite.
"""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from roifile import ROI_OPTIONS, ROI_TYPE, ImagejRoi

from sightline.formats.masks.outlines import Polygon, polygons_of
from sightline.formats.new_file import new_file

_MOVE, _LINE, _CLOSE = 0.0, 1.0, 4.0
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # of a zip's members: the same bytes for the same objects


def write_rois(
    path: Path,
    objects: NDArray[Any],
    uncertainty: Mapping[int, float],
    classes: Mapping[int, int] | None = None,
) -> int:
    """Write a region an object, named ``0001-0.123456``: its rank and mean uncertainty.

    Parameters
    ----------
    path
        New ``.zip``.
    objects : (y, x) int
        Number of the object of each pixel, 0 for none.
    uncertainty
        Of each object.
    classes
        Of each object, kept as the region's group.

    Returns
    -------
    int
        How many were written.

    Raises
    ------
    InputError
        If there is a file of that name, or it cannot be written.
    """
    outlines = dict(polygons_of(objects))
    ranked = sorted(outlines, key=lambda number: (-uncertainty[number], number))
    with new_file(path) as aside, zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
        for rank, number in enumerate(ranked, start=1):
            region = region_of(outlines[number])
            region.name = f"{rank:04d}-{uncertainty[number]:.6f}"
            region.group = (classes or {}).get(number, 0)
            member = zipfile.ZipInfo(f"{region.name}.roi", _EARLIEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, region.tobytes())
    return len(ranked)


def region_of(polygons: Sequence[Polygon]) -> ImagejRoi:
    """Give an ImageJ region of one outline, or a composite of several."""
    rings = [ring for polygon in polygons for ring in polygon]
    if len(rings) == 1:
        region = ImagejRoi.frompoints(rings[0])
        region.roitype = ROI_TYPE.TRACED
        region.right, region.bottom = (int(end) for end in rings[0].max(axis=0))
        return region
    points = np.concatenate(rings)
    region = ImagejRoi()
    region.roitype, region.options = ROI_TYPE.RECT, ROI_OPTIONS(0)
    region.left, region.top = (int(end) for end in points.min(axis=0))
    region.right, region.bottom = (int(end) for end in points.max(axis=0))
    region.multi_coordinates = np.array([step for ring in rings for step in _path(ring)], "<f4")
    region.shape_roi_size = len(region.multi_coordinates)
    return region


def _path(ring: NDArray[np.int64]) -> list[float]:
    """Move to the first point, lines to the others, close."""
    steps: list[float] = []
    for number, (x, y) in enumerate(ring.tolist()):
        steps += [_LINE if number else _MOVE, float(x), float(y)]
    return [*steps, _CLOSE]
