"""Files that can hold an annotator's masks, and folders that are none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sightline.formats.images.image_files import IMAGE_ENDINGS, image_name, plain_folders
from sightline.formats.recordings.numbered_files import numbered_files

_REGIONS: Final = (".roi", ".zip", ".geojson", ".json")
MASK_ENDINGS: Final = (*IMAGE_ENDINGS, *_REGIONS)

CONTAINERS: Final = ("experts", "labels", "masks", "annotations", "annotators", "rois")
IMAGE_FOLDERS: Final = ("images", "image", "imgs", "img", "raw")
_CONSENSUS: Final = ("estgt", "gt", "groundtruth", "consensus", "staple", "majority",
                     "majorityvoting", "mv")  # fmt: skip
_FIELDS: Final = ("mask", "fov", "fieldofview")
_WRITTEN: Final = ("about.json", "summary.json", "model.json")  # in each folder of ours
_OUTPUTS: Final = ("Training", "Prediction", "GT_Estimation")  # what the reference writes


def mask_files(folder: Path) -> list[Path]:
    """Files of a folder that masks can be in, in natural order; hidden ones are left out."""
    return [path for path in numbered_files(folder, MASK_ENDINGS)
            if path.is_file() or path.suffix.lower() == ".zarr"]  # fmt: skip


def masks_within(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of each mask of a folder, and then of its folders, as ``folder/name``."""
    for path in mask_files(folder):
        yield image_name(path), path
    for inner in plain_folders(folder):
        for name, path in masks_within(inner):
            yield f"{inner.name}/{name}", path


def is_numbers(path: Path) -> bool:
    """Whether a file holds a number for each pixel, rather than outlines."""
    return path.suffix.lower() in IMAGE_ENDINGS


def is_consensus(folder: Path) -> bool:
    """Whether a folder's name says that it holds a consensus, as ``est_GT``."""
    return bare(folder.name) in _CONSENSUS


def written_consensus(folder: Path) -> list[Path]:
    """Folders in which deepflash2 kept consensuses, STAPLE's first."""
    where = folder / _OUTPUTS[2]
    found = plain_folders(where) if where.is_dir() else []
    return sorted(found, key=lambda one: bare(one.name) != "staple")


def annotator_folders(folder: Path, images: Path) -> tuple[list[Path], list[Path]]:
    """Folders of annotators, and other folders with pictures that are left alone.

    Those inside of ``experts``, ``labels`` or the like; else these themselves, where they hold
    masks; else all folders beside the images' but a field of view. What programs wrote as results
    is neither.
    """
    inside = [one for one in plain_folders(folder) if not _is_same(one, images)]
    inside = [one for one in inside if not _is_result(one) and _holds_masks(one)]
    containers = [one for one in inside if one.name.lower() in CONTAINERS]
    nested = [one for container in containers for one in plain_folders(container)
              if not mask_files(container)]  # fmt: skip
    if nested or containers:
        return nested or containers, [one for one in inside if one not in containers]
    fields = [one for one in inside if bare(one.name) in _FIELDS]
    if len(inside) == len(fields):  # `mask` alone is no field of view
        return inside, []
    return [one for one in inside if one not in fields], fields


def images_folder(folder: Path) -> Path:
    """The folder ``images`` or the like inside, else the folder itself."""
    named = {one.name.lower(): one for one in plain_folders(folder)}
    return next((named[name] for name in IMAGE_FOLDERS if name in named), folder)


def _holds_masks(folder: Path) -> bool:
    return any(True for _ in masks_within(folder))


def _is_result(folder: Path) -> bool:
    """Whether deepflash2 or Sightline wrote it."""
    ours = folder.suffix == ".sightline" or any((folder / name).is_file() for name in _WRITTEN)
    return ours or folder.name in _OUTPUTS


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def bare(name: str) -> str:
    """Small letters and digits of a name."""
    return "".join(letter for letter in name.lower() if letter.isalnum())
