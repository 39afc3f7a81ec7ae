"""Tracking in the browser: from the first question to the export, by keys and by click."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pytest
from app_server import Server
from person import Person
from playwright.sync_api import Locator, expect
from review.tracked_project import MADE, NAMES, TRUTH, copied, make_tracked_project
from test_keys_and_controls import UNLABELLED, keys_of_the_table
from test_looks import SCHEMES, in_scheme, looks_right

from sightline.data.decision import Decision, DecisionKind
from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.project.fold import standing
from sightline.project.project import Project

ON_PAGE = """([pane, x, y]) => {
  const canvas = document.querySelector(`.map-canvases.${pane} canvas.overlay`);
  const box = canvas.getBoundingClientRect();
  const [viewX, viewY, scale] = canvas.dataset.view.split(' ').map(Number);
  const ratio = canvas.width / box.width;
  return [
    box.x + ((x - viewX) * scale + canvas.width / 2) / ratio,
    box.y + ((y - viewY) * scale + canvas.height / 2) / ratio,
  ];
}"""
"""Where a point of a picture, in pixels from its corner, is in the window."""

PLANE_PX = MADE.voxel_size_um[0] / MADE.voxel_size_um[2]
VIEWS = {"queue": "q", "points": "b", "progress": "w", "looks": "Shift+M", "keys": "?",
         "export": "Control+e", "annotator": "a"}  # fmt: skip


@dataclass
class Tracker(Person):
    """Somebody in front of a tracking."""

    def open(self, link: str, annotator: str = "ben") -> Self:
        self.page.goto(f"{link}&annotator={annotator}")
        return self.asked()

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading", name="Where is ")

    @property
    def frame(self) -> Locator:
        return self.page.get_by_role("heading", name="Frame ", exact=False).first

    def asked(self) -> Self:
        """Wait until a question's frame is shown."""
        expect(self.page.get_by_text("Asked: ")).to_be_visible()
        return self.drawn()

    def drawn(self) -> Self:
        """Wait until the frame that is wished for is drawn."""
        wished = self.page.get_by_role("slider", name="Frame").input_value()
        canvas = self.page.locator(".map-canvases.above canvas").first
        expect(canvas).to_have_attribute("data-frame", wished)
        expect(self.frame).to_have_text(f"Frame {wished}")
        return self

    def question(self) -> tuple[int, int]:
        """Frame and keypoint that are asked for."""
        name = self.heading.inner_text().removeprefix("Where is ").removesuffix("?")
        return int(self.frame.inner_text().removeprefix("Frame ")), NAMES.index(name)

    def click(self, pane: str, x: float, y: float) -> Self:
        """Click at a point of a picture, in pixels from its corner."""
        self.page.mouse.click(*self.page.evaluate(ON_PAGE, [pane, x, y]))
        return self


@pytest.fixture(scope="session")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tracked_project(tmp_path_factory.mktemp("tracked"))


@pytest.fixture
def worm(tracked: Path, folder: Path) -> Path:
    return copied(tracked, folder)


@pytest.fixture
def ben(newcomer: Callable[..., Tracker], serve: Callable[[Path], Server], worm: Path) -> Tracker:
    return newcomer(Tracker).open(serve(worm).start())


def said(project: Path, annotator: str = "ben") -> dict[str, Decision]:
    with Project.open(project).journal() as journal:
        return standing(journal.state(), annotator, DecisionKind.KEYPOINT)


def item(frame: int, keypoint: int) -> str:
    return f"worm/{frame}/{NAMES[keypoint]}"


def test_a_session_from_the_first_question_to_the_export(ben: Tracker, worm: Path) -> None:
    first = ben.question()
    ben.press("Enter")  # the machine is right, and the next question comes
    second = ben.asked().question()
    assert second != first

    frame, keypoint = second
    z, y, x = TRUTH[frame, keypoint]
    ben.click("above", x + 0.5, y + 0.5).is_told("said by a person").saved().rest()
    ben.click("from-side", x + 0.5, (z + 0.5) * PLANE_PX).saved().rest()
    stands = said(worm)
    assert item(*first) in stands
    place = stands[item(*second)].position
    assert place is not None
    np.testing.assert_allclose((place[0], place[2]), (z, x), atol=0.2)

    ben.press("Control+z").is_told("Undone: what you said in frame").saved()
    ben.press("Control+Shift+Z").is_told("Done again").saved()
    assert said(worm).keys() == {item(*first), item(*second)}

    ben.press("h").saved().asked()
    ben.press("u").saved()
    values = [decision.value for decision in said(worm).values()]
    assert values == ["seen", "hidden", "unsure"]  # the second was said anew

    ben.press("Escape", "Home").drawn().press("Shift+Enter").is_told("is a reference now").saved()
    expect(ben.page.get_by_title("All its points are said by people")).to_be_visible()
    ben.press("t").is_told("Every frame is up to date")

    ben.press("Control+e").rest().press("Tab").type("mine.csv").press("Enter").is_told("Written: ")
    written = open_keypoints(worm.parent / "mine.csv")
    assert len(written) == MADE.frames * MADE.points
    ben.press("Escape")
    ben.page.reload()
    ben.asked()
    ben.press("w").is_told("references")
    expect(ben.page.locator(".figures").nth(1)).to_contain_text("references2")


def test_a_point_is_placed_by_keys_alone(ben: Tracker, worm: Path) -> None:
    frame, keypoint = ben.question()
    before = ben.page.locator(".map-canvases.above canvas.overlay").get_attribute("data-point")
    ben.press("l", "l", "k", "Shift+K").is_told("moved by keys").press("Enter").saved()
    place = said(worm)[item(frame, keypoint)].position
    assert place is not None
    assert before is not None
    x, y = (float(one) for one in before.split())
    np.testing.assert_allclose(place[1:], (y - 0.5 + 1, x - 0.5 + 2), atol=0.01)


def test_frames_are_stepped_through_and_a_point_is_chosen_by_click(ben: Tracker) -> None:
    ben.press("Escape", "Home").drawn()
    expect(ben.page.get_by_role("heading", name="No point is chosen")).to_be_visible()
    ben.press("ArrowRight", "ArrowRight").drawn()
    assert ben.frame.inner_text() == "Frame 2"
    _, y, x = TRUTH[2, 7]
    ben.click("above", x + 0.5, y + 0.5)
    expect(ben.heading).to_have_text(f"Where is {NAMES[7]}?")
    ben.press("End").drawn().press("r").drawn()
    assert ben.frame.inner_text() == "Frame 2"


def test_answers_survive_a_server_that_is_killed(
    newcomer: Callable[..., Tracker], serve: Callable[[Path], Server], worm: Path
) -> None:
    server = serve(worm)
    ben = newcomer(Tracker).open(server.start())
    asked = ben.question()
    ben.expected.append("ERR_|WebSocket connection to")
    server.kill()
    ben.press("Enter").is_told("Connection lost")
    server.start()
    ben.is_told("Connected again").saved()
    assert item(*asked) in said(worm)


def test_every_view_is_whole_and_every_control_says_what_it_does(ben: Tracker) -> None:
    faults = []
    for view, key in VIEWS.items():
        ben.press(key).rest()
        for scheme in SCHEMES:
            in_scheme(ben, scheme)
            faults += looks_right(ben, f"tracking {scheme} {view}")
        faults += [f"{view}: {control}" for control in ben.page.evaluate(UNLABELLED)[1]]
        ben.press("Escape")
    table = keys_of_the_table(ben)
    keys = [key for _, key in table]
    assert len(keys) > 40
    assert len({*keys}) == len(keys)
    assert not faults, "\n".join(faults)
