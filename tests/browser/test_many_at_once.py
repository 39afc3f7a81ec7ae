"""What is about more than one candidate: a lasso's worth of answers, pairs that may be one cell."""

from pathlib import Path

from person import REJECT, UNDO, Person, verdicts
from playwright.sync_api import expect


def draw_a_lasso(anna: Person) -> int:
    """Draw it round the middle of the map; give how many candidates it selected."""
    box = anna.page.locator("canvas.overlay").bounding_box()
    assert box
    corners = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    anna.press("l")
    mouse = anna.page.mouse
    mouse.move(*places[0])
    mouse.down()
    for place in places[1:]:
        mouse.move(*place, steps=3)
    mouse.up()
    return int(anna.page.locator(".selected-note strong").inner_text().split()[0])


def test_what_a_lasso_selects_is_judged_at_once_and_undone_at_once(
    anna: Person, project: Path
) -> None:
    here = anna.name()
    number = draw_a_lasso(anna)
    assert 2 < number < 58
    anna.press(REJECT).is_told(f"{number} of 58 decided").saved()
    assert list(verdicts(project).values()) == ["not cell"] * number
    assert anna.name() == here or f"mouse/{here}" in verdicts(project)
    anna.press(UNDO).is_told(f"Undone: {number} candidates", "0 of 58 decided").saved()
    assert verdicts(project) == {}


def test_an_undone_merge_brings_its_pair_back(anna: Person) -> None:
    question = anna.page.get_by_label("Are these one cell?").locator(".name")
    anna.press("z").is_told("likeliest first").press(">")
    expect(question).to_have_count(2)
    pair = question.all_inner_texts()
    anna.sees(pair[0]).press("y")
    expect(question.first).not_to_have_text(pair[0])
    anna.saved().press(UNDO).is_told(f"Undone: what you said of {pair[0]} and {pair[1]}")
    expect(question).to_have_text(pair)
    anna.sees(pair[0])
