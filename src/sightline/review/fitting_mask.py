"""Whether a mask that somebody gave fits its image."""

from sightline.data.mask import Mask, check_mask
from sightline.errors import InputError
from sightline.project.segmenting import SegmentedImage


def fitting_mask(mask: Mask, image: SegmentedImage, class_names: tuple[str, ...]) -> Mask:
    """Return a mask if it has the size of the image and the classes of the project.

    Raises
    ------
    InputError
        If it has not, or its parts do not fit each other.
    """
    if mask.shape != image.shape or mask.class_names != class_names:
        raise InputError(
            mask.source or image.name,
            f"shape {mask.shape}, classes {', '.join(mask.class_names)}",
            f"shape {image.shape} and classes {', '.join(class_names)}, as {image.name} has",
            "Check that it is of this image.",
        )
    return check_mask(mask)
