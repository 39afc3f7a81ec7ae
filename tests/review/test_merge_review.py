"""Which candidates are one cell: asked, answered, taken back, and merged in the results."""

from typing import Any

import numpy as np
import pytest

from sightline.data.decision import (
    DIFFERENT_CELLS,
    NOT_CELL,
    SAME_CELL,
    SKIP,
    UNSURE,
    Decision,
    DecisionKind,
    pair_item,
)
from sightline.data.sorting import Predictions
from sightline.errors import InputError
from sightline.review import sort_audit
from sightline.review.merging import (
    decide_merge,
    merge_contradictions,
    merge_groups,
    merge_results,
    merge_suggestions,
)
from sightline.review.sort_session import SortSession
from sightline.sort.duplicates import DuplicatePair


def pair(first: int, second: int, score: float = 0.5) -> DuplicatePair:
    return DuplicatePair(first, second, "duplicate", 0.9, 0.9, 1.0, 0.8, 1.0, score)


@pytest.fixture
def recording(anna: SortSession) -> str:
    return anna.tables[0].recording


def asked(session: SortSession, recording: str, *pairs: DuplicatePair) -> list[tuple[str, str]]:
    return [(s.first, s.second) for s in merge_suggestions(session, recording, pairs)]


PAIRS = (pair(0, 1, 0.5), pair(2, 3, 0.9), pair(1, 4, 0.7))


def test_the_likeliest_pair_is_asked_first_with_its_evidence(
    anna: SortSession, recording: str
) -> None:
    suggestions = merge_suggestions(anna, recording, PAIRS)
    assert [(s.first, s.second) for s in suggestions] == [("2", "3"), ("1", "4"), ("0", "1")]
    assert suggestions[0].evidence == PAIRS[1]
    assert suggestions[0].item == f"{recording}/2+3"


@pytest.mark.parametrize("value", [SAME_CELL, DIFFERENT_CELLS, UNSURE])
def test_what_was_answered_is_not_asked_again(
    anna: SortSession, recording: str, value: str
) -> None:
    decide_merge(anna, pair_item(recording, "2", "3"), value)
    assert asked(anna, recording, *PAIRS) == [("1", "4"), ("0", "1")]


def test_what_was_skipped_comes_last(anna: SortSession, recording: str) -> None:
    decide_merge(anna, pair_item(recording, "2", "3"), SKIP)
    assert asked(anna, recording, *PAIRS) == [("1", "4"), ("0", "1"), ("2", "3")]


def test_what_follows_from_other_answers_is_not_asked(anna: SortSession, recording: str) -> None:
    decide_merge(anna, [pair_item(recording, "0", "1"), pair_item(recording, "1", "4")], SAME_CELL)
    assert asked(anna, recording, pair(0, 4), pair(2, 3), pair(4, 5)) == [("2", "3"), ("4", "5")]


def test_the_decision_says_who_on_what_and_whether_blindly(
    anna: SortSession, recording: str
) -> None:
    item = pair_item(recording, "0", "1")
    decide_merge(anna, item, SAME_CELL, seconds=1.5, blind=False, client_id="x")
    decide_merge(anna, item, SAME_CELL, seconds=1.5, blind=False, client_id="x")
    (entry,) = anna.journal.entries()
    assert entry.decisions == (
        Decision(
            item,
            "anna",
            DecisionKind.MERGE,
            SAME_CELL,
            seconds=1.5,
            evidence="pairs-1",
            blind=False,
        ),
    )


@pytest.mark.parametrize(
    ("item", "value"), [("0+nobody", SAME_CELL), ("0", SAME_CELL), ("0+1", "cell")]
)
def test_unknown_candidates_and_answers_are_refused(
    anna: SortSession, recording: str, item: str, value: str
) -> None:
    with pytest.raises(InputError):
        decide_merge(anna, [f"{recording}/2+3", f"{recording}/{item}"], value)
    assert anna.journal.entries() == ()


def test_undo_and_redo_take_a_merge_back_and_forth(anna: SortSession, recording: str) -> None:
    decide_merge(anna, pair_item(recording, "0", "1"), SAME_CELL)
    merged = {recording: (("0", "1"),)}
    assert merge_groups(anna) == merged
    anna.undo()
    assert merge_groups(anna) == {}
    anna.redo()
    assert merge_groups(anna) == merged
    decide_merge(anna, pair_item(recording, "0", "1"), DIFFERENT_CELLS)
    assert merge_groups(anna) == {}


def test_each_annotator_has_groups_of_their_own(anna: SortSession, recording: str) -> None:
    decide_merge(anna, pair_item(recording, "0", "1"), SAME_CELL)
    with SortSession(anna.project.path, "ben") as ben:
        assert merge_groups(ben) == {}


def test_answers_that_contradict_each_other_are_told(anna: SortSession, recording: str) -> None:
    apart = pair_item(recording, "0", "4")
    decide_merge(anna, apart, DIFFERENT_CELLS)
    decide_merge(anna, pair_item(recording, "0", "1"), SAME_CELL)
    assert merge_contradictions(anna) == ()
    decide_merge(anna, pair_item(recording, "1", "4"), SAME_CELL)
    assert merge_contradictions(anna) == (apart,)


