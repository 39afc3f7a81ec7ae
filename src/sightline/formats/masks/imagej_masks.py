"""ImageJ's regions as masks: a ``.roi``, or a ``.zip`` of them; each region is an object.

The centre of pixel (row, column) is at (row + 1/2, column + 1/2). The number of a region's group,
where it has one, is its class; a region whose name begins with ``ignore`` is ignored.
"""

import zipfile
from functools import partial
from pathlib import Path

from roifile import ROI_OPTIONS, ImagejRoi

from sightline.errors import InputError
from sightline.formats.candidates.imagej_roi import AREAS, region_pixels, regions_in
from sightline.formats.masks.drawn import Drawing, Drawn, Pixels, Shape
from sightline.formats.unreadable import damage_reported


def read_imagej_drawing(path: Path) -> Drawing:
    """Read all regions that have an area.

    Raises
    ------
    InputError
        If the file is damaged or too large.
    """
    with damage_reported(path, "a .roi file of ImageJ, or a .zip of such files"):
        named = list(regions_in(path))
    if not named and zipfile.is_zipfile(path):
        _check_empty(path)
    areas = [(name, region) for name, region in named if region.roitype in AREAS]
    notes = []
    if len(areas) < len(named):
        notes.append(f"{len(named) - len(areas)} points, lines or texts have no area: left out.")
    if any(one.position or one.t_position or one.z_position for _, one in areas):
        notes.append("Regions are bound to frames or slices of a stack: this is ignored.")
    if any(one.options & ROI_OPTIONS.SPLINE_FIT for _, one in areas):
        notes.append("Splines are taken as straight lines between their points.")
    objects = tuple(
        Drawn(partial(_inside, region, path), _class(name, region)) for name, region in areas
    )
    return Drawing(objects, notes=tuple(notes))


def _check_empty(path: Path) -> None:
    """Raise if a zip without regions holds something else."""
    with zipfile.ZipFile(path) as archive:
        others = archive.namelist()
    if others:
        raise InputError(path, f"it holds no .roi file, but {others[0]}", "regions of ImageJ",
                         "Save them with the ROI Manager, or unpack it.")  # fmt: skip


def _inside(region: ImagejRoi, path: Path, shape: Shape) -> Pixels:
    return region_pixels(region, shape, path)[0]


def _class(name: str, region: ImagejRoi) -> str:
    if name.lower().startswith("ignore"):
        return "ignore"
    return f"group {region.group}" if region.group else ""
