"""The walk around a region, against a walk taken step by step."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from sightline.sort.features.outline import (
    boundary_steps,
    circumference,
    connected_parts,
    smoothed_perimeter,
)

CLOCKWISE = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)]


def region(*rows: str) -> np.ndarray:
    return np.array([[letter == "#" for letter in row] for row in rows])


def walk(part: np.ndarray) -> list[tuple[int, int]]:
    """Moore's walk: from each pixel on, the first pixel inside, clockwise from where one came."""
    part = np.pad(part, 1)
    start = tuple(np.argwhere(part)[0])
    place, came, steps, first = start, 4, [], None
    while True:
        for turn in range(1, 9):
            direction = (came + turn) % 8
            y, x = (a + b for a, b in zip(place, CLOCKWISE[direction], strict=True))
            if part[y, x]:
                break
        else:
            return steps
        if (place, direction) == first:
            return steps
        first = first or (place, direction)
        steps.append(CLOCKWISE[direction])
        place, came = (y, x), (direction + 4) % 8


def count(steps: list[tuple[int, int]]) -> tuple[int, int, int]:
    kinds = [(abs(y), abs(x)) for y, x in steps]
    diagonal = sum(kind == (1, 1) for kind in kinds)
    corners = sum(a != b for a, b in zip(kinds, kinds[1:] + kinds[:1], strict=True))
    return len(kinds) - diagonal, diagonal, corners


@given(arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_the_steps_are_those_of_a_walk_around_each_part(shape: np.ndarray) -> None:
    parts, number = ndimage.label(shape, np.ones((3, 3)))
    expected = np.zeros(3, int)
    for part in range(1, number + 1):
        expected += count(walk(parts == part))
    assert boundary_steps(shape).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("shape", "length"),
    [
        (region("#"), 0),
        (region("##"), 2),
        (region("#.", ".#"), 2 * np.sqrt(2)),
        (region("###", "###", "###"), 8),
        (region("###", "#.#", "###"), 8),
        (region(".#.", "###", ".#."), 4 * np.sqrt(2)),
        (region("##.#", "##.#"), 4 + 2),
    ],
)
def test_circumferences_known_by_hand(shape: np.ndarray, length: float) -> None:
    assert circumference(shape) == pytest.approx(length)


@pytest.mark.parametrize(
    ("shape", "circularity"),
    [
        (region("###", "###", "###"), 2.0235493),
        (region("###"), 2.4533470),
        (region("###", "###", "##."), 2.1544244),
    ],
)
def test_perimeters_give_the_circularities_that_were_published(
    shape: np.ndarray, circularity: float
) -> None:
    """These values stand in the published matrices, for bodies of 9, 3 and 8 pixels."""
    found = 4 * np.pi * shape.sum() / smoothed_perimeter(shape) ** 2
    assert found == pytest.approx(circularity, rel=1e-6)


def test_an_octagon_has_four_steps_of_each_kind_and_eight_corners() -> None:
    octagon = region(".##.", "####", "####", ".##.")
    assert boundary_steps(octagon).tolist() == [4, 4, 8]
    assert smoothed_perimeter(octagon) == pytest.approx(4 * 0.980 + 4 * 1.406 - 8 * 0.091)


def test_a_large_disc_has_the_perimeter_of_the_circle_through_its_outer_pixels() -> None:
    y, x = np.mgrid[-60:61, -60:61]
    assert smoothed_perimeter(x**2 + y**2 <= 50.5**2) == pytest.approx(2 * np.pi * 50, rel=0.01)


def test_parts_touch_at_corners() -> None:
    parts, number = connected_parts(region("#..", ".#.", "...", "#.."))
    assert number == 2
    assert parts.max() == 2


def test_nothing_has_no_outline() -> None:
    assert boundary_steps(np.zeros((4, 4), bool)).tolist() == [0, 0, 0]
