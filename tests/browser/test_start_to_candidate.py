"""Without a project the app offers a form: from a movie on disk to the first candidate."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from app_server import Server
from person import ACCEPT, Person, verdicts
from playwright.sync_api import expect


@pytest.fixture
def lab(recording: tuple[Path, Path], folder: Path) -> Path:
    """A folder of one's own with the movie and what the extractor left."""
    return Path(shutil.copytree(recording[0].parent, folder / "lab"))


@pytest.fixture
def at_the_form(
    newcomer: Callable[..., Person], serve: Callable[[Path | None], Server], lab: Path
) -> Person:
    """Anna, who has named movie and candidates; they were recognised."""
    anna = newcomer()
    anna.expected.append("503")  # no project is open yet
    anna.page.goto(serve(None).start())
    anna.tab_to(anna.page.get_by_role("textbox", name="Movie")).type(str(lab / "mouse.tif"))
    anna.tab_to(anna.page.get_by_role("textbox", name="Candidates")).type(str(lab / "suite2p"))
    return anna.is_told("300 frames", "58 candidates")


def state_of_the_preparation(anna: Person, word: str) -> None:
    row = anna.page.get_by_role("region", name="Preparations").get_by_role("listitem")
    expect(row).to_contain_text(word, timeout=60_000)


def test_from_the_form_to_the_first_candidate(at_the_form: Person, lab: Path) -> None:
    anna = at_the_form
    anna.press("Escape", "Control+Enter")
    state_of_the_preparation(anna, "ready")
    anna.press("Enter").is_told("Who is judging?").type("anna").press("Enter").wait()
    said = anna.judge(ACCEPT)
    anna.saved()
    (project,) = lab.glob("*.sightline")
    assert verdicts(project) == dict([said])


def test_a_preparation_is_stopped_and_gone_on_with_and_removed(
    at_the_form: Person, lab: Path
) -> None:
    anna = at_the_form
    anna.press("Escape", "Control+Enter")
    state_of_the_preparation(anna, "running")
    anna.press("p")
    state_of_the_preparation(anna, "stopped")
    assert not list(lab.glob("*.sightline/project.json"))
    anna.press("p")
    state_of_the_preparation(anna, "running")
    anna.press("Delete").is_told("None. What you prepare is queued here.")
    assert not list(lab.glob("*.sightline/project.json"))
