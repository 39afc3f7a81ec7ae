"""The loop without a screen: what one annotator asks, answers, takes back and gets."""

import gc
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline.data.features import FeatureTable
from sightline.errors import InputError, ProjectError, SettingError
from sightline.project.candidates import store_candidates
from sightline.project.project import Project
from sightline.query.choose import Strategy
from sightline.review.sort_session import SortSession
from sightline.sort.classifier import TrainedClassifier
from sightline.sort.settings import ACTSORT

MakeCase = Callable[..., Any]


def journal_of(path: Path) -> list[Any]:
    with Project.open(path).journal() as journal:
        return [decision for entry in journal.entries() for decision in entry.decisions]


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
    probes = [decision.probe for decision in journal_of(case.path)]
    assert probes == [number % 5 == 0 for number in range(1, 21)]


def test_probes_of_a_batch_keep_their_flag(case: Any) -> None:
    with SortSession(case.path, "anna", strategy=Strategy("dcal", probe_every=5)) as session:
        questions = session.batch(12)
        for question in reversed(questions):
            session.decide(question.item, "cell")
        flagged = {question.item for question in questions if question.probe}
    assert len(flagged) == 2
    assert {decision.item for decision in journal_of(case.path) if decision.probe} == flagged


def test_an_item_decided_without_being_asked_is_no_probe(case: Any) -> None:
    with SortSession(case.path, "anna", strategy=Strategy("random", probe_every=1)) as session:
        session.decide(case.items[0], "cell")
    assert not journal_of(case.path)[0].probe


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
    assert len(journal_of(case.path)) == 1


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
    assert [decision.value for decision in journal_of(case.path)] == ["cell", "not cell"]
    anna.undo()
    assert anna.predict().names()[4] == "cell"


def test_an_answer_may_be_taken_back_to_unsure(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[4], "cell")
    anna.decide(case.items[4], "unsure")
    assert not anna.predict().human.any()
    assert anna.progress().unsure == 1


def test_naming_an_item_twice_in_one_act_counts_once(case: Any, anna: SortSession) -> None:
    anna.decide([case.items[0], case.items[0]], "cell")
    assert len(journal_of(case.path)) == 1


def test_deciding_nothing_records_nothing(case: Any, anna: SortSession) -> None:
    anna.decide([], "cell")
    assert journal_of(case.path) == []


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


# --- predictions -------------------------------------------------------------------------------


def test_before_two_classes_are_known_nothing_is_predicted(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[:4], "cell")
    predictions = anna.predict()
    assert predictions.names() == ["cell"] * 4 + [""] * (len(case.items) - 4)
    assert np.isnan(predictions.probability).all()
    assert math.isnan(predictions.threshold)


def test_a_human_decision_outranks_the_machine(case: Any, anna: SortSession) -> None:
    case.sort(anna, 40)
    predictions = anna.predict()
    sure = int(np.argmax(np.where(predictions.human, -1, predictions.probability)))
    assert predictions.names()[sure] == "cell"
    anna.decide(case.items[sure], "not cell")
    overruled = anna.predict()
    assert overruled.names()[sure] == "not cell"
    assert overruled.human[sure]


def test_the_machines_labels_are_those_above_the_threshold(case: Any, anna: SortSession) -> None:
    case.sort(anna, 40)
    predictions = anna.predict()
    machine = ~predictions.human
    above = predictions.probability[machine] > predictions.threshold
    np.testing.assert_array_equal(predictions.labels[machine] == 1, above)


def test_answers_teach_labels_better_than_guessing(case: Any, anna: SortSession) -> None:
    case.sort(anna, 50)
    predictions = anna.predict()
    right = (predictions.labels == 1) == case.simulated.cell
    assert right[~predictions.human].mean() > max(
        case.simulated.cell.mean(), 1 - case.simulated.cell.mean()
    )


