"""A still image of any number of channels, as the segmentation of images takes it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError


@dataclass(frozen=True)
class Image:
    """One image.

    Parameters
    ----------
    name
        The same in the images' folder and in results; holds no ending.
    pixels : (channel, y, x)
        As stored, of any dtype; an array in memory, or one on disk that is read when it is sliced.
    pixel_size_um
        Size of a pixel along y and x; None where nobody said.
    source
        File, named in errors.
    notes
        What was found and assumed, in words: a projection, an alpha channel left out.
    """

    name: str
    pixels: NDArray[Any] = field(repr=False)
    pixel_size_um: tuple[float, float] | None = None
    source: str = ""
    notes: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """(y, x)."""
        return self.pixels.shape[-2], self.pixels.shape[-1]

    @property
    def channels(self) -> int:
        """How many."""
        return self.pixels.shape[0]


def check_image(image: Image) -> Image:
    """Give the image back, if it can be segmented.

    Raises
    ------
    InputError
        If its axes are not (channel, y, x), it is empty, or does not hold real numbers.
    """
    shape, dtype = image.pixels.shape, np.dtype(image.pixels.dtype)
    if len(shape) != 3 or 0 in shape or dtype.kind not in "buif":
        raise InputError(
            image.source or image.name, f"an array of shape {shape} and type {dtype}",
            "an image with axes (channel, y, x) of real numbers",
            "Say what its axes are, or export it as TIFF.",
        )  # fmt: skip
    return image
