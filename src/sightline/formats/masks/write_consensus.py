"""Write what annotators' masks amount to, and their votes, as images that open anywhere."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image as Picture

from sightline.data.mask import IGNORED, Mask
from sightline.formats.image_tiff import file_of, write_labels
from sightline.formats.masks.write_mask import write_mask
from sightline.formats.new_file import new_file

VOTE_COLOURS: Final = (
    "#000000", "#472d7b", "#3b528b", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725",
)  # fmt: skip
"""From nobody to all, darker to lighter, as those who see few colours need it."""


def write_consensus(
    mask: Mask, folder: Path, name: str, pixel_size_um: tuple[float, float] | None = None
) -> list[Path]:
    """Write a mask: classes as PNG; objects, where it tells them, and ignored pixels as TIFF.

    Parameters
    ----------
    mask
        Of one class: 0 and 255. Of several: their numbers. With ignored pixels: a TIFF of 8 bits
        with sign, -1 where ignored. With objects: a TIFF of their numbers, and the classes beside
        it in a folder ``classes`` if there are several.
    folder
        Made if it is not there.
    name
        Of the image; may lie in a folder of its own.
    pixel_size_um
        Along y and x; written where the file can hold it.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        If a file is there already or cannot be written.
    """
    if mask.objects is not None:
        path = file_of(folder, name, ".tif")
        path.parent.mkdir(parents=True, exist_ok=True)
        with new_file(path) as aside:
            write_labels(aside, mask.objects, pixel_size_um)
        if len(mask.class_names) == 1 and not (mask.classes == IGNORED).any():
            return [path]
        return [path, *_write_classes(mask, folder / "classes", name)]
    return _write_classes(mask, folder, name)


def write_votes(marked: NDArray[np.uint8], annotators: int, path: Path) -> None:
    """Write how many annotators marked each pixel: a PNG whose numbers are counts, in colours.

    Raises
    ------
    InputError
        If the file is there already or cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Picture.fromarray(marked)
    picture.putpalette(vote_palette(annotators).ravel().tolist())
    with new_file(path) as aside:
        picture.save(aside, format="PNG")


def vote_palette(annotators: int) -> NDArray[np.uint8]:
    """(count, 3) red, green and blue of 0 to so many votes."""
    anchors = np.array([[int(one[k : k + 2], 16) for k in (1, 3, 5)] for one in VOTE_COLOURS])
    place = np.linspace(1, len(anchors) - 1, max(annotators, 2))[-annotators:]
    known = np.arange(len(anchors))
    found = np.stack([np.interp(place, known, anchors[:, k]) for k in range(3)], axis=1)
    return np.concatenate([anchors[:1], found.round()]).astype(np.uint8)


def _write_classes(mask: Mask, folder: Path, name: str) -> list[Path]:
    ignored = bool((mask.classes == IGNORED).any())
    path = file_of(folder, name, ".tif" if ignored else ".png")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not ignored:
        write_mask(mask, path)
        return [path]
    known: dict[str, Any] = {"compression": "zlib", "photometric": "minisblack"}
    with new_file(path) as aside:
        tifffile.imwrite(aside, mask.classes.astype(np.int8), **known)
    return [path]
