"""Outlines along pixels' sides: filled again by others, they give the same pixels."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.path import Path as Outline
from numpy.typing import NDArray
from scipy import ndimage

from sightline.formats.masks.outlines import polygons_of, signed_area


def noisy(seed: int, smooth: float, size: int = 40) -> NDArray[np.int32]:
    """Ragged objects with holes and corners that touch, some in several parts."""
    field = np.random.default_rng(seed).normal(size=(size, size))
    parts, _ = ndimage.label(ndimage.gaussian_filter(field, smooth) > 0)  # pyright: ignore
    return (parts % 7).astype(np.int32)


def filled(rings: list[NDArray[np.int64]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """By matplotlib, ring by ring, even-odd at pixels' centres."""
    y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
    centres = np.stack([x.ravel(), y.ravel()], axis=1)
    inside = [Outline(np.vstack([ring, ring[:1]]), closed=True).contains_points(centres)
              for ring in rings]  # fmt: skip
    return np.logical_xor.reduce(inside).reshape(shape)


@pytest.mark.parametrize(("seed", "smooth"), [(0, 0.6), (1, 0.8), (2, 1.5), (3, 0.0)])
def test_filled_again_each_object_is_there_pixel_for_pixel(seed: int, smooth: float) -> None:
    objects = noisy(seed, smooth)
    found = dict(polygons_of(objects))
    assert sorted(found) == [number for number in np.unique(objects) if number]
    for number, polygons in found.items():
        rings = [ring for polygon in polygons for ring in polygon]
        np.testing.assert_array_equal(filled(rings, objects.shape), objects == number)


@pytest.mark.parametrize("seed", range(3))
def test_rings_are_simple_outer_ones_clockwise_and_holes_inside_of_them(seed: int) -> None:
    objects = noisy(seed, 0.7)
    for number, polygons in polygons_of(objects):
        parts, count = ndimage.label(objects == number)  # pyright: ignore
        assert len(polygons) == count
        areas = [sum(signed_area(ring) for ring in polygon) for polygon in polygons]
        assert sorted(areas) == sorted(np.bincount(parts.ravel())[1:])
        for outer, *holes in polygons:
            assert signed_area(outer) > 0
            assert all(signed_area(hole) < 0 for hole in holes)
            for ring in (outer, *holes):
                assert len({tuple(point) for point in ring.tolist()}) == len(ring)


def test_rings_of_a_polygon_touch_in_points_at_most() -> None:
    for _, polygons in polygons_of(noisy(5, 0.7)):
        for polygon in polygons:
            for one, other in combinations(polygon, 2):
                assert not sides(one) & sides(other)


def sides(ring: NDArray[np.int64]) -> set[tuple[float, float]]:
    """Middles of the pixels' sides along a ring."""
    found = set()
    for start, end in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        steps = int(np.abs(end - start).sum())
        found |= {tuple(start + (end - start) * (k + 0.5) / steps) for k in range(steps)}
    return found


def test_one_pixel_is_a_square_with_its_corners_at_whole_numbers() -> None:
    objects = np.zeros((4, 6), np.int32)
    objects[2, 3] = 9
    ((number, [(ring,)]),) = polygons_of(objects)
    assert number == 9
    assert {tuple(point) for point in ring.tolist()} == {(3, 2), (4, 2), (4, 3), (3, 3)}
