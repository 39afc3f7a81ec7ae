"""Give predictions to other programs, in their formats: `sightline segment export`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from sightline.data.json_values import without_nan
from sightline.data.segmentation import Segmentation
from sightline.errors import InputError, SettingError
from sightline.formats.deepflash2_writing import Deepflash2Prediction, write_deepflash2_prediction
from sightline.formats.image_tiff import file_of, new_file_of, write_labels
from sightline.formats.images.read_image import read_image
from sightline.formats.masks.write_geojson import COLOURS, ObjectType, write_geojson
from sightline.formats.masks.write_ome_zarr import Labels, write_ome_zarr
from sightline.formats.masks.write_points import in_natural_order, write_points
from sightline.formats.masks.write_rois import write_rois
from sightline.formats.new_folder import new_folder, refuse_existing
from sightline.formats.predicted_image import (
    SCORES,
    UNCERTAINTY_PARTS,
    PredictedImage,
    score_lines,
)
from sightline.formats.prediction_folder import PredictionFolder, read_prediction_folder
from sightline.formats.spreadsheet import write_xlsx
from sightline.formats.table import write_rows
from sightline.segment.measure import measure_objects

Summary = dict[str, Any]

_NUMBERS: Final = 2**16 - 1  # of objects at least, so that the files of a folder are alike
_MOST_UNCERTAIN: Final = 0.25  # what the maps can reach


@dataclass(frozen=True)
class ExportedImage:
    """One predicted image, read once for all that is written of it.

    Parameters
    ----------
    row
        What is known of the image.
    objects : (y, x) int32
        Number of the object of each pixel, 0 for none.
    classes : (y, x) int16
        Number of the class of each pixel, 0 for the background.
    segmentation
        Probability and uncertainty.
    class_of
        Object to the number of its class.
    measured
        Object to its measurements, by column.
    """

    row: PredictedImage
    objects: NDArray[np.int32] = field(repr=False)
    classes: NDArray[np.int16] = field(repr=False)
    segmentation: Segmentation = field(repr=False)
    class_of: Mapping[int, int] = field(repr=False)
    measured: Mapping[int, Mapping[str, Any]] = field(repr=False)

    @property
    def uncertainty(self) -> dict[int, float]:
        """Object to its mean uncertainty."""
        return {number: said["mean_uncertainty"] for number, said in self.measured.items()}


def export(
    predictions: str | Path,
    output: str | Path | None = None,
    *,
    to: str,
    object_type: ObjectType = "annotation",
) -> Summary:
    """Write all images of a folder of predictions in another program's format.

    Parameters
    ----------
    predictions
        What `sightline segment predict` wrote.
    output
        New file or folder; beside the predictions if not given.
    to
        ``"labels"``: TIFF, objects' numbers; ``"rois"``: a zip of ImageJ's regions an image, most
        uncertain first; ``"geojson"``: for QuPath; ``"csv"``, ``"xlsx"``: scores of images and
        measurements of objects, most uncertain first; ``"points"``: objects' centres, a frame an
        image, as `sightline track` reads; ``"ome-zarr"``; ``"deepflash2"``: its project folder.
    object_type
        Of GeoJSON: ``"annotation"`` or ``"detection"``.

    Returns
    -------
    dict
        ``output``, ``format``, ``images``, ``objects`` and ``notes``.

    Raises
    ------
    InputError
        If the predictions cannot be read, or the output is there or cannot be written.
    SettingError
        If the format is unknown, or needs a package that is not installed.
    """
    form = _FORMS.get(to)
    if form is None or object_type not in get_args(ObjectType):
        raise SettingError(
            f"Predictions cannot be written as {to!r} of {object_type!r}; expected one of "
            f"{', '.join(_FORMS)}, and annotation or detection. Choose one."
        )
    folder = read_prediction_folder(predictions)
    if not folder.rows:
        raise InputError(
            folder.path, "it holds no image yet", "at least one that is done",
            "Predict images into it first.",
        )  # fmt: skip
    name = f"{folder.path.resolve().name}-{to}{form.ending}"
    target = Path(output) if output is not None else folder.path.resolve().with_name(name)
    if form.write is not _write_deepflash2:
        refuse_existing(target)
    notes = form.write(folder, target, object_type)
    return {
        "output": str(target),
        "format": to,
        "images": len(folder.rows),
        "objects": sum(row.objects for row in folder.rows),
        "notes": list(notes),
    }


def exported_images(folder: PredictionFolder) -> Iterator[ExportedImage]:
    """Each image in turn, the most uncertain first; one at a time is in memory."""
    for row in folder.rows:
        objects, classes = folder.objects(row.name), folder.classes(row.name)
        segmentation = folder.segmentation(row.name)
        columns = folder.measurements(row.name)
        if not {"object", "mean_uncertainty"} <= columns.keys():
            table = measure_objects(
                objects, None, segmentation,
                pixel_size_um=row.pixel_size_um, class_names=folder.class_names,
            )  # fmt: skip
            columns = {name: values.tolist() for name, values in table.columns.items()}
        numbers, first = np.unique(objects, return_index=True)
        class_of = dict(zip(numbers.tolist(), classes.ravel()[first].tolist(), strict=True))
        lines = [dict(zip(columns, line, strict=True))
                 for line in zip(*columns.values(), strict=True)]  # fmt: skip
        measured = {int(line["object"]): line for line in lines}
        if measured.keys() != {number for number in class_of if number}:
            raise InputError(
                file_of(folder.path / "objects", row.name, ".tif"),
                "other objects than were measured", "those of the prediction",
                "It was changed; predict the image again into another folder.",
            )  # fmt: skip
        yield ExportedImage(row, objects, classes, segmentation, class_of, measured)


def _write_labels(folder: PredictionFolder, target: Path, _: ObjectType) -> tuple[str, ...]:
    several = len(folder.class_names) > 1
    with new_folder(target) as aside:
        for row in folder.rows:
            write_labels(file_of(aside, row.name, ".tif"), folder.objects(row.name),
                         row.pixel_size_um, _NUMBERS)  # fmt: skip
            if several:
                write_labels(file_of(aside / "classes", row.name, ".tif"),
                             folder.classes(row.name), row.pixel_size_um)  # fmt: skip
    return (f"Classes, in classes/: {_numbered_names(folder)}.",) if several else ()


def _write_rois(folder: PredictionFolder, target: Path, _: ObjectType) -> tuple[str, ...]:
    several = len(folder.class_names) > 1
    with new_folder(target) as aside:
        for one in exported_images(folder):
            path = new_file_of(aside, one.row.name, ".zip")
            write_rois(path, one.objects, one.uncertainty, one.class_of if several else None)
    return (f"A region's group is its class: {_numbered_names(folder)}.",) if several else ()


def _write_geojson(folder: PredictionFolder, target: Path, kind: ObjectType) -> tuple[str, ...]:
    with new_folder(target) as aside:
        for one in exported_images(folder):
            write_geojson(
                new_file_of(aside, one.row.name, ".geojson"), one.objects, one.class_of,
                folder.class_names, one.measured, name=one.row.name, object_type=kind,
            )  # fmt: skip
    return ()


def _write_csv(folder: PredictionFolder, target: Path, _: ObjectType) -> tuple[str, ...]:
    header, rows = object_rows(folder)
    with new_folder(target) as aside:
        images = ([without_nan(value) for value in line] for line in score_lines(folder.rows))
        write_rows(aside / "images.csv", SCORES, images)
        write_rows(aside / "objects.csv", header, rows)
    return ()


def _write_xlsx(folder: PredictionFolder, target: Path, _: ObjectType) -> tuple[str, ...]:
    tables = {"images": (SCORES, list(score_lines(folder.rows))), "objects": object_rows(folder)}
    write_xlsx(target, tables)
    return ()


def object_rows(folder: PredictionFolder) -> tuple[list[str], list[list[Any]]]:
    """Header and rows of all images' objects, the most uncertain first."""
    every = [
        {"image": one.row.name, **measured}
        for one in exported_images(folder)
        for measured in one.measured.values()
    ]
    every.sort(key=lambda said: -said["mean_uncertainty"])
    columns = list(dict.fromkeys(["image", "object", *(name for said in every for name in said)]))
    rows = [[rank, *(without_nan(said.get(name)) for name in columns)]
            for rank, said in enumerate(every, start=1)]  # fmt: skip
    return ["rank", *columns], rows


