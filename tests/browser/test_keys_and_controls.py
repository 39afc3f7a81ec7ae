"""Every entry of the table of keys works, keys can be changed, every control says what it does."""

import re
from collections.abc import Callable
from pathlib import Path

from app_server import Server
from person import VIEWS, Person
from playwright.sync_api import expect

CLEAR = "0"
"""A candidate with all five events, and neighbours."""

NAMES_OF_KEYS = {
    "↑": "ArrowUp", "↓": "ArrowDown", "←": "ArrowLeft", "→": "ArrowRight",
    "Ctrl": "Control", "Esc": "Escape",
}  # fmt: skip

BEFORE: dict[str, tuple[str, ...]] = {
    "Redo": ("ArrowUp", "Control+z"),
    "Undo": ("ArrowUp",),
    "Clear the selection": ("x",),
    "Back to the candidate before": ("Space",),
    "Whole trace": ("Alt+1",),
    "Zoom out of the trace": ("Alt+1",),
    "Earlier in the trace": ("Alt+1", "End"),
    "Later in the trace": ("Alt+1",),
    "Neighbours' traces as high": ("n",),
    "Zoom out": ("+",),
    "Show the whole field": ("+",),
    "Centre on this candidate": ("+", "+", "Shift+ArrowLeft"),
    "Pan": ("+", "+", "+"),
    "Follow the current": ("Shift+M",),
    "Queue": ("r",),
    "List all candidates": ("/", "1", "Escape"),
    "Automatic contrast of the map": ("Shift+M", "ArrowRight", "ArrowRight", "Escape"),
    "Automatic contrast of the snap": ("Shift+S", "ArrowRight", "ArrowRight", "Escape"),
    "Next disagreement": ("Shift+R",),
    "Disagreement before": ("Shift+R",),
    "Look for disagreements": ("Shift+R",),
    "List disagreements": ("Shift+R",),
    "Begin an audit": ("Shift+A",),
    "The audit's next": ("Shift+A", "Shift+W", "ArrowRight"),
    "Stop the audit": ("Shift+A", "Shift+W"),
    "Take back what was accepted": ("Control+Enter",),
    "Same cell": ("z", ">"),
    "Different cells": ("z", ">"),
    "Unsure of this pair": ("z", ">"),
    "Skip this pair": ("z", ">"),
    "Look at the other": ("z", ">"),
    "Next pair": ("z",),
    "Pair before": ("z",),
}
"""What is pressed first, so that the key has something to do; by the beginning of its title."""

AFTER: dict[str, tuple[str, ...]] = {
    "Play or stop": ("p",),
    "Neighbours' traces": ("n",),
    "Hide accepted": ("h",),
    "Hide rejected": ("j",),
    "Begin an audit": ("Shift+Q",),
    "The audit's next": ("Shift+Q",),
    "Practise": ("Shift+T",),
}
"""What is pressed afterwards, so that the page is as before."""

LOOK = """() => {
  const small = new OffscreenCanvas(240, 180).getContext('2d', {willReadFrequently: true});
  const picture = (canvas) => {
    small.clearRect(0, 0, 240, 180);
    if (canvas.width && canvas.height) small.drawImage(canvas, 0, 0, 240, 180);
    const pixels = new Uint32Array(small.getImageData(0, 0, 240, 180).data.buffer);
    return pixels.reduce((sum, pixel) => (Math.imul(sum, 31) + pixel) | 0, 0);
  };
  const inputs = [...document.querySelectorAll('input, select')];
  return JSON.stringify([
    document.body.outerHTML,
    [...document.querySelectorAll('canvas')].map(picture),
    inputs.map((one) => one.checked + one.value),
    document.activeElement.id,
  ]);
}"""
"""Text, controls and pictures of the page."""

REST = f"""async () => {{
  const look = {LOOK};
  const pause = () => new Promise((resolve) => setTimeout(resolve, 40));
  for (let before = ''; before !== (window.look = look()); await pause()) before = window.look;
}}"""

