"""Places of candidates: outlines, centres, neighbours by hand, and crops."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse

from sightline.data.evidence import Layout
from sightline.sort.evidence.layout import lay_out
from sightline.sort.evidence.settings import EvidenceSettings

SHAPE = (60, 80)
SETTINGS = EvidenceSettings(margin_px=3, reach_px=6)


def laid(*images: np.ndarray, settings: EvidenceSettings = SETTINGS) -> Layout:
    flat = np.stack([image.ravel() for image in images]).astype(np.float32)
    return lay_out(sparse.csr_array(flat), SHAPE, settings)


def disc(y: float, x: float, radius: float, edge: float = 0.0) -> np.ndarray:
    """1 inside, falling to 0 over ``edge`` pixels."""
    down, right = np.mgrid[: SHAPE[0], : SHAPE[1]]
    away = np.hypot(down - y, right - x)
    return np.clip((radius + edge - away) / max(edge, 1e-9), 0, 1)


def outline(layout: Layout, index: int) -> list[np.ndarray]:
    """The closed parts of a candidate's outline."""
    begin, end = layout.outline_starts[index : index + 2]
    bounds = layout.outline_parts[begin : end + 1]
    return [layout.outline_points[a:b] for a, b in pairwise(bounds)]


def test_the_outline_of_a_disc_is_a_circle_at_the_level() -> None:
    half = EvidenceSettings(outline_level=0.5)
    (part,) = outline(laid(disc(30, 40, 10, edge=4), settings=half), 0)
    away = np.hypot(*(part - [30, 40]).T)
    np.testing.assert_allclose(away, 12, atol=0.15)  # half-way down the edge
    np.testing.assert_array_equal(part[0], part[-1])


def test_the_outline_of_one_pixel_is_a_diamond() -> None:
    image = np.zeros(SHAPE)
    image[20, 30] = 1
    layout = laid(image)
    (part,) = outline(layout, 0)
    assert np.abs(part - [20, 30]).sum(1) == pytest.approx(np.full(len(part), 0.95))
    assert layout.centres.tolist() == [[20, 30]]
    assert layout.boxes.tolist() == [[19, 29, 22, 32]]
    assert layout.crops.tolist() == [[16, 26, 25, 35]]


def test_two_bodies_have_two_outlines_and_one_box() -> None:
    layout = laid(disc(15, 20, 4) + disc(40, 60, 3))
    parts = sorted(outline(layout, 0), key=lambda part: part[0, 0])
    assert len(parts) == 2
    assert layout.boxes[0].tolist() == [11, 16, 44, 64]
    assert [np.abs(part - part[-1]).min() for part in parts] == [0, 0]


def test_a_hole_has_an_outline_of_its_own() -> None:
    assert len(outline(laid(disc(30, 40, 10) - disc(30, 40, 5)), 0)) == 2


def test_a_footprint_in_the_corner_stays_in_the_image() -> None:
    layout = laid(disc(0, 0, 5), disc(59, 79, 5))
    assert layout.boxes.tolist() == [[0, 0, 6, 6], [54, 74, 60, 80]]
    assert layout.crops.tolist() == [[0, 0, 9, 9], [51, 71, 60, 80]]
    for part in outline(layout, 0):
        np.testing.assert_array_equal(part[0], part[-1])


def test_an_empty_footprint_has_no_centre_no_outline_no_neighbour_but_a_crop() -> None:
    layout = laid(disc(5, 5, 4), np.zeros(SHAPE), disc(5, 9, 4))
    assert np.isnan(layout.centres[1]).all()
    assert outline(layout, 1) == []
    assert np.diff(layout.neighbour_starts).tolist() == [1, 0, 1]
    assert layout.neighbours.tolist() == [2, 0]
    top, left, bottom, right = layout.crops[1]
    assert bottom > top
    assert right > left


def test_no_footprint_at_all_is_laid_out_too() -> None:
    layout = laid(np.zeros(SHAPE))
    assert layout.neighbour_starts.tolist() == [0, 0]
    assert layout.outline_points.shape == (0, 2)


def test_the_centre_is_the_unweighted_mean_of_the_pixels() -> None:
    image = np.zeros(SHAPE)
    image[10, 10], image[10, 11], image[13, 10] = 1, 0.1, 0.2
    np.testing.assert_allclose(laid(image).centres, [[11, 31 / 3]], rtol=1e-6)


def test_a_neighbours_centre_lies_strictly_inside_the_widened_box() -> None:
    # one pixel at (20, 20): its box is 19 to 21, widened by three 16 to 24
    at = np.zeros((6, *SHAPE))
    for image, (y, x) in zip(
        at, [(20, 20), (24, 20), (23, 23), (16, 20), (17, 17), (20, 24)], strict=True
    ):
        image[y, x] = 1
    layout = laid(*at)
    assert layout.neighbours[: layout.neighbour_starts[1]].tolist() == [2, 4]


def random_footprints(rng: np.random.Generator, count: int) -> list[np.ndarray]:
    return [
        disc(rng.uniform(0, 59), rng.uniform(0, 79), rng.uniform(0.5, 6), edge=rng.uniform(0, 3))
        for _ in range(count)
    ]


def test_neighbours_are_those_of_a_plain_loop() -> None:
    images = random_footprints(np.random.default_rng(0), 60)
    layout = laid(*images)
    for index, (top, left, bottom, right) in enumerate(layout.boxes.tolist()):
        expected = [
            other
            for other, (y, x) in enumerate(layout.centres.tolist())
            if other != index and top - 3 < y < bottom - 1 + 3 and left - 3 < x < right - 1 + 3
        ]
        begin, end = layout.neighbour_starts[index : index + 2]
        assert layout.neighbours[begin:end].tolist() == expected


def test_crops_hold_the_own_box_and_margin_and_neighbours_within_reach() -> None:
    images = random_footprints(np.random.default_rng(1), 40)
    layout = laid(*images)
    for index, crop in enumerate(layout.crops):
        begin, end = layout.neighbour_starts[index : index + 2]
        own = layout.boxes[index]
        low, high = own[:2] - 3, own[2:] + 3
        for other in layout.boxes[layout.neighbours[begin:end]]:
            low = np.minimum(low, np.maximum(other[:2], own[:2] - 6))
            high = np.maximum(high, np.minimum(other[2:], own[2:] + 6))
        assert crop.tolist() == [*np.maximum(low, 0), *np.minimum(high, SHAPE)]


def test_boxes_hold_the_outlines_and_all_pixels_above_the_level() -> None:
    images = random_footprints(np.random.default_rng(2), 40)
    layout = laid(*images)
    for index, image in enumerate(images):
        top, left, bottom, right = layout.boxes[index]
        y, x = np.nonzero(image > 0.05)
        assert top <= y.min()
        assert left <= x.min()
        assert y.max() < bottom
        assert x.max() < right
        points = np.concatenate(outline(layout, index))
        assert (points >= np.array([top, left]) - 1).all()
        assert (points <= np.array([bottom, right])).all()
