"""Until somebody has judged a candidate, nothing on the page tells the machine's opinion of it."""

import json
import re
from dataclasses import dataclass, field

import numpy as np
import pytest
from app_server import Server
from person import ACCEPT, Person
from playwright.sync_api import Response, expect

UNDECIDED = -1
ANSWERS = 10


@dataclass
class Labels:
    """What one answer of the server said of all candidates."""

    decided: np.ndarray
    predicted: np.ndarray
    probability: np.ndarray

    def told_of_undecided(self) -> int:
        """How many undecided candidates it gives something away of."""
        told = (self.predicted != UNDECIDED) | ~np.isnan(self.probability)
        return int((told & (self.decided == UNDECIDED)).sum())


def labels_of(body: bytes) -> Labels:
    """Take a packet apart, by its description."""
    length = int.from_bytes(body[4:8], "little")
    header, data = json.loads(body[8 : 8 + length]), body[8 + length :]
    arrays = {
        entry["name"]: np.frombuffer(
            data, f"<{entry['dtype']}", int(np.prod(entry["shape"])), entry["offset"]
        )
        for entry in header["arrays"]
    }
    return Labels(arrays["decided"], arrays["predicted"], arrays["probability"])


@dataclass
class Wire:
    """All answers that the page got."""

    answers: list[Response] = field(default_factory=list)

    def hear(self, answer: Response) -> None:
        self.answers.append(answer)

    def labels(self) -> list[Labels]:
        return [labels_of(one.body()) for one in self.answers if "/api/labels" in one.url]

    def asked(self, *words: str) -> list[str]:
        """What was asked for that has one of the words in its address."""
        return [one.url for one in self.answers if any(word in one.url for word in words)]


@pytest.fixture
def wire(anna: Person) -> Wire:
    wire = Wire()
    anna.page.on("response", wire.hear)
    return wire


def machine_learns(anna: Person) -> None:
    """Judge so much that the machine has an opinion of everything."""
    said = anna.judge_by_the_truth(ANSWERS)
    anna.saved().go_to(said[0][0].removeprefix("mouse/"))
    expect(anna.page.get_by_text("machine:")).to_contain_text("0.")
    anna.press("Space").wait()


def test_before_the_first_judgement_the_prediction_is_nowhere_on_the_page(
    anna: Person, wire: Wire
) -> None:
    machine_learns(anna)
    name = anna.name()
    anna.is_told("machine: hidden")
    anna.press("b")
    cells = anna.page.locator("tr[aria-current=true] td")
    assert cells.all_inner_texts() == [name, "undecided", "", ""]
    for _ in range(3):  # the map by prediction, by probability, and by decision again
        anna.press("k")
        legend(anna)
    anna.press("e").is_told("your answer will not count as blind")
    for tab in ("q", "r", "z"):
        anna.press(tab)
        text = anna.page.locator("body").inner_text()
        assert "machine: hidden" in text
        expect(anna.page.get_by_role("slider", name="Threshold")).to_have_count(0)
    anna.rest()
    told = [labels.told_of_undecided() for labels in wire.labels()]
    assert set(told) == {0}
    assert not wire.asked("explain", "reveal")

    anna.press(ACCEPT)
    anna.go_to(name)
    expect(anna.page.get_by_text("machine:")).to_contain_text("0.")


def legend(anna: Person) -> None:
    """Where the map's colours would give predictions away, it says that they do not."""
    shown = anna.page.locator(".legend").inner_text()
    by = anna.choice("Colour outlines by").input_value()
    said = {
        "decision": "undecided",
        "prediction": "predictions hidden until judged",
        "probability": "judged ones only",
    }
    assert said[by] in shown


def test_asked_to_preview_the_page_shows_predictions_and_says_so_until_told_to_stop(
    anna: Person, wire: Wire, server: Server
) -> None:
    machine_learns(anna)
    anna.press("v").is_told("not blind")
    expect(anna.page.get_by_text("machine:")).to_contain_text("0.")
    assert wire.labels()[-1].told_of_undecided() == 58 - ANSWERS
    anna.press("v").is_told("machine: hidden")
    expect(anna.page.get_by_text("not blind")).to_have_count(0)
    anna.rest()
    assert wire.labels()[-1].told_of_undecided() == 0


def test_reasons_are_shown_when_asked_for_twice(anna: Person, wire: Wire) -> None:
    machine_learns(anna)
    anna.press("e").is_told("Ask again to see them")
    anna.press("e")
    expect(anna.page.locator(".reasons")).to_contain_text(re.compile("for (not )?cell"))
    assert wire.asked("explain")
