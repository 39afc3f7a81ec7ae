"""Audits over HTTP: one answer at a time, blind, stopped and gone on with."""

from pathlib import Path
from typing import Any

import pytest
from served_project import TRUTH, Page

from sightline.project.project import Project


def truth(row: int) -> str:
    return "cell" if TRUTH[row] else "not cell"


def answer(page: Page, name: str, row: int, verdict: str, **said: Any) -> Any:
    act = {"client_id": page.new_id(), "row": row, "verdict": verdict, "seconds": 2.0}
    return page.post(f"audits/{name}/answer", **(act | said))


def sheet(page: Page, name: str) -> list[dict[str, Any]]:
    return page.get(f"audits/{name}", annotator=page.annotator)["questions"]


def report(page: Page, name: str) -> Any:
    return page.get(f"audits/{name}/report", annotator=page.annotator)


def test_an_audit_answered_one_by_one_is_gone_on_with_after_a_restart(
    serve: Any, path: Path
) -> None:
    anna = Page(serve(path))
    anna.teach(20)
    drawn = anna.post("audits", questions=12)
    rows = [question["row"] for question in drawn["questions"]]
    assert (drawn["name"], len(rows), min(rows) >= 20) == ("audit-001", 12, True)
    for row in rows[:5]:
        answer(anna, "audit-001", row, truth(row))

    again = Page(serve(path))
    (about,) = again.get("audits", annotator="anna")["audits"]
    assert (about["of"], about["drawn"], about["said"]) == ("anna", 12, 5)
    assert [question["said"] for question in sheet(again, "audit-001")] == [
        *(truth(row) for row in rows[:5]),
        *[None] * 7,
    ]
    for row in rows[5:]:
        answer(again, "audit-001", row, truth(row))
    told = report(again, "audit-001")
    assert (told["answered"], told["unsure"], told["not_blind"]) == (12, 0, 0)
    for name in ("precision", "recall", "cells"):
        assert told[name]["low"] <= told[name]["value"] <= told[name]["high"]


def test_with_every_question_answered_the_report_is_the_truth(anna: Page) -> None:
    anna.teach(20)
    anna.wait_for_fit()
    predicted = anna.labels(reveal=1).arrays
    called = predicted["predicted"] == 1
    called[:20] = TRUTH[:20]
    drawn = anna.post("audits", questions=1000)
    for question in drawn["questions"]:
        answer(anna, drawn["name"], question["row"], truth(question["row"]))
    told = report(anna, drawn["name"])
    assert told["cells"]["value"] == pytest.approx(TRUTH.sum())
    assert told["precision"]["value"] == pytest.approx((called & TRUTH).sum() / called.sum())
    assert told["recall"]["value"] == pytest.approx((called & TRUTH).sum() / TRUTH.sum())
    assert told["not_blind"] == 40


def test_an_answer_is_recorded_once_and_undone_like_any_other(anna: Page) -> None:
    anna.teach(20)
    name = anna.post("audits", questions=6)["name"]
    first, second = (question["row"] for question in sheet(anna, name)[:2])
    for _ in range(2):
        said = answer(anna, name, first, "cell", client_id="once")
        assert said["state"]["decided"] == 21
    answer(anna, name, second, "unsure")
    undone = anna.undo()
    assert (undone["rows"], undone["kind"]) == ([second], "verdict")
    assert [question["said"] for question in sheet(anna, name)[:2]] == ["cell", None]
    anna.redo()
    assert sheet(anna, name)[1]["said"] == "unsure"


def test_somebody_else_audits_ones_labels(anna: Page, ben: Page) -> None:
    anna.teach(20)
    drawn = ben.post("audits", questions=5, of="anna")
    assert drawn["of"] == "anna"
    answer(ben, drawn["name"], drawn["questions"][0]["row"], "cell")
    assert report(ben, drawn["name"])["answered"] == 1
    assert anna.state()["decided"] == 20
    (seen,) = anna.get("audits", annotator="anna")["audits"]
    assert seen["said"] == 0


def test_while_an_audit_goes_on_no_prediction_is_told_though_it_was_asked_for(anna: Page) -> None:
    anna.teach(20)
    hidden = anna.labels(reveal=1, hide=1)
    assert hidden.arrays["predicted"].max() == -1
    assert not (hidden.arrays["probability"] >= 0).any()
    assert not hidden.meta["revealed"]


def test_an_audit_of_an_accepted_result_is_of_these_labels(anna: Page, path: Path) -> None:
    anna.teach(20)
    anna.post("accept", client_id="a")
    for row in range(20, 40):
        anna.decide(row, "not cell" if TRUTH[row] else "cell")
    assert anna.post("audits", questions=5)["name"] == "audit-001"
    (about,) = anna.get("audits", annotator="anna")["audits"]
    assert about["accepted"]


def test_what_an_audit_costs_is_told_before(anna: Page) -> None:
    for row in range(20):
        anna.decide(row, truth(row), seconds=3.0 if row < 15 else 60.0)
    told = anna.get("audits", annotator="anna")
    assert (told["seconds_per_answer"], told["to_audit"], told["audits"]) == (3.0, 40, [])
    assert told["seen"] == 0
    anna.wait_for_fit()
    anna.labels(reveal=1)
    assert anna.get("audits", annotator="anna")["seen"] == 40


def test_a_damaged_audit_is_told_of_and_hides_no_other(anna: Page, path: Path) -> None:
    anna.teach(20)
    for _ in range(2):
        anna.post("audits", questions=5)
    (Project.open(path).arrays / "audit-001.zarr.zip").write_bytes(b"?")
    first, second = anna.get("audits", annotator="anna")["audits"]
    assert "damaged" in first["trouble"]
    assert second["drawn"] == 5


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"row": 0}, "did not draw it"),
        ({"verdict": "skip"}, "verdict"),
        ({"verdict": "maybe"}, "verdict"),
        ({"row": 600}, "no such candidate"),
    ],
)
def test_what_is_no_answer_to_its_questions_is_refused(
    anna: Page, said: dict[str, Any], fault: str
) -> None:
    anna.teach(20)
    drawn = anna.post("audits", questions=5)
    act = {"annotator": "anna", "client_id": "c", "row": drawn["questions"][0]["row"]}
    body = act | {"verdict": "cell"} | said
    status, text = anna.refused("POST", f"audits/{drawn['name']}/answer", json=body)
    assert status == 400
    assert fault in text


def test_there_is_nothing_to_audit_before_there_is_a_classifier(anna: Page) -> None:
    status, text = anna.refused("POST", "audits", json={"annotator": "anna", "questions": 5})
    assert (status, "nothing to audit" in text) == (400, True)
