"""A new extraction keeps what was said of the old one, where there is no doubt."""

from dataclasses import dataclass

import numpy as np
import pytest
from overlapping_cells import SHAPE, find_footprints, make_field, simulate
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from sightline.data.decision import (
    CELL,
    NOT_CELL,
    SAME_CELL,
    SKIP,
    UNSURE,
    Decision,
    DecisionKind,
    pair_item,
)
from sightline.errors import InputError, SettingError
from sightline.sort import matching
from sightline.sort.matching import Matching, MatchSettings, carry_decisions, match_candidates

BOX = (30, 40)


def boxes(*corners: tuple[int, int], size: int = 8) -> sparse.csr_array:
    """Squares with these upper left corners."""
    dense = np.zeros((len(corners), *BOX))
    for footprint, (y, x) in zip(dense, corners, strict=True):
        footprint[y : y + size, x : x + size] = 1
    return sparse.csr_array(dense.reshape(len(corners), BOX[0] * BOX[1]))


THREE = ((2, 2), (2, 20), (15, 10))


def test_the_same_extraction_in_another_order_matches_surely_throughout() -> None:
    rng = np.random.default_rng(0)
    field = simulate(rng, "mean", 0.3)
    order = rng.permutation(len(field.cell))
    found = match_candidates(
        field.footprints, field.footprints[order], SHAPE, field.traces, field.traces[order]
    )
    assert found.sure.all()
    assert len(found.pairs) == len(order)
    np.testing.assert_array_equal(order[found.pairs[:, 1]], found.pairs[:, 0])
    assert found.shift_px == (0, 0)


def test_what_was_removed_and_what_was_added_have_no_partner() -> None:
    found = match_candidates(boxes(*THREE), boxes((15, 11), (2, 30), (2, 2)), BOX)
    assert found.pairs.tolist() == [[0, 2], [2, 0]]
    assert found.sure.tolist() == [True, True]
    assert found.similarity.tolist() == pytest.approx([1, 7 / 8])
    assert (found.unmatched_old.tolist(), found.unmatched_new.tolist()) == ([1], [1])


def test_a_cell_that_was_split_has_a_match_but_no_sure_one() -> None:
    halves = sparse.csr_array(boxes((2, 2), (2, 2)))
    halves.data[np.flatnonzero(np.arange(halves.nnz) < 64)] *= halves.indices[:64] % 40 < 6
    halves.data[64:] *= halves.indices[64:] % 40 >= 6
    halves.eliminate_zeros()
    for old, new in ((boxes((2, 2)), halves), (halves, boxes((2, 2)))):
        found = match_candidates(old, new, BOX)
        assert len(found.pairs) == 1
        assert found.similarity == pytest.approx(np.sqrt(0.5))
        assert not found.sure.any()


def test_two_copies_of_a_cell_leave_it_open_which_is_meant() -> None:
    found = match_candidates(boxes((2, 2)), boxes((2, 3), (3, 2)), BOX)
    assert found.similarity == pytest.approx(7 / 8)
    assert found.runner_up == pytest.approx(7 / 8)
    assert not found.sure.any()


def test_traces_that_disagree_take_away_the_certainty() -> None:
    rng = np.random.default_rng(0)
    slow = np.cumsum(rng.standard_normal((3, 500)), axis=1)
    other = np.stack([slow[0], slow[2], np.zeros(500)])
    found = match_candidates(boxes(*THREE), boxes(*THREE), BOX, slow, other)
    # one agrees, one does another thing, of one there is nothing to compare
    assert found.sure.tolist() == [True, False, True]
    shorter = match_candidates(boxes(*THREE), boxes(*THREE), BOX, slow, other[:, :400])
    assert shorter.sure.all()


