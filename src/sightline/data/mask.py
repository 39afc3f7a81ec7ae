"""What one annotator outlined in one image: a class for each pixel, and objects where told."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError

BACKGROUND: Final = 0
IGNORED: Final = -1  # pixels of which nothing is said; `sightline.consensus.mask_votes` counts so
FOREGROUND: Final = "foreground"  # name of the class of a mask that names none


@dataclass(frozen=True)
class Mask:
    """A mask of one image.

    Parameters
    ----------
    classes : (y, x) int16
        Number of the class of each pixel from 1, ``BACKGROUND`` or ``IGNORED``.
    objects : (y, x) int32 or None
        Number of the object of each pixel, 0 for none; None where the file tells no objects, as a
        black-and-white mask.
    class_names
        Of classes 1, 2, ...
    source
        File, named in errors.
    """

    classes: NDArray[np.int16] = field(repr=False)
    objects: NDArray[np.int32] | None = field(default=None, repr=False)
    class_names: tuple[str, ...] = (FOREGROUND,)
    source: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        """(y, x)."""
        return self.classes.shape[0], self.classes.shape[1]

    @property
    def foreground(self) -> NDArray[np.bool_]:
        """(y, x) of any class."""
        return self.classes > BACKGROUND


def check_mask(mask: Mask) -> Mask:
    """Give the mask back, if its parts fit each other.

    Raises
    ------
    InputError
        If it is not flat, has classes without a name, or objects of another shape or on the
        background.
    """
    classes, objects = mask.classes, mask.objects
    if classes.ndim != 2 or classes.dtype != np.int16:
        raise _fault(mask, f"shape {classes.shape}, {classes.dtype}", "axes (y, x), int16")
    lowest, highest = int(classes.min(initial=0)), int(classes.max(initial=0))
    if lowest < IGNORED or highest > len(mask.class_names):
        found = f"classes from {lowest} to {highest}"
        raise _fault(mask, found, f"-1, 0 and {len(mask.class_names)} named classes")
    if objects is not None and (objects.shape != classes.shape or objects.dtype != np.int32):
        raise _fault(mask, f"objects {objects.shape} {objects.dtype}", f"{classes.shape} int32")
    if objects is not None and bool(((objects > 0) & (classes < 1)).any()):
        raise _fault(mask, "objects on the background", "objects where a class is")
    return mask


def _fault(mask: Mask, found: str, expected: str) -> InputError:
    remedy = "Check what the file's numbers mean: classes, or objects."
    return InputError(mask.source or "mask", found, expected, remedy)
