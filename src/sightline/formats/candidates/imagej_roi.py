"""ImageJ's regions of interest: one ``.roi`` file, or a ``.zip`` of them as its ROI Manager saves.

Coordinates count from the corner of the first pixel, so that pixel (row, column) has its centre at
(row + 1/2, column + 1/2). A pixel belongs to a region if its centre lies inside, by the even-odd
rule: what several outlines of a composite cover twice is a hole.
"""

import itertools
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from roifile import ROI_OPTIONS, ROI_TYPE, ImagejRoi

from sightline.data.candidate_set import CandidateSet, check_candidates
from sightline.errors import InputError
from sightline.formats.candidates.footprints import (
    footprints_from_pixels,
    known_image_shape,
    note_on_clipping,
)
from sightline.formats.unreadable import damage_reported

_MOST_BYTES_OF_ONE: Final = 1 << 24
_MOST_BYTES: Final = 1 << 29
AREAS: Final = (
    ROI_TYPE.POLYGON,
    ROI_TYPE.RECT,
    ROI_TYPE.OVAL,
    ROI_TYPE.FREEHAND,
    ROI_TYPE.TRACED,
)


def read_imagej_rois(path: Path, *, image_shape: tuple[int, int] | None) -> CandidateSet:
    """Read polygons, freehand, traced, oval, rectangular and composite regions as candidates.

    Every pixel has the weight 1; there are no traces. Points, lines and texts have no area and are
    left out; a region with no pixel in the image stays, with an empty footprint. Both are noted.

    Parameters
    ----------
    path
        ``.roi`` or ``.zip``.
    image_shape
        (height, width) of the image, pixels; the file does not store it.

    Returns
    -------
    CandidateSet
        Identities are the regions' names, with a number behind where a name comes again.

    Raises
    ------
    InputError
        If the file is damaged, too large, or holds no region with an area.
    """
    shape = known_image_shape(image_shape, path)
    with damage_reported(path, "a .roi file of ImageJ, or a .zip of such files"):
        named = list(regions_in(path))
    areas = [(name, region) for name, region in named if region.roitype in AREAS]
    if not areas:
        raise InputError(
            path,
            f"none of its {len(named)} regions has an area",
            "outlines of cells",
            "Draw the cells as polygons, ovals or freehand selections, and save them again.",
        )
    pixels = [region_pixels(region, shape, path) for _, region in areas]
    places = np.concatenate([place for place, _ in pixels])
    footprints, _ = footprints_from_pixels(
        places[:, 0],
        places[:, 1],
        np.ones(len(places), np.float32),
        [len(place) for place, _ in pixels],
        shape,
    )
    outside = np.array([beyond for _, beyond in pixels], np.int64)
    return check_candidates(
        CandidateSet(
            recording=path.stem,
            source=str(path),
            format="imagej-roi",
            image_shape=shape,
            footprints=footprints,
            traces=None,
            identities=_different(name for name, _ in areas),
            notes=tuple(_notes([region for _, region in areas], len(named), outside)),
        )
    )


def regions_in(path: Path) -> Iterator[tuple[str, ImagejRoi]]:
    """Name and content of each region, in the order of the file.

    Raises
    ------
    ValueError
        If it is too large; whatever `roifile` raises over a damaged file.
    """
    if not zipfile.is_zipfile(path):
        if path.stat().st_size > _MOST_BYTES_OF_ONE:
            raise ValueError(f"it has {path.stat().st_size:,} bytes")
        yield _region(path.read_bytes(), path.stem)
        return
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if one.filename.lower().endswith(".roi")]
        largest = max((one.file_size for one in members), default=0)
        total = sum(one.file_size for one in members)
        if largest > _MOST_BYTES_OF_ONE or total > _MOST_BYTES:
            raise ValueError(f"its regions unpack to {total:,} bytes")
        for member in members:
            yield _region(archive.read(member), Path(member.filename).stem)


def _region(content: bytes, name: str) -> tuple[str, ImagejRoi]:
    region = ImagejRoi.frombytes(content)
    return region.name or name, region


def region_pixels(
    region: ImagejRoi, shape: tuple[int, int], path: Path
) -> tuple[NDArray[np.int64], bool]:
    """(pixel, 2) row and column inside the region, and whether it reaches over the border.

    Raises
    ------
    InputError
        If it is of curves that are not understood.
    """
    if region.roitype == ROI_TYPE.OVAL:
        return _pixels_of_oval(_box(region), shape)
    if region.roitype == ROI_TYPE.RECT and not region.composite:
        top, left, bottom, right = _box(region)
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        return pixels_inside([np.array(corners)], shape)
    try:
        outlines = region.coordinates(multi=True)
    except (NotImplementedError, RuntimeError, IndexError) as failure:
        raise InputError(
            path,
            f"region {region.name!r} is of curves that are not understood ({failure})",
            "outlines of straight pieces",
            "Turn it into a polygon in ImageJ (Edit > Selection > Interpolate), and save again.",
        ) from None
    return pixels_inside([np.asarray(outline, np.float64) for outline in outlines], shape)


