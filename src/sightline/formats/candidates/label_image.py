"""A label image (0 background, each candidate its number), or a stack of masks, one a candidate.

TIFF, PNG, npy, and the ``_seg.npy`` of Cellpose, whose objects are built without executing it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage, sparse

from sightline.data.candidate_set import CandidateSet, check_candidates
from sightline.errors import InputError
from sightline.formats.candidates.footprints import footprints_from_pixels
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.recordings.tiff_recording import open_tiff
from sightline.formats.safe_pickle import load_numbers, parse_npy
from sightline.formats.unreadable import damage_reported

_MOST_PIXELS: Final = 1 << 28
_COLOURS: Final = (3, 4)
_EXPECTED: Final = "a label image of whole numbers (y, x), or a stack of masks (candidate, y, x)"


def read_label_image(path: Path) -> CandidateSet:
    """Read one candidate a label, of weight 1, or one a mask of a stack; without traces.

    A stack's masks may hold weights (floating point), or one whole number beside 0. Identities are
    the labels, or the masks' numbers from 0.

    Raises
    ------
    InputError
        If the file is damaged, in colour, a label image that is not of whole numbers, or a stack
        with several labels in a plane.
    """
    with damage_reported(path, _EXPECTED):
        with path.open("rb") as file:
            start = file.read(4)
        planes, shape = {b"\x89PNG": _png, b"\x93NUM": _npy}.get(start, _tiff)(path)
        if len(shape) == 2:
            (labels,) = planes
            footprints, identities, notes = _from_labels(labels, path)
        else:
            footprints = _from_masks(planes, shape, path)
            identities = tuple(str(number) for number in range(shape[0]))
            notes = [f"A stack of {shape[0]} masks, one a candidate."]
    return check_candidates(
        CandidateSet(
            recording=path.stem,
            source=str(path),
            format="label-image",
            image_shape=(shape[-2], shape[-1]),
            footprints=footprints,
            traces=None,
            identities=identities,
            notes=tuple(notes),
        )
    )


def _png(path: Path) -> tuple[Iterable[NDArray[Any]], tuple[int, ...]]:
    with Image.open(path, formats=["PNG"]) as image:
        if image.mode not in {"1", "L", "P", "I", "I;16", "I;16B"}:
            raise _not_labels(path, f"it is an image in colour or with transparency ({image.mode})")
        _check_shape(image.size[::-1], path)
        labels = np.asarray(image)
    return [labels], labels.shape


def _npy(path: Path) -> tuple[Iterable[NDArray[Any]], tuple[int, ...]]:
    with path.open("rb") as file:
        objects = b"'|O'" in file.read(256)
    values = parse_npy(path.read_bytes(), path) if objects else load_numbers(path)
    if isinstance(values, dict):
        values = values.get("masks")
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiub":
        raise _not_labels(path, "it holds no image")
    _check_shape(values.shape, path)
    return [values] if values.ndim == 2 else values, values.shape


def _tiff(path: Path) -> tuple[Iterable[NDArray[Any]], tuple[int, ...]]:
    with open_tiff(path, RecordingOptions()) as stored:
        axes, (*leading, height, width) = stored.info.axes, stored.info.shape
    if "channel" in axes and leading[axes.index("channel")] in _COLOURS:
        raise _not_labels(path, "it is in colour, or has several channels")
    planes = [length for length in leading if length > 1]
    shape = (*planes, height, width)
    _check_shape(shape, path)
    return _tiff_planes(path, (height, width)), shape


def _tiff_planes(path: Path, shape: tuple[int, int]) -> Iterator[NDArray[Any]]:
    """Each plane of a TIFF; a frame is decoded only when it is asked for."""
    with open_tiff(path, RecordingOptions()) as stored:
        for frame in range(stored.info.frames):
            yield from stored.read(frame, frame + 1).reshape(-1, *shape)


def _check_shape(shape: tuple[int, ...], path: Path) -> None:
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[-1] in _COLOURS):
        raise _not_labels(path, f"it has the shape {shape}")
    if shape[-1] * shape[-2] > _MOST_PIXELS:
        raise _not_labels(path, f"it claims {shape[-2]:,} x {shape[-1]:,} pixels")


def _from_labels(
    labels: NDArray[Any], path: Path
) -> tuple[sparse.csr_array, tuple[str, ...], list[str]]:
    if labels.dtype.kind not in "iub":
        raise _not_labels(path, f"its values are {labels.dtype}")
    if labels.min(initial=0) < 0:
        raise _not_labels(path, "it has negative labels")
    rows, columns = np.nonzero(np.atleast_2d(labels))
    numbers, places = np.unique(labels[rows, columns].astype(np.int64), return_inverse=True)
    order = np.argsort(places, kind="stable")
    footprints, _ = footprints_from_pixels(
        rows[order],
        columns[order],
        np.ones(len(order), np.float32),
        np.bincount(places, minlength=len(numbers)),
        (labels.shape[0], labels.shape[1]),
    )
    return footprints, tuple(map(str, numbers)), _notes_on_labels(labels, len(numbers))


def _notes_on_labels(labels: NDArray[Any], count: int) -> list[str]:
    notes = [f"A label image of {count} labels; every pixel has the weight 1."]
    numbered = np.zeros(labels.shape, np.int32)
    ndimage.label(labels, output=numbered)
    pieces = int(numbered.max(initial=0))
    if count == 1 and pieces > 1:
        notes.append(
            f"Its only label is in {pieces} pieces: if each is a cell, number them differently."
        )
    return notes


def _from_masks(
    planes: Iterable[NDArray[Any]], shape: tuple[int, ...], path: Path
) -> sparse.csr_array:
    rows, columns, weights = [], [], []
    for number, plane in enumerate(planes):
        mask = np.asarray(plane)
        found = np.nonzero(mask)
        values = mask[found]
        whole = mask.dtype.kind in "iub"
        if whole and values.size and values.min() != values.max():
            raise _not_labels(path, f"plane {number} of its {shape[0]} has several labels")
        rows.append(found[0])
        columns.append(found[1])
        weights.append(np.ones(values.size, np.float32) if whole else values.astype(np.float32))
    counts = [len(place) for place in rows]
    if not counts:
        return sparse.csr_array((0, shape[-2] * shape[-1]), dtype=np.float32)
    footprints, _ = footprints_from_pixels(
        np.concatenate(rows),
        np.concatenate(columns),
        np.concatenate(weights),
        counts,
        (shape[-2], shape[-1]),
    )
    return footprints


def _not_labels(path: Path, found: str) -> InputError:
    return InputError(
        path, found, _EXPECTED, "Save the labels of one plane as whole numbers, without colours."
    )
