"""Snapshots in few bytes: values in steps somewhat finer than the recording's noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

_LEVELS = np.iinfo(np.uint16).max


@dataclass(frozen=True)
class Coded:
    """Values as whole steps above the least one.

    Parameters
    ----------
    codes : uint8 or uint16
        0 for the least value.
    least, step
        A value is ``least + step * code``.
    """

    codes: NDArray[np.unsignedinteger]
    least: float
    step: float


def encode(values: ArrayLike, largest_error: float) -> Coded:
    """Code values so that none changes by more than ``largest_error``.

    Whole numbers are coded in whole steps, so exactly where the error must be below 1. A range too
    wide for 16 bits at that error is coded with the step that it takes; and no value is nearer than
    float32 can hold.

    Parameters
    ----------
    values
        Finite numbers of any shape.
    largest_error
        In the unit of the values.
    """
    values = np.asarray(values)
    if not values.size:
        return Coded(values.astype(np.uint8), 0.0, 1.0)
    least, most = float(values.min()), float(values.max())
    # rounding to float32 adds at most half of what is taken off
    step = 2 * max(largest_error - np.spacing(np.float32(max(abs(least), abs(most)))), 0)
    if values.dtype.kind in "iub":
        step = float(max(1, 2 * np.floor(largest_error) + 1))
    step = max(step, (most - least) / _LEVELS) or 1.0
    codes = np.rint((values.astype(np.float64) - least) / step)
    return Coded(codes.astype(np.uint8 if codes.max() <= 255 else np.uint16), least, step)


def decode(coded: Coded) -> NDArray[np.float32]:
    """Return the values, float32."""
    return (coded.least + coded.step * coded.codes.astype(np.float64)).astype(np.float32)
