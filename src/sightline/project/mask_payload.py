"""A mask as bytes for a payload: the same mask gives the same bytes, and so the same SHA-256.

A line of JSON that says what it is, then the runs of equal pixels, row after row: how many pixels
(little-endian uint32, each), their class (int16), their object (int32, where objects are told).
Nothing is compressed otherwise, because compressors of other versions give other bytes.
"""

import json
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.mask import Mask, check_mask
from sightline.errors import InputError, ProjectError

_FORMAT: Final = "sightline mask"
_VERSION: Final = 1
_MOST_PIXELS: Final = 2**31


def mask_bytes(mask: Mask) -> bytes:
    """Write a mask; where it came from is no part of it.

    Objects are numbered anew from 1 in the order of their first pixels, for a number says nothing
    else of an object.

    Raises
    ------
    InputError
        If its parts do not fit each other, see `check_mask`, or it has too many pixels.
    """
    check_mask(mask)
    if mask.classes.size > _MOST_PIXELS:
        raise InputError(
            mask.source or "mask", f"{mask.classes.size} pixels", f"at most {_MOST_PIXELS}",
            "Cut the image into parts.",
        )  # fmt: skip
    columns: list[NDArray[Any]] = [mask.classes.ravel()]
    if mask.objects is not None:
        columns.append(numbered_in_order(mask.objects).ravel())
    starts = _starts(columns)
    lengths = np.diff(starts, append=mask.classes.size)
    about = {
        "format": _FORMAT,
        "version": _VERSION,
        "shape": list(mask.shape),
        "class_names": list(mask.class_names),
        "objects": mask.objects is not None,
        "runs": len(starts),
    }
    head = json.dumps(about, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    parts = [lengths.astype("<u4"), columns[0][starts].astype("<i2")]
    parts += [column[starts].astype("<i4") for column in columns[1:]]
    return head.encode("ascii") + b"\n" + b"".join(part.tobytes() for part in parts)


def mask_of_bytes(content: bytes, shape: tuple[int, int], where: str = "payload") -> Mask:
    """Read what `mask_bytes` wrote.

    Parameters
    ----------
    content
        Of the payload.
    shape
        (y, x) of the image that it is of.
    where
        Named in errors, and as the mask's source.

    Raises
    ------
    ProjectError
        If it is no mask, damaged, of another shape, or of a newer Sightline.
    """
    head, _, body = content.partition(b"\n")
    try:
        about = json.loads(head)
        if about["format"] != _FORMAT:
            raise ValueError(about["format"])
        if about["version"] > _VERSION:
            raise ProjectError(
                f"{where}: a mask of version {about['version']}; this Sightline knows up to "
                f"{_VERSION}. Update Sightline to open this project."
            )
        if about["shape"] != list(shape):
            raise ValueError(f"of shape {about['shape']}, not {list(shape)}")
        return check_mask(_mask(about, body, shape, where))
    except (ValueError, KeyError, TypeError, RecursionError, InputError) as damage:
        raise ProjectError(
            f"{where}: damaged or no mask ({damage}). Restore it from a backup."
        ) from None


def numbered_in_order(objects: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    """(y, x) objects numbered from 1 without gaps, in the order of their first pixels."""
    found, first, place = np.unique(objects.ravel(), return_index=True, return_inverse=True)
    order = np.argsort(np.where(found == 0, -1, first), kind="stable")
    number = np.empty(len(found), np.int32)
    number[order] = np.arange(len(found)) + (0 if 0 in found else 1)
    return number[place].reshape(objects.shape)


def _starts(columns: list[NDArray[Any]]) -> NDArray[np.int64]:
    """(run,) first pixel of each run of equal pixels."""
    changes = np.zeros(columns[0].size, bool)
    changes[:1] = True
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changes)


def _mask(about: dict[str, Any], body: bytes, shape: tuple[int, int], where: str) -> Mask:
    """Spread the runs; ValueError where they do not fit what is said of them."""
    runs, pixels = int(about["runs"]), shape[0] * shape[1]
    if len(body) != runs * (10 if about["objects"] else 6):
        raise ValueError(f"{len(body)} bytes")
    lengths = np.frombuffer(body, "<u4", runs).astype(np.int64)
    if lengths.sum() != pixels:
        raise ValueError(f"{lengths.sum()} pixels")
    classes = np.frombuffer(body, "<i2", runs, 4 * runs).astype(np.int16)
    objects = None
    if about["objects"]:
        numbers = np.frombuffer(body, "<i4", runs, 6 * runs).astype(np.int32)
        objects = np.repeat(numbers, lengths).reshape(shape)
    names = tuple(str(name) for name in about["class_names"])
    return Mask(np.repeat(classes, lengths).reshape(shape), objects, names, where)
