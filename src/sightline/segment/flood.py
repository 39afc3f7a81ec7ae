"""Flood a landscape from its peaks down, and keep apart what only a low pass joins.

A watershed that decides while it floods which basins are one: two that meet at a pass hardly lower
than the lower peak are ripples of one object, two that meet at a deep pass are two objects.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.learn.compiled import compiled


def split_basins(
    pieces: NDArray[Any],
    landscape: NDArray[np.float32],
    *,
    least_dip: float = 0.0,
    pass_ratio: float = 1.0,
) -> NDArray[np.int32]:
    """Number the basins of a landscape, within each piece of a mask.

    Each pixel goes, from the highest down, to the highest of its four neighbours that has a number.
    Where two basins meet, they become one if the pass between them is higher than ``pass_ratio``
    times the lower of their peaks, or less than ``least_dip`` below it. Each basin is connected
    through pixels' sides, and no piece is left without one.

    Parameters
    ----------
    pieces : (y, x) int or bool
        Number of the piece of each pixel, 0 for none; basins do not reach over a piece's border.
    landscape : (y, x) float32
        High in the middle of objects.
    least_dip
        In the landscape's unit.
    pass_ratio
        From 0 (what is connected is one) to 1.

    Returns
    -------
    (y, x) int32
        From 1 without gaps, in the order of their first pixels; 0 outside of the pieces.
    """
    piece = np.pad(pieces, 1).astype(np.int32)
    heights = np.pad(landscape, 1).astype(np.float32)
    places = np.flatnonzero(piece)
    order = places[np.argsort(-heights.ravel()[places], kind="stable")]
    number = np.zeros(piece.size, np.int32)
    _flood(
        order, piece.ravel(), heights.ravel(), piece.shape[1], number,
        (np.float32(least_dip), np.float32(pass_ratio)),
    )  # fmt: skip
    return renumbered(number.reshape(piece.shape)[1:-1, 1:-1])


def renumbered(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """(y, x) the objects from 1 without gaps, in the order of their first pixels."""
    flat = labels.ravel()
    first = np.full(int(flat.max(initial=0)) + 1, flat.size, np.int64)
    backwards = np.flatnonzero(flat)[::-1]
    first[flat[backwards]] = backwards  # of several, the last written stays
    there = np.flatnonzero(first < flat.size)
    new = np.zeros(len(first), np.int32)
    new[there[np.argsort(first[there], kind="stable")]] = np.arange(1, len(there) + 1)
    return new[labels]


@compiled
def _flood(
    order: NDArray[np.int64],
    piece: NDArray[np.int32],
    heights: NDArray[np.float32],
    width: int,
    number: NDArray[np.int32],
    limits: tuple[np.float32, np.float32],
) -> None:
    parent = np.zeros(len(order) + 1, np.int32)
    peak = np.zeros(len(order) + 1, np.float32)
    steps = np.array([-width, -1, 1, width])
    least_dip, pass_ratio = limits
    basins = 0
    for place in order:
        level, mine, highest = heights[place], 0, np.float32(-np.inf)
        for near in place + steps:
            if number[near] and piece[near] == piece[place] and heights[near] > highest:
                mine, highest = int(number[near]), heights[near]
        if mine == 0:
            basins += 1
            parent[basins], peak[basins], number[place] = basins, level, basins
            continue
        number[place] = mine
        for near in place + steps:
            if number[near] == 0 or piece[near] != piece[place]:
                continue
            one, other = _root(parent, mine), _root(parent, int(number[near]))
            lower = min(peak[one], peak[other])
            if one != other and (level >= pass_ratio * lower or lower - level < least_dip):
                parent[max(one, other)] = min(one, other)
                peak[min(one, other)] = max(peak[one], peak[other])
    for place in order:
        number[place] = _root(parent, int(number[place]))


@compiled
def _root(parent: NDArray[np.int32], basin: int) -> int:
    while parent[basin] != basin:
        parent[basin] = parent[parent[basin]]
        basin = parent[basin]
    return basin
