"""The loop without a screen: what one annotator is asked, answers and takes back."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline.errors import InputError, ProjectError, SettingError
from sightline.project.project import Project
from sightline.query.choose import Strategy
from sightline.review.sort_session import SortSession

MakeCase = Callable[..., Any]


# --- questions ---------------------------------------------------------------------------------


def test_every_candidate_is_asked_once_and_then_there_is_nothing_left(case: Any) -> None:
    with SortSession(case.path, "anna", strategy=Strategy("dcal", probe_every=7)) as session:
        asked = case.sort(session, len(case.items))
        assert sorted(asked) == sorted(case.items)
        assert session.next() is None
        assert session.batch(5) == []


def test_a_question_names_its_row_and_a_reason_and_no_class(case: Any, anna: SortSession) -> None:
    case.sort(anna, 20)
    for question in anna.batch(15):
        assert case.items[question.index] == question.item
        assert question.reason
        assert not any(name in question.reason for name in ("not cell", "a cell"))


def test_asking_again_without_answering_gives_the_same_question(anna: SortSession) -> None:
    assert anna.next() == anna.next()


def test_the_same_seed_and_answers_give_the_same_questions(make_case: MakeCase) -> None:
    asked = []
    for name in ("one", "two"):
        case = make_case(name)
        with SortSession(case.path, "anna", seed=3) as session:
            asked.append(case.sort(session, 40))
    assert asked[0] == asked[1]


def test_another_seed_asks_otherwise(case: Any) -> None:
    first = []
    for seed in range(5):
        with SortSession(case.path, "anna", seed=seed) as session:
            question = session.next()
            assert question
            first.append(question.item)
    assert len(set(first)) > 1


@pytest.mark.parametrize("strategy", ["random", "rank"])
def test_strategies_that_learn_nothing_go_on_exactly_after_a_restart(
    make_case: MakeCase, strategy: Any
) -> None:
    through, broken = make_case("one"), make_case("two")
    chosen = Strategy(strategy, probe_every=4)
    with SortSession(through.path, "anna", strategy=chosen) as session:
        asked = through.sort(session, 15)
    again = []
    for _ in range(15):
        with SortSession(broken.path, "anna", strategy=chosen) as session:
            again += broken.sort(session, 1)
    assert again == asked


@pytest.mark.parametrize("seed", range(3))
def test_a_restarted_session_asks_what_the_old_one_would_but_for_ties(
    make_case: MakeCase, seed: int
) -> None:
    case = make_case(seed=seed)
    with SortSession(case.path, "anna") as session:
        for _ in range(30):
            question = session.next()
            with SortSession(case.path, "anna") as restarted:
                again = restarted.next()
            assert question
            assert again
            assert again.probe == question.probe
            assert again.item == question.item or again.score == pytest.approx(
                question.score, abs=0.01
            )
            session.decide(question.item, case.expert.verdict(question.index))


def test_every_so_many_questions_one_is_a_probe_and_the_journal_says_so(case: Any) -> None:
    with SortSession(case.path, "anna", strategy=Strategy("dcal", probe_every=5)) as session:
        case.sort(session, 20)
    probes = [decision.probe for decision in case.recorded()]
    assert probes == [number % 5 == 0 for number in range(1, 21)]


def test_probes_of_a_batch_keep_their_flag(case: Any) -> None:
    with SortSession(case.path, "anna", strategy=Strategy("dcal", probe_every=5)) as session:
        questions = session.batch(12)
        for question in reversed(questions):
            session.decide(question.item, "cell")
        flagged = {question.item for question in questions if question.probe}
    assert len(flagged) == 2
    assert {decision.item for decision in case.recorded() if decision.probe} == flagged


def test_an_item_decided_without_being_asked_is_no_probe(case: Any) -> None:
    with SortSession(case.path, "anna", strategy=Strategy("random", probe_every=1)) as session:
        session.decide(case.items[0], "cell")
    assert not case.recorded()[0].probe


@pytest.mark.parametrize("number", [0, -1])
def test_no_questions_cannot_be_asked_for(anna: SortSession, number: int) -> None:
    with pytest.raises(SettingError, match="at least one"):
        anna.batch(number)


# --- unsure and skip ---------------------------------------------------------------------------


def test_unsure_and_skip_train_nothing_and_are_counted(case: Any, anna: SortSession) -> None:
    case.sort(anna, 20)
    before, trained = anna.predict(), anna.progress().decided
    open_items = [item for item, human in zip(case.items, before.human, strict=True) if not human]
    anna.decide(open_items[:3], "unsure")
    anna.decide(open_items[3], "skip")
    after, progress = anna.predict(), anna.progress()
    np.testing.assert_allclose(after.probability, before.probability, atol=1e-4)
    np.testing.assert_array_equal(after.human, before.human)
    assert (progress.unsure, progress.skipped) == (3, 1)
    assert progress.decided == trained


def test_skipped_candidates_come_again_only_when_nothing_else_is_left(case: Any) -> None:
    with SortSession(case.path, "anna") as session:
        skipped = [question.item for question in session.batch(3)]
        for item in skipped:
            session.decide(item, "skip")
        rest = case.sort(session, len(case.items) - 3)
        assert not set(rest) & set(skipped)
        assert case.sort(session, 3) == skipped
        assert session.next() is None


def test_skipping_again_moves_on_to_the_next_also_after_a_restart(case: Any) -> None:
    skipped = list(case.items[:3])
    with SortSession(case.path, "anna") as session:
        session.decide(case.items[3:], "cell")
        for item in skipped:
            session.decide(item, "skip")
    came = []
    for _ in range(6):
        with SortSession(case.path, "anna") as session:
            question = session.next()
            assert question
            session.decide(question.item, "skip")
            came.append(question.item)
    assert came == skipped * 2


def test_unsure_does_not_come_again(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[:-1], "cell")
    anna.decide(case.items[-1], "unsure")
    assert anna.next() is None


# --- durability --------------------------------------------------------------------------------


def test_an_answer_is_seen_by_another_session_at_once(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[5], "cell", seconds=1.5)
    with SortSession(case.path, "anna") as other:
        assert other.decisions == anna.decisions
        assert other.progress().seconds == 1.5


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_answers_survive_a_session_that_was_never_closed(case: Any) -> None:
    session = SortSession(case.path, "anna")
    case.sort(session, 10)
    said = dict(session.decisions)
    del session
    gc.collect()
    with SortSession(case.path, "anna") as again:
        assert again.decisions == said


def test_a_retry_with_the_same_client_id_counts_once(case: Any, anna: SortSession) -> None:
    for _ in range(2):
        anna.decide(case.items[0], "cell", client_id="a1")
    assert len(case.recorded()) == 1


def test_a_late_retry_does_not_bring_back_what_was_undone(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[0], "cell", client_id="a1")
    anna.undo()
    anna.decide(case.items[0], "cell", client_id="a1")
    with SortSession(case.path, "anna") as other:
        assert anna.decisions == other.decisions == {}
    assert not anna.predict().human.any()


def test_a_client_id_names_one_act_only(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[0], "cell", client_id="a1")
    with pytest.raises(ProjectError, match="another"):
        anna.decide(case.items[1], "cell", client_id="a1")
    assert list(anna.decisions) == [case.items[0]]


def test_refreshing_takes_over_what_another_process_wrote(case: Any, anna: SortSession) -> None:
    with SortSession(case.path, "anna") as other:
        other.decide(case.items[0], "cell")
    assert not anna.predict().human.any()
    anna.refresh()
    assert anna.predict().human.sum() == 1


# --- undo, redo, superseding -------------------------------------------------------------------


def test_undo_takes_back_the_last_answer_and_asks_it_again(case: Any, anna: SortSession) -> None:
    case.sort(anna, 15)
    before = dict(anna.decisions)
    asked = case.sort(anna, 1)
    anna.undo()
    assert anna.decisions == before
    question = anna.next()
    assert question
    assert question.item == asked[0]
    anna.redo()
    assert list(anna.decisions)[-1] == asked[0]


def test_many_at_once_are_undone_at_once(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[0], "not cell")
    anna.decide(case.items[1:9], "cell")
    assert anna.predict().human.sum() == 9
    anna.undo()
    assert anna.predict().human.sum() == 1
    anna.redo()
    assert anna.predict().human.sum() == 9


def test_undo_reaches_back_across_a_restart(case: Any) -> None:
    with SortSession(case.path, "anna") as session:
        session.decide(case.items[0], "cell")
    with SortSession(case.path, "anna") as session:
        session.undo()
        assert session.decisions == {}
        with pytest.raises(ProjectError, match="nothing left to undo"):
            session.undo()


def test_a_new_answer_ends_redo(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[0], "cell")
    anna.undo()
    anna.decide(case.items[1], "cell")
    with pytest.raises(ProjectError, match="nothing left to redo"):
        anna.redo()


def test_a_later_verdict_supersedes_and_undo_brings_the_first_back(
    case: Any, anna: SortSession
) -> None:
    item = case.items[4]
    anna.decide(item, "cell")
    anna.decide(item, "not cell")
    assert anna.predict().names()[4] == "not cell"
    assert anna.progress().decided == {"not cell": 1, "cell": 0}
    assert [decision.value for decision in case.recorded()] == ["cell", "not cell"]
    anna.undo()
    assert anna.predict().names()[4] == "cell"


def test_an_answer_may_be_taken_back_to_unsure(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[4], "cell")
    anna.decide(case.items[4], "unsure")
    assert not anna.predict().human.any()
    assert anna.progress().unsure == 1


def test_naming_an_item_twice_in_one_act_counts_once(case: Any, anna: SortSession) -> None:
    anna.decide([case.items[0], case.items[0]], "cell")
    assert len(case.recorded()) == 1


def test_deciding_nothing_records_nothing(case: Any, anna: SortSession) -> None:
    anna.decide([], "cell")
    assert case.recorded() == []


# --- annotators --------------------------------------------------------------------------------


def test_annotators_of_one_project_do_not_see_each_other(case: Any, anna: SortSession) -> None:
    with SortSession(case.path, "bob") as bob:
        first = bob.next()
        case.sort(anna, 20)
        bob.refresh()
        assert bob.next() == first
        assert bob.decisions == {}
        assert not bob.predict().human.any()
        with pytest.raises(ProjectError, match="nothing left to undo"):
            bob.undo()
        bob.decide(case.items[0], "not cell")
    anna.refresh()
    assert len(anna.decisions) == 20


# --- mistakes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "verdict", "message"),
    [("mice/999", "cell", "no such candidate"), (None, "Cell", "not cell, cell, unsure, skip")],
)
def test_an_unknown_item_or_verdict_is_refused_and_nothing_is_recorded(
    case: Any, anna: SortSession, item: str | None, verdict: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        anna.decide([case.items[0], item or case.items[1]], verdict)
    assert anna.decisions == {}
    assert case.recorded() == []


def test_a_negative_time_is_refused(case: Any, anna: SortSession) -> None:
    with pytest.raises(InputError, match="finite time"):
        anna.decide(case.items[0], "cell", seconds=-1)
    assert case.recorded() == []


def test_explaining_an_unknown_item_is_refused(anna: SortSession) -> None:
    with pytest.raises(InputError, match="no such candidate"):
        anna.explain("mice/x")


def test_what_is_no_sorting_project_is_refused(folder: Path) -> None:
    with pytest.raises(ProjectError, match="no project"):
        SortSession(folder / "nothing.sightline", "anna")
    other = Project.create(folder / "other.sightline", "track")
    with pytest.raises(ProjectError, match="track"):
        SortSession(other.path, "anna")
