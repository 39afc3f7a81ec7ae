"""Several recordings as one batch, and more classes than two, each on its key."""

from collections.abc import Callable
from pathlib import Path

from app_server import Server
from person import UNDO, Person, verdicts
from playwright.sync_api import expect

CLASSES = {"1": "not a cell", "2": "soma", "3": "dendrite"}


def test_questions_come_from_all_recordings_and_each_class_has_its_key(
    newcomer: Callable[..., Person], serve: Callable[[Path | None], Server], batch: Path
) -> None:
    anna = newcomer().open(serve(batch).start())
    said = {anna.press_and_move(key): CLASSES[key] for key in "123321123321"}
    anna.is_told("12 of 48 decided").saved()
    assert verdicts(batch) == said
    assert {name.partition("/")[0] for name in said} == {"left", "right"}

    anna.go_to("left/3").press("Shift+G").sees("right/0")
    expect(anna.choice("Recording")).to_have_value("1")
    anna.press("Shift+G").sees("left/0")
    anna.press("/")
    expect(anna.page.get_by_role("searchbox", name="Name holds")).to_be_focused()
    anna.type("right/").is_told("24 listed").press("Escape", "Shift+B")
    anna.is_told("24 selected").press("3").saved()
    both = {**said, **{f"right/{row}": "dendrite" for row in range(24)}}
    assert verdicts(batch) == both
    anna.press(UNDO).is_told("Undone: 24 candidates", "12 of 48 decided").saved()
    assert verdicts(batch) == said
    anna.press("Shift+D").is_told("48 listed")
