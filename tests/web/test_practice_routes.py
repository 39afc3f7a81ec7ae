"""Practice through the server: answers told one by one, scores kept, nothing decided."""

from pathlib import Path
from typing import Any

import pytest
from served_project import TRUTH, Page

from sightline.project.project import Project


@pytest.fixture
def newcomer(anna: Page, ben: Page) -> Page:
    """Ben, after Anna judged forty candidates truly."""
    for verdict in ("cell", "not cell"):
        rows = [row for row in range(40) if TRUTH[row] == (verdict == "cell")]
        anna.decide(rows, verdict)
    return ben


def begun(page: Page, number: int = 10, **said: Any) -> list[int]:
    return page.post("practice", **({"source": "anna", "number": number, "seed": 1} | said))["rows"]


def known(page: Page, row: int) -> str:
    return page.post("practice/answer", source="anna", row=row)["known"]


def journal(path: Path) -> int:
    with Project.open(path).journal() as opened:
        return len(opened.entries())


def test_it_says_whose_answers_can_be_practised_on(newcomer: Page) -> None:
    cells = int(TRUTH[:40].sum())
    assert newcomer.get("practice", annotator="ben") == {
        "sources": [{"annotator": "anna", "counts": {"not cell": 40 - cells, "cell": cells}}],
        "runs": [],
    }


def test_questions_come_without_their_answers(newcomer: Page) -> None:
    said = newcomer.post("practice", source="anna", number=10, seed=1)
    assert list(said) == ["rows"]
    assert len(said["rows"]) == 10
    assert sum(TRUTH[said["rows"]]) == 5


def test_each_answer_is_told_and_ends_blindness_for_that_candidate_alone(
    newcomer: Page, path: Path, serve: Any
) -> None:
    shown, hidden, *_ = begun(newcomer)
    assert (known(newcomer, shown) == "cell") == TRUTH[shown]
    again = Page(serve(path), "ben")  # the server was started anew
    again.decide([shown, hidden], "cell")
    with Project.open(path).journal() as opened:
        said = opened.entries()[-1].decisions
    assert [decision.blind for decision in said] == [False, True]


def test_practice_decides_nothing(newcomer: Page, path: Path) -> None:
    before = journal(path)
    answers = [{"row": row, "verdict": known(newcomer, row)} for row in begun(newcomer)]
    finish(newcomer, answers)
    assert journal(path) == before
    assert newcomer.state()["decided"] == 0
    assert not newcomer.state()["can_undo"]
    assert (newcomer.labels().arrays["decided"] == -1).all()


def finish(page: Page, answers: list[dict[str, Any]], client_id: str = "run") -> Any:
    said = {"client_id": client_id, "source": "anna", "seed": 1, "answers": answers}
    return page.post("practice/finish", **said)


def test_the_score_of_a_run_is_kept_for_its_annotator(
    newcomer: Page, anna: Page, path: Path, serve: Any
) -> None:
    answers = [{"row": row, "verdict": "cell"} for row in begun(newcomer)]
    run = finish(newcomer, answers)["run"]
    assert (run["source"], run["asked"], run["right"]) == ("anna", 10, 5)
    assert run["classes"] == {
        "not cell": {"asked": 5, "right": 0},
        "cell": {"asked": 5, "right": 5},
    }
    assert len(run["mistaken"]) == 5
    finish(newcomer, answers, "another")
    again = Page(serve(path), "ben")
    runs = again.get("practice", annotator="ben")["runs"]
    assert [one["client_id"] for one in runs] == ["run", "another"]
    assert runs[0] == run
    assert anna.get("practice", annotator="anna")["runs"] == []


def test_a_run_sent_twice_is_kept_once(newcomer: Page) -> None:
    answers = [{"row": row, "verdict": "cell"} for row in begun(newcomer)]
    finish(newcomer, answers)
    assert len(finish(newcomer, answers)["runs"]) == 1


def test_practice_and_settings_are_kept_beside_each_other(newcomer: Page) -> None:
    answers = [{"row": row, "verdict": known(newcomer, row)} for row in begun(newcomer)]
    finish(newcomer, answers)
    newcomer.post("session", weight=0.25)
    assert len(newcomer.get("practice", annotator="ben")["runs"]) == 1
    assert newcomer.state()["settings"]["weight"] == 0.25


@pytest.mark.parametrize(
    ("route", "said"),
    [
        ("practice", {"source": "nobody", "number": 10, "seed": 0}),
        ("practice", {"source": "anna", "number": 0, "seed": 0}),
        ("practice/answer", {"source": "anna", "row": 55}),
        ("practice/answer", {"source": "anna", "row": 99}),
        ("practice/finish", {"client_id": "x", "source": "anna", "seed": 0, "answers": []}),
    ],
)
def test_what_makes_no_sense_is_refused(newcomer: Page, route: str, said: dict[str, Any]) -> None:
    code, _ = newcomer.refused("POST", route, json={"annotator": "ben"} | said)
    assert code == 400