def test_progress_adds_up(case: Any, anna: SortSession) -> None:
    start = anna.progress()
    assert start.candidates == len(case.items)
    assert math.isnan(start.sure)
    assert math.isnan(start.expected_precision)
    for question in anna.batch(30):
        anna.decide(question.item, case.expert.verdict(question.index), seconds=2.0)
    progress = anna.progress()
    assert sum(progress.decided.values()) == 30
    assert progress.seconds == 60
    probability = anna.predict().probability[~anna.predict().human]
    assert progress.sure == pytest.approx(((probability <= 0.25) | (probability >= 0.75)).mean())
    assert 0 < progress.expected_precision <= 1
    assert 0 < progress.expected_recall <= 1


# --- explanations ------------------------------------------------------------------------------


def test_with_few_features_all_parts_are_named_and_add_up(folder: Path) -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(60, 4)).astype(np.float32)
    table = FeatureTable("m", values, tuple("abcd"), "v1", tuple(map(str, range(60))))
    project = Project.create(folder / "few.sightline", "sort")
    store_candidates(project, [table], ("not cell", "cell"))
    with SortSession(project.path, "anna", settings=replace(ACTSORT, l1=1.0)) as session:
        cell = values[:, 0] + values[:, 1] > 0
        session.decide([table.items[i] for i in range(30) if cell[i]], "cell")
        session.decide([table.items[i] for i in range(30) if not cell[i]], "not cell")
        intercept = session.classifier().model.intercept
        for index in range(60):
            found = session.explain(table.items[index])
            total = sum(r.contribution for r in found.speak_for + found.speak_against)
            sign = 1 if found.predicted == "cell" else -1
            p = float(session.predict().probability[index])
            assert total == pytest.approx(
                sign * (math.log(p / (1 - p)) - intercept), rel=1e-3, abs=1e-3
            )


def test_after_an_explanation_the_decision_is_not_blind(case: Any, anna: SortSession) -> None:
    case.sort(anna, 30)
    first, second = anna.batch(2)
    anna.explain(first.item)
    anna.decide([first.item, second.item], "cell")
    blind = {decision.item: decision.blind for decision in journal_of(case.path)}
    assert not blind.pop(first.item)
    assert all(blind.values())


def test_without_a_classifier_nothing_is_explained_and_the_judgement_stays_blind(
    case: Any, anna: SortSession
) -> None:
    with pytest.raises(SettingError, match="no classifier"):
        anna.explain(case.items[0])
    anna.decide(case.items[0], "cell")
    assert journal_of(case.path)[0].blind


# --- classifiers -------------------------------------------------------------------------------


def test_a_classifier_comes_back_from_its_text_and_predicts_the_same(
    case: Any, anna: SortSession
) -> None:
    case.sort(anna, 30)
    kept = TrainedClassifier.from_json(anna.classifier().to_json(), "here")
    assert sum(kept.answers) == 30
    X = anna.learner.design.X
    np.testing.assert_allclose(kept.model.probability(X), anna.predict().probability, atol=1e-6)


def test_there_is_no_classifier_before_two_classes(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[:3], "cell")
    with pytest.raises(SettingError, match="two classes"):
        anna.classifier()


def test_starting_from_an_earlier_classifier_predicts_before_any_answer(
    make_case: MakeCase,
) -> None:
    earlier, later = make_case("earlier", 200, seed=1), make_case("later", 200, seed=2)
    with SortSession(earlier.path, "anna") as session:
        earlier.sort(session, 80)
        classifier = session.classifier()
    with SortSession(later.path, "bob", earlier=classifier) as session:
        predictions = session.predict()
        assert not predictions.human.any()
        right = (predictions.labels == 1) == later.simulated.cell
        assert right.mean() > 0.75
        assert session.next() is not None
        later.sort(session, 20)
        assert session.predict().human.sum() == 20


