"""Simulated annotators err as often, where and in the direction they are asked to."""

import numpy as np
import pytest

from sightline.errors import SettingError
from sightline.simulate.annotator import simulate_annotator
from sightline.simulate.candidates import SimulatedCandidates, simulate_candidates


@pytest.fixture(scope="module")
def many() -> SimulatedCandidates:
    return simulate_candidates(20_000, np.random.default_rng(0), cell_share=0.5)


def test_the_same_seed_gives_the_same_opinion_and_an_opinion_is_kept(
    many: SimulatedCandidates,
) -> None:
    one, two, other = (
        simulate_annotator("ada", many, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.says_cell, two.says_cell)
    assert (one.says_cell != other.says_cell).any()
    assert [one.verdict(k) for k in range(9)] == [
        "cell" if says else "not cell" for says in one.says_cell[:9]
    ]


@pytest.mark.parametrize("error", [0.0, 0.02, 0.06])
def test_they_err_as_often_as_asked(many: SimulatedCandidates, error: float) -> None:
    annotator = simulate_annotator("ada", many, np.random.default_rng(3), error=error)
    rate = (annotator.says_cell != many.cell).mean()
    assert rate == pytest.approx(error, abs=3.5 * np.sqrt(error * (1 - error) / len(many.cell)))


def test_they_err_where_the_case_is_unclear(many: SimulatedCandidates) -> None:
    annotator = simulate_annotator("ada", many, np.random.default_rng(3))
    wrong = annotator.says_cell != many.cell
    unclear = many.clarity < np.median(many.clarity)
    assert wrong[unclear].mean() > 3 * wrong[~unclear].mean()


@pytest.mark.parametrize(("leniency", "more"), [(-0.8, False), (0.8, True)])
def test_the_lenient_accept_too_much_and_the_strict_too_little(
    many: SimulatedCandidates, leniency: float, more: bool
) -> None:
    annotator = simulate_annotator("ada", many, np.random.default_rng(3), leniency=leniency)
    false_cells = (annotator.says_cell & ~many.cell).sum()
    missed = (~annotator.says_cell & many.cell).sum()
    assert (false_cells > missed) == more


@pytest.mark.parametrize(("leniency", "cell"), [(-1.0, False), (1.0, True)])
def test_the_wholly_lenient_or_strict_err_in_one_direction_only(
    many: SimulatedCandidates, leniency: float, cell: bool
) -> None:
    annotator = simulate_annotator("ada", many, np.random.default_rng(3), leniency=leniency)
    wrong = annotator.says_cell != many.cell
    assert wrong.any()
    assert (annotator.says_cell[wrong] == cell).all()


def test_people_disagree_with_each_other_independently(many: SimulatedCandidates) -> None:
    rng = np.random.default_rng(3)
    wrong = [simulate_annotator(n, many, rng, error=0.05).says_cell != many.cell for n in "ab"]
    assert (wrong[0] & wrong[1]).sum() < 0.5 * wrong[0].sum()


@pytest.mark.parametrize("given", [{"error": -0.1}, {"error": 0.7}, {"leniency": 1.5}])
def test_what_no_person_is_like_is_refused(
    many: SimulatedCandidates, given: dict[str, float]
) -> None:
    with pytest.raises(SettingError, match="must lie in"):
        simulate_annotator("ada", many, np.random.default_rng(0), **given)
