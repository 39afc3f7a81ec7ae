"""ZephIR's ``annotations.h5`` (or ``coordinates.h5``) and ``worldlines.h5``.

Pixels: a fraction 0..1 of the image along each axis, the centre of pixel i of S at (i + 0.5) / S,
in 32 bits: what was read is written back bit for bit, any other position comes back to within
S / 2**24 pixels.

The provenance is the annotator's name (4 bytes), ``ZEIR`` the tracker itself. ``id`` and
``parent_id`` mean different things in different writers: they are kept in ``columns``, not used.
Only these files and the shape in ``metadata.json`` or ``data.h5`` are read; see
`sightline.formats.zephir_metadata`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import (
    Author,
    KeypointSet,
    animal_or_part_is_sound,
    check_keypoints,
)
from sightline.errors import InputError
from sightline.formats.hdf5_arrays import held
from sightline.formats.keypoints.carried import Part, told_of_loss
from sightline.formats.new_file import new_file
from sightline.formats.unreadable import damage_reported
from sightline.formats.zephir_metadata import zephir_image_shape

ANNOTATIONS: Final = "annotations.h5"
WORLDLINES: Final = "worldlines.h5"
DATASETS: Final = {"t_idx", "x", "y", "z", "worldline_id"}
CARRIED: Final[tuple[Part, ...]] = (
    "z",
    "person or machine",
    "annotators",
    "names",
    "unplaced names",
)
_EXPECTED: Final = "ZephIR's annotations: t_idx, x, y, z, worldline_id, all of one length"
_TRACKER: Final = "ZEIR"
_ANNOTATOR: Final = "ANTT"
_TOOL: Final = "ZephIR"
_NO_NAME: Final = ("", "null")
_NAME_BYTES: Final = 8
_PROVENANCE_BYTES: Final = 4
_COLOUR: Final = "#ffffff"
_LARGEST: Final = 2**32 - 1


def read_zephir(path: Path, *, image_shape: tuple[int, int, int] | None = None) -> KeypointSet:
    """Read annotations, with names and colours from the ``worldlines.h5`` beside them.

    Parameters
    ----------
    path
        The annotations, or the folder that holds them.
    image_shape
        (z, y, x), pixels; from ``metadata.json`` or ``data.h5`` in the same folder if not given.

    Raises
    ------
    InputError
        If the files are damaged, or the shape is not known or another one.
    """
    path = path / ANNOTATIONS if path.is_dir() else path
    told = zephir_image_shape(path.parent)
    if told and image_shape and told != image_shape:
        raise InputError(
            path,
            f"the metadata beside it tell of images of {told}",
            f"{image_shape} (z, y, x), as the recording has",
            "Give the recording that was annotated, uncropped.",
        )
    shape = told or image_shape
    if shape is None:
        raise InputError(
            path,
            "its positions are fractions of an image whose size no metadata.json beside it tells",
            "the size of the image",
            "Give the image's shape (z, y, x), or put metadata.json beside it.",
        )
    table = _read_table(path)
    rows, notes = _one_a_keypoint_and_frame(table)
    names, colours = _read_worldlines(path.with_name(WORLDLINES))
    numbers = sorted({*names, *table["worldline_id"].tolist()})
    if not numbers:
        raise InputError(path, "it holds no annotations", "at least one", "Annotate a frame first.")
    provenance = table["provenance"][rows]
    known, author = np.unique(provenance, return_inverse=True)
    fraction = np.stack([table[axis] for axis in ("z", "y", "x")], axis=1)[rows]
    return check_keypoints(
        KeypointSet(
            names=_different([(number, names.get(number, "")) for number in numbers]),
            source=str(path),
            format="zephir",
            frame=table["t_idx"][rows],
            keypoint=np.searchsorted(numbers, table["worldline_id"][rows]),
            position=fraction * np.array(shape) - 0.5,
            score=np.full(len(rows), np.nan),
            hidden=np.zeros(len(rows), bool),
            author=author,
            authors=tuple(map(_author, known.tolist())) or (Author(),),
            image_shape=shape,
            numbers=tuple(numbers),
            colours=tuple(colours.get(number, "") for number in numbers),
            columns={name: table[name][rows] for name in ("id", "parent_id") if name in table},
            notes=notes,
        )
    )


def write_zephir(folder: Path, keypoints: KeypointSet) -> tuple[str, ...]:
    """Write ``annotations.h5`` and ``worldlines.h5`` into a folder, which is made if need be.

    Returns
    -------
    tuple of str
        What the format does not carry, and which names it cut.

    Raises
    ------
    InputError
        If one of them is there already, or the image's shape is not known.
    """
    shape = keypoints.image_shape
    if shape is None:
        raise InputError(
            folder,
            "the size of the image is not known",
            "it: ZephIR keeps positions as fractions of the image",
            "Give the image's shape (z, y, x).",
        )
    annotations, worldlines = folder / ANNOTATIONS, folder / WORLDLINES
    for path in (annotations, worldlines):
        if path.exists():
            raise InputError(
                path, "the file is there already", "a folder without it", "Choose another folder."
            )
    names, cut_names = _cut_names(keypoints)
    provenance, cut_people = _provenance(keypoints.authors)
    numbers = np.array(keypoints.numbers or range(len(keypoints.names)), np.int64)
    known = _as_u4(numbers, "a keypoint's number", folder)
    table = {
        name: _as_u4(values, name, folder) if values.dtype.kind == "i" else values
        for name, values in _table(keypoints, numbers, shape, provenance).items()
    }
    colours = keypoints.colours or ("",) * len(numbers)
    folder.mkdir(parents=True, exist_ok=True)
    with new_file(worldlines) as aside, h5py.File(aside, "w") as file:
        file["id"], file["name"] = known, names
        file["color"] = np.array([(colour or _COLOUR).encode() for colour in colours], "S7")
    with new_file(annotations) as aside, h5py.File(aside, "w") as file:
        for name, values in table.items():
            file[name] = values
    return *told_of_loss(keypoints, "ZephIR", CARRIED), *cut_names, *cut_people


def _read_table(path: Path) -> dict[str, NDArray[Any]]:
    with damage_reported(path, _EXPECTED):
        with h5py.File(path, "r", locking="best-effort") as file:
            stored = {name: held(item)[()] for name, item in file.items() if hasattr(item, "dtype")}
        count = np.size(stored["t_idx"])
        table: dict[str, NDArray[Any]] = {}
        for name in ("t_idx", "worldline_id", "id", "parent_id"):
            if name in DATASETS or np.size(stored.get(name, [])) == count > 0:
                table[name] = np.asarray(stored[name]).astype(np.int64).reshape(-1)
        for name in ("x", "y", "z"):
            table[name] = np.asarray(stored[name]).astype(np.float64).reshape(-1)
        table["provenance"] = _texts(stored.get("provenance", np.full(count, b"NULL")), count)
        if any(len(values) != count for values in table.values()):
            raise ValueError(f"{ {name: len(values) for name, values in table.items()} } rows")
    return table


def _texts(stored: NDArray[Any], count: int) -> NDArray[np.str_]:
    """Texts of a column; MATLAB writes them as a matrix of character codes."""
    if stored.dtype.kind in "ui" and stored.ndim == 2 and count in stored.shape:
        codes = stored if stored.shape[0] == count else stored.T
        texts = ["".join(map(chr, row)) for row in codes.tolist()]
    else:
        texts = [_decoded(text) for text in stored.reshape(-1).tolist()]
    return np.array([text.strip("\0 ") for text in texts], dtype=np.str_)


def _decoded(text: Any) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def _one_a_keypoint_and_frame(
    table: dict[str, NDArray[Any]],
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Rows to keep: of several, a person's before the tracker's, then the last, as ZephIR does."""
    by_person = table["provenance"] != _TRACKER
    order = np.lexsort((by_person, table["worldline_id"], table["t_idx"]))
    frame, number = table["t_idx"][order], table["worldline_id"][order]
    last = np.ones(len(order), bool)
    last[:-1] = (np.diff(frame) != 0) | (np.diff(number) != 0)
    dropped = int((~last).sum())
    note = (
        f"{dropped} positions were said again later in the file for the same keypoint and frame: "
        "the last is taken, and a person's before the tracker's."
    )
    return order[last], (note,) if dropped else ()


