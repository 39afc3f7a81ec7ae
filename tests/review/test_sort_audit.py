"""An audit over a session: what is drawn, what is told, what is estimated."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sightline.data.question import Question
from sightline.errors import InputError, ProjectError, SettingError
from sightline.project.candidates import store_candidates
from sightline.project.project import Project
from sightline.review import sort_audit
from sightline.review.sort_session import SortSession
from sightline.trust.quality import Quality


@pytest.fixture
def sorted_(case: Any, anna: SortSession) -> SortSession:
    """Anna's session after forty true answers."""
    case.sort(anna, 40)
    return anna


def truths(case: Any, items: list[str]) -> dict[str, str]:
    return {item: case.expert.verdict(case.items.index(item)) for item in items}


def quantities(labels: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    both = (labels & truth).sum()
    return {
        "precision": both / labels.sum(),
        "recall": both / truth.sum(),
        "false_positive_rate": (labels & ~truth).sum() / (~truth).sum(),
        "cells": truth.sum(),
    }


# --- drawing -----------------------------------------------------------------------------------


def test_only_what_the_machine_decided_is_drawn_each_once(case: Any, sorted_: SortSession) -> None:
    open_ = [item for item in case.items if item not in sorted_.decisions]
    sorted_.decide(open_[0], "unsure")
    name, items = sort_audit.draw(sorted_, 1000)
    assert name == "audit-001"
    assert sorted(items) == sorted(open_)


def test_the_list_is_blind_and_in_an_order_that_tells_nothing(
    make_case: Callable[..., Any],
) -> None:
    case = make_case("many", 600)
    with SortSession(case.path, "anna") as session:
        case.sort(session, 60)
        _, items = sort_audit.draw(session, 200)
        probability = session.predict().probability
    assert all(isinstance(item, str) and not isinstance(item, Question) for item in items)
    place = np.arange(len(items))
    drawn = np.array([probability[case.items.index(item)] for item in items])
    assert abs(np.corrcoef(place, drawn)[0, 1]) < 0.2


def test_the_same_seed_draws_the_same_and_each_draw_has_its_own_name(
    sorted_: SortSession,
) -> None:
    (one, first), (two, second) = sort_audit.draw(sorted_, 20), sort_audit.draw(sorted_, 20)
    assert first == second
    assert sort_audit.draw(sorted_, 20, seed=1)[1] != first
    assert (one, two) == ("audit-001", "audit-002")
    assert sort_audit.names(sorted_) == ["audit-001", "audit-002", "audit-003"]


def test_a_removed_audit_does_not_make_the_next_overwrite_another(sorted_: SortSession) -> None:
    for _ in range(2):
        sort_audit.draw(sorted_, 10)
    (sorted_.project.arrays / "audit-001.zarr.zip").unlink()
    assert sort_audit.draw(sorted_, 10)[0] == "audit-003"


# --- estimating --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_with_all_questions_answered_the_values_are_the_truth(
    make_case: Callable[..., Any], seed: int
) -> None:
    case = make_case(seed=seed)
    with SortSession(case.path, "anna") as session:
        case.sort(session, 30)
        labels = session.predict().labels == 1
        name, items = sort_audit.draw(session, 1000)
        sort_audit.answer(session, name, "bob", truths(case, items))
        quality = sort_audit.report(session, name, "bob")
    for quantity, truth in quantities(labels, case.simulated.cell).items():
        found = getattr(quality, quantity)
        assert (found.value, found.low, found.high) == pytest.approx((truth,) * 3)


@pytest.mark.slow
def test_the_bounds_hold_the_truth_in_most_simulations(make_case: Callable[..., Any]) -> None:
    held = []
    for seed in range(20):
        case = make_case(f"m{seed}", 400, seed=seed)
        with SortSession(case.path, "anna") as session:
            case.sort(session, 40)
            labels = session.predict().labels == 1
            name, items = sort_audit.draw(session, 60, seed=seed)
            sort_audit.answer(session, name, "bob", truths(case, items))
            quality = sort_audit.report(session, name, "bob")
        for quantity, truth in quantities(labels, case.simulated.cell).items():
            found = getattr(quality, quantity)
            held.append(found.low <= truth <= found.high)
    # of 80 bounds that hold with 95 %, ten missing has a chance below one in a thousand
    assert sum(held) >= 70


