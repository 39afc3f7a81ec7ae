"""An image with what is to be learnt of it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sightline.data.image import Image


@dataclass(frozen=True)
class TrainingImage:
    """An image and its consensus.

    Parameters
    ----------
    image
        In memory.
    target : (y, x) int16
        Class of each pixel, 0 background, -1 ignored.
    share : (class, y, x) float32 or None
        Annotators' share of votes for each class, background first; NaN where nobody said
        anything. None where there is but one annotator.
    objects : (y, x) int32 or None
        Number of the object of each pixel, 0 for none; None: the target's pieces.
    """

    image: Image
    target: NDArray[np.int16] = field(repr=False)
    share: NDArray[np.float32] | None = field(default=None, repr=False)
    objects: NDArray[np.int32] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Of the image."""
        return self.image.name