def _read_worldlines(path: Path) -> tuple[dict[int, str], dict[int, str]]:
    """Name and colour of each number; nothing if there is no such file."""
    if not path.is_file():
        return {}, {}
    with damage_reported(path, "ZephIR's worldlines: id, name, color, all of one length"):
        with h5py.File(path, "r", locking="best-effort") as file:
            stored = {name: held(item)[()] for name, item in file.items() if hasattr(item, "dtype")}
        numbers = np.asarray(stored["id"]).reshape(-1).astype(np.int64).tolist()
        empty = np.full(len(numbers), b"")
        names = _texts(stored.get("name", empty), len(numbers)).tolist()
        colours = _texts(stored.get("color", empty), len(numbers)).tolist()
        return (
            dict(zip(numbers, names, strict=True)),
            dict(zip(numbers, colours, strict=True)),
        )


def _different(named: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """A name for each number, which stands in where the name is missing or taken."""
    taken: dict[str, int] = {}
    for number, said in named:
        name = said.strip()
        if name in _NO_NAME or not animal_or_part_is_sound(name):
            name = str(number)
        while name in taken:
            name = f"{name} ({number})"
        taken[name] = number
    return tuple(taken)


def _author(provenance: str) -> Author:
    return Author("", _TOOL) if provenance == _TRACKER else Author(provenance or "NULL", _TOOL)


def _cut(text: str, most_bytes: int) -> bytes:
    """The first characters of a text that fit, whole ones."""
    return text.encode()[:most_bytes].decode("utf-8", "ignore").encode()


def _cut_names(keypoints: KeypointSet) -> tuple[NDArray[np.bytes_], tuple[str, ...]]:
    numbers = keypoints.numbers or range(len(keypoints.names))
    cut = [
        b"null" if name == str(number) else _cut(name, _NAME_BYTES)
        for name, number in zip(keypoints.names, numbers, strict=True)
    ]
    changed = [
        f"{name} -> {short.decode()}"
        for name, short in zip(keypoints.names, cut, strict=True)
        if short not in (name.encode(), b"null")
    ]
    return np.array(cut, f"S{_NAME_BYTES}"), _told_of_cuts("keypoints'", _NAME_BYTES, changed)


def _provenance(authors: tuple[Author, ...]) -> tuple[NDArray[np.bytes_], tuple[str, ...]]:
    """What stands for each author, and whose names were cut."""
    texts, changed = [], []
    for author in authors:
        text = _cut(author.annotator, _PROVENANCE_BYTES) if author.is_person else _TRACKER.encode()
        if author.is_person and text == _TRACKER.encode():
            text = _ANNOTATOR.encode()  # a person must never be taken for the tracker
        texts.append(text)
        if author.is_person and text != author.annotator.encode():
            changed.append(f"{author.annotator} -> {text.decode()}")
    return (
        np.array(texts, f"S{_PROVENANCE_BYTES}"),
        _told_of_cuts("annotators'", _PROVENANCE_BYTES, changed),
    )


def _told_of_cuts(whose: str, most_bytes: int, changed: list[str]) -> tuple[str, ...]:
    if not changed:
        return ()
    listed = ", ".join(changed[:10]) + (", ..." if len(changed) > 10 else "")
    return (f"ZephIR holds {most_bytes} bytes of {whose} names; these were cut: {listed}.",)


def _table(
    keypoints: KeypointSet,
    numbers: NDArray[np.int64],
    shape: tuple[int, int, int],
    provenance: NDArray[np.bytes_],
) -> dict[str, NDArray[Any]]:
    fraction = ((keypoints.position + 0.5) / np.array(shape)).astype(np.float32)
    count = len(keypoints)
    kept = keypoints.columns if keypoints.format == "zephir" else {}
    own = kept.get("id", np.arange(1, count + 1))
    table: dict[str, NDArray[Any]] = {
        "id": own if len(np.unique(own)) == count else np.arange(1, count + 1),
        "t_idx": keypoints.frame,
        "worldline_id": numbers[keypoints.keypoint],
        "parent_id": kept.get("parent_id", np.where(keypoints.by_person, 0, keypoints.frame)),
        "provenance": provenance[keypoints.author],
    }
    return {**table, **{axis: fraction[:, place] for place, axis in enumerate("zyx")}}


def _as_u4(values: NDArray[Any], name: str, where: Path) -> NDArray[np.uint32]:
    if len(values) and (values.min() < 0 or values.max() > _LARGEST):
        raise InputError(
            where,
            f"{name} goes from {values.min()} to {values.max()}",
            f"0 to {_LARGEST}, which is all that ZephIR holds",
            "Number them anew.",
        )
    return values.astype(np.uint32)