CHANGE = f"""async () => {{
  const look = {LOOK};
  for (let frame = 0; frame < 90; frame++) {{
    if (look() !== window.look) return true;
    await new Promise(requestAnimationFrame);
  }}
  return false;
}}"""


def keys_of_the_table(anna: Person) -> list[tuple[str, str]]:
    """Titles and keys as `?` shows them; a title has as many entries as it has keys."""
    anna.press("?")
    rows = anna.page.locator(".key-row")
    expect(rows.first).to_be_visible()
    told = rows.evaluate_all(
        "rows => rows.flatMap(row => [...row.querySelectorAll('kbd')]"
        ".map(key => [row.querySelector('dt').textContent, key.textContent]))"
    )
    anna.press("Escape")
    return [(title, pressed_as(key)) for title, key in told]


def pressed_as(shown: str) -> str:
    parts = re.split(r"\+(?=.)", shown)
    return "+".join(NAMES_OF_KEYS.get(part, part) for part in parts)


def press_all(anna: Person, title: str, keys: dict[str, tuple[str, ...]]) -> None:
    for key in next((keys for start, keys in keys.items() if title.startswith(start)), ()):
        anna.press(key).rest()


def test_every_entry_of_the_table_works_on_its_key(
    newcomer: Callable[..., Person], server: Server, worked_on: Path
) -> None:
    anna = newcomer(viewport={"width": 1000, "height": 560}).open(server.start())
    table = keys_of_the_table(anna)
    assert len(table) > 60
    idle = []
    for title, key in table:
        anna.press("Escape", "Escape", "q", "0")
        if anna.name() != CLEAR:
            anna.go_to(CLEAR)
        press_all(anna, title, BEFORE)
        anna.page.evaluate(REST)
        anna.press(key)
        if not anna.page.evaluate(CHANGE):
            idle.append(f"{title}: {key}")
        press_all(anna, title, AFTER)
    assert not idle, "\n".join(idle)


def test_a_changed_key_is_there_after_a_reload_until_all_are_reset(anna: Person) -> None:
    anna.press("?").tab_to(anna.page.get_by_title("Change the key of: Unsure", exact=True))
    anna.press("Enter").is_told("press a key").press("j", "Escape")
    anna.page.reload()
    anna.wait()
    table = dict(keys_of_the_table(anna))
    assert table["Unsure"] == "J"
    assert "Hide rejected" not in table
    anna.press_and_move("j")
    anna.is_told("unsure 1").press("?")
    anna.tab_to(anna.button("Reset all keys")).press("Enter", "Escape")
    table = dict(keys_of_the_table(anna))
    assert (table["Unsure"], table["Hide rejected"]) == ("U", "J")


UNLABELLED = """() => {
  const top = document.querySelector('dialog[open]') ?? document.body;
  const controls = [...top.querySelectorAll('button, input, select, textarea, a[href]')];
  const shown = controls.filter((one) => one.checkVisibility());
  const named = (one) => one.ariaLabel || one.labels?.[0]?.textContent || one.textContent.trim();
  const told = (one) => one.closest('[title]') && (named(one) || one.title);
  const wrong = shown.filter((one) => !told(one)).map((one) => one.outerHTML.slice(0, 160));
  return [shown.length, wrong];
}"""


def test_every_control_has_a_name_and_a_tooltip(
    newcomer: Callable[..., Person], server: Server, worked_on: Path
) -> None:
    anna = newcomer().open(server.start())
    missing, controls = [], 0
    for view, keys in VIEWS.items():
        for key in keys:
            anna.press(key).rest()
        number, found = anna.page.evaluate(UNLABELLED)
        controls += number
        missing += [f"{view}: {control}" for control in found]
        anna.press(*(("v",) if "v" in keys else ("Escape", "Escape")))
    assert controls > 200
    assert not missing, "\n".join(missing)
