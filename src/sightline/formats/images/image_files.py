"""Which files of a folder are images, in natural order, and what they are called."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sightline.formats.recordings.numbered_files import numbered_files

PICTURES: Final = (".png", ".jpg", ".jpeg", ".bmp", ".gif")
_TIFFS: Final = (".tif", ".tiff", ".btf", ".tf8")
_ARRAYS: Final = (".npy", ".h5", ".hdf5", ".zarr")
IMAGE_ENDINGS: Final = (*PICTURES, *_TIFFS, *_ARRAYS)


def image_files(folder: Path) -> list[Path]:
    """Images of a folder, 2 before 10; hidden ones are left out, folders too unless they are Zarr.

    Raises
    ------
    OSError
        If the folder cannot be read.
    """
    return [path for path in numbered_files(folder, IMAGE_ENDINGS) if _is_one(path)]


def images_within(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of each image of a folder, and then of its folders, as ``folder/name``."""
    for path in image_files(folder):
        yield image_name(path), path
    for inner in plain_folders(folder):
        for name, path in images_within(inner):
            yield f"{inner.name}/{name}", path


def plain_folders(folder: Path) -> list[Path]:
    """Folders in a folder, in natural order; hidden ones and Zarr stores are left out."""
    names = {path.suffix.lower() for path in folder.iterdir() if path.is_dir()} - {".zarr"}
    return [path for path in numbered_files(folder, names) if path.is_dir()]


def image_name(path: Path) -> str:
    """A file's name without its ending; of two endings, as ``.ome.tif``, without both."""
    return path.stem.removesuffix(".ome")


def _is_one(path: Path) -> bool:
    return path.is_file() or (path.is_dir() and path.suffix.lower() == ".zarr")