def _write_points(folder: PredictionFolder, target: Path, _: ObjectType) -> tuple[str, ...]:
    names = in_natural_order(folder.names)
    write_points(target, ((name, folder.objects(name)) for name in names))
    note = "Frames are the images in natural order of their names; the first one's objects are "
    return (note + "labelled with their numbers, for tracking to follow.",)


def _write_ome_zarr(folder: PredictionFolder, target: Path, _: ObjectType) -> tuple[str, ...]:
    notes: list[str] = []
    with new_folder(target) as aside:
        for one in exported_images(folder):
            maps, channels = [one.segmentation.probability], {}
            picture = _source_pixels(one.row, notes)
            if picture is not None:
                maps.insert(0, picture)
                channels = {f"channel {number}": _range(plane)
                            for number, plane in enumerate(picture, start=1)}  # fmt: skip
            channels |= {f"probability of {name}": (0.0, 1.0)
                         for name in ("background", *folder.class_names)}  # fmt: skip
            for part in UNCERTAINTY_PARTS:
                maps.append(getattr(one.segmentation, part)[None])
                channels[f"uncertainty, {part.replace('_', ' ')}"] = (0.0, _MOST_UNCERTAIN)
            write_ome_zarr(
                new_file_of(aside, one.row.name, ".ome.zarr"), np.concatenate(maps), channels,
                _labels(folder, one), one.row.pixel_size_um, name=one.row.name,
            )  # fmt: skip
    return tuple(notes)


