"""Results in the folders of a deepflash2 project, so that its users go on as they are used to.

Nothing of theirs is overwritten: results that are there are an error, before any is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sightline.data.json_values import without_nan
from sightline.errors import InputError
from sightline.formats.image_tiff import file_of, write_labels
from sightline.formats.new_file import new_file
from sightline.formats.table import write_rows

_PREDICTION, _CONSENSUS = "Prediction", "GT_Estimation"
_SCALE: Final = 4.0  # deepflash2 multiplies its uncertainty, so that it goes from 0 to 1


@dataclass(frozen=True)
class Deepflash2Prediction:
    """One predicted image, as deepflash2 keeps it.

    Parameters
    ----------
    name
        Of the image, without ending.
    classes : (y, x) integers
        Class of each pixel, 0 for the background.
    uncertainty : (y, x) floating point
        0 to .25, the paper's map.
    score
        U, its mean over the predicted foreground; NaN where nothing is predicted.
    objects : (y, x) integers or None
        Number of the object of each pixel.
    columns
        More columns of the table, such as ``dice_score``.
    """

    name: str
    classes: NDArray[Any] = field(repr=False)
    uncertainty: NDArray[Any] = field(repr=False)
    score: float
    objects: NDArray[Any] | None = field(default=None, repr=False)
    columns: Mapping[str, float | int | str] = field(default_factory=dict)


def write_deepflash2_prediction(
    project: Path,
    images: Iterable[Deepflash2Prediction],
    *,
    ensemble: str = "sightline",
    classes: int = 1,
) -> list[Path]:
    """Write ``Prediction/`` of a deepflash2 project.

    ``masks/NAME.png`` is 0 and 255, or class numbers where there are several.
    ``uncertainties/NAME.png`` is 8 bit, each image by its own maximum as deepflash2 has it: images
    do not compare. ``instance_labels/NAME_classC.tif`` where objects are given.
    ``scored_prediction.csv`` has the most uncertain first, scores times four as there.

    Parameters
    ----------
    project
        Folder; made if it is not there.
    images
        Taken one after the other.
    ensemble
        Name of the model, in the table.
    classes
        How many there are, besides the background.

    Returns
    -------
    list of Path
        Files written.

    Raises
    ------
    InputError
        If a result is there already, or cannot be written.
    """
    folder = project / _PREDICTION
    table = folder / "scored_prediction.csv"
    _refuse(table, *(folder / name for name in ("masks", "uncertainties", "instance_labels")))
    written, rows = [], []
    for one in images:
        written += _write_prediction(folder, one, classes)
        score = without_nan(one.score * _SCALE)
        rows.append({"file": one.name, "ensemble": ensemble, "uncertainty_score": score,
                     **one.columns})  # fmt: skip
    rows.sort(key=lambda row: -1 if row["uncertainty_score"] is None else row["uncertainty_score"],
              reverse=True)  # fmt: skip
    _write_table(table, ("file", "ensemble", "uncertainty_score"), rows)
    return [*written, table]


def write_deepflash2_consensus(
    project: Path,
    masks: Iterable[tuple[str, NDArray[Any]]],
    scores: Sequence[Mapping[str, Any]] = (),
    *,
    method: str = "STAPLE",
    classes: int = 1,
) -> list[Path]:
    """Write ``GT_Estimation/METHOD/NAME.png`` and ``METHOD_vs_experts.csv`` beside that folder.

    Parameters
    ----------
    project
        Folder; made if it is not there.
    masks
        Name of each image, and its classes (y, x) from 0; taken one after the other.
    scores
        Rows ``file``, ``exp``, ``dice_score`` and, where known, ``mean_average_precision`` and
        ``average_precision_at_iou_50``.
    method
        Name of the folder.
    classes
        How many there are, besides the background.

    Raises
    ------
    InputError
        If a result is there already, or cannot be written.
    """
    folder = project / _CONSENSUS
    table = folder / f"{method}_vs_experts.csv"
    _refuse(table, folder / method)
    written = [_write_mask(file_of(folder / method, name, ".png"), mask, classes)
               for name, mask in masks]  # fmt: skip
    if scores:
        rows = [{"method": method, **row} for row in scores]
        _write_table(table, ("method", "file", "exp", "dice_score"), rows)
        written.append(table)
    return written


def _write_prediction(folder: Path, one: Deepflash2Prediction, classes: int) -> list[Path]:
    files = [_write_mask(file_of(folder / "masks", one.name, ".png"), one.classes, classes)]
    path = file_of(folder / "uncertainties", one.name, ".png")
    highest = float(one.uncertainty.max(initial=0))
    scaled = np.asarray(one.uncertainty, np.float64) * (255 / highest if highest > 0 else 0)
    files.append(_write_png(path, np.rint(scaled).astype(np.uint8)))
    if one.objects is not None:
        for number in range(1, classes + 1):
            path = file_of(folder / "instance_labels", f"{one.name}_class{number}", ".tif")
            write_labels(path, np.where(one.classes == number, one.objects, 0), None)
            files.append(path)
    return files


def _write_mask(path: Path, mask: NDArray[Any], classes: int) -> Path:
    """0 and 255 of one class; else the classes' numbers."""
    highest = int(mask.max(initial=0))
    if highest > classes or classes > 255:
        raise InputError(path, f"class number {highest}", f"at most {min(classes, 255)}",
                         "Say how many classes there are.")  # fmt: skip
    values = np.maximum(mask, 0).astype(np.uint8)
    return _write_png(path, values * 255 if classes == 1 else values)


def _write_png(path: Path, values: NDArray[np.uint8]) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise InputError(path.parent, f"it cannot be made ({failure.strerror})", "a new folder",
                         "Choose another place.") from None  # fmt: skip
    with new_file(path) as aside:
        Image.fromarray(values).save(aside)
    return path


def _write_table(path: Path, first: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    more = dict.fromkeys(name for row in rows for name in row if name not in first)
    names = [*first, *more]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_rows(path, names, ([row.get(name, "") for name in names] for row in rows))


def _refuse(*paths: Path) -> None:
    for path in paths:
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            raise InputError(path, "it is there already", "a project without these results",
                             "Choose another folder, or move them away.")  # fmt: skip
