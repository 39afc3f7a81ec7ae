"""What a journal amounts to, told on entries made by hand."""

from datetime import UTC, datetime

import pytest

from sightline.data.decision import CELL, NOT_CELL, SKIP, UNSURE, Decision, DecisionKind
from sightline.data.entry import Act, Entry
from sightline.errors import ProjectError
from sightline.project.fold import EMPTY, fold, history, merged, standing

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def record(number: int, annotator: str = "anna", **values: str) -> Entry:
    decisions = tuple(
        Decision(item, annotator, DecisionKind.VERDICT, value) for item, value in values.items()
    )
    return Entry(number, f"id{number}", annotator, NOON, Act.RECORD, decisions)


def undo(number: int, target: int, annotator: str = "anna") -> Entry:
    return Entry(number, f"id{number}", annotator, NOON, Act.UNDO, target=target)


def redo(number: int, target: int, annotator: str = "anna") -> Entry:
    return Entry(number, f"id{number}", annotator, NOON, Act.REDO, target=target)


def said(*entries: Entry, annotator: str = "anna") -> dict[str, str]:
    view = standing(fold(entries), annotator)
    return {item: decision.value for item, decision in view.items()}


def test_nothing_is_decided_before_the_first_entry() -> None:
    assert standing(EMPTY, "anna") == {}
    assert merged(EMPTY) == {}


def test_a_later_decision_on_an_item_supersedes_the_earlier() -> None:
    assert said(record(1, a=CELL), record(2, a=NOT_CELL)) == {"a": NOT_CELL}


def test_of_one_kind_the_others_neither_count_nor_supersede() -> None:
    merge = Decision("m/a+b", "anna", DecisionKind.MERGE, "same cell")
    named_like_it = record(1, **{"m/a+b": CELL})
    state = fold([named_like_it, Entry(2, "id2", "anna", NOON, Act.RECORD, (merge,))])
    (verdict,) = named_like_it.decisions
    assert standing(state, "anna", DecisionKind.VERDICT) == {"m/a+b": verdict}
    assert standing(state, "anna", DecisionKind.MERGE) == {"m/a+b": merge}
    assert standing(state, "anna") == {"m/a+b": merge}


def test_a_note_is_no_answer_and_supersedes_only_notes() -> None:
    first, second = (Decision("a", "anna", DecisionKind.NOTE, text) for text in ("why", "dim"))
    notes = [Entry(n, f"id{n}", "anna", NOON, Act.RECORD, (note,)) for n, note in
             ((2, first), (3, second))]  # fmt: skip
    verdict = record(1, a=CELL)
    state = fold([verdict, *notes])
    assert standing(state, "anna") == {"a": verdict.decisions[0]}
    assert merged(state) == {"a": verdict.decisions}
    assert standing(state, "anna", DecisionKind.NOTE) == {"a": second}


def test_an_accepted_result_is_no_answer() -> None:
    result = Decision("result", "anna", DecisionKind.RESULT, "accepted", payload="0" * 64)
    verdict = record(1, a=CELL)
    state = fold([verdict, Entry(2, "id2", "anna", NOON, Act.RECORD, (result,))])
    assert standing(state, "anna") == {"a": verdict.decisions[0]}
    assert standing(state, "anna", DecisionKind.RESULT) == {"result": result}


@pytest.mark.parametrize("answer", [UNSURE, SKIP])
def test_unsure_and_skip_are_answers_that_stand(answer: str) -> None:
    assert said(record(1, a=CELL), record(2, a=answer)) == {"a": answer}


def test_undo_brings_back_what_was_superseded() -> None:
    assert said(record(1, a=CELL), record(2, a=NOT_CELL), undo(3, 2)) == {"a": CELL}


def test_one_undo_cancels_a_whole_group() -> None:
    assert said(record(1, a=CELL), record(2, b=CELL, c=NOT_CELL), undo(3, 2)) == {"a": CELL}


def test_redo_reinstates_the_last_undone_first() -> None:
    entries = [record(1, a=CELL), record(2, b=CELL), undo(3, 2), undo(4, 1)]
    assert said(*entries, redo(5, 1)) == {"a": CELL}
    assert said(*entries, redo(5, 1), redo(6, 2)) == {"a": CELL, "b": CELL}


def test_a_redone_record_can_be_undone_again() -> None:
    assert said(record(1, a=CELL), undo(2, 1), redo(3, 1), undo(4, 1)) == {}


def test_a_new_record_ends_what_its_annotator_could_redo() -> None:
    state = fold([record(1, a=CELL), undo(2, 1), record(3, b=CELL)])
    assert state.hand("anna").undone == ()


def test_nobody_undoes_or_ends_the_redo_of_another() -> None:
    state = fold(
        [record(1, a=CELL), record(2, "ben", a=CELL), undo(3, 1), record(4, "ben", b=CELL)]
    )
    assert [entry.number for entry in state.hand("anna").undone] == [1]
    assert set(standing(state, "ben")) == {"a", "b"}


def test_the_merged_view_holds_each_annotators_own_answer() -> None:
    view = merged(fold([record(1, "ben", a=CELL), record(2, a=NOT_CELL, b=CELL)]))
    said_by = {item: [(d.annotator, d.value) for d in answers] for item, answers in view.items()}
    assert said_by == {"a": [("anna", NOT_CELL), ("ben", CELL)], "b": [("anna", CELL)]}


def test_history_keeps_the_undone_and_the_superseded_and_leaves_out_other_items() -> None:
    entries = [record(1, a=CELL), record(2, b=CELL), record(3, "ben", a=CELL), undo(4, 2)]
    entries += [undo(5, 1), record(6, a=NOT_CELL)]
    assert [entry.number for entry in history(entries, "a")] == [1, 3, 5, 6]


@pytest.mark.parametrize("stray", [undo(3, 1), undo(3, 9), redo(3, 2)])
def test_an_undo_or_redo_out_of_turn_is_an_altered_journal(stray: Entry) -> None:
    with pytest.raises(ProjectError, match="journal entry 3"):
        fold([record(1, a=CELL), record(2, a=CELL), stray])
