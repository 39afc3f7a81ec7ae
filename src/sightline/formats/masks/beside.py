"""Regions of images that are left out: a folder of masks beside the annotators'."""

from collections.abc import Sequence
from pathlib import Path

from sightline.errors import InputError
from sightline.formats.masks.annotation_files import masks_within
from sightline.formats.masks.match_names import match_names


def find_beside(folder: Path, named: str | Path, images: Sequence[str]) -> dict[str, Path]:
    """Match the files of a folder to images, as masks are matched.

    Parameters
    ----------
    folder
        Of the data set.
    named
        Name of a folder in it, or a path; nothing is found if empty.
    images
        Names of the images.

    Raises
    ------
    InputError
        If it is not there, nothing in it fits, or two files fit one image.
    """
    if not str(named):
        return {}
    where = folder / named if (folder / named).is_dir() else Path(named)
    if not where.is_dir():
        raise InputError(named, "there is no such folder", f"a folder in {folder}, or a path",
                         "Check its name.")  # fmt: skip
    files = dict(masks_within(where))
    matched = match_names(images, tuple(files))
    twice = [f"{image!r}: {', '.join(names)}" for image, names in matched.by_image.items()
             if len(names) > 1]  # fmt: skip
    if twice or not matched.by_image:
        raise InputError(
            where, f"several files fit one image ({'; '.join(twice)})" if twice
            else f"none of its {len(files)} files fits an image",
            "a mask for each image, at most", "Rename the files as the images are named.",
        )  # fmt: skip
    return {image: files[names[0]] for image, names in matched.by_image.items()}