def pixels_inside(
    outlines: Iterable[NDArray[np.float64]], shape: tuple[int, int]
) -> tuple[NDArray[np.int64], bool]:
    """Find the pixels whose centres lie inside closed outlines, by the even-odd rule.

    Parameters
    ----------
    outlines
        Each (point, 2) x and y, pixels from the corner of the first pixel.
    shape
        (height, width) of the image, pixels.

    Returns
    -------
    pixels : (pixel, 2) int64
        Row and column of each, row by row.
    beyond
        Whether an outline reaches over the image's border.
    """
    closed = [np.vstack([outline, outline[:1]]) for outline in outlines if len(outline)]
    points = np.nan_to_num(np.concatenate([np.empty((0, 2)), *closed]))
    if not len(points):
        return np.empty((0, 2), np.int64), False
    beyond = bool((points < 0).any() or (points > shape[::-1]).any())
    first = np.clip(np.floor(points.min(0)), 0, shape[::-1]).astype(np.int64)
    last = np.clip(np.ceil(points.max(0)), 0, shape[::-1]).astype(np.int64)
    width, height = (last - first).tolist()
    toggles = np.zeros((height, width + 1), np.uint8)
    for outline in closed:
        _toggle(toggles, np.nan_to_num(outline) - first)
    inside = np.cumsum(toggles, axis=1, dtype=np.uint8)[:, :-1] & 1
    return np.argwhere(inside) + first[::-1], beyond


def _toggle(toggles: NDArray[np.uint8], corners: NDArray[np.float64]) -> None:
    """Mark, for each edge and each row whose middle it crosses, the first pixel to its right."""
    height, width = toggles.shape
    for (x0, y0), (x1, y1) in itertools.pairwise(corners):
        low, high = np.clip(np.ceil(np.sort((y0, y1)) - 0.5), 0, height).astype(int)
        if low < high:
            rows = np.arange(low, high)
            crossing = x0 + (rows + 0.5 - y0) * ((x1 - x0) / (y1 - y0))
            toggles[rows, np.clip(np.ceil(crossing - 0.5), 0, width - 1).astype(int)] += 1


def _pixels_of_oval(
    box: tuple[float, float, float, float], shape: tuple[int, int]
) -> tuple[NDArray[np.int64], bool]:
    top, left, bottom, right = box
    first = np.clip(np.floor((top, left)), 0, shape).astype(int)
    last = np.clip(np.ceil((bottom, right)), 0, shape).astype(int)
    y, x = np.ogrid[first[0] : last[0], first[1] : last[1]]
    from_middle_y = (y + 0.5 - (top + bottom) / 2) / max((bottom - top) / 2, 1e-9)
    from_middle_x = (x + 0.5 - (left + right) / 2) / max((right - left) / 2, 1e-9)
    beyond = top < 0 or left < 0 or bottom > shape[0] or right > shape[1]
    return np.argwhere(from_middle_y**2 + from_middle_x**2 <= 1) + first, beyond


def _box(region: ImagejRoi) -> tuple[float, float, float, float]:
    """Top, left, bottom and right of a rectangle or oval."""
    if region.subpixelrect:
        box = region.yd, region.xd, region.yd + region.heightd, region.xd + region.widthd
    else:
        box = region.top, region.left, region.bottom, region.right
    top, left, bottom, right = np.nan_to_num(np.array(box, np.float64)).tolist()
    return top, left, bottom, right


def _different(names: Iterable[str]) -> tuple[str, ...]:
    """The names, a number behind each that was there already."""
    taken: dict[str, None] = {}
    for name in names:
        new, number = name, 2
        while new in taken:
            new, number = f"{name}-{number}", number + 1
        taken[new] = None
    return tuple(taken)


def _notes(areas: list[ImagejRoi], regions: int, outside: NDArray[np.int64]) -> list[str]:
    notes = ["Every pixel whose centre is inside of a region has the weight 1."]
    if regions > len(areas):
        notes.append(f"{regions - len(areas)} points, lines or texts have no area: left out.")
    if any(region.position or region.t_position or region.z_position for region in areas):
        notes.append("Regions are bound to frames or slices of a stack: this is ignored.")
    if any(region.options & ROI_OPTIONS.SPLINE_FIT for region in areas):
        notes.append("Splines are taken as straight lines between their points.")
    return notes + note_on_clipping(outside)
