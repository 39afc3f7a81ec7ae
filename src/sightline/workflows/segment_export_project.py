"""Give a project's masks, as they stand after review, to other programs: `segment export`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.data.mask_objects import objects_of
from sightline.data.reviewed_masks import StandingMask
from sightline.errors import InputError, SettingError
from sightline.formats.image_tiff import file_of, new_file_of, write_labels
from sightline.formats.masks.write_geojson import ObjectType, write_geojson
from sightline.formats.masks.write_points import in_natural_order, write_points
from sightline.formats.masks.write_rois import write_rois
from sightline.formats.new_folder import new_folder, refuse_existing
from sightline.formats.predicted_image import without_nan
from sightline.formats.spreadsheet import write_xlsx
from sightline.formats.table import write_rows
from sightline.review.segment_session import SegmentSession
from sightline.segment.measure import measure_objects

_NUMBERS: Final = 2**16 - 1  # of objects at least, so that the files of a folder are alike
_IMAGES: Final = ("name", "how", "who", "objects", "uncertainty")


@dataclass(frozen=True)
class ReviewedImage:
    """The mask of one image as it stands.

    Parameters
    ----------
    standing
        Mask, whose it is, and how it came to be.
    pixel_size_um
        Along y and x; None where nobody said.
    objects : (y, x) int32
        Number of the object of each pixel, 0 for none.
    uncertainty
        Object to its mean uncertainty; 0 in a person's mask.
    """

    standing: StandingMask
    pixel_size_um: tuple[float, float] | None
    objects: NDArray[np.int32] = field(repr=False)
    uncertainty: Mapping[int, float] = field(repr=False)

    @property
    def name(self) -> str:
        """Of the image."""
        return self.standing.name

    @property
    def class_of(self) -> dict[int, int]:
        """Object to the number of its class."""
        numbers, first = np.unique(self.objects, return_index=True)
        classes = self.standing.mask.classes.ravel()[first]
        return {int(one): int(label) for one, label in zip(numbers, classes, strict=True) if one}

    def lines(self) -> Iterator[dict[str, Any]]:
        """Measurements of each object, by column."""
        names = self.standing.mask.class_names
        table = measure_objects(self.objects, pixel_size_um=self.pixel_size_um, class_names=names)
        of_class = self.class_of
        columns = {name: values.tolist() for name, values in table.columns.items()}
        for line in zip(*columns.values(), strict=True):
            said = dict(zip(columns, line, strict=True))
            number = int(said["object"])
            yield {
                **said,
                "class": names[of_class[number] - 1],
                "uncertainty": self.uncertainty[number],
            }


def export_project(
    project: str | Path,
    output: str | Path | None = None,
    *,
    to: str,
    method: str = "staple",
    object_type: ObjectType = "annotation",
) -> dict[str, Any]:
    """Write the masks of a project as they stand: a person's, a consensus, else the machine's.

    Objects that people rejected are left out, and images that nobody and nothing outlined.

    Parameters
    ----------
    project
        The project folder, NAME.sightline.
    output
        New file or folder; beside the project if not given.
    to
        One of ``REVIEWED_FORMATS``, as for `sightline.workflows.segment_export.export`. Tables
        say whose mask it is; they have no brightness, for pixels are not part of a project.
    method
        Of the consensus where several people outlined an image.
    object_type
        Of GeoJSON.

    Returns
    -------
    dict
        ``output``, ``format``, ``images``, ``objects``, how many images are ``by_people``, and
        ``notes``.

    Raises
    ------
    InputError, ProjectError
        If the project cannot be read, no mask stands, or the output is there or cannot be written.
    SettingError
        If the format is unknown, or needs a package that is not installed.
    """
    form = _FORMS.get(to)
    if form is None:
        raise SettingError(
            f"A project's masks cannot be written as {to!r}; expected one of "
            f"{', '.join(_FORMS)}. Choose one, or export a folder of predictions."
        )
    path = Path(project)
    target = Path(output) if output is not None else path.resolve().with_name(
        f"{path.stem}-{to}{form.ending}"
    )  # fmt: skip
    refuse_existing(target)
    with SegmentSession(path, "", method=method) as session:
        masks = _Standing(session)
        if not masks.names:
            raise InputError(
                path, "no mask stands in it", "one that a person or the machine drew",
                "Outline an image, or predict into it first.",
            )  # fmt: skip
        form.write(masks, target, object_type)
    notes = [f"{name}: left out, no mask stands" for name in masks.left_out]
    return {
        "output": str(target),
        "format": to,
        "images": len(masks.names),
        "by_people": masks.by_people,
        "objects": masks.objects,
        "notes": notes,
    }


class _Standing:
    """The standing masks of a session's project, read one after the other as they are asked for."""

    def __init__(self, session: SegmentSession) -> None:
        self._session = session
        self.names: list[str] = []
        self.left_out: list[str] = []
        self.by_people = self.objects = 0
        for name in session.segmenting.names:
            one = self._of(name)
            stands = one.how not in ("nothing", "rejected")
            (self.names if stands else self.left_out).append(name)
            self.by_people += one.is_person
            self.objects += int(len(np.unique(objects_of(one.mask))) - 1) if stands else 0

    def _of(self, name: str) -> StandingMask:
        return self._session.predict([name])[name]

    def images(self, names: Iterable[str] = ()) -> Iterator[ReviewedImage]:
        """All, or those of these names."""
        for name in names or self.names:
            standing = self._of(name)
            objects = objects_of(standing.mask)
            size = self._session.segmenting.image(name).pixel_size_um
            yield ReviewedImage(standing, size, objects, self._uncertainty(standing, objects))

    def _uncertainty(self, one: StandingMask, objects: NDArray[np.int32]) -> dict[int, float]:
        numbers = [int(number) for number in np.unique(objects) if number]
        where = None if one.is_person else self._session.uncertainty(self._session.item(one.name))
        if where is None or not numbers:
            return dict.fromkeys(numbers, 0.0)
        means = np.atleast_1d(ndimage.mean(where, objects, numbers))
        return dict(zip(numbers, means.tolist(), strict=True))


