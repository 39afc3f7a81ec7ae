"""The machine's masks of a project's images: one group of arrays an image, and a list of all.

The list names each image's group by what is in it, and is replaced last: work that is stopped
leaves the predictions that were there.
"""

import json
import math
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from hashlib import blake2b, sha256
from time import monotonic, sleep
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from sightline.data.mask import Mask
from sightline.errors import ProjectError
from sightline.project.account import held_alone
from sightline.project.arrays import RESTORE, read_arrays, write_arrays
from sightline.project.faults import reported
from sightline.project.mask_payload import mask_bytes, numbered_in_order
from sightline.project.project import Project

_NAME: Final = "predictions"
_GROUP: Final = "prediction-"
_LOCK: Final = "predictions.lock"
_PATIENCE: Final = 600.0  # seconds that others may take to store theirs
_NUMBERS: Final = ("image", "number", "area_px", "uncertainty", "y", "x")


@dataclass(frozen=True)
class MachineScores:
    """What a learner says of its mask of an image; NaN where it says nothing.

    Parameters
    ----------
    uncertainty
        U, the mean of the uncertainty's map over the predicted foreground; deepflash2, equation 5.
    between_members, between_flips, data
        The same mean of each part of it.
    expected_dice
        Forecast by the model, from the images that it was trained on.
    foreign, why
        Whether the image is unlike those, and in what.
    rests_on
        What the mask was made with, such as the model's folder.
    """

    uncertainty: float = math.nan
    between_members: float = math.nan
    between_flips: float = math.nan
    data: float = math.nan
    expected_dice: float = math.nan
    foreign: bool = False
    why: str = ""
    rests_on: str = ""


@dataclass(frozen=True)
class NewPrediction:
    """A mask to be stored.

    Parameters
    ----------
    name
        Of an image of the project.
    mask
        The machine's.
    uncertainty : (y, x) float or None
        Its map.
    scores
        Of the whole image.
    """

    name: str
    mask: Mask
    uncertainty: NDArray[np.floating] | None = field(default=None, repr=False)
    scores: MachineScores = MachineScores()


@dataclass(frozen=True)
class MachineMask:
    """A mask that is stored.

    Parameters
    ----------
    name
        Of the image.
    group
        Of arrays that hold it.
    digest
        SHA-256 that it would have as a payload.
    scores
        Of the whole image.
    """

    name: str
    group: str
    digest: str
    scores: MachineScores


