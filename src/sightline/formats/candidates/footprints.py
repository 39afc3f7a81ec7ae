"""Footprints from what foreign formats list of each candidate: its pixels and their weights."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.errors import InputError


def footprints_from_pixels(
    rows: NDArray[Any],
    columns: NDArray[Any],
    weights: NDArray[Any],
    counts: Sequence[int] | NDArray[Any],
    image_shape: tuple[int, int],
) -> tuple[sparse.csr_array, NDArray[np.int64]]:
    """Put the pixels of all candidates, one after the other, into one sparse matrix.

    Parameters
    ----------
    rows, columns : (pixel,) integers
        Where each pixel is; those outside of the image are left out.
    weights : (pixel,)
        Weight of each.
    counts : (candidate,)
        How many of the pixels are each candidate's.
    image_shape
        (height, width), pixels.

    Returns
    -------
    footprints : (candidate, height * width) float32
        A pixel that a candidate lists twice has the sum of its weights.
    outside : (candidate,) int64
        How many pixels of each candidate were outside of the image.
    """
    height, width = image_shape
    owner = np.repeat(np.arange(len(counts)), counts)
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    outside = np.bincount(owner[~inside], minlength=len(counts))
    pixels = rows[inside].astype(np.int64) * width + columns[inside].astype(np.int64)
    values = weights[inside].astype(np.float32)
    footprints = sparse.csr_array(
        (values, (owner[inside], pixels)), shape=(len(counts), height * width)
    )
    return footprints, outside.astype(np.int64)


def known_image_shape(image_shape: tuple[int, int] | None, source: str | Path) -> tuple[int, int]:
    """Return the image's size for a format that does not store it.

    Raises
    ------
    InputError
        If nobody said.
    """
    if image_shape is None:
        raise InputError(
            source,
            "it does not tell the size of the image",
            "the image's height and width in pixels",
            "Give the movie too, or the size.",
        )
    return image_shape


def note_on_clipping(outside: NDArray[np.int64]) -> list[str]:
    """Say how many candidates reach over the image's border, if any do."""
    clipped = int((outside > 0).sum())
    return (
        [f"{clipped} candidates reach over the image's border; their pixels outside are left out."]
        if clipped
        else []
    )
