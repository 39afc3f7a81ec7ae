"""What a segmentation project is about: its images, their classes, and who outlined them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from sightline.data.image import Image
from sightline.data.mask import Mask
from sightline.errors import InputError, ProjectError
from sightline.project.arrays import RESTORE, read_arrays, write_arrays
from sightline.project.mask_payload import mask_bytes, mask_of_bytes
from sightline.project.payload import read_payload, store_payload
from sightline.project.project import Project

_NAME: Final = "segmenting"
_ROWS_AT_ONCE: Final = 1024


@dataclass(frozen=True)
class SegmentedImage:
    """One image of a project; its pixels stay where they are.

    Parameters
    ----------
    name
        As in decisions.
    shape
        (y, x).
    pixel_size_um
        Along y and x; None where nobody said.
    digest
        Of its pixels, by which another image of that name is known; empty where it was not read.
    """

    name: str
    shape: tuple[int, int]
    pixel_size_um: tuple[float, float] | None = None
    digest: str = ""


@dataclass(frozen=True)
class Segmenting:
    """What a segmentation project is about.

    Parameters
    ----------
    recording
        Name of the set of images in decisions.
    images
        In the order in which they came.
    class_names
        Of classes 1, 2, ...
    annotators
        Whose masks came along; what they said is in the journal, and stands there.
    """

    recording: str
    images: tuple[SegmentedImage, ...] = field(repr=False)
    class_names: tuple[str, ...]
    annotators: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Of the images."""
        return tuple(image.name for image in self.images)

    def image(self, name: str) -> SegmentedImage:
        """The image of a name.

        Raises
        ------
        InputError
            If there is none.
        """
        for image in self.images:
            if image.name == name:
                return image
        known = ", ".join(self.names[:5]) + (", ..." if len(self.images) > 5 else "")
        raise InputError(
            name, "there is no such image in the project", f"one of {known}", "Check the name."
        )


def image_digest(image: Image) -> str:
    """The same for the same pixels, whatever file they come from; a band is read at a time."""
    digest = blake2b(digest_size=16)
    digest.update(f"{np.dtype(image.pixels.dtype).str} {tuple(image.pixels.shape)}".encode())
    for first in range(0, image.shape[0], _ROWS_AT_ONCE):
        band = np.asarray(image.pixels[:, first : first + _ROWS_AT_ONCE])
        digest.update(np.ascontiguousarray(band).tobytes())
    return digest.hexdigest()


def with_images(
    before: Segmenting, images: Iterable[SegmentedImage], annotators: Iterable[str] = ()
) -> Segmenting:
    """Add images, and annotators, that are not there yet; none is taken away.

    Raises
    ------
    InputError
        If images of the same name are not the same; all of them are named.
    """
    known = {image.name: image for image in before.images}
    others = []
    for image in images:
        had = known.get(image.name)
        if had is not None and not _may_be_the_same(had, image):
            others.append(image.name)
            continue
        known[image.name] = image if had is None else _joined(had, image)
    if others:
        raise InputError(
            f"images {', '.join(others)}", "other pixels than the project has by these names",
            "the same images, or others with names of their own",
            "Rename the images, or choose another --project.",
        )  # fmt: skip
    who = tuple(dict.fromkeys((*before.annotators, *annotators)))
    return replace(before, images=tuple(known.values()), annotators=who)


def store_segmenting(project: Project, segmenting: Segmenting) -> None:
    """Store what a project is about.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    images = segmenting.images
    about = {
        "recording": segmenting.recording,
        "class_names": list(segmenting.class_names),
        "annotators": list(segmenting.annotators),
        "names": [image.name for image in images],
        "digests": [image.digest for image in images],
    }
    sizes = [image.pixel_size_um or (np.nan, np.nan) for image in images]
    arrays = {
        "shape": np.array([image.shape for image in images], np.int64).reshape(-1, 2),
        "pixel_size_um": np.array(sizes, np.float64).reshape(-1, 2),
    }
    write_arrays(project.arrays, _NAME, arrays, about)


def has_segmenting(project: Project) -> bool:
    """Whether it was stored already; it is not where a project was stopped while it was made."""
    return (project.arrays / f"{_NAME}.zarr.zip").is_file()


def read_segmenting(project: Project) -> Segmenting:
    """Read what a project is about.

    Raises
    ------
    ProjectError
        If the project is none of segmentation, or damaged.
    """
    if project.kind != "segment":
        raise ProjectError(
            f"{project.path}: a project of kind {project.kind!r}; expected one of segmentation. "
            "Open it with the verbs of its own kind."
        )
    arrays, about = read_arrays(project.arrays, _NAME)
    try:
        rows = zip(
            about["names"], arrays["shape"].tolist(), arrays["pixel_size_um"].tolist(),
            about["digests"], strict=True,
        )  # fmt: skip
        images = tuple(
            SegmentedImage(name, (shape[0], shape[1]), _size(size), digest)
            for name, shape, size, digest in rows
        )
        names, annotators = tuple(about["class_names"]), tuple(about["annotators"])
        return Segmenting(about["recording"], images, names, annotators)
    except (KeyError, TypeError, ValueError, IndexError) as damage:
        path = project.arrays / f"{_NAME}.zarr.zip"
        raise ProjectError(f"{path}: damaged ({damage}). {RESTORE}") from None


def store_mask(project: Project, mask: Mask) -> str:
    """Store a mask among the payloads and give its SHA-256; it is on disk when this returns.

    Raises
    ------
    InputError
        If its parts do not fit each other.
    ProjectError
        If the project cannot be written.
    """
    return store_payload(project.payloads, mask_bytes(mask))


def read_mask(project: Project, digest: str, shape: tuple[int, int]) -> Mask:
    """Read a stored mask of an image of that shape (y, x).

    Raises
    ------
    ProjectError
        If it is missing, damaged, or of another shape.
    """
    where = str(project.payloads / digest)
    return mask_of_bytes(read_payload(project.payloads, digest), shape, where)


def _may_be_the_same(one: SegmentedImage, other: SegmentedImage) -> bool:
    told = one.digest and other.digest
    return one.shape == other.shape and (not told or one.digest == other.digest)


def _joined(had: SegmentedImage, image: SegmentedImage) -> SegmentedImage:
    """The newer, but for what it does not tell."""
    size = image.pixel_size_um or had.pixel_size_um
    return replace(image, pixel_size_um=size, digest=image.digest or had.digest)


def _size(pair: list[Any]) -> tuple[float, float] | None:
    return None if np.isnan(pair).any() else (float(pair[0]), float(pair[1]))
