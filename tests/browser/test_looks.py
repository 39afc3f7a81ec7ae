"""At both sizes of screen, light and dark: all is in the window, nothing is cut or covered.

Set SIGHTLINE_SCREENSHOTS to a folder to have each view saved there as a picture.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import pytest
from app_server import Server
from person import VIEWS, Person
from playwright.sync_api import expect

PICTURES = os.environ.get("SIGHTLINE_SCREENSHOTS")
SMALL, LARGE = (1280, 720), (3840, 2160)
SCHEMES: Final = ("light", "dark")

FAULTS = """() => {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push('the window is too narrow');
  if (root.scrollHeight > root.clientHeight) found.push('the window is too low');
  const start = (one) => one.textContent.trim().slice(0, 40);
  const name = (one) => `${one.localName}.${one.className} "${start(one)}"`;
  const scrolls = (one) => /auto|scroll/.test(getComputedStyle(one).overflow);
  const frame = (one) => {
    for (let above = one.parentElement; above; above = above.parentElement) {
      if (scrolls(above)) return null;
      if (getComputedStyle(above).overflow !== 'visible') return above.getBoundingClientRect();
    }
    return root.getBoundingClientRect();
  };
  const top = document.querySelector('dialog[open]') ?? document.body;
  for (const one of top.querySelectorAll('*')) {
    if (!one.checkVisibility() || one.closest('.unseen, svg, option, .u-hz')) continue;
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const hasText = (part) => part.nodeType === 3 && part.textContent.trim();
    const worded = [...one.childNodes].some(hasText);
    const control = one.matches('button, input, select, a');
    const shortened = style.textOverflow === 'ellipsis' && one.closest('[title]');
    const wide = one.clientWidth && one.scrollWidth > one.clientWidth + 1;
    if (worded && wide && !shortened && !scrolls(one))
      found.push(`cut: ${name(one)}`);
    const around = (worded || control) && frame(one);
    const out = around && (box.right > around.right + 1 || box.bottom > around.bottom + 1
        || box.left < around.left - 1 || box.top < around.top - 1);
    if (out) found.push(`sticks out: ${name(one)}`);
    if (around && control && !one.disabled) {
      const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      const passing = there?.closest('.notices') && one.closest('.side');
      const over = passing || there?.closest('.popover-panel');
      const seen = one.contains(there) || one.labels?.[0]?.contains(there);
      if (!over && !seen) found.push(`covered: ${name(one)}`);
    }
  }
  return found;
}"""


def looks_right(person: Person, view: str) -> list[str]:
    """What is wrong with how the page looks now; a picture of it is saved where wanted."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        person.page.wait_for_timeout(300)
        person.page.screenshot(path=Path(PICTURES) / f"{view}.png")
    return [f"{view}: {fault}" for fault in person.page.evaluate(FAULTS)]


def in_scheme(person: Person, scheme: Literal["light", "dark"]) -> None:
    """Have the system be light or dark, and wait until the page is."""
    person.page.emulate_media(color_scheme=scheme)
    expect(person.page.locator("html")).to_have_attribute("data-theme", scheme)
    person.rest()
    background = person.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, background.strip("rgb()").split(","))) < 60) == (scheme == "dark")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_all_is_in_the_window_and_no_text_is_cut(
    newcomer: Callable[..., Person],
    server: Server,
    worked_on: Path,
    size: tuple[int, int],
) -> None:
    width, height = size
    anna = newcomer(viewport={"width": width, "height": height}).open(server.start())
    faults = []
    for view, keys in VIEWS.items():
        for key in keys:
            anna.press(key).rest()
        for scheme in SCHEMES:
            in_scheme(anna, scheme)
            faults += looks_right(anna, f"{width} {scheme} {view}")
        anna.press(*(("v",) if "v" in keys else ("Escape", "Escape")))
    assert not faults, "\n".join(faults)
