"""Which candidates are judged in different ways, and how strongly."""

from typing import Any

import numpy as np
import pytest

from sightline.review.disagreements import Review, disagreements
from sightline.review.notes import note
from sightline.review.refits import fit_learner
from sightline.review.sort_session import SortSession


def say(case: Any, annotator: str, verdicts: dict[int, str]) -> None:
    with SortSession(case.path, annotator) as session:
        for row, verdict in verdicts.items():
            session.decide(case.items[row], verdict)


def rows(found: Review) -> list[int]:
    return [each.row for each in found.disagreements]


def test_the_strength_is_the_share_of_those_who_differ_from_most(
    case: Any, anna: SortSession
) -> None:
    say(case, "ben", {0: "cell", 1: "cell", 2: "cell", 3: "cell"})
    say(case, "cleo", {0: "cell", 1: "cell", 2: "not cell"})
    say(case, "dora", {0: "cell", 1: "cell"})
    anna.decide([case.items[row] for row in (0, 1, 2)], "cell")
    anna.decide([case.items[row] for row in (1, 3)], "not cell")
    found = disagreements(anna, None, "annotators")
    told = {each.row: each.strength for each in found.disagreements}
    assert told == pytest.approx({3: 1 / 2, 2: 1 / 3, 1: 1 / 4})
    assert rows(found) == [3, 2, 1]
    assert [each.majority for each in found.disagreements] == [-1, 1, 1]


def test_unsure_and_skip_are_told_and_are_no_disagreement(case: Any, anna: SortSession) -> None:
    say(case, "ben", {0: "unsure", 1: "skip", 2: "cell"})
    say(case, "cleo", {2: "not cell"})
    anna.decide(list(case.items[:3]), "cell")
    found = disagreements(anna, None, "annotators")
    assert rows(found) == [2]
    anna.decide(case.items[2], "unsure")
    (each,) = disagreements(anna, None, "annotators").disagreements
    assert [(one.annotator, one.verdict) for one in each.said] == [
        ("anna", "unsure"),
        ("ben", "cell"),
        ("cleo", "not cell"),
    ]


def test_undone_verdicts_say_nothing(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[0], "cell")
    with SortSession(case.path, "ben") as ben:
        ben.decide(case.items[0], "not cell")
        anna.refresh()
        assert rows(disagreements(anna, None, "annotators")) == [0]
        ben.undo()
    anna.refresh()
    assert rows(disagreements(anna, None, "annotators")) == []


def test_what_the_annotator_has_not_judged_is_only_counted(case: Any, anna: SortSession) -> None:
    say(case, "ben", {0: "cell", 1: "cell"})
    say(case, "cleo", {0: "not cell", 1: "not cell"})
    anna.decide(case.items[0], "skip")
    found = disagreements(anna, None, "annotators")
    assert (rows(found), found.found, found.hidden) == ([0], 1, 1)
    found = disagreements(anna, None, "annotators", undecided=True)
    assert (rows(found), found.found, found.hidden) == ([0, 1], 2, 0)
    found = disagreements(anna, None, "annotators", undecided=True, without=[1])
    assert rows(found) == [0]
    found = disagreements(anna, None, "annotators", undecided=True, most=1)
    assert (rows(found), found.found) == ([0], 2)


def test_notes_stand_beside_the_verdicts(case: Any, anna: SortSession) -> None:
    with SortSession(case.path, "ben") as ben:
        ben.decide(case.items[0], "cell")
        note(ben, case.items[0], "half of it", "n")
    with SortSession(case.path, "cleo") as cleo:
        note(cleo, case.items[0], "ask me", "m")
    anna.decide(case.items[0], "not cell")
    (each,) = disagreements(anna, None, "annotators").disagreements
    assert [(one.annotator, one.verdict, one.note) for one in each.said] == [
        ("anna", "not cell", ""),
        ("ben", "cell", "half of it"),
        ("cleo", "", "ask me"),
    ]


def test_against_the_machine_the_strength_is_what_it_gives_to_other_classes(
    case: Any, anna: SortSession
) -> None:
    case.sort(anna, 40)
    judged = [anna.index_of(item) for item in anna.decisions]
    for row in judged[:6]:
        anna.decide(case.items[row], "not cell" if case.simulated.cell[row] else "cell")
    fit = fit_learner(anna.learner, "")
    found = disagreements(anna, fit, "machine")
    said = anna.answers.said
    expected = {
        row: fit.probability[row] if said[row] == 0 else 1 - fit.probability[row]
        for row in judged
        if fit.labels[row] != said[row]
    }
    assert expected
    assert {each.row: each.strength for each in found.disagreements} == pytest.approx(expected)
    strengths = [each.strength for each in found.disagreements]
    assert strengths == sorted(strengths, reverse=True)


def test_without_a_classifier_the_machine_disagrees_with_nobody(
    case: Any, anna: SortSession
) -> None:
    anna.decide(case.items[0], "cell")
    assert rows(disagreements(anna, None, "machine")) == []
    assert rows(disagreements(anna, fit_learner(anna.learner, ""), "machine")) == []


def test_reliability_is_that_of_the_candidates_that_all_judged(
    case: Any, anna: SortSession
) -> None:
    rng = np.random.default_rng(3)
    labels = rng.random((20, 1)) < 0.5
    judged = labels ^ (rng.random((20, 2)) < 0.2)
    words = np.where(judged, "cell", "not cell")
    say(case, "ben", dict(enumerate(words[:, 1].tolist())) | {50: "cell"})
    for row, verdict in enumerate(words[:, 0].tolist()):
        anna.decide(case.items[row], verdict)
    found = disagreements(anna, None, "annotators").reliability
    assert found is not None
    # two-way mixed, consistency, by its definition in sums of squares
    x = judged.astype(float)
    rows_, columns = x.mean(1, keepdims=True), x.mean(0, keepdims=True)
    between = 2 * ((rows_ - x.mean()) ** 2).sum() / 19
    error = ((x - rows_ - columns + x.mean()) ** 2).sum() / 19
    assert found.value == pytest.approx((between - error) / (between + error))
    assert found.candidates == 20
