"""Somebody at the page with a keyboard."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect
from recording_files import is_cell

from sightline.data.decision import DecisionKind
from sightline.project.fold import standing
from sightline.project.project import Project

ACCEPT, REJECT, UNSURE, SKIP = "ArrowUp", "ArrowDown", "u", "s"
UNDO, REDO = "Control+z", "Control+Shift+Z"
WORDS = {ACCEPT: "cell", REJECT: "not cell", UNSURE: "unsure", SKIP: "skip"}

SERVER_AWAY = "ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_FAILED|WebSocket connection to"
"""What the browser itself says in the console while no server answers."""

VIEWS: Final = {
    "queue": ("q",),
    "table": ("b",),
    "progress": ("r",),
    "preview": ("r", "v"),
    "review": ("Shift+R",),
    "audit": ("Shift+A",),
    "merges": ("z", ">"),
    "reasons": ("q", "e", "e"),
    "map display": ("Shift+M",),
    "keys": ("?",),
    "settings": ("Control+,",),
    "export": ("Control+e",),
    "annotator": ("a",),
    "recordings": ("Shift+I",),
}
"""What is pressed for each view, from a page at rest."""

REST = """async () => {
  const look = () => document.body.outerHTML;
  const pause = () => new Promise((resolve) => setTimeout(resolve, 60));
  for (let before = ''; before !== look(); await pause()) before = look();
}"""


@dataclass
class Person:
    """Presses keys on a page and reads what it shows; ``problems`` are those of its console."""

    page: Page
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    _waiting: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("request", self._ask)
        for ended in ("requestfinished", "requestfailed"):
            self.page.on(ended, self._end)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _ask(self, request: Request) -> None:
        self._waiting.add(request)

    def _end(self, request: Request) -> None:
        self._waiting.discard(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.text} {message.location.get('url', '')}")

    def unexpected(self) -> list[str]:
        """Problems in the console that no test said would come."""
        return [
            problem
            for problem in self.problems
            if not any(re.search(pattern, problem) for pattern in self.expected)
        ]

    def open(self, link: str, annotator: str = "anna") -> Self:
        """Open the page, and wait for the first candidate."""
        self.page.goto(f"{link}&annotator={annotator}")
        return self.wait()

    def wait(self) -> Self:
        """Wait until the candidate can be judged."""
        answer = self.page.get_by_role("button", name=re.compile("^Class 2: "))
        expect(answer).to_be_enabled()
        return self

    def press(self, *keys: str) -> Self:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> Self:
        self.page.keyboard.type(text)
        return self

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading", name="Candidate")

    def name(self) -> str:
        """The extractor's name of the candidate on the page."""
        return self.heading.inner_text().removeprefix("Candidate ")

    def press_and_move(self, key: str) -> str:
        """Press what brings another candidate; give the one that was there."""
        before = self.name()
        self.press(key)
        expect(self.heading).not_to_have_text(f"Candidate {before}")
        self.wait()
        return before

    def judge(self, key: str) -> tuple[str, str]:
        """Answer and go on; give what was said of what."""
        return f"mouse/{self.press_and_move(key)}", WORDS[key]

    def judge_by_the_truth(self, answers: int) -> list[tuple[str, str]]:
        return [self.judge(ACCEPT if is_cell(self.name()) else REJECT) for _ in range(answers)]

    def go_to(self, name: str) -> Self:
        self.press("g").type(name).press("Enter")
        return self.sees(name)

    def sees(self, name: str) -> Self:
        """Wait for a candidate."""
        expect(self.heading).to_have_text(f"Candidate {name}")
        return self.wait()

    def is_told(self, *texts: str) -> Self:
        """Wait until the page says all that."""
        for text in texts:
            self.page.get_by_text(text).first.wait_for()
        return self

    def rest(self) -> Self:
        """Wait until every request is answered and the page has stopped changing."""
        still = 0  # twice: an answer that came just now may be yet to be drawn
        for _ in range(100):
            self.page.evaluate(REST)
            still = 0 if self._waiting else still + 1
            if still == 2:
                return self
        raise AssertionError(f"without an answer: {[one.url for one in self._waiting]}")

    def saved(self) -> Self:
        """Wait until every answer is acknowledged."""
        expect(self.page.get_by_text("saved", exact=True)).to_be_visible()
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def choice(self, name: str) -> Locator:
        return self.page.get_by_role("combobox", name=name, exact=True)

    def tab_to(self, wanted: Locator, most: int = 200) -> Self:
        """Press Tab until a control has the focus."""
        for _ in range(most):
            if wanted.evaluate("element => element === document.activeElement"):
                return self
            self.press("Tab")
        raise AssertionError(f"{wanted} is not reached by Tab")


def verdicts(project: Path, annotator: str = "anna") -> dict[str, str]:
    """What the journal on disk says that somebody says."""
    with Project.open(project).journal() as journal:
        stands = standing(journal.state(), annotator, DecisionKind.VERDICT)
    return {item: decision.value for item, decision in stands.items()}
