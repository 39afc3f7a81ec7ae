"""A session from the movie to the exported labels, by keyboard alone."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from app_server import Server
from person import ACCEPT, REDO, SKIP, UNDO, UNSURE, Person
from playwright.sync_api import expect
from recording_files import extraction

from sightline.data.decision import Decision, DecisionKind
from sightline.data.entry import Act, Entry
from sightline.project.fold import standing
from sightline.project.project import Project

CANDIDATES = len(extraction().candidates)


def test_from_the_movie_to_exported_labels_by_keyboard_alone(
    newcomer: Callable[..., Person], server: Server, project: Path
) -> None:
    anna = newcomer()
    anna.page.goto(server.start())
    anna.is_told("Who is judging?").type("anna").press("Enter").wait()
    said = [anna.judge(UNSURE), anna.judge(SKIP), *anna.judge_by_the_truth(12)]
    anna.is_told("12 of 58 decided").saved()

    last, word = said[-1]
    name = last.removeprefix("mouse/")
    anna.press(UNDO).sees(name).is_told(f"Undone: {name} is undecided.", "11 of 58 decided")
    anna.press(REDO).is_told(f"Done again: {name} is {word}.", "12 of 58 decided")
    anna.press_and_move("Space")

    moves_through_the_list(anna)
    moves_over_the_map(anna)
    noted = anna.name()
    anna.press("w").type("two cells? ask ben").press("Enter")
    expect(anna.page.get_by_label("Note")).not_to_be_focused()
    reads_the_table(anna, sum(word == "cell" for _, word in said))
    said.append(previews(anna))
    exports(anna, project)

    anna.saved().page.close()
    server.stop()
    with Project.open(project).journal() as journal:
        entries, state = journal.entries(), journal.state()
    assert pressed(entries) == [*said[:14], "undo", "redo", (f"mouse/{noted}", "note"), *said[14:]]
    stands = standing(state, "anna", DecisionKind.VERDICT)
    assert {item: one.value for item, one in stands.items()} == dict(said)
    assert (
        standing(state, "anna", DecisionKind.NOTE)[f"mouse/{noted}"].value == "two cells? ask ben"
    )
    assert [one.blind for one in stands.values()] == [True] * 14 + [False]
    assert all(one.seconds is not None and 0 < one.seconds < 60 for one in stands.values())
    the_files_hold(stands, project)


def moves_through_the_list(anna: Person) -> None:
    """Arrow keys step through the list, G goes to a name, and Space comes back to the question."""
    asked = anna.name()
    anna.go_to("20").press("ArrowRight").sees("21").press("ArrowLeft", "ArrowLeft").sees("19")
    anna.press("Shift+Space").sees("20")
    anna.press("Space").sees(asked)


def moves_over_the_map(anna: Person) -> None:
    """Each key makes another picture, and 0 the first one again."""
    seen = [map_picture(anna)]
    for key in ("+", "Shift+ArrowLeft", "Shift+ArrowUp", "-"):
        anna.press(key)
        seen.append(another_picture(anna, seen[-1]))
    anna.press("0")
    assert another_picture(anna, seen[-1]) == seen[0]
    assert len(set(seen)) == len(seen)


def map_picture(anna: Person) -> str:
    return anna.page.locator(".map canvas").first.evaluate("canvas => canvas.toDataURL()")


def another_picture(anna: Person, before: str) -> str:
    """Wait until the map looks different, in as many frames as it needs."""
    for _ in range(200):
        anna.page.evaluate("new Promise(requestAnimationFrame)")
        if (now := map_picture(anna)) != before:
            return now
    raise AssertionError("the map looks as before")


def reads_the_table(anna: Person, cells: int) -> None:
    """All are listed; a filter lists what is decided; arrow keys go from row to row."""
    anna.press("b").is_told("58 listed")
    anna.tab_to(anna.choice("Decision")).type("cell").is_told(f"{cells} listed")
    rows = anna.page.locator("[role=grid] tbody td:nth-child(2)")
    assert rows.all_inner_texts() == ["cell"] * cells
    anna.press("Home").is_told("58 listed")
    anna.tab_to(anna.page.get_by_role("grid", name="Candidates"))
    here = int(anna.name())
    anna.press("ArrowDown").sees(str(here + 1)).press("ArrowUp").sees(str(here)).press("Escape")


def previews(anna: Person) -> tuple[str, str]:
    """Predictions of the rest are shown when asked for; what is judged then is not blind."""
    anna.press("r").is_told("sure of", "12 of 58 decided")
    anna.press("v").is_told("not blind", "Hide predictions").rest()
    said = anna.judge(ACCEPT)
    anna.press("v")
    expect(anna.page.get_by_text("not blind")).to_have_count(0)
    return said


def exports(anna: Person, project: Path) -> None:
    """As a table where the command line would put it, and for suite2p under another name."""
    dialog = anna.page.get_by_role("dialog")
    written = dialog.get_by_role("status")
    anna.press("Control+e").tab_to(dialog.get_by_role("button", name="Export")).press("Enter")
    expect(written).to_contain_text(f"Written: {project.with_name('mouse.csv')}. ")
    anna.tab_to(anna.choice("Form")).type("suite2p")
    anna.tab_to(anna.page.get_by_role("textbox", name="File name")).type("iscell_anna.npy").press(
        "Enter"
    )
    expect(written).to_contain_text(f"Written: {project.with_name('iscell_anna.npy')}. ")
    anna.expected.append("400")  # the same file again
    anna.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("is there already")
    anna.press("Escape")
    expect(dialog).to_have_count(0)


def pressed(entries: tuple[Entry, ...]) -> list[tuple[str, str] | str]:
    """The journal as keys that were pressed."""
    told: list[tuple[str, str] | str] = []
    for entry in entries:
        if entry.act is not Act.RECORD:
            told.append(entry.act.value)
        told += [
            (one.item, "note" if one.kind is DecisionKind.NOTE else one.value)
            for one in entry.decisions
        ]
    return told


def the_files_hold(stands: dict[str, Decision], project: Path) -> None:
    """The person's word wherever there is one, and a label for everybody else."""
    words = {item: one.value for item, one in stands.items() if one.value in ("cell", "not cell")}
    with project.with_name("mouse.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["item"]: row for row in csv.DictReader(file)}
    assert len(rows) == CANDIDATES
    for item, row in rows.items():
        assert row["decided_by"] == ("anna" if item in words else "machine")
        assert row["verdict"] == words.get(item, row["verdict"])
        assert row["verdict"] in ("cell", "not cell")
    iscell = np.load(project.with_name("iscell_anna.npy"))
    verdicts = [rows[f"mouse/{number}"]["verdict"] for number in range(CANDIDATES)]
    assert iscell[:, 0].tolist() == [verdict == "cell" for verdict in verdicts]
