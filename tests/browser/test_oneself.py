"""Agreement with oneself, and practice: what the page shows while it asks again or teaches."""

import json
from pathlib import Path

import pytest
from app_server import Server
from person import ACCEPT, REJECT, SERVER_AWAY, UNDO, Person, verdicts
from playwright.sync_api import expect
from recording_files import is_cell

from sightline.project.project import Project
from sightline.review.sort_session import SortSession

POST = """async settings => {
    const body = JSON.stringify({annotator: "anna", ...settings});
    const headers = {"content-type": "application/json"};
    await fetch("api/session", {method: "POST", headers, body});
}"""


def repeats(project: Path) -> list[bool]:
    """Of each standing act in the journal, whether it was a repeat."""
    with Project.open(project).journal() as journal:
        acts = journal.state().hand("anna").standing
    return [act.decisions[0].repeat for act in acts]


def sees_nothing_said(anna: Person) -> None:
    expect(anna.page.locator(".question-line .chip").first).to_have_text("undecided")
    expect(anna.page.get_by_text("machine: hidden")).to_be_visible()
    expect(anna.page.locator(".decisions [aria-pressed=true]")).to_have_count(0)


def test_what_is_asked_again_looks_as_though_it_had_never_been_judged(
    anna: Person, project: Path
) -> None:
    anna.page.evaluate(POST, {"repeat_share": 0.5})
    seen: set[str] = set()
    while anna.name() not in seen:
        sees_nothing_said(anna)
        seen.add(anna.name())
        anna.judge_by_the_truth(1)
        assert len(seen) < 50
    name = anna.name()
    sees_nothing_said(anna)
    expect(anna.page.get_by_text(f"{len(seen)} of 58 decided")).to_be_visible()
    anna.press("b")
    cells = anna.page.locator("tr[aria-current=true] td")
    assert cells.all_inner_texts() == [name, "undecided", "", ""]

    other = REJECT if is_cell(name) else ACCEPT
    anna.press_and_move(other)
    anna.saved().press(UNDO).sees(name)
    sees_nothing_said(anna)
    anna.press_and_move(other)
    anna.saved()
    assert repeats(project) == [False] * len(seen) + [True]
    assert verdicts(project)[f"mouse/{name}"] == ("cell" if other == ACCEPT else "not cell")
    anna.press("r").is_told("0 of 1 repeats were answered as before", "Too few repeats")


@pytest.fixture
def taught(project: Path) -> Path:
    """Somebody who knows has judged twenty candidates of each kind."""
    with SortSession(project, "known answers") as teacher:
        items = teacher.learner.design.items
        cells = [item for item in items if is_cell(item.partition("/")[2])]
        others = [item for item in items if item not in cells]
        teacher.decide_each(dict.fromkeys(cells[:20], "cell"))
        teacher.decide_each(dict.fromkeys(others[:20], "not cell"))
    return project


def test_practice_tells_at_once_what_is_right_and_records_nothing(
    taught: Path, server: Server, anna: Person
) -> None:
    before = anna.name()
    anna.press("Shift+T")
    expect(anna.button("Begin")).to_be_focused()
    anna.page.get_by_role("slider", name="Questions").fill("5")
    anna.button("Begin").click()
    expect(anna.button("Practise on known answers, or leave practice").first).to_be_visible()
    mistaken = ""
    for number in range(5):
        anna.is_told(f"Practice, {number + 1} of 5.", "What is it?").wait()
        wrong = number == 3
        anna.press(ACCEPT if is_cell(anna.name()) != wrong else REJECT)
        anna.is_told("Wrong. The known answer is" if wrong else "Right. The known answer is")
        if wrong:
            mistaken = anna.name()
        if number < 4:
            anna.press_and_move("Space")
    anna.is_told("Finished: 80 %. 4 of 5 right", "Look at these again", "Your finished runs")
    anna.page.locator(".side .queue").get_by_text(mistaken, exact=True).click()
    anna.sees(mistaken).is_told("Wrong. The known answer is")
    anna.press(ACCEPT).is_told("This one is answered.")
    anna.press("Escape").sees(before)
    expect(anna.page.get_by_text("0 of 58 decided")).to_be_visible()
    assert verdicts(taught) == {}
    assert repeats(taught) == []
    (path,) = (taught / "sessions").glob("practice-*.json")
    (run,) = json.loads(path.read_text(encoding="utf-8"))["runs"]
    assert (run["asked"], run["right"], run["mistaken"]) == (5, 4, [f"mouse/{mistaken}"])
    server.restart()
    anna.expected = [SERVER_AWAY]
    anna.press("Shift+T")
    expect(anna.page.get_by_role("dialog").get_by_text("4 of 5", exact=True)).to_be_visible()