def _labels(folder: PredictionFolder, one: ExportedImage) -> dict[str, Labels]:
    names = dict(enumerate(folder.class_names, start=1))
    said = {number: {key: without_nan(value) for key, value in line.items()}
            for number, line in one.measured.items()}  # fmt: skip
    colours = {number: COLOURS[(number - 1) % len(COLOURS)] for number in names}
    classes = Labels(one.classes, {number: {"class": name} for number, name in names.items()},
                     colours)  # fmt: skip
    return {"objects": Labels(one.objects, said), "classes": classes}


def _source_pixels(row: PredictedImage, notes: list[str]) -> NDArray[np.float32] | None:
    """The image as it was, where it can be read without being told how."""
    try:
        image = read_image(Path(row.source), name=row.name)
        if image.shape == row.shape:
            return np.asarray(image.pixels, np.float32)
        why = f"{row.source} has {image.shape} pixels"
    except InputError as failure:
        why = str(failure)
    notes.append(f"{row.name}: without the image itself, for {why}")
    return None


def _range(plane: NDArray[np.float32]) -> tuple[float, float]:
    known = plane[np.isfinite(plane)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)


def _write_deepflash2(folder: PredictionFolder, target: Path, _: ObjectType) -> tuple[str, ...]:
    images = (
        Deepflash2Prediction(
            row.name, folder.classes(row.name), folder.segmentation(row.name).uncertainty,
            row.uncertainty, folder.objects(row.name),
        )
        for row in folder.rows
    )  # fmt: skip
    write_deepflash2_prediction(target, images, classes=len(folder.class_names))
    return ("Each map of uncertainty is scaled by its own maximum there, and they do not compare.",)


def _numbered_names(folder: PredictionFolder) -> str:
    return ", ".join(f"{number} {name}" for number, name in enumerate(folder.class_names, 1))


@dataclass(frozen=True)
class _Form:
    """What writes a format, and the ending of a file of it; none for a folder."""

    write: Callable[[PredictionFolder, Path, ObjectType], tuple[str, ...]]
    ending: str = ""


_FORMS: Final = {
    "labels": _Form(_write_labels),
    "rois": _Form(_write_rois),
    "geojson": _Form(_write_geojson),
    "csv": _Form(_write_csv),
    "xlsx": _Form(_write_xlsx, ".xlsx"),
    "points": _Form(_write_points, ".csv"),
    "ome-zarr": _Form(_write_ome_zarr),
    "deepflash2": _Form(_write_deepflash2),
}
FORMATS: Final = tuple(_FORMS)
"""What `export` writes."""