def test_more_answers_give_narrower_bounds_and_the_rest_may_follow_later(
    case: Any, sorted_: SortSession
) -> None:
    name, items = sort_audit.draw(sorted_, 60)
    widths = []
    for part in (items[:20], items[20:60]):
        sort_audit.answer(sorted_, name, "bob", truths(case, part))
        quality = sort_audit.report(sorted_, name, "bob")
        widths.append(quality.recall.high - quality.recall.low)
    assert quality.answered == 60
    assert widths[1] < widths[0]


def test_what_comes_after_a_gap_does_not_count(case: Any, sorted_: SortSession) -> None:
    name, items = sort_audit.draw(sorted_, 30)
    sort_audit.answer(sorted_, name, "bob", truths(case, items[:10] + items[11:]))
    assert sort_audit.report(sorted_, name, "bob").answered == 10


def test_unsure_answers_are_counted_apart(case: Any, sorted_: SortSession) -> None:
    name, items = sort_audit.draw(sorted_, 20)
    said = truths(case, items) | dict.fromkeys(items[:3], "unsure")
    sort_audit.answer(sorted_, name, "bob", said)
    quality = sort_audit.report(sorted_, name, "bob")
    assert (quality.answered, quality.unsure) == (17, 3)


def test_labels_are_audited_as_they_stood_when_the_sample_was_drawn(
    case: Any, sorted_: SortSession
) -> None:
    name, items = sort_audit.draw(sorted_, 1000)
    sort_audit.answer(sorted_, name, "bob", truths(case, items))
    before = sort_audit.report(sorted_, name, "bob")
    case.sort(sorted_, 30)
    assert sort_audit.report(sorted_, name, "bob") == before


def test_an_audit_goes_on_in_a_new_session(case: Any) -> None:
    with SortSession(case.path, "anna") as session:
        case.sort(session, 40)
        name, items = sort_audit.draw(session, 30)
        sort_audit.answer(session, name, "bob", truths(case, items[:10]))
    with SortSession(case.path, "anna") as session:
        assert sort_audit.names(session) == [name]
        sort_audit.answer(session, name, "bob", truths(case, items[10:]))
        assert sort_audit.report(session, name, "bob").answered == 30


def test_answers_are_undone_as_one(case: Any, sorted_: SortSession) -> None:
    name, items = sort_audit.draw(sorted_, 20)
    sort_audit.answer(sorted_, name, "anna", truths(case, items))
    assert len(sorted_.decisions) == 60
    sorted_.undo()
    assert len(sorted_.decisions) == 40
    with pytest.raises(SettingError, match="not answered the first"):
        sort_audit.report(sorted_, name, "anna")


# --- who ---------------------------------------------------------------------------------------


def test_another_auditors_answers_leave_the_annotators_labels_alone(
    case: Any, sorted_: SortSession
) -> None:
    before = sorted_.predict().human.sum()
    name, items = sort_audit.draw(sorted_, 20)
    sort_audit.answer(sorted_, name, "bob", truths(case, items))
    assert sorted_.predict().human.sum() == before
    with pytest.raises(SettingError, match="anna has not answered"):
        sort_audit.report(sorted_, name, "anna")


def test_answers_to_a_second_audit_leave_the_first_as_it_was(
    case: Any, sorted_: SortSession
) -> None:
    one, items = sort_audit.draw(sorted_, 30, seed=0)
    sort_audit.answer(sorted_, one, "bob", truths(case, items))
    before = sort_audit.report(sorted_, one, "bob")
    two, again = sort_audit.draw(sorted_, 30, seed=1)
    assert set(items) & set(again)
    sort_audit.answer(sorted_, two, "bob", truths(case, again))
    assert sort_audit.report(sorted_, one, "bob") == before
    assert sort_audit.report(sorted_, two, "bob").answered == 30


