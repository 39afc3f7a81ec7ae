"""Every class is drawn equally often, however rare."""

import numpy as np
import pytest

from sightline.segment.paper.centres import draw_centre

DRAWN = 3000


def often(target: np.ndarray, *, as_program: bool = False) -> np.ndarray:
    """Share of draws that fall on each class."""
    random = np.random.default_rng(0)
    labels = [target[draw_centre(target, random, as_program=as_program)] for _ in range(DRAWN)]
    assert min(labels) >= 0
    return np.bincount(labels, minlength=3) / DRAWN


@pytest.fixture
def three_classes() -> np.ndarray:
    """Two rare classes of 4 and 96 pixels of 2,000, and some ignored."""
    target = np.zeros((40, 50), np.int16)
    target[3:5, 7:9] = 1
    target[20:28, 10:22] = 2
    target[35:] = -1
    return target


def test_three_classes_are_drawn_equally_often(three_classes: np.ndarray) -> None:
    assert often(three_classes) == pytest.approx([1 / 3] * 3, abs=0.03)


def test_the_program_draws_three_classes_unequally(three_classes: np.ndarray) -> None:
    shares = np.array([1650, 4, 96]) / 1750
    mass = shares * (1 - shares)
    assert often(three_classes, as_program=True) == pytest.approx(mass / mass.sum(), abs=0.03)


def test_two_classes_are_drawn_equally_often_by_both(three_classes: np.ndarray) -> None:
    target = np.minimum(three_classes, 1)
    for as_program in (False, True):
        assert often(target, as_program=as_program)[:2] == pytest.approx([0.5, 0.5], abs=0.03)


def test_pixels_of_a_class_are_drawn_alike(three_classes: np.ndarray) -> None:
    random = np.random.default_rng(1)
    drawn = [draw_centre(three_classes, random) for _ in range(DRAWN)]
    rare = [place for place in drawn if three_classes[place] == 1]
    _, counts = np.unique(rare, axis=0, return_counts=True)
    assert len(counts) == 4
    assert counts.max() < 1.3 * counts.min()


@pytest.mark.parametrize("label", [0, 1, -1])
@pytest.mark.parametrize("as_program", [False, True])
def test_one_class_alone_or_none_gives_any_pixel(label: int, as_program: bool) -> None:
    target = np.full((6, 9), label, np.int16)
    random = np.random.default_rng(0)
    drawn = {draw_centre(target, random, as_program=as_program) for _ in range(1000)}
    assert len(drawn) == 54