def test_merges_are_no_verdicts(case: Any, anna: SortSession, recording: str) -> None:
    case.sort(anna, 12)
    before = anna.progress(), anna.predict(), anna.next()
    decide_merge(anna, [pair_item(recording, "0", "1"), pair_item(recording, "2", "3")], SAME_CELL)
    decide_merge(anna, pair_item(recording, "4", "5"), UNSURE, seconds=100.0)
    decide_merge(anna, pair_item(recording, "6", "7"), SKIP)
    assert before[0] == anna.progress()
    np.testing.assert_array_equal(before[1].labels, anna.predict().labels)
    np.testing.assert_array_equal(before[1].human, anna.predict().human)
    assert anna.next() == before[2]


def test_an_audit_takes_no_merge_for_an_answer(
    case: Any, anna: SortSession, recording: str
) -> None:
    case.sort(anna, 12)
    name, drawn = sort_audit.draw(anna, 5)
    sort_audit.answer(anna, name, "anna", dict.fromkeys(drawn, NOT_CELL))
    before = sort_audit.report(anna, name, "anna")
    decide_merge(anna, pair_item(recording, "0", "1"), DIFFERENT_CELLS)
    assert sort_audit.report(anna, name, "anna") == before


def predictions(labels: list[int], probability: list[Any], human: list[int]) -> Predictions:
    two = np.ndim(probability) == 1
    return Predictions(
        tuple(f"m/{name}" for name in "abcde"[: len(labels)]),
        np.array(labels, np.int8),
        np.array(probability, np.float32),
        np.array(human, bool),
        ("not cell", "cell") if two else ("noise", "soma", "dendrite"),
        0.5,
    )


def test_a_merged_candidate_takes_the_place_of_its_parts() -> None:
    said = predictions([1, 0, 0, 1, 0], [0.9, 0.1, 0.2, 0.6, 0.3], [0, 1, 0, 0, 0])
    merged = merge_results(said, {"m": (("b", "d"),)})
    assert merged.predictions.items == ("m/a", "m/b+d", "m/c", "m/e")
    assert merged.members == ((0,), (1, 3), (2,), (4,))
    assert merged.predictions.labels.tolist() == [1, 1, 0, 0]
    assert merged.predictions.probability.tolist() == pytest.approx([0.9, 0.6, 0.2, 0.3])
    assert merged.predictions.human.tolist() == [False, False, False, False]
    assert said.labels.tolist() == [1, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("labels", "human", "merged_label", "by_annotator"),
    [
        ([0, 0], [1, 0], 0, True),
        ([1, 0], [1, 0], 1, True),
        ([1, 0], [0, 1], 1, False),
        ([0, -1], [0, 0], 0, False),
        ([-1, -1], [0, 0], -1, False),
    ],
)
def test_it_is_a_cell_if_any_part_is(
    labels: list[int], human: list[int], merged_label: int, by_annotator: bool
) -> None:
    merged = merge_results(predictions(labels, [0.2, np.nan], human), {"m": (("a", "b"),)})
    assert merged.predictions.labels.tolist() == [merged_label]
    assert merged.predictions.human.tolist() == [by_annotator]
    assert merged.predictions.probability == pytest.approx(0.2)


def test_without_classifier_the_probability_stays_unknown() -> None:
    merged = merge_results(predictions([1, 0], [np.nan, np.nan], [1, 1]), {"m": (("a", "b"),)})
    assert np.isnan(merged.predictions.probability).all()


def test_with_more_classes_one_part_speaks_for_all() -> None:
    shares = [[0.1, 0.8, 0.1], [0.0, 0.1, 0.9], [0.6, 0.2, 0.2]]
    group = {"m": (("a", "b", "c"),)}
    by_machine = merge_results(predictions([1, 2, 0], shares, [0, 0, 0]), group).predictions
    assert by_machine.labels.tolist() == [2]
    assert by_machine.probability.tolist() == [pytest.approx([0.0, 0.1, 0.9])]
    by_human = merge_results(predictions([1, 2, 0], shares, [0, 0, 1]), group).predictions
    assert (by_human.labels.tolist(), by_human.human.tolist()) == ([0], [True])


def test_members_that_are_gone_are_passed_over() -> None:
    said = predictions([1, 0], [0.9, 0.1], [0, 0])
    merged = merge_results(said, {"m": (("a", "gone"),), "other": (("a", "b"),)})
    assert merged.predictions.items == said.items
    assert merged.members == ((0,), (1,))


def test_a_merged_candidate_never_has_the_name_of_another() -> None:
    said = predictions([1, 0, 0], [0.9, 0.1, 0.1], [0, 0, 0])
    items = ("m/a", "m/b", "m/a+b")
    said = Predictions(
        items, said.labels, said.probability, said.human, said.classes, said.threshold
    )
    assert merge_results(said, {"m": (("a", "b"),)}).predictions.items == ("m/a+b+", "m/a+b")