def test_an_earlier_classifier_of_other_features_or_classes_is_refused(case: Any) -> None:
    with SortSession(case.path, "anna") as session:
        case.sort(session, 30)
        classifier = session.classifier()
    with pytest.raises(InputError, match="features"):
        SortSession(case.path, "bob", earlier=replace(classifier, feature_version="other-2"))
    with pytest.raises(InputError, match="classes"):
        SortSession(case.path, "bob", earlier=replace(classifier, classes=("no", "yes")))


# --- three classes, several recordings ---------------------------------------------------------


@pytest.fixture
def three(folder: Path) -> Path:
    rng = np.random.default_rng(2)
    centres = rng.normal(size=(3, 5)) * 3
    values = (centres[np.arange(90) % 3] + rng.normal(size=(90, 5))).astype(np.float32)
    table = FeatureTable("m", values, tuple("abcde"), "v1", tuple(map(str, range(90))))
    project = Project.create(folder / "three.sightline", "sort")
    store_candidates(project, [table], ("noise", "soma", "dendrite"))
    return project.path


def test_three_named_classes_are_sorted(three: Path) -> None:
    names = ("noise", "soma", "dendrite")
    with SortSession(three, "anna") as session:
        for _ in range(45):
            question = session.next()
            assert question
            session.decide(question.item, names[question.index % 3])
        predictions = session.predict()
        assert predictions.probability.shape == (90, 3)
        np.testing.assert_allclose(predictions.probability.sum(1), 1, atol=1e-5)
        truth = [names[index % 3] for index in range(90)]
        assert np.mean([a == b for a, b in zip(predictions.names(), truth, strict=True)]) > 0.95
        progress = session.progress()
        assert sum(progress.decided.values()) == 45
        assert math.isnan(progress.expected_precision)
        assert "two classes" in progress.advice
        explanation = session.explain("m/0")
        assert explanation.predicted == predictions.names()[0]
        kept = TrainedClassifier.from_json(session.classifier().to_json(), "here")
        assert kept.classes == names
        with pytest.raises(InputError, match="noise, soma, dendrite, unsure, skip"):
            session.decide("m/0", "cell")
    with pytest.raises(SettingError, match="two classes only"):
        SortSession(three, "bob", earlier=kept)


def test_several_recordings_are_one_batch(make_case: MakeCase, folder: Path) -> None:
    one, two = make_case("one", 40, seed=1).simulated, make_case("two", 50, seed=2).simulated
    tables = [replace(one.features, recording="m1"), replace(two.features, recording="m2")]
    project = Project.create(folder / "both.sightline", "sort")
    store_candidates(project, tables, ("not cell", "cell"))
    cell = np.append(one.cell, two.cell)
    with SortSession(project.path, "anna") as session:
        items = session.predict().items
        assert len(items) == 90
        assert (items[0], items[-1]) == ("m1/0", "m2/49")
        asked = set()
        for _ in range(40):
            question = session.next()
            assert question
            assert items[question.index] == question.item
            session.decide(question.item, "cell" if cell[question.index] else "not cell")
            asked.add(question.item.partition("/")[0])
        assert asked == {"m1", "m2"}
        assert (session.predict().labels >= 0).all()


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
    assert journal_of(case.path) == []


def test_a_negative_time_is_refused(case: Any, anna: SortSession) -> None:
    with pytest.raises(InputError, match="finite time"):
        anna.decide(case.items[0], "cell", seconds=-1)
    assert journal_of(case.path) == []


def test_explaining_an_unknown_item_is_refused(anna: SortSession) -> None:
    with pytest.raises(InputError, match="no such candidate"):
        anna.explain("mice/x")


def test_what_is_no_sorting_project_is_refused(folder: Path) -> None:
    with pytest.raises(ProjectError, match="no project"):
        SortSession(folder / "nothing.sightline", "anna")
    other = Project.create(folder / "other.sightline", "track")
    with pytest.raises(ProjectError, match="track"):
        SortSession(other.path, "anna")
