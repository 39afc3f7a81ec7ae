"""Positions in pixels, whose centres are whole numbers, and from -1 to 1 over the whole view."""

import numpy as np
from numpy.typing import NDArray


def to_unit(positions: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """(..., 3) pixels to -1 (outer edge of the first pixel) .. 1 (outer edge of the last)."""
    return (2 * positions + 1) / np.array(shape) - 1


def to_pixels(positions: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """The way back."""
    return ((positions + 1) * np.array(shape) - 1) / 2
