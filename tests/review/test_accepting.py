"""An accepted result: what it keeps, what outranks it, what takes it back."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline.data.decision import DecisionKind
from sightline.errors import ProjectError, SettingError
from sightline.project.bundle import read_bundle, write_bundle
from sightline.project.candidates import store_candidates
from sightline.project.project import Project
from sightline.review.accepting import (
    accept,
    accepted_result,
    accepted_state,
    final_predictions,
    withdraw,
    words,
)
from sightline.review.sort_session import SortSession
from sightline.simulate.candidates import simulate_candidates
from sightline.sort.settings import preset


@pytest.fixture
def sorted_(case: Any, anna: SortSession) -> SortSession:
    """Anna's session after thirty true answers."""
    case.sort(anna, 30)
    return anna


def test_before_anything_is_accepted_the_final_labels_are_those_of_the_moment(
    case: Any, sorted_: SortSession
) -> None:
    before = final_predictions(sorted_)
    assert (before.labels == sorted_.predict().labels).all()
    case.sort(sorted_, 20)
    after = final_predictions(sorted_)
    assert (after.labels == sorted_.predict().labels).all()
    assert (after.probability != before.probability).any()


def test_accepted_labels_stay_as_they_were_whatever_answers_come(
    case: Any, sorted_: SortSession
) -> None:
    then = sorted_.predict()
    accept(sorted_, "a")
    case.sort(sorted_, 40)
    now = final_predictions(sorted_)
    assert (now.probability == then.probability).all()
    assert now.threshold == then.threshold
    machine = ~now.human
    assert (now.labels[machine] == then.labels[machine]).all()
    assert (now.labels[now.human] == sorted_.learner.answers[now.human]).all()
    assert now.human.sum() == 70


def test_a_decision_taken_after_the_acceptance_outranks_it_until_it_is_undone(
    case: Any, sorted_: SortSession
) -> None:
    accept(sorted_, "a")
    accepted = final_predictions(sorted_)
    row = int(np.flatnonzero(~accepted.human)[0])
    other = sorted_.classes[1 - accepted.labels[row]]
    sorted_.decide(case.items[row], other)
    final = final_predictions(sorted_)
    assert (final.names()[row], bool(final.human[row])) == (other, True)
    sorted_.undo()
    assert (final_predictions(sorted_).labels == accepted.labels).all()


def test_a_verdict_that_was_changed_to_unsure_gets_the_label_accepted_for_it(
    case: Any, sorted_: SortSession
) -> None:
    machine, _ = (sorted_.predict(), sorted_.learner.labels())[1]
    accept(sorted_, "a")
    row = int(np.flatnonzero(sorted_.learner.decided)[0])
    sorted_.decide(case.items[row], "unsure")
    final = final_predictions(sorted_)
    assert (final.labels[row], bool(final.human[row])) == (machine[row], False)


def test_accepting_decides_no_candidate_and_teaches_nothing(
    case: Any, sorted_: SortSession
) -> None:
    decisions, answers = dict(sorted_.decisions), sorted_.learner.answers.copy()
    accept(sorted_, "a")
    assert sorted_.decisions == decisions
    assert (sorted_.learner.answers == answers).all()
    (record,) = [one for one in case.recorded() if one.kind is DecisionKind.RESULT]
    assert (record.item, record.value, record.evidence) == (
        "result",
        "accepted",
        f"features:{sorted_.tables[0].version}",
    )


def test_undo_redo_and_withdrawing_take_it_back_and_bring_it_back(
    case: Any, sorted_: SortSession
) -> None:
    accept(sorted_, "a")
    sorted_.undo()
    assert accepted_result(sorted_) is None
    sorted_.redo()
    assert accepted_result(sorted_) is not None
    case.sort(sorted_, 5)
    withdraw(sorted_, "w")
    assert accepted_result(sorted_) is None
    assert len(sorted_.decisions) == 35
    with pytest.raises(SettingError, match="nothing"):
        withdraw(sorted_, "w2")


def test_accepting_again_takes_the_place_of_what_was_accepted_before(
    case: Any, sorted_: SortSession
) -> None:
    accept(sorted_, "a")
    case.sort(sorted_, 30)
    expected = sorted_.predict().labels
    accept(sorted_, "b")
    assert (final_predictions(sorted_).labels == expected).all()
    sorted_.undo()
    result = accepted_result(sorted_)
    assert result is not None
    assert sum(result.labels.answers.values()) == 30


def test_sent_twice_it_counts_once_though_answers_came_between(
    case: Any, sorted_: SortSession
) -> None:
    accept(sorted_, "a")
    case.sort(sorted_, 5)
    accept(sorted_, "a")
    assert len([one for one in case.recorded() if one.kind is DecisionKind.RESULT]) == 1


def test_what_it_rests_on_is_kept_with_it(case: Any) -> None:
    settings = preset("actsort")
    with SortSession(case.path, "anna", settings=settings) as session:
        case.sort(session, 30)
        accept(session, "a")
    with SortSession(case.path, "anna") as again:
        result = accepted_result(again)
    assert result is not None
    labels = result.labels
    assert (labels.threshold, labels.target) == (0.65, "threshold=0.65")
    assert labels.settings == json.loads(json.dumps(settings.to_dict()))
    assert sum(labels.answers.values()) == 30
    assert len(labels.model_digest) == 64
    assert "on 30 answers: threshold=0.65" in words(result)


def test_annotators_accept_for_themselves(case: Any, sorted_: SortSession) -> None:
    accept(sorted_, "a")
    with SortSession(case.path, "ben") as ben:
        assert accepted_result(ben) is None


def test_it_travels_in_a_bundle(case: Any, sorted_: SortSession, tmp_path: Path) -> None:
    accept(sorted_, "a")
    labels = final_predictions(sorted_).labels
    write_bundle(Project.open(case.path), tmp_path / "all.sightline.zip")
    read_bundle(tmp_path / "all.sightline.zip", tmp_path / "other.sightline")
    with SortSession(tmp_path / "other.sightline", "anna") as other:
        assert accepted_result(other) is not None
        assert (final_predictions(other).labels == labels).all()


def test_three_classes_are_accepted_with_the_probability_of_each(folder: Path) -> None:
    simulated = simulate_candidates(60, np.random.default_rng(0))
    project = Project.create(folder / "three.sightline", "sort")
    store_candidates(project, [simulated.features], ("noise", "soma", "dendrite"))
    with SortSession(project.path, "anna") as session:
        items = session.learner.design.items
        for row in range(30):
            verdict = "noise" if not simulated.cell[row] else ("soma", "dendrite")[row % 2]
            session.decide(items[row], verdict)
        then = session.predict()
        accept(session, "a")
        session.decide(items[40:50], "soma")
        final = final_predictions(session)
    assert final.probability.shape == (60, 3)
    assert (final.probability == then.probability).all()
    assert (final.labels[50:] == then.labels[50:]).all()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": "other"}'])
def test_a_damaged_result_is_told_of_and_can_be_taken_back(
    case: Any, sorted_: SortSession, content: bytes
) -> None:
    accept(sorted_, "a")
    (payload,) = Project.open(case.path).payloads.iterdir()
    payload.write_bytes(content)
    with pytest.raises(ProjectError, match="damaged"):
        final_predictions(sorted_)
    state = accepted_state(sorted_)
    assert state is not None
    assert list(state) == ["trouble"]
    withdraw(sorted_, "w")
    assert accepted_state(sorted_) is None


def test_nothing_is_accepted_while_the_machine_says_nothing(anna: SortSession) -> None:
    with pytest.raises(SettingError, match="two classes"):
        accept(anna, "a")
