"""Disagreements, the accepted result and what to start from, over HTTP."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from served_project import CANDIDATES, TRUTH, Page

from sightline.project.project import Project
from sightline.workflows.classifying import train
from sightline.workflows.sorting import open_session


def judge(page: Page, rows: range, wrong: tuple[int, ...] = ()) -> None:
    for row in rows:
        page.decide(row, "cell" if TRUTH[row] != (row in wrong) else "not cell")
    page.wait_for_fit()


def review(page: Page, among: str = "annotators", **query: Any) -> Any:
    return page.get("review", annotator=page.annotator, **{"with": among}, **query)


def exported(page: Page, name: str, path: Path) -> list[dict[str, str]]:
    page.post("export", to="csv", output=name)
    with (path.parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seen_blindly(path: Path, annotator: str) -> dict[str, bool]:
    with Project.open(path).journal() as journal:
        entries = journal.entries()
    return {
        decision.item: decision.blind
        for entry in entries
        if entry.annotator == annotator
        for decision in entry.decisions
    }


# --- disagreements -----------------------------------------------------------------------------


def test_what_annotators_say_is_listed_side_by_side_the_strongest_disagreement_first(
    anna: Page, ben: Page, http: Any
) -> None:
    cleo = Page(http, "cleo")
    judge(anna, range(10), wrong=(3, 5))
    judge(ben, range(10))
    judge(cleo, range(4))
    ben.post("note", client_id="n", row=5, text="out of focus")
    found = review(anna)
    assert [each["row"] for each in found["rows"]] == [5, 3]
    assert [each["strength"] for each in found["rows"]] == pytest.approx([1 / 2, 1 / 3])
    truth = "cell" if TRUTH[5] else "not cell"
    assert found["rows"][0]["said"] == [
        {"annotator": "anna", "verdict": "not cell" if TRUTH[5] else "cell", "note": ""},
        {"annotator": "ben", "verdict": truth, "note": "out of focus"},
    ]
    assert found["rows"][0]["majority"] is None
    assert found["rows"][1]["majority"] == ("cell" if TRUTH[3] else "not cell")
    assert found["annotators"] == ["anna", "ben", "cleo"]
    assert found["reliability"]["candidates"] == 4


def test_what_one_has_not_judged_is_counted_and_not_shown_unless_asked_for(
    anna: Page, ben: Page, http: Any, path: Path
) -> None:
    cleo = Page(http, "cleo")
    judge(anna, range(4))
    judge(ben, range(8))
    judge(cleo, range(8), wrong=(6,))
    found = review(anna)
    assert (found["rows"], found["hidden"]) == ([], 1)
    anna.decide(6, "cell")
    assert seen_blindly(path, "anna")["mice/6"]
    anna.undo()

    judge(cleo, range(7, 8), wrong=(7,))
    assert [each["row"] for each in review(anna, undecided=True)["rows"]] == [6, 7]
    anna.decide(7, "cell")
    anna.decide(5, "cell")
    blind = seen_blindly(path, "anna")
    assert (blind["mice/7"], blind["mice/5"]) == (False, True)


def test_the_machine_is_set_beside_ones_own_verdicts(anna: Page) -> None:
    judge(anna, range(30))
    row = 12
    anna.decide(row, "not cell" if TRUTH[row] else "cell")
    anna.wait_for_fit()
    shown = anna.labels()
    found = {each["row"]: each for each in review(anna, "machine")["rows"]}
    decided, predicted = shown.arrays["decided"], shown.arrays["predicted"]
    expected = {r for r in range(30) if decided[r] >= 0 and decided[r] != predicted[r]}
    assert set(found) == expected
    assert row in found
    p = float(shown.arrays["probability"][row])
    assert found[row]["machine"]["probability"] == pytest.approx(p)
    assert found[row]["strength"] == pytest.approx(p if TRUTH[row] else 1 - p, abs=1e-6)


# --- the accepted result -----------------------------------------------------------------------


def test_exports_give_what_was_accepted_however_many_answers_come_later(
    anna: Page, path: Path
) -> None:
    anna.teach(20)
    before = exported(anna, "before.csv", path)
    accepted = anna.post("accept", client_id="a")["state"]["accepted"]
    assert (accepted["answers"], accepted["answers_now"]) == (20, 20)
    assert sum(accepted["counts"].values()) == CANDIDATES
    assert exported(anna, "accepted.csv", path) == before

    for row in range(20, 50):
        anna.decide(row, "not cell")
    after = exported(anna, "after.csv", path)
    assert [each["verdict"] for each in after[20:50]] == ["not cell"] * 30
    assert after[:20] + after[50:] == before[:20] + before[50:]
    state = anna.state()
    assert (state["accepted"]["answers"], state["accepted"]["answers_now"]) == (20, 50)
    assert state["decided"] == 50


def test_an_accepted_result_is_undone_redone_and_taken_back(anna: Page, path: Path) -> None:
    anna.teach(20)
    assert anna.state()["accepted"] is None
    for _ in range(2):  # sent twice, it counts once
        anna.post("accept", client_id="a")
    undone = anna.undo()
    assert (undone["kind"], undone["rows"], undone["state"]["accepted"]) == ("result", [], None)
    assert anna.redo()["state"]["accepted"]["answers"] == 20
    anna.decide(30, "cell")
    assert anna.post("accept", client_id="b", withdraw=True)["state"]["accepted"] is None
    assert anna.undo()["state"]["accepted"]["answers"] == 20


def test_nothing_can_be_accepted_before_there_is_a_classifier_or_taken_back_before_that(
    anna: Page,
) -> None:
    said = {"annotator": "anna", "client_id": "a"}
    status, text = anna.refused("POST", "accept", json=said)
    assert status == 400
    assert "two classes" in text
    status, text = anna.refused("POST", "accept", json={**said, "withdraw": True})
    assert status == 400
    assert "nothing" in text


# --- what to start from ------------------------------------------------------------------------


@pytest.fixture
def earlier(path: Path, made: Path) -> Path:
    """Another project beside, sorted by anna, and her classifier."""
    other = Path(shutil.copytree(made, path.with_name("earlier.sightline")))
    with open_session(other, "anna") as session:
        items = session.learner.design.items
        session.decide_each({items[r]: "cell" if TRUTH[r] else "not cell" for r in range(40)})
        train(session, path.with_name("anna.json"))
    path.with_name("other.json").write_text("{}", encoding="utf-8")
    return other


@pytest.mark.parametrize("name", ["anna.json", "earlier.sightline/anna"])
def test_a_session_starts_from_an_earlier_classifier_also_after_a_restart(
    serve: Any, path: Path, earlier: Path, name: str
) -> None:
    anna = Page(serve(path))
    found = anna.get("earlier")["earlier"]
    assert [each["name"] for each in found] == ["anna.json", "earlier.sightline/anna"]
    assert [each["answers"] for each in found] == [None, 40]
    assert anna.labels(reveal=1).arrays["predicted"].max() == -1
    anna.post("earlier", name=name)
    anna.wait_for_fit()
    predicted = anna.labels(reveal=1).arrays["predicted"]
    assert (predicted == TRUTH).mean() > 0.8

    shutil.rmtree(earlier)
    path.with_name("anna.json").unlink()
    again = Page(serve(path))
    again.questions(1)
    assert again.state()["settings"]["start_from"] == name
    assert (again.labels(reveal=1).arrays["predicted"] == predicted).all()
    assert again.post("earlier", name="")["settings"]["start_from"] == ""


@pytest.mark.parametrize("name", ["../anna.json", "/etc/passwd", "other.json", "earlier.sightline"])
def test_only_what_is_listed_can_be_started_from(anna: Page, earlier: Path, name: str) -> None:
    status, text = anna.refused("POST", "earlier", json={"annotator": "anna", "name": name})
    assert status == 400
    assert "nothing called" in text


def test_a_classifier_of_other_features_is_refused_and_nothing_changes(
    anna: Page, path: Path, earlier: Path
) -> None:
    text = path.with_name("anna.json").read_text(encoding="utf-8")
    other = text.replace('"feature_version": "', '"feature_version": "other-')
    path.with_name("other.json").write_text(other, encoding="utf-8")
    status, text = anna.refused("POST", "earlier", json={"annotator": "anna", "name": "other.json"})
    assert status == 400
    assert "other-" in text
    assert anna.state()["settings"]["start_from"] == ""
