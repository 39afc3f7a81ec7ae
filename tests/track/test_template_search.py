"""A constellation of points is found anywhere in a flat frame, at any turn."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from sightline.track.patches import turned
from sightline.track.template_search import (
    SearchSettings,
    median_background,
    prepare_reference,
    search_points,
)

SIZE = 160
POINTS = np.array([[0, 80.0, 100.0], [0, 72, 84], [0, 88, 84], [0, 80, 56]])
SETTINGS = SearchSettings(patch_sigma=8.0)


def floor() -> NDArray[np.float32]:
    random = np.random.default_rng(0)
    still = 60 * ndimage.gaussian_filter(random.standard_normal((1, SIZE, SIZE)), (0, 4, 4))
    return (still + 100).astype(np.float32)


def animal(angle: float = 0.0, by=(0, 0)) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """A frame with an asymmetric dark body on the floor, and where its parts are."""
    middle = np.array([0, 80.0, 80.0])
    grid = np.stack(np.indices((1, SIZE, SIZE)), -1).reshape(-1, 3) - middle - (0, *by)
    _, y, x = turned(grid, -angle).T
    body = 60 * np.exp(-((x / 22) ** 2) - (y / 9) ** 2)
    parts = [((0, 20), 4, 30), ((-8, 4), 4, 45), ((8, 4), 3, -40), ((0, -24), 4, 40)]
    for (py, px), width, dark in parts:
        body += dark * np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * width**2))
    frame = floor() - body.reshape(1, SIZE, SIZE)
    frame += np.random.default_rng(3).normal(0, 2, frame.shape)
    places = turned(POINTS - middle, angle) + middle + (0, *by)
    return frame[None].astype(np.float32), places


@pytest.mark.parametrize("angle", [0.0, 1.3, 3.1, -2.0])
@pytest.mark.parametrize("by", [(0, 0), (-25, 30), (34, -18)])
def test_all_points_are_found_wherever_the_animal_is_and_looks(angle: float, by) -> None:
    reference = prepare_reference(*animal(), floor(), SETTINGS)
    frame, places = animal(angle, by)
    found = search_points(frame, [reference], floor(), SETTINGS)[0]
    assert np.linalg.norm(found.positions - places, axis=1).max() < 4
    assert abs(np.angle(np.exp(1j * (found.angle - angle)))) < 0.4
    assert found.score > 0.5


def test_the_background_is_what_stays() -> None:
    frames = [
        animal(a, by)[0]
        for a, by in ((0, (-40, -40)), (1, (40, 40)), (2, (-40, 40)), (3, (40, -40)), (0, (0, 0)))
    ]
    assert np.median(np.abs(median_background(frames) - floor())) < 2


def test_the_most_alike_reference_comes_first() -> None:
    good = prepare_reference(*animal(), floor(), SETTINGS)
    noise = np.random.default_rng(5).normal(100, 20, (1, 1, SIZE, SIZE)).astype(np.float32)
    bad = prepare_reference(noise, POINTS, floor(), SETTINGS)
    found = search_points(animal(0.5)[0], [bad, good], floor(), SETTINGS)
    assert [one.reference for one in found] == [1, 0]
    assert found[0].score > found[1].score + 0.2


def test_points_that_the_reference_lacks_stay_missing() -> None:
    frame, places = animal()
    partial = places.copy()
    partial[1] = np.nan
    reference = prepare_reference(frame, partial, floor(), SETTINGS)
    found = search_points(animal(0.4)[0], [reference], floor(), SETTINGS)[0]
    assert np.isnan(found.positions[1]).all()
    assert np.isfinite(found.positions[[0, 2, 3]]).all()


def test_frames_of_nothing_give_finite_places() -> None:
    reference = prepare_reference(*animal(), floor(), SETTINGS)
    for frame in (np.zeros((1, 1, SIZE, SIZE), np.float32), floor()[None]):
        found = search_points(frame, [reference], floor(), SETTINGS)[0]
        assert np.isfinite(found.positions).all()