@dataclass(frozen=True)
class MachineObjects:
    """All objects of the machine's masks, image after image.

    Parameters
    ----------
    image : (object,) int64
        Place of its mask among the masks.
    number : (object,) int64
        In its mask.
    area_px : (object,) int64
    uncertainty : (object,) float64
        Mean of the uncertainty's map; NaN without a map.
    y, x : (object,) float64
        Centre of its bounding box, pixels.
    names
        Of `object_names`.
    """

    image: NDArray[np.int64]
    number: NDArray[np.int64]
    area_px: NDArray[np.int64]
    uncertainty: NDArray[np.float64]
    y: NDArray[np.float64]
    x: NDArray[np.float64]
    names: tuple[str, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Predictions:
    """Masks in the order in which they came, and their objects."""

    masks: tuple[MachineMask, ...]
    objects: MachineObjects = field(repr=False)

    @classmethod
    def none(cls) -> Self:
        """Where nothing was predicted."""
        return cls((), _joined([]))


def store_predictions(project: Project, predicted: Iterable[NewPrediction]) -> Predictions:
    """Store masks in place of earlier ones of the same images; those of other images stay.

    Parameters
    ----------
    project
        Of segmentation.
    predicted
        One is held in memory at a time.

    Raises
    ------
    InputError
        If a mask's parts do not fit each other.
    ProjectError
        If the project cannot be written, or another process goes on storing into it; then what
        was there stays.
    """
    with _alone(project):
        before = read_predictions(project)
        masks = {mask.name: mask for mask in before.masks}
        tables = {
            mask.name: _rows_of(before.objects, place) for place, mask in enumerate(before.masks)
        }
        for one in predicted:
            masks[one.name], tables[one.name] = _stored(project, one)
        found = Predictions(tuple(masks.values()), _joined([tables[name] for name in masks]))
        _write(project, found)
        used = {mask.group for mask in found.masks}
        for path in project.arrays.glob(f"{_GROUP}*.zarr.zip"):
            if path.name.removesuffix(".zarr.zip") not in used:
                with suppress(OSError):  # somebody reads it; the next time will do
                    path.unlink()
    return found


def read_predictions(project: Project) -> Predictions:
    """Read the list of masks; it is empty where none was stored.

    Raises
    ------
    ProjectError
        If it is damaged.
    """
    if not predictions_stamp(project):
        return Predictions.none()
    arrays, about = read_arrays(project.arrays, _NAME)
    try:
        masks = tuple(
            MachineMask(row["name"], row["group"], row["digest"], _scores(row["scores"]))
            for row in about["masks"]
        )
        columns = [arrays[name] for name in _NUMBERS]
        return Predictions(masks, MachineObjects(*columns, names=tuple(about["objects"])))
    except (KeyError, TypeError, ValueError) as damage:
        path = project.arrays / f"{_NAME}.zarr.zip"
        raise ProjectError(f"{path}: damaged ({damage}). {RESTORE}") from None


def predictions_stamp(project: Project) -> tuple[int, int] | None:
    """Size and time of the list, by which a new one is known; None where there is none."""
    with suppress(FileNotFoundError):
        stated = (project.arrays / f"{_NAME}.zarr.zip").stat()
        return stated.st_size, stated.st_mtime_ns
    return None


def machine_mask(project: Project, mask: MachineMask, class_names: tuple[str, ...]) -> Mask:
    """Read a mask of the machine's; its objects have the numbers that the list has.

    Raises
    ------
    ProjectError
        If it is missing or damaged.
    """
    arrays, about = read_arrays(project.arrays, mask.group)
    try:
        objects = arrays["objects"] if about["objects"] else None
        return Mask(arrays["classes"], objects, class_names, f"{project.path}: {mask.name}")
    except KeyError:
        path = project.arrays / f"{mask.group}.zarr.zip"
        raise ProjectError(f"{path}: damaged. {RESTORE}") from None


def uncertainty_map(project: Project, mask: MachineMask) -> NDArray[np.float32] | None:
    """(y, x) the uncertainty's map of a mask; None where none was stored.

    Raises
    ------
    ProjectError
        If it is missing or damaged.
    """
    found = read_arrays(project.arrays, mask.group)[0].get("uncertainty")
    return None if found is None else found.astype(np.float32)


def object_names(mask: Mask) -> tuple[str, ...]:
    """Names of a mask's objects 1, 2, ..., which tell pixels and class; none without objects.

    An object that keeps its pixels keeps its name, whatever becomes of its number.
    """
    if mask.objects is None:
        return ()
    return tuple(
        _object_name(mask.classes[place], mask.objects[place] == number, place)
        for number, place in enumerate(find_objects(mask.objects), start=1)
        if place is not None
    )


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    """Wait until no other process stores predictions: they would delete each other's."""
    path, end = project.arrays / _LOCK, monotonic() + _PATIENCE
    while True:
        with ExitStack() as holding:
            with reported(path):
                held = holding.enter_context(held_alone(path))
            if held:
                yield
                return
        if monotonic() > end:
            raise ProjectError(f"{path}: another process stores predictions. Try again later.")
        sleep(0.1)


def _stored(project: Project, one: NewPrediction) -> tuple[MachineMask, MachineObjects]:
    objects = None if one.mask.objects is None else numbered_in_order(one.mask.objects)
    mask = Mask(one.mask.classes, objects, one.mask.class_names, one.mask.source)
    content = mask_bytes(mask)
    arrays: dict[str, NDArray[Any]] = {"classes": mask.classes}
    if objects is not None:
        arrays["objects"] = objects
    seen = blake2b(content, digest_size=16)
    if one.uncertainty is not None:
        arrays["uncertainty"] = np.asarray(one.uncertainty, np.float16)
        seen.update(arrays["uncertainty"].tobytes())
    group = _GROUP + seen.hexdigest()
    if not (project.arrays / f"{group}.zarr.zip").is_file():
        write_arrays(project.arrays, group, arrays, {"objects": objects is not None})
    stored = MachineMask(one.name, group, sha256(content).hexdigest(), one.scores)
    return stored, _measured(mask, one.uncertainty)


def _measured(mask: Mask, uncertainty: NDArray[np.floating] | None) -> MachineObjects:
    """Rows of one mask's objects; the place of the image is filled in by `_joined`."""
    names = object_names(mask)
    if mask.objects is None or not names:
        return _no_objects()
    count, flat = len(names), mask.objects.ravel()
    area = np.bincount(flat, minlength=count + 1)[1:]
    mean = np.full(count, np.nan)
    if uncertainty is not None:
        sums = np.bincount(flat, np.asarray(uncertainty, np.float64).ravel(), count + 1)[1:]
        mean = sums / area
    boxes = [box for box in find_objects(mask.objects) if box is not None]
    centre = np.array([[(part.start + part.stop - 1) / 2 for part in box] for box in boxes])
    numbers = np.arange(1, count + 1)
    image = np.zeros(count, np.int64)
    return MachineObjects(image, numbers, area, mean, centre[:, 0], centre[:, 1], names)


def _rows_of(objects: MachineObjects, place: int) -> MachineObjects:
    rows = np.flatnonzero(objects.image == place)
    names = tuple(objects.names[row] for row in rows)
    return MachineObjects(*(getattr(objects, name)[rows] for name in _NUMBERS), names=names)


def _joined(tables: list[MachineObjects]) -> MachineObjects:
    """Tables of one image each, one after the other."""
    tables = [*tables, _no_objects()]
    image = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    rest = [np.concatenate([getattr(table, name) for table in tables]) for name in _NUMBERS[1:]]
    names = tuple(name for table in tables for name in table.names)
    return MachineObjects(image, *rest, names=names)


def _no_objects() -> MachineObjects:
    whole, real = np.zeros(0, np.int64), np.zeros(0)
    return MachineObjects(whole, whole, whole, real, real, real, ())


def _write(project: Project, found: Predictions) -> None:
    rows = [
        {"name": mask.name, "group": mask.group, "digest": mask.digest,
         "scores": _without_nan(asdict(mask.scores))}
        for mask in found.masks
    ]  # fmt: skip
    arrays = {name: getattr(found.objects, name) for name in _NUMBERS}
    about = {"masks": json.loads(json.dumps(rows)), "objects": list(found.objects.names)}
    write_arrays(project.arrays, _NAME, arrays, about)


def _object_name(
    classes: NDArray[np.int16], inside: NDArray[np.bool_], place: tuple[slice, ...]
) -> str:
    """Where it is, then a digest of its pixels and class."""
    said = f"{classes[inside][0]} {[part.start for part in place]} {inside.shape}".encode()
    digest = blake2b(said + np.packbits(inside).tobytes(), digest_size=6).hexdigest()
    middle = [str((part.start + part.stop - 1) // 2) for part in place]
    return "-".join([*middle, digest])


def _scores(kept: dict[str, Any]) -> MachineScores:
    known: dict[str, Any] = {
        name: math.nan if value is None else value for name, value in kept.items()
    }
    return MachineScores(**known)


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no NaN."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }
