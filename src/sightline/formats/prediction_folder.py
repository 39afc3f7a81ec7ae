"""The folder of `sightline segment predict`: masks, objects, maps and scores, image by image.

A row is written after its image's files. Work that is stopped, in whatever way, goes on from the
rows that are there; `about.json` is made of them at the end, and whenever work stops.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.json_values import without_nan
from sightline.data.segmentation import Segmentation
from sightline.errors import InputError
from sightline.formats.image_tiff import (
    PixelSize,
    file_of,
    mapped_tiff,
    new_maps,
    read_tiff,
    write_labels,
)
from sightline.formats.new_file import renewed_file
from sightline.formats.predicted_image import (
    SCORES,
    UNCERTAINTY_PARTS,
    PredictedImage,
    by_uncertainty,
    predicted_image,
    score_lines,
    write_table,
)

FORMAT: Final = "sightline predictions"
VERSION: Final = 1
BACKGROUND_NAME: Final = "background"
_NUMBERS: Final = 2**16 - 1  # of objects at least, so that the files of a folder are alike

Measurements = Mapping[str, Sequence[Any] | NDArray[Any]]  # column to a value an object


@dataclass(frozen=True)
class PredictionFolder:
    """What `sightline segment predict` left.

    Parameters
    ----------
    path
        The folder.
    rows
        Of each image, the most uncertain first.
    class_names
        Of classes 1, 2, ...
    about
        All of ``about.json``: the model, the settings, notes.
    """

    path: Path
    rows: tuple[PredictedImage, ...]
    class_names: tuple[str, ...]
    about: Mapping[str, Any] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the images, in the order of ``rows``."""
        return tuple(row.name for row in self.rows)

    def row(self, name: str) -> PredictedImage:
        """Of one image; an `InputError` if there is none of that name."""
        for row in self.rows:
            if row.name == name:
                return row
        raise InputError(
            self.path, f"no image named {name!r}", f"one of {', '.join(self.names)}", "Check it."
        )

    def classes(self, name: str) -> NDArray[np.int16]:
        """(y, x) number of the class of each pixel, 0 for the background."""
        return self._read("classes", name, 2).astype(np.int16)

    def objects(self, name: str) -> NDArray[np.int32]:
        """(y, x) number of the object of each pixel, 0 for none."""
        return self._read("objects", name, 2).astype(np.int32)

    def segmentation(self, name: str) -> Segmentation:
        """Probability of each class, background first, and the parts of the uncertainty."""
        parts = self._read("uncertainty", name, 3)
        return Segmentation(self._read("probability", name, 3), parts[0], parts[1], parts[2])

    def picture(self, name: str) -> Path:
        """PNG of the image and what was predicted; may not be there."""
        return file_of(self.path / "pictures", name, ".png")

    def measurements(self, name: str) -> dict[str, list[Any]]:
        """Column to a value an object, as stored with the image; empty if nothing was measured."""
        return dict(_read_json(_row_file(self.path, name)).get("measurements", {}))

    def _read(self, kind: str, name: str, axes: int) -> NDArray[Any]:
        row = self.row(name)
        path = file_of(self.path / kind, name, ".tif")
        found = read_tiff(path)
        if found.ndim != axes or found.shape[-2:] != row.shape:
            raise InputError(
                path, f"an array of shape {found.shape}", f"(y, x) of {row.shape}",
                "It was changed; predict the image again into another folder.",
            )  # fmt: skip
        return found


def read_prediction_folder(path: str | Path) -> PredictionFolder:
    """Open what `sightline segment predict` left; maps are read where they are asked for.

    Raises
    ------
    InputError
        If it is no such folder, is of a newer release, or is damaged.
    """
    folder = Path(path)
    about = _read_about(folder)
    try:
        rows = tuple(predicted_image(kept) for kept in about["images"])
        names = tuple(str(name) for name in about["class_names"])
    except (KeyError, TypeError, ValueError):
        raise _damaged(folder / "about.json") from None
    for row in rows:
        file_of(folder, row.name, "")
    return PredictionFolder(folder, rows, names, about)


@dataclass(frozen=True)
class PredictionWriter:
    """Writes a folder of predictions, image by image; workers of other processes have their own.

    Parameters
    ----------
    folder
        As `open_writer` checked or made it.
    class_names
        Of classes 1, 2, ...
    about
        What is said of all images, as JSON values: the model, the settings.
    """

    folder: Path
    class_names: tuple[str, ...]
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def done(self, name: str, recipe: str) -> PredictedImage | None:
        """The image's row, if all of it was made by that recipe and is there."""
        path = _row_file(self.folder, name)
        try:
            row = predicted_image(_read_json(path)["image"]) if path.is_file() else None
        except (KeyError, TypeError, ValueError, InputError):
            return None
        if row is None or not recipe or row.recipe != recipe:
            return None
        kinds = ("classes", "objects", "probability", "uncertainty")
        there = all(file_of(self.folder / kind, name, ".tif").is_file() for kind in kinds)
        return row if there else None

    def kept(self, name: str) -> dict[str, Any]:
        """What was kept of an image that is done, as JSON values."""
        return _read_json(_row_file(self.folder, name))

    @contextmanager
    def bands(
        self, name: str, shape: tuple[int, int], pixel_size_um: PixelSize
    ) -> Iterator[Callable[[slice, Segmentation], None]]:
        """Give a function that takes an image's segmentation in bands of rows."""
        probability = file_of(self.folder / "probability", name, ".tif")
        uncertainty = file_of(self.folder / "uncertainty", name, ".tif")
        _row_file(self.folder, name).unlink(missing_ok=True)  # of an earlier recipe
        classes = (BACKGROUND_NAME, *self.class_names)
        with (
            new_maps(probability, classes, shape, pixel_size_um) as write_probability,
            new_maps(uncertainty, UNCERTAINTY_PARTS, shape, pixel_size_um) as write_parts,
        ):

            def write(rows: slice, band: Segmentation) -> None:
                write_probability(rows.start, band.probability)
                parts = [getattr(band, part) for part in UNCERTAINTY_PARTS]
                write_parts(rows.start, np.stack(parts))

            yield write

    def mapped(self, name: str) -> Segmentation:
        """What `bands` wrote, left on the disk until it is sliced."""
        parts = mapped_tiff(file_of(self.folder / "uncertainty", name, ".tif"))
        probability = mapped_tiff(file_of(self.folder / "probability", name, ".tif"))
        return Segmentation(probability, parts[0], parts[1], parts[2])

    def picture(self, name: str) -> Path:
        """Where the image's picture goes."""
        return file_of(self.folder / "pictures", name, ".png")

    def finish_image(
        self,
        row: PredictedImage,
        classes: NDArray[np.integer],
        objects: NDArray[np.integer],
        measurements: Measurements | None = None,
        **more: Any,
    ) -> None:
        """Write an image's classes and objects, both (y, x), and lastly its row.

        What is given beside, JSON values, is found again by `kept`.
        """
        labels, numbers = self.folder / "classes", self.folder / "objects"
        most = len(self.class_names)
        write_labels(file_of(labels, row.name, ".tif"), classes, row.pixel_size_um, most)
        write_labels(file_of(numbers, row.name, ".tif"), objects, row.pixel_size_um, _NUMBERS)
        columns = {key: _listed(values) for key, values in (measurements or {}).items()}
        kept = {"image": row.to_dict(), "measurements": columns, **more}
        _write_json(_row_file(self.folder, row.name), kept)

    def add(
        self,
        row: PredictedImage,
        segmentation: Segmentation,
        objects: NDArray[np.integer],
        measurements: Measurements | None = None,
    ) -> None:
        """Write all of an image that is in memory."""
        with self.bands(row.name, row.shape, row.pixel_size_um) as write:
            write(slice(0, row.shape[0]), segmentation)
        self.finish_image(row, segmentation.classes, objects, measurements)

    def finish(self, rows: Iterable[PredictedImage], **more: Any) -> PredictionFolder:
        """Write ``about.json`` and the tables of these images, most uncertain first.

        Parameters
        ----------
        rows
            Of the images that are done.
        **more
            Further entries of ``about.json``, as JSON values.
        """
        ranked = sorted(rows, key=by_uncertainty)
        kept = {"class_names": list(self.class_names), **self.about, **more}
        images = {"images": [row.to_dict() for row in ranked]}
        write_table(self.folder / "scores.csv", SCORES, score_lines(ranked))
        self._write_measurements(ranked)
        _write_json(
            self.folder / "about.json", {"format": FORMAT, "version": VERSION} | kept | images
        )
        return read_prediction_folder(self.folder)

    def _write_measurements(self, rows: Sequence[PredictedImage]) -> None:
        by_name = {}
        for row in rows:
            kept = _read_json(_row_file(self.folder, row.name)).get("measurements", {})
            by_name[row.name] = kept
        columns = list(dict.fromkeys(column for kept in by_name.values() for column in kept))
        lines = (
            [name, *(kept.get(column, [""] * count)[place] for column in columns)]
            for name, kept in by_name.items()
            for count in [len(next(iter(kept.values()), []))]
            for place in range(count)
        )
        write_table(self.folder / "measurements.csv", ("image", *columns), lines)


def open_writer(
    folder: str | Path, class_names: Sequence[str], about: Mapping[str, Any]
) -> PredictionWriter:
    """Make a folder for predictions, or go on with one of the same model and settings.

    Parameters
    ----------
    folder
        New, empty, or begun with the same ``about``.
    class_names
        Of classes 1, 2, ...
    about
        The model and the settings, as JSON values.

    Raises
    ------
    InputError
        If something else is there, or it cannot be written.
    """
    path = Path(folder)
    wanted = json.loads(json.dumps(dict(about), default=str))
    writer = PredictionWriter(path, tuple(class_names), wanted)
    remedy = "Choose a new folder."
    if path.is_file():
        raise InputError(path, "a file", "a new folder, or one of predictions", remedy)
    if (path / "about.json").is_file():
        there = _read_about(path)
        if {key: there.get(key) for key in wanted} != wanted:
            found = "predictions of another model, or with other settings"
            raise InputError(path, found, "none, or those of this model", remedy)
    elif path.is_dir() and any(path.iterdir()):
        raise InputError(path, "a folder that holds other files", "an empty one", remedy)
    else:
        writer.finish(())
    return writer


def _row_file(folder: Path, name: str) -> Path:
    return file_of(folder / "rows", name, ".json")


def _read_about(folder: Path) -> dict[str, Any]:
    path = folder / "about.json"
    if not path.is_file():
        raise InputError(
            folder, "no about.json", "a folder that `sightline segment predict` wrote",
            "Give the folder that was its output.",
        )  # fmt: skip
    about = _read_json(path)
    if about.get("format") != FORMAT:
        raise InputError(
            path, f"format {about.get('format')!r}", FORMAT, "Give a folder of predictions."
        )
    version = about.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise InputError(
            path, f"version {version}", f"up to {VERSION}", "Install a newer release of Sightline."
        )
    return about


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise _damaged(path) from None
    if not isinstance(found, dict):
        raise _damaged(path)
    return found


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, indent=1, allow_nan=False)
    with renewed_file(path) as aside:
        aside.write_text(text + "\n", encoding="utf-8")


def _damaged(path: Path) -> InputError:
    return InputError(
        path, "it cannot be read", "JSON as `sightline segment predict` wrote it",
        "Copy the folder again, or predict again into a new one.",
    )  # fmt: skip


def _listed(values: Sequence[Any] | NDArray[Any]) -> list[Any]:
    """As JSON values, of an array or a list."""
    return [without_nan(value) for value in np.asarray(values).tolist()]
