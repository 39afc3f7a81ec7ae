"""Maps and label images of our own as TIFF files that ImageJ opens, pixel size included."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import tifffile
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.formats.new_file import renewed_file
from sightline.formats.unreadable import damage_reported

PixelSize = tuple[float, float] | None

_IMAGEJ_MOST: Final = 2**31  # bytes; larger ones are BigTIFF, which ImageJ opens by Bio-Formats
_NAME: Final = re.compile(r'[^/\\:*?"<>|\x00-\x1f]+')


def file_of(folder: Path, name: str, ending: str) -> Path:
    """Return the file of an image of that name; ``a/b`` lies in a folder of its own.

    Raises
    ------
    InputError
        If the name would lead out of the folder, or no file can have it.
    """
    parts = name.split("/")
    if not all(_NAME.fullmatch(part) and part.strip(". ") for part in parts):
        raise InputError(
            folder, f"an image named {name!r}", "a name that a file can have", "Rename the image."
        )
    return folder.joinpath(*parts[:-1], parts[-1] + ending)


def new_file_of(folder: Path, name: str, ending: str) -> Path:
    """`file_of`, in a folder that is there."""
    path = file_of(folder, name, ending)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def write_labels(
    path: Path, labels: NDArray[np.integer], pixel_size_um: PixelSize, most: int = 0
) -> None:
    """Write an image of whole numbers from 0, compressed, in the smallest type that holds them.

    Parameters
    ----------
    path
        An earlier file of ours is replaced when the new one is whole.
    labels : (y, x)
        Numbers of classes or objects.
    pixel_size_um
        Along y and x.
    most
        The largest number that other images of the kind may have, so that their types are alike.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    highest = max(int(labels.max(initial=0)), most)
    dtype = np.uint8 if highest < 2**8 else np.uint16 if highest < 2**16 else np.uint32
    with renewed_file(path) as aside:
        tifffile.imwrite(
            aside,
            labels.astype(dtype),
            compression="zlib",
            photometric="minisblack",
            **_described("YX", labels.shape, np.dtype(dtype), pixel_size_um),
        )


@contextmanager
def new_maps(
    path: Path, names: Sequence[str], shape: tuple[int, int], pixel_size_um: PixelSize
) -> Iterator[Callable[[int, NDArray[np.float32]], None]]:
    """Give a function that writes bands of rows of a stack of maps, float32, uncompressed.

    Parameters
    ----------
    path
        An earlier file of ours is replaced when the new one is whole.
    names
        Of the maps.
    shape
        (y, x) of each.
    pixel_size_um
        Along y and x.

    Yields
    ------
    function
        Of a band's first row, and its maps (map, row, x).

    Raises
    ------
    InputError
        If it cannot be written.
    """
    whole = (len(names), *shape)
    described = _described("CYX", whole, np.dtype(np.float32), pixel_size_um, names)
    with renewed_file(path) as aside:
        start, _ = _empty(aside, whole, described)
        # not memory-mapped: a full disk would end the process rather than raise an error
        with aside.open("rb+") as file:

            def write(first: int, band: NDArray[np.float32]) -> None:
                for number, part in enumerate(band):
                    file.seek(start + 4 * shape[1] * (number * shape[0] + first))
                    file.write(np.ascontiguousarray(part, "<f4").data)

            yield write


def read_tiff(path: Path) -> NDArray[Any]:
    """Read a file that was written here, whole.

    Raises
    ------
    InputError
        If it is not there or is damaged.
    """
    with damage_reported(path, "a TIFF file that `sightline segment predict` wrote"):
        found = np.asarray(tifffile.imread(path))
        return found.astype(found.dtype.newbyteorder("="), copy=False)


def mapped_tiff(path: Path) -> NDArray[np.float32]:
    """(map, y, x) what `new_maps` wrote, read from the disk where it is sliced.

    Raises
    ------
    InputError
        If it is not there or is damaged.
    """
    with damage_reported(path, "a TIFF file of maps"):
        return tifffile.memmap(path, mode="r")


def _empty(path: Path, shape: tuple[int, ...], described: dict[str, Any]) -> tuple[int, int]:
    """Write all of the file but its numbers; where they begin, and their bytes."""
    found = tifffile.imwrite(
        path,
        shape=shape,
        dtype=np.float32,
        byteorder="<",
        photometric="minisblack",
        returnoffset=True,
        **described,
    )
    assert found is not None  # noqa: S101 -- it is asked for, and the array is contiguous
    return found


def _described(
    axes: str,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    pixel_size_um: PixelSize,
    names: Sequence[str] = (),
) -> dict[str, Any]:
    """What tells ImageJ, or by plain TIFF other programs, the axes and the pixel size."""
    size = int(np.prod(shape)) * dtype.itemsize
    metadata: dict[str, Any] = {"axes": axes} | ({"Labels": list(names)} if names else {})
    if dtype == np.uint32 or size > _IMAGEJ_MOST:
        known: dict[str, Any] = {"metadata": metadata, "bigtiff": size > _IMAGEJ_MOST}
        if pixel_size_um is not None:
            y, x = pixel_size_um
            known |= {"resolution": (1e4 / x, 1e4 / y), "resolutionunit": "CENTIMETER"}
        return known
    if pixel_size_um is None:
        return {"imagej": True, "metadata": metadata}
    y, x = pixel_size_um
    return {
        "imagej": True,
        "metadata": metadata | {"unit": "um"},
        "resolution": (1 / x, 1 / y),
    }
