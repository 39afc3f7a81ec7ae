"""Neurofinder's ``regions.json``: a list of regions, each a list of (row, column) from 0."""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.candidate_set import CandidateSet, check_candidates
from sightline.errors import InputError
from sightline.formats.candidates.footprints import (
    footprints_from_pixels,
    known_image_shape,
    note_on_clipping,
)

_MOST_BYTES: Final = 1 << 29


def read_neurofinder(
    path: Path, *, image_shape: tuple[int, int] | None, offset: tuple[int, int] = (0, 0)
) -> CandidateSet:
    """Read the regions as candidates of weight 1, without traces.

    Parameters
    ----------
    path
        The JSON file.
    image_shape
        (height, width) of the image, pixels; the file does not store it.
    offset
        (row, column) of the image's first pixel in the coordinates of the regions, where the image
        is a crop. Regions with no pixel in it are left out, and ``notes`` tell how many.

    Returns
    -------
    CandidateSet
        Identities are the regions' ``id``, or their number in the file from 0 where not all have
        one of their own.

    Raises
    ------
    InputError
        If the file is damaged or something else, or no region is in the image.
    """
    shape = known_image_shape(image_shape, path)
    regions = _regions(path)
    pixels = [_coordinates(region, number, path) for number, region in enumerate(regions)]
    rows, columns = np.concatenate([np.empty((0, 2), np.int64), *pixels]).T
    footprints, outside = footprints_from_pixels(
        rows - offset[0],
        columns - offset[1],
        np.ones(len(rows), np.float32),
        [len(listed) for listed in pixels],
        shape,
    )
    footprints.data[:] = 1
    listed = np.array([len(listed) for listed in pixels], np.int64)
    kept = np.flatnonzero((listed == 0) | (outside < listed))
    notes = _notes(len(regions) - len(kept), outside[kept])
    if regions and not len(kept):
        raise InputError(
            path,
            f"none of its {len(regions)} regions is in the image of {shape[0]} x {shape[1]} pixels",
            "regions in the image",
            "Give the offset of the image in the regions' coordinates.",
        )
    identities = _identities(regions)
    return check_candidates(
        CandidateSet(
            recording=path.parent.name if path.stem == "regions" else path.stem,
            source=str(path),
            format="neurofinder",
            image_shape=shape,
            footprints=footprints[kept],
            traces=None,
            identities=tuple(identities[index] for index in kept),
            notes=tuple(notes),
        )
    )


def _regions(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"it has {path.stat().st_size:,} bytes")
        regions = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as failure:
        raise _not_regions(path, f"it cannot be read as JSON ({failure})") from None
    if not isinstance(regions, list):
        raise _not_regions(path, "its JSON is no list")
    return regions


def _coordinates(region: Any, number: int, path: Path) -> NDArray[np.int64]:
    """(pixel, 2) row and column of one region's pixels, checked."""
    listed = region.get("coordinates") if isinstance(region, dict) else None
    if listed == []:
        return np.empty((0, 2), np.int64)
    try:
        values = np.asarray(listed)
    except ValueError:
        values = np.empty(0)
    if values.ndim != 2 or values.shape[-1] != 2 or values.dtype.kind not in "iu":
        raise _not_regions(path, f"region {number} has no list of whole (row, column)")
    return values.astype(np.int64)


def _identities(regions: list[Any]) -> list[str]:
    own = [region.get("id") for region in regions]
    named = all(isinstance(name, (int, str)) for name in own)
    if named and len({str(name) for name in own}) == len(own):
        return [str(name) for name in own]
    return [str(number) for number in range(len(regions))]


def _notes(absent: int, outside: NDArray[np.int64]) -> list[str]:
    notes = ["Regions are outlines drawn or chosen by people: every pixel has the weight 1."]
    if absent:
        notes.append(f"{absent} regions lie outside of the image and are left out.")
    return notes + note_on_clipping(outside)


def _not_regions(path: Path, found: str) -> InputError:
    return InputError(
        path,
        found,
        'a list such as [{"coordinates": [[row, column], ...]}, ...]',
        "Give Neurofinder's regions.json.",
    )
