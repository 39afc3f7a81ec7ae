"""Where patches are centred: every class alike, however rare it is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def draw_centre(
    target: NDArray[np.integer[Any]], random: np.random.Generator, *, as_program: bool = False
) -> tuple[int, int]:
    """(y, x) of a pixel, drawn so that every class that occurs in the image is drawn equally often.

    That is what the paper states (Methods 2.1). The program that came with it weighs each pixel of
    class k by 1 - f_k, f_k being the class's share of the image, so that class k is drawn with
    f_k (1 - f_k): equally often for two classes only.

    Parameters
    ----------
    target : (y, x)
        Class of each pixel, background 0; below 0 ignored, which are drawn only if there is no
        other pixel.
    random
        Draws twice.
    as_program
        Whether classes are weighed as that program does.
    """
    flat = target.reshape(-1)
    counts = np.bincount(flat[flat >= 0].astype(np.int64))
    chosen, within = random.random(2)
    if not len(counts):
        return _place(int(within * flat.size), target)
    shares = counts / counts.sum()
    mass = shares * (1 - shares) if as_program and (shares < 1).all() else shares > 0
    label = int(np.searchsorted(np.cumsum(mass) / mass.sum(), chosen, side="right"))
    places = np.flatnonzero(flat == label)
    return _place(int(places[int(within * len(places))]), target)


def _place(flat: int, target: NDArray[np.integer[Any]]) -> tuple[int, int]:
    row, column = divmod(flat, target.shape[1])
    return row, column
