"""Points are tied to their neighbours, as stiffly as they move together."""

import numpy as np
import pytest
from scipy.spatial import distance_matrix

from sightline.track.paper.coordinates import to_unit
from sightline.track.paper.settings import PaperSettings
from sightline.track.paper.springs import tie

SHAPE = (12, 100, 120)


def places(count=12, seed=0):
    return np.random.default_rng(seed).uniform(0.3, 0.7, (count, 3)) * SHAPE


def tied(positions, **settings):
    return tie(to_unit(np.asarray(positions), SHAPE), SHAPE, PaperSettings(**settings))


def test_each_point_is_tied_to_its_nearest_in_pixels() -> None:
    (springs,) = tied([places()])
    apart = distance_matrix(places(), places())
    for row, ties in enumerate(springs.neighbour):
        assert set(ties) == set(np.argsort(apart[row])[1:6])
    assert (springs.stiffness == 1).all()


def test_a_tie_rests_at_what_lies_between_its_ends_in_half_views() -> None:
    (springs,) = tied([places()])
    between = places()[springs.neighbour] - places()[:, None]
    np.testing.assert_allclose(springs.rest, between * 2 / np.array(SHAPE))


def test_every_reference_has_neighbours_and_rests_of_its_own() -> None:
    first, second = tied([places(seed=0), places(seed=1)])
    assert (first.neighbour != second.neighbour).any()


def test_points_farther_than_1_6_patches_are_not_tied() -> None:
    far = np.array([[6.0, 10, 10], [6.0, 10, 20], [6.0, 90, 110]])
    (springs,) = tied([far])
    assert (springs.neighbour[2] == -1).all()
    assert sorted(springs.neighbour[0]) == [-1, 1]
    (wide,) = tied([far], patch_size=99)
    assert sorted(wide.neighbour[2]) == [0, 1]


def test_stiffness_is_the_covariance_over_references() -> None:
    rng = np.random.default_rng(3)
    seen = places() + rng.normal(0, 6, (4, 12, 3))
    springs = tied(seen, neighbours=3)
    covariance = sum(np.cov(seen[:, :, axis], rowvar=False) for axis in range(3)) / 3 / 20
    for one in springs:
        expected = np.take_along_axis(covariance, one.neighbour, axis=1)
        expected = np.maximum(expected, 0) / np.maximum(expected.max(axis=1), 1)[:, None]
        np.testing.assert_allclose(one.stiffness, expected, atol=1e-12)
        assert one.stiffness.max() > 0.5
        assert one.stiffness.min() == 0  # what moves against each other is cut


def test_small_common_motion_makes_soft_ties() -> None:
    springs = tied([places(), places() + 1.0])  # all move alike by a pixel: covariance 0.5
    np.testing.assert_allclose(springs[0].stiffness, 0.5 / 20)


def test_pairs_that_only_one_reference_holds_are_as_stiff_as_with_one() -> None:
    seen = np.array([places(), places() + 1.0])
    seen[1, 0] = np.nan
    first, second = tied(seen)
    assert (first.stiffness[0] == 1).all()
    assert (second.neighbour[0] == -1).all()
    assert (second.neighbour != 0).all()
    assert np.isfinite(second.rest).all()


def test_a_person_can_name_the_links() -> None:
    links = ((0, 1), (0, 7), (3, 2))
    springs = tied([places(), places(seed=1)], links=links)
    for one in springs:
        assert one.neighbour[0].tolist() == [1, 7]
        assert one.neighbour[3].tolist() == [2, -1]
        assert (one.neighbour[[1, 2, 4]] == -1).all()


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_points_have_as_many_ties_as_there_can_be(count) -> None:
    (springs,) = tied([places(count)])
    assert (springs.neighbour >= 0).sum() == (0 if count == 1 else 2)


def test_points_at_one_place_are_not_tied_to_each_other() -> None:
    same = places()
    same[1] = same[0]
    (springs,) = tied([same])
    assert 1 not in springs.neighbour[0]
    assert 0 not in springs.neighbour[1]
    assert not (springs.neighbour == np.arange(12)[:, None]).any()
