"""The first judgement is blind: no answer of the server tells the prediction before it is given."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from served_project import CANDIDATES, Page, hear

from sightline.project.project import Project


def blindness(path: Path) -> dict[str, list[bool]]:
    """Whether each recorded judgement of an item was blind, in order."""
    found: dict[str, list[bool]] = {}
    with Project.open(path).journal() as journal:
        for entry in journal.entries():
            for decision in entry.decisions:
                found.setdefault(decision.item, []).append(decision.blind)
    return found


def test_predictions_are_shown_of_ones_own_decisions_only(anna: Page) -> None:
    anna.teach(20)
    anna.decide(20, "unsure")
    anna.wait_for_fit()
    found = anna.labels()
    judged = np.arange(CANDIDATES) <= 20
    assert not found.meta["revealed"]
    np.testing.assert_array_equal(found.arrays["predicted"] >= 0, judged)
    np.testing.assert_array_equal(np.isfinite(found.arrays["probability"]), judged)


def test_the_predictions_of_one_annotators_answers_are_not_anothers(anna: Page, ben: Page) -> None:
    anna.teach(20)
    found = ben.labels(reveal=True)
    assert (found.arrays["decided"] == -1).all()
    assert (found.arrays["predicted"] == -1).all()


def test_nothing_that_is_asked_or_pushed_tells_a_hidden_prediction(anna: Page) -> None:
    with anna.live() as socket:
        anna.teach(20)
        pushed = [hear(socket, "state"), hear(socket, "labels"), hear(socket, "decided")]
    hidden = json.dumps([anna.questions(40), anna.state(), pushed, anna.get("project")])
    shown = anna.labels(reveal=True).arrays["probability"][20:]
    assert np.isfinite(shown).all()
    for probability in shown:
        assert f"{probability:.5f}"[:6] not in hidden


def test_unrevealed_first_judgements_are_blind(anna: Page, path: Path) -> None:
    anna.teach(20)
    anna.labels()
    anna.decide([30, 31], "cell")
    assert all(each == [True] for each in blindness(path).values())


def test_what_was_revealed_is_shown_and_judged_as_not_blind(anna: Page, path: Path) -> None:
    anna.teach(20)
    found = anna.labels(reveal=True)
    assert found.meta["revealed"]
    assert (found.arrays["predicted"] >= 0).all()
    anna.decide(30, "cell")
    assert blindness(path)["mice/30"] == [False]


def test_an_explanation_unblinds_its_candidate_alone(anna: Page, path: Path) -> None:
    anna.teach(20)
    anna.get("explain", annotator="anna", row=30)
    anna.decide([30, 31], "cell")
    assert (blindness(path)["mice/30"], blindness(path)["mice/31"]) == ([False], [True])


@pytest.mark.parametrize("way", ["labels?reveal=1", "explain?row=30"])
def test_what_was_revealed_stays_so_after_a_restart(serve: Any, path: Path, way: str) -> None:
    before = Page(serve(path))
    before.teach(20)
    assert before.http.get(f"/api/{way}&annotator=anna").status_code == 200
    Page(serve(path)).decide(30, "cell")
    Page(serve(path), "ben").decide(31, "cell")
    assert (blindness(path)["mice/30"], blindness(path)["mice/31"]) == ([False], [True])


def test_what_was_judged_before_is_not_judged_blindly_again(serve: Any, path: Path) -> None:
    page = Page(serve(path))
    page.teach(20)
    page.decide(3, "unsure")
    page.undo()
    page.undo()
    Page(serve(path)).decide([3, 19], "cell", client_id="again")
    assert blindness(path)["mice/3"] == [True, False, False]
    assert blindness(path)["mice/19"] == [True, False]


def test_who_does_not_want_to_be_blind_sees_everything_and_it_is_recorded(
    anna: Page, path: Path
) -> None:
    anna.post("session", blind=False)
    anna.teach(20)
    assert (anna.labels().arrays["predicted"] >= 0).all()
    anna.decide(30, "cell")
    assert blindness(path)["mice/30"] == [False]


def test_without_a_classifier_there_is_nothing_to_reveal(anna: Page, path: Path) -> None:
    found = anna.labels(reveal=True)
    assert not found.meta["revealed"]
    anna.decide(0, "cell")
    assert blindness(path) == {"mice/0": [True]}
