"""Reviewing, auditing, accepting and starting from an earlier classifier, at the page."""

import csv
import re
from pathlib import Path

import pytest
from app_server import Server
from person import ACCEPT, REDO, REJECT, SERVER_AWAY, SKIP, UNDO, UNSURE, Person, verdicts
from playwright.sync_api import expect
from recording_files import is_cell

from sightline.data.decision import Decision
from sightline.project.project import Project
from sightline.review.sort_session import SortSession
from sightline.workflows.classifying import train


def judge_by_the_truth(project: Path, annotator: str, number: int, wrong: int = 0) -> list[str]:
    """Let somebody judge the first candidates, the very first of them wrongly; give these."""
    with SortSession(project, annotator) as session:
        items = session.learner.design.items[:number]
        for place, item in enumerate(items):
            cell = is_cell(item.partition("/")[2]) != (place < wrong)
            session.decide(item, "cell" if cell else "not cell")
    return [item.partition("/")[2] for item in items[:wrong]]


@pytest.fixture
def judged(project: Path) -> list[str]:
    """Anna and Ben judged twenty candidates, and differ on two."""
    judge_by_the_truth(project, "anna", 20)
    return judge_by_the_truth(project, "ben", 20, wrong=2)


def decisions(project: Path, annotator: str = "anna") -> list[Decision]:
    with Project.open(project).journal() as journal:
        standing = journal.state().hand(annotator).standing
    return [decision for entry in standing for decision in entry.decisions]


def test_disagreements_are_stepped_through_and_decided_side_by_side(
    judged: list[str], anna: Person, project: Path
) -> None:
    anna.press("Shift+R").is_told("2 disagreements among anna, ben")
    anna.press(".").sees(judged[0])
    opinions = anna.page.get_by_label("Who said what")
    own, other = ("cell", "not cell") if is_cell(judged[0]) else ("not cell", "cell")
    expect(opinions).to_contain_text(re.compile(f"anna \\(you\\)\\s*{own}\\s*ben\\s*{other}"))
    anna.press(REJECT if own == "cell" else ACCEPT).sees(judged[1])
    anna.press(",").sees(judged[0])
    expect(opinions).to_contain_text(re.compile(f"anna \\(you\\)\\s*{other}"))
    anna.saved()
    last = decisions(project)[-1]
    assert (last.item, last.value, last.blind) == (f"mouse/{judged[0]}", other, False)
    anna.press(UNDO).saved()
    assert verdicts(project)[f"mouse/{judged[0]}"] == own


def test_what_would_end_blindness_is_listed_only_when_asked_for(
    project: Path, anna: Person
) -> None:
    (name,) = judge_by_the_truth(project, "ben", 3, wrong=1)
    judge_by_the_truth(project, "cleo", 3)
    anna.press("Shift+R").is_told("1 more candidate that you have not judged yet")
    expect(anna.page.get_by_label("Who said what")).to_have_count(0)
    anna.press("Shift+V").is_told("1 of 2 differ").press(".").sees(name).press(ACCEPT).saved()
    assert [one.blind for one in decisions(project)] == [False]


def test_an_audit_is_blind_stopped_undone_and_gone_on_with_after_a_restart(
    judged: list[str], server: Server, anna: Person, project: Path
) -> None:
    anna.press("v", "Shift+A")
    anna.page.get_by_role("spinbutton", name="Questions").fill("8")
    anna.press("Escape", "Shift+W").is_told("question 1 of 8", "machine: hidden").wait()
    expect(anna.page.get_by_text("not blind", exact=True)).to_have_count(0)
    anna.press("e", "v", "k", "k")
    expect(anna.page.get_by_text("machine: hidden")).to_be_visible()
    asked = [anna.press_and_move(key) for key in (ACCEPT, REJECT, UNSURE)]
    anna.press(SKIP).is_told("cannot be skipped")
    anna.saved().press(UNDO).sees(asked[2]).is_told("2 of 8 questions answered")
    anna.press(REDO).is_told("3 of 8 questions answered").saved()

    anna.expected = [SERVER_AWAY]
    anna.page.goto("about:blank")
    anna.open(server.restart())
    anna.press("Shift+A").is_told("3 of 8 answered")
    anna.button("go on").click()
    anna.is_told("question 4 of 8").wait()
    for _ in range(4):
        anna.press_and_move(ACCEPT if is_cell(anna.name()) else REJECT)
    anna.press(ACCEPT).is_told("8 of 8 questions answered").saved()
    anna.press("Shift+Q").is_told("What audit-001 says", "there are between", "unsure: left out")
    given = [one for one in decisions(project) if one.evidence == "audit-001"]
    assert [one.item.partition("/")[2] for one in given[:3]] == asked
    assert [one.value for one in given[:3]] == ["cell", "not cell", "unsure"]
    assert len(given) == 8


def test_labels_are_previewed_at_a_threshold_accepted_exported_and_taken_back(
    judged: list[str], anna: Person, project: Path
) -> None:
    anna.press("r", "v")
    slider = anna.page.get_by_role("slider", name="Threshold")
    slider.fill("0.8")
    expect(anna.page.locator(".figures").filter(has_text="threshold")).to_contain_text("0.80")
    anna.press("Control+Enter").is_told("Accepted ", "on 20 answers", "target threshold=0.8")
    before = len(verdicts(project))
    anna.press("v")
    for name in ("40", "41", "42"):  # not what is asked, which may be asked again
        anna.go_to(name).judge(REJECT)
    anna.saved().is_told("3 answers have come since")
    assert len(verdicts(project)) == before + 3
    said = anna.page.evaluate(
        """async () => (await (await fetch("api/export", {method: "POST",
            headers: {"content-type": "application/json"},
            body: JSON.stringify({annotator: "anna", to: "csv", output: "out.csv"})})).json())"""
    )
    assert (said["threshold"], said["decided_by_annotator"]) == (0.8, before + 3)
    with (project.parent / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["decided_by"] == "machine"]
    assert all((row["verdict"] == "cell") == (float(row["probability"]) > 0.8) for row in rows)
    for _ in range(4):
        anna.press(UNDO)
    anna.is_told("Undone: the machine's labels are not accepted any more.").saved()
    expect(anna.button("Take back what was accepted")).to_have_count(0)
    assert len(verdicts(project)) == before


def test_a_sorting_starts_from_an_earlier_classifier_chosen_in_the_settings(
    judged: list[str], anna: Person, server: Server, project: Path
) -> None:
    with SortSession(project, "ben") as session:
        train(session, project.with_name("ben.json"))
    server.restart()
    anna.expected = [SERVER_AWAY]
    anna.open(server.link, "cleo")
    anna.press("r", "v").is_told("not yet").press("v", "Control+,")
    choice = anna.choice("Start from")
    expect(choice.locator("option")).to_have_text(["nothing: only my answers", "ben.json"])
    choice.select_option("ben.json")
    anna.press("Escape")
    expect(anna.page.locator(".figures").filter(has_text="threshold")).not_to_contain_text(
        "not yet"
    )
    anna.open(server.restart(), "cleo")
    anna.press("Control+,")
    expect(anna.choice("Start from")).to_have_value("ben.json")
