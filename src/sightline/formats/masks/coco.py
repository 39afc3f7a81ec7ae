"""COCO JSON: polygons and run lengths, of many images in one file.

x and y of polygons count from the corner of the first pixel, whose centre is at (0.5, 0.5). An
annotation is an object, also where it is marked as a crowd: programs mark painted masks so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.formats.images.image_files import image_name
from sightline.formats.json_file import read_json
from sightline.formats.masks.drawn import Drawing, Drawn, Pixels, Shape, polygon, together
from sightline.formats.masks.run_lengths import decode_runs

_EXPECTED: Final = "a COCO JSON file with images, annotations and categories"
_REMEDY: Final = "Export it again."


@dataclass(frozen=True)
class _Index:
    """Annotations of a file by image, made once for all images that ask."""

    images: Mapping[str, Mapping[str, Any]]  # by name with folders, and without
    names: tuple[tuple[str, str], ...]
    annotations: Mapping[Any, list[Mapping[str, Any]]]
    categories: Mapping[Any, str]


def is_coco(path: Path) -> bool:
    """Whether a file is JSON with ``images`` and ``annotations``; a damaged one is told later."""
    if path.suffix.lower() != ".json":
        return False
    try:
        return is_coco_content(json_content(path))
    except InputError:
        return False


def is_coco_content(content: Any) -> bool:
    """Whether the content of a JSON file is COCO's."""
    return isinstance(content, Mapping) and all(
        isinstance(content.get(part), list) for part in ("images", "annotations")
    )


def coco_images(path: Path) -> list[tuple[str, str]]:
    """Name of each image of a file, without ending; with the folders it was in, and without.

    Raises
    ------
    InputError
        If an image has no file name.
    """
    return list(_index(*_version(path)).names)


def read_coco(path: Path, image: str) -> Drawing:
    """Read all annotations of one image.

    Parameters
    ----------
    path
        File.
    image
        Name of the image, without ending.

    Raises
    ------
    InputError
        If it holds no such image, or an annotation is damaged.
    """
    index = _index(*_version(path))
    about = index.images.get(image)
    if about is None:
        raise InputError(path, f"it holds no image {image!r}", _EXPECTED, _REMEDY)
    found = index.annotations.get(about.get("id"), [])
    objects = tuple(
        Drawn(_pixels_of(path, one), index.categories.get(one.get("category_id"), ""))
        for one in found if one.get("segmentation")
    )  # fmt: skip
    height, width = about.get("height"), about.get("width")
    shape = (height, width) if isinstance(height, int) and isinstance(width, int) else None
    others = len(found) - len(objects)
    notes = (f"{others} annotations are boxes alone: left out.",) if others else ()
    return Drawing(objects, shape, notes)


def json_content(path: Path) -> Any:
    """Content of a JSON file, kept for the next image that asks for the same file.

    Raises
    ------
    InputError
        If it is damaged.
    """
    return _read(*_version(path))


def _version(path: Path) -> tuple[str, int, int]:
    """A file and what changes with its content."""
    state = path.stat()
    return str(path), state.st_mtime_ns, state.st_size


@lru_cache(maxsize=2)
def _read(path: str, _changed: int, _size: int) -> Any:
    return read_json(Path(path), "a JSON file of COCO, labelme or QuPath")


@lru_cache(maxsize=2)
def _index(path: str, changed: int, size: int) -> _Index:
    content = _read(path, changed, size)
    names = tuple(_names(path, one) for one in content["images"])
    images = dict(zip([name for _, name in names], content["images"], strict=True))
    images |= dict(zip([name for name, _ in names], content["images"], strict=True))
    annotations: dict[Any, list[Mapping[str, Any]]] = {}
    for one in content["annotations"]:
        if isinstance(one, Mapping):
            annotations.setdefault(one.get("image_id"), []).append(one)
    categories = {one.get("id"): str(one.get("name", "")) for one in content.get("categories") or []
                  if isinstance(one, Mapping)}  # fmt: skip
    return _Index(images, names, annotations, categories)


def _names(path: str, image: Any) -> tuple[str, str]:
    name = image.get("file_name") if isinstance(image, Mapping) else None
    if not isinstance(name, str) or not name:
        raise InputError(path, "it holds an image without a file name", _EXPECTED, _REMEDY)
    folder, slash, alone = name.replace("\\", "/").rpartition("/")
    alone = image_name(Path(alone))
    return folder + slash + alone, alone


def _pixels_of(path: Path, annotation: Mapping[str, Any]) -> partial[Pixels]:
    found = annotation["segmentation"]
    if isinstance(found, Mapping):
        return partial(_of_runs, path, annotation)
    try:
        return partial(_of_rings, [_ring(ring) for ring in found])
    except (TypeError, ValueError, OverflowError) as failure:
        raise _damaged(path, annotation, failure) from None


def _of_runs(path: Path, annotation: Mapping[str, Any], shape: Shape) -> Pixels:
    found = annotation["segmentation"]
    try:
        height, width = (int(length) for length in found["size"])
        if (height, width) != shape:  # before memory is taken for what it claims
            raise ValueError(f"its runs are of {width} x {height} pixels")
        return decode_runs(found["counts"], height, width)
    except (TypeError, ValueError, KeyError, OverflowError) as failure:
        raise _damaged(path, annotation, failure) from None


def _damaged(path: Path, annotation: Mapping[str, Any], failure: Exception) -> InputError:
    found = f"annotation {annotation.get('id')} is damaged ({failure})"
    return InputError(path, found, _EXPECTED, _REMEDY)


def _ring(numbers: Any) -> NDArray[np.float64]:
    ring = np.array(numbers, np.float64).reshape(-1, 2)
    if not np.isfinite(ring).all():
        raise ValueError("a corner is no number")
    return ring


def _of_rings(rings: list[NDArray[np.float64]], shape: Shape) -> Pixels:
    return together([polygon([ring], shape) for ring in rings])
