"""Simulated images and experts' masks of them, written as a laboratory's folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sightline.data.mask import Mask
from sightline.formats.images.write_image import write_image
from sightline.formats.masks.write_mask import write_mask
from sightline.project.faults import reported
from sightline.simulate.ambiguous_images import AmbiguousImage


def write_ambiguous_folder(
    folder: str | Path,
    images: Sequence[AmbiguousImage],
    masks: Mapping[str, Sequence[Mask]] | None = None,
    *,
    objects: bool = False,
) -> Path:
    """Write ``images/IMAGE.tif`` and ``experts/NAME/IMAGE.png``; give the folder.

    Parameters
    ----------
    folder
        A new one, or one that these files are not in yet.
    images
        Of `simulate_ambiguous_images`.
    masks
        Annotator to the masks of the images, in their order, as `outline_all` gives them; none if
        not given.
    objects
        Write the numbers of objects rather than black and white, so that touching cells stay two.

    Raises
    ------
    InputError
        If one of the files is there already or cannot be written.
    """
    home = Path(folder)
    with reported(home):
        (home / "images").mkdir(parents=True, exist_ok=True)
        for name in masks or {}:
            (home / "experts" / name).mkdir(parents=True, exist_ok=True)
    for made in images:
        write_image(made.image, home / "images" / f"{made.image.name}.tif")
    for name, drawn in (masks or {}).items():
        for made, mask in zip(images, drawn, strict=True):
            path = home / "experts" / name / f"{made.image.name}.png"
            write_mask(mask, path, objects=objects)
    return home