def audited(case: Any, session: SortSession, auditor: str) -> Quality:
    name, items = sort_audit.draw(session, 20)
    sort_audit.answer(session, name, auditor, truths(case, items))
    return sort_audit.report(session, name, auditor)


def test_probes_count_only_where_annotator_and_auditor_are_one(
    case: Any, sorted_: SortSession
) -> None:
    assert audited(case, sorted_, "bob").probes == 0
    assert audited(case, sorted_, "anna").probes == 4


def test_a_report_leaves_the_session_as_it_was(case: Any, sorted_: SortSession) -> None:
    name, items = sort_audit.draw(sorted_, 20)
    sort_audit.answer(sorted_, name, "anna", truths(case, items))
    before, question = sorted_.predict(), sorted_.next()
    sort_audit.report(sorted_, name, "anna")
    np.testing.assert_array_equal(sorted_.predict().probability, before.probability)
    assert sorted_.next() == question


# --- mistakes ----------------------------------------------------------------------------------


def test_there_is_nothing_to_audit_without_a_machines_decision(
    case: Any, anna: SortSession
) -> None:
    with pytest.raises(SettingError, match="nothing to audit"):
        sort_audit.draw(anna, 10)
    anna.decide_each(truths(case, list(case.items)))
    with pytest.raises(SettingError, match="nothing to audit"):
        sort_audit.draw(anna, 10)
    assert sort_audit.names(anna) == []


def test_an_empty_audit_is_refused(sorted_: SortSession) -> None:
    with pytest.raises(SettingError, match="at least one"):
        sort_audit.draw(sorted_, 0)
    assert sort_audit.names(sorted_) == []


def test_more_than_two_classes_are_not_audited(case: Any) -> None:
    path = case.path.with_name("three.sightline")
    project = Project.create(path, "sort")
    store_candidates(project, [case.simulated.features], ("a", "b", "c"))
    with SortSession(path, "anna") as session, pytest.raises(SettingError, match="two classes"):
        sort_audit.draw(session, 10)


@pytest.mark.parametrize("name", ["audit-009", "features", "../x", ""])
def test_an_audit_that_is_not_there_is_refused(sorted_: SortSession, name: str) -> None:
    with pytest.raises(ProjectError, match="no audit"):
        sort_audit.report(sorted_, name, "bob")


def test_answers_of_other_items_or_words_are_refused_and_none_is_recorded(
    case: Any, sorted_: SortSession
) -> None:
    name, items = sort_audit.draw(sorted_, 10)
    drawn = truths(case, items)
    other = next(item for item in case.items if item not in drawn)
    with pytest.raises(InputError, match="did not draw it"):
        sort_audit.answer(sorted_, name, "bob", drawn | {other: "cell"})
    with pytest.raises(InputError, match="'skip'"):
        sort_audit.answer(sorted_, name, "bob", drawn | {items[0]: "skip"})
    with pytest.raises(SettingError, match="bob has not answered"):
        sort_audit.report(sorted_, name, "bob")


def test_no_answers_record_nothing(sorted_: SortSession) -> None:
    name, _ = sort_audit.draw(sorted_, 10)
    sort_audit.answer(sorted_, name, "bob", {})
    with pytest.raises(SettingError, match="bob has not answered"):
        sort_audit.report(sorted_, name, "bob")


def test_an_audit_of_other_candidates_is_refused(case: Any, sorted_: SortSession) -> None:
    name, _ = sort_audit.draw(sorted_, 10)
    features = case.simulated.features
    fewer = replace(features, values=features.values[:50], identities=features.identities[:50])
    path = case.path.with_name("fewer.sightline")
    project = Project.create(path, "sort")
    store_candidates(project, [fewer], ("not cell", "cell"))
    source = sorted_.project.arrays / f"{name}.zarr.zip"
    (project.arrays / source.name).write_bytes(source.read_bytes())
    with SortSession(path, "anna") as session, pytest.raises(ProjectError, match="120 candidates"):
        sort_audit.report(session, name, "bob")
