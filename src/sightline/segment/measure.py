"""What each object of an image measures: size, shape, place, brightness and how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.data.image import Image
from sightline.data.segmentation import Segmentation
from sightline.errors import InputError
from sightline.segment.instances import object_classes
from sightline.segment.object_shape import object_shapes

_PARTS: Final = ("between_members", "between_flips", "data")


@dataclass(frozen=True)
class ObjectTable:
    """Measurements, a row an object.

    Parameters
    ----------
    columns
        Name to its values (object,). Names end in their unit: ``_px``, ``_um``, ``_um2``, ``_deg``;
        brightness has the image's own. Pixel centres are at whole numbers.
    """

    columns: dict[str, NDArray[Any]] = field(repr=False)

    def __len__(self) -> int:
        return len(self.columns["object"])

    def ranked(self) -> "ObjectTable":
        """The same, the most uncertain first; as it is where no uncertainty is known."""
        if "mean_uncertainty" not in self.columns:
            return self
        order = np.argsort(-self.columns["mean_uncertainty"], kind="stable")
        return ObjectTable({name: values[order] for name, values in self.columns.items()})


def measure_objects(
    objects: NDArray[Any],
    image: Image | None = None,
    segmentation: Segmentation | None = None,
    *,
    pixel_size_um: tuple[float, float] | None = None,
    class_names: Sequence[str] = (),
) -> ObjectTable:
    """Measure every object of a label image.

    Parameters
    ----------
    objects : (y, x) int
        Number of the object of each pixel, 0 for none.
    image
        Whose brightness is measured, in every channel.
    segmentation
        Whose classes, probability and uncertainty are averaged over each object.
    pixel_size_um
        Along y and x, where there is no image that knows it. Columns in micrometres are there only
        where it is known.
    class_names
        Of classes 1, 2, ...; classes are numbers where they have no name.

    Returns
    -------
    ObjectTable
        Columns ``object`` (its number), ``class``, then shape and place (`object_shapes`), then for
        each channel ``mean_intensity``, ``median_``, ``max_``, ``sum_``, with ``_channelN`` behind
        where there are several, then ``mean_probability`` of the object's class,
        ``mean_uncertainty`` and its parts.

    Raises
    ------
    InputError
        If image or segmentation are of another shape.
    """
    shape = objects.shape
    for what in (image, segmentation):
        if what is not None and what.shape != shape:
            raise InputError(
                getattr(what, "source", "") or "segmentation", f"{what.shape} pixels",
                f"{shape}, as the objects have", "Check that they are of the same image.",
            )  # fmt: skip
    numbers, place = _numbered(objects)
    size = pixel_size_um if image is None else image.pixel_size_um or pixel_size_um
    columns: dict[str, NDArray[Any]] = {"object": numbers}
    if segmentation is not None:
        columns["class"] = _classes(place, segmentation, class_names)
    columns |= object_shapes(place, size)
    if image is not None:
        columns |= _brightness(place, len(numbers), image)
    if segmentation is not None:
        columns |= _certainty(place, len(numbers), segmentation)
    return ObjectTable(columns)


def _numbered(objects: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Numbers that occur, and (y, x) the place of each pixel's in them, from 1; 0 for none."""
    there = np.flatnonzero(np.bincount(objects.ravel(), minlength=1))
    numbers = there[there > 0]
    place = np.zeros(int(objects.max(initial=0)) + 1, np.int32)
    place[numbers] = np.arange(1, len(numbers) + 1)
    return numbers, place[objects]


def _classes(
    place: NDArray[np.int32], segmentation: Segmentation, names: Sequence[str]
) -> NDArray[Any]:
    found = object_classes(place, segmentation.classes)
    return np.array([names[number - 1] if number <= len(names) else number for number in found])


def _brightness(place: NDArray[np.int32], count: int, image: Image) -> dict[str, NDArray[Any]]:
    """Mean, median, maximum and sum in each channel, of the image's own values."""
    columns: dict[str, NDArray[Any]] = {}
    inside = np.flatnonzero(place)
    which = place.ravel()[inside]
    for channel in range(image.channels):
        ending = f"_channel{channel + 1}" if image.channels > 1 else ""
        values = np.asarray(image.pixels[channel]).ravel()[inside].astype(np.float64)
        order = np.lexsort((values, which))
        ends = np.cumsum(np.bincount(which, minlength=count + 1)[1:])
        starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
        sums = np.bincount(which, values, minlength=count + 1)[1:]
        ordered = values[order]
        below, above = (starts + ends - 1) // 2, (starts + ends) // 2
        columns |= {
            f"mean_intensity{ending}": sums / np.maximum(ends - starts, 1),
            f"median_intensity{ending}": (ordered[below] + ordered[above]) / 2,
            f"max_intensity{ending}": ordered[ends - 1],
            f"sum_intensity{ending}": sums,
        }
    return columns


def _certainty(
    place: NDArray[np.int32], count: int, segmentation: Segmentation
) -> dict[str, NDArray[Any]]:
    """Means over each object's pixels."""
    numbers = np.arange(1, count + 1)
    probability = np.zeros(count)
    classes = object_classes(place, segmentation.classes)
    for label in np.unique(classes):
        mine = classes == label
        means = ndimage.mean(segmentation.probability[label], place, numbers[mine])
        probability[mine] = np.asarray(means)
    parts = {
        f"mean_{part}": np.asarray(ndimage.mean(getattr(segmentation, part), place, numbers))
        for part in _PARTS
    }
    whole = np.sum(list(parts.values()), axis=0)
    return {"mean_probability": probability, "mean_uncertainty": whole} | parts