def _write_labels(masks: _Standing, target: Path, _: ObjectType) -> None:
    with new_folder(target) as aside:
        for one in masks.images():
            write_labels(file_of(aside, one.name, ".tif"), one.objects, one.pixel_size_um, _NUMBERS)


def _write_rois(masks: _Standing, target: Path, _: ObjectType) -> None:
    with new_folder(target) as aside:
        for one in masks.images():
            several = len(one.standing.mask.class_names) > 1
            classes = one.class_of if several else None
            write_rois(new_file_of(aside, one.name, ".zip"), one.objects, one.uncertainty, classes)


def _write_geojson(masks: _Standing, target: Path, kind: ObjectType) -> None:
    with new_folder(target) as aside:
        for one in masks.images():
            measured = {int(line["object"]): line for line in one.lines()}
            write_geojson(
                new_file_of(aside, one.name, ".geojson"), one.objects, one.class_of,
                one.standing.mask.class_names, measured, name=one.name, object_type=kind,
            )  # fmt: skip


def _tables(masks: _Standing) -> dict[str, tuple[list[str], list[list[Any]]]]:
    """Header and rows of images and objects."""
    images, objects = [], []
    for one in masks.images():
        said = one.standing
        who = ", ".join(said.who)
        images.append([said.name, said.how, who, len(one.uncertainty), said.uncertainty])
        objects += [
            {"image": said.name, "how": said.how, "who": who, **line} for line in one.lines()
        ]
    columns = list(objects[0]) if objects else ["image", "how", "who", "object"]
    rows = [[line.get(name) for name in columns] for line in objects]
    return {
        "images": (list(_IMAGES), [[without_nan(value) for value in row] for row in images]),
        "objects": (columns, [[without_nan(value) for value in row] for row in rows]),
    }


def _write_csv(masks: _Standing, target: Path, _: ObjectType) -> None:
    tables = _tables(masks)
    with new_folder(target) as aside:
        for name, (header, rows) in tables.items():
            write_rows(aside / f"{name}.csv", header, rows)


def _write_xlsx(masks: _Standing, target: Path, _: ObjectType) -> None:
    write_xlsx(target, _tables(masks))


def _write_points(masks: _Standing, target: Path, _: ObjectType) -> None:
    images = masks.images(in_natural_order(masks.names))
    write_points(target, ((one.name, one.objects) for one in images))


@dataclass(frozen=True)
class _Form:
    """What writes a format, and the ending of a file of it; none for a folder."""

    write: Callable[[_Standing, Path, ObjectType], None]
    ending: str = ""


_FORMS: Final = {
    "labels": _Form(_write_labels),
    "rois": _Form(_write_rois),
    "geojson": _Form(_write_geojson),
    "csv": _Form(_write_csv),
    "xlsx": _Form(_write_xlsx, ".xlsx"),
    "points": _Form(_write_points, ".csv"),
}
REVIEWED_FORMATS: Final = tuple(_FORMS)
"""What a project's masks can be written as."""