@pytest.mark.parametrize("shift", [(0, 0), (4, -3), (-9, 7)])
def test_a_field_that_moved_is_moved_back(shift: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    field = make_field(rng)
    old, cell, _ = find_footprints(field, rng, splits=0, duplicates=0)
    new, of_new, _ = find_footprints(field, rng, splits=0, duplicates=0, missed=10, shift=shift)
    found = match_candidates(sparse.csr_array(old), sparse.csr_array(new), SHAPE)
    assert found.shift_px == shift
    assert found.sure.mean() > 0.8
    np.testing.assert_array_equal(cell[found.pairs[:, 0]], of_new[found.pairs[:, 1]])


def test_the_pairing_has_the_largest_sum_of_cosines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_BATCH_ROWS", 3)
    rng = np.random.default_rng(2)
    old, new = (boxes(*rng.integers(0, 22, (15, 2)).tolist()) for _ in range(2))
    settings = MatchSettings(largest_shift_px=0)
    cosine = (old @ new.T).toarray() / 64
    cosine[cosine < settings.least] = 0
    best = cosine[linear_sum_assignment(cosine, maximize=True)].sum()
    found = match_candidates(old, new, BOX, settings=settings)
    assert found.similarity.sum() == pytest.approx(best, rel=1e-6)
    assert len(set(found.pairs[:, 0])) == len(set(found.pairs[:, 1])) == len(found.pairs)


@pytest.mark.parametrize(("jitter", "recall"), [(0.2, 0.9), (0.5, 0.85), (0.8, 0.4)])
def test_no_sure_match_is_wrong_in_a_crowded_field(jitter: float, recall: float) -> None:
    right = possible = 0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        field = make_field(rng, 80)
        old, cell, part = find_footprints(
            field, rng, jitter=jitter, splits=4, duplicates=4, missed=12
        )
        new, of_new, part_of_new = find_footprints(
            field, rng, jitter=jitter, splits=4, duplicates=4, missed=12, shift=(2, -5)
        )
        found = match_candidates(sparse.csr_array(old), sparse.csr_array(new), SHAPE)
        before, after = found.pairs[found.sure].T
        np.testing.assert_array_equal(cell[before], of_new[after])
        whole = (part[before] == 0) & (part_of_new[after] == 0)
        right += whole.sum()
        possible += len(np.intersect1d(cell[part == 0], of_new[part_of_new == 0]))
    assert right >= recall * possible


def test_extractions_without_candidates_or_overlap_match_nothing() -> None:
    for old, new in ((boxes(), boxes(*THREE)), (boxes(*THREE), boxes()), (boxes(), boxes())):
        found = match_candidates(old, new, BOX)
        assert found.pairs.shape == (0, 2)
        assert len(found.unmatched_old) == old.shape[0]
        assert len(found.unmatched_new) == new.shape[0]
    assert not len(match_candidates(boxes((2, 2)), boxes((20, 30)), BOX).pairs)
    empty = sparse.csr_array((2, 1200))
    assert match_candidates(empty, empty, BOX).unmatched_new.tolist() == [0, 1]


def test_another_image_size_is_refused() -> None:
    with pytest.raises(InputError, match="new footprints: they have 900 pixels; expected 1200"):
        match_candidates(boxes(*THREE), sparse.csr_array((2, 900)), BOX)


@pytest.mark.parametrize("wrong", [{"sure": 0.0}, {"correlation": 2.0}, {"largest_shift_px": -1}])
def test_settings_outside_their_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError, match="Shares must be above 0"):
        MatchSettings(**wrong)


@dataclass(frozen=True)
class Extraction:
    recording: str
    identities: tuple[str, ...]


OLD, NEW = Extraction("m", ("a", "b", "c", "d")), Extraction("m-2", ("0", "1", "2", "3"))


@pytest.fixture
def matched() -> Matching:
    """a is surely 3, b surely 1, c perhaps 0; d and 2 are alone."""
    pairs = np.array([[0, 3], [1, 1], [2, 0]], np.int32)
    similarity = np.array([0.95, 0.9, 0.6], np.float32)
    sure = np.array([True, True, False])
    alone = np.array([3], np.int32), np.array([2], np.int32)
    nothing = np.zeros(3, np.float32)
    return Matching(pairs, similarity, nothing, nothing, sure, *alone, (0, 0))


def verdict(item: str, value: str = CELL, **rest: object) -> Decision:
    return Decision(item, "anna", DecisionKind.VERDICT, value, **rest)  # pyright: ignore


def test_sure_matches_carry_the_verdict_and_the_rest_become_questions(matched: Matching) -> None:
    said = [
        verdict("m/a", CELL, seconds=2.0, evidence="features:x", blind=False, probe=True),
        Decision("m/b", "ben", DecisionKind.VERDICT, UNSURE),
        verdict("m/c", NOT_CELL),
        verdict("m/d", NOT_CELL),
        verdict("other/a", NOT_CELL),
    ]
    carried = carry_decisions(matched, said, OLD, NEW)
    assert carried.decisions == (
        verdict("m-2/3", CELL, evidence="carried:m/a", blind=False),
        Decision("m-2/1", "ben", DecisionKind.VERDICT, UNSURE, evidence="carried:m/b"),
    )
    assert carried.questions == ("m-2/0", "m-2/2")
    assert carried.left == tuple(said[2:])


def test_what_was_skipped_is_asked_again(matched: Matching) -> None:
    assert carry_decisions(matched, [verdict("m/a", SKIP)], OLD, NEW).decisions == ()


def test_a_merge_is_carried_where_both_candidates_are(matched: Matching) -> None:
    both, one = (
        Decision(pair_item("m", *pair), "anna", DecisionKind.MERGE, SAME_CELL)
        for pair in (("a", "b"), ("a", "c"))
    )
    carried = carry_decisions(matched, [both, one], OLD, NEW)
    assert [decision.item for decision in carried.decisions] == ["m-2/1+3"]
    assert carried.decisions[0].evidence == "carried:m/a+b"
    assert carried.left == (one,)


def test_masks_are_left(matched: Matching) -> None:
    mask = Decision("m/a", "anna", DecisionKind.MASK, "neuron", payload="0" * 64)
    assert carry_decisions(matched, [mask], OLD, NEW).left == (mask,)
