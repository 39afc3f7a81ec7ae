"""How fast the app is, in a real browser that draws in software, on drawn projects of given sizes.

    python benchmarks/app_latency.py --json
    python benchmarks/app_latency.py --candidates 10000 --presses 200 --browser /usr/bin/chromium

`sightline open` runs in a process of its own, headless Chromium opens its link at 1920 x 1080, and
keys, pointer and wheel are sent to it as a person's are. Nothing in the page is changed; a probe in
it, `app_latency.js`, looks at what it shows.

A **key press** lasts from the moment at which the browser had the key to the end of the painting of
the frame from which on map (image, all outlines with the new answer, marks), snapshots and trace
all show the next candidate. `presented` is the browser's own figure for the same presses (Event
Timing, in steps of 8 ms): until the next frame was on the screen. Each press answers by the truth:

- `answers`: 150 to 450 ms apart, at random; the classifier is fitted anew after each answer, and
  its predictions and better questions are fetched meanwhile;
- `back_to_back`: each as soon as the candidate before is painted, so that fits are always under
  way; `back_to_back_unfitted` the same without any fit, and `slowed_by_fits` the ratio of the two
  medians;
- `listed`: the next in the table's order by the arrow key, 150 to 450 ms apart;
- `jumps`: to candidates drawn at random, of which nothing was fetched ahead.

Beside each series stands the CPU time of the page's main thread a press, with all that is fetched
and drawn anew behind it.

A **frame** of panning or zooming costs CPU time of the page's process, all threads; of its main
thread; and of the whole browser, with what puts the picture on the screen. Panned are 8 pixels a
frame, 60 frames to the right and 60 down, at the whole field, 4 and 16 times as large; zoomed is in
from the whole field to 16 times and out again. Nothing was drawn at that scale before.

**Start** is from starting the command to the first candidate painted, the project's files in the
system's cache and the browser running; the median of five. **Fits** are from an answer's
acknowledgement to the word that its fit is there.

The plain page that these are held against has nothing but a key's name written into it, for the
presses; and for the frames one `Path2D` of as many outlines, stroked over an image, which is how
one begins. Goals are printed beside.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from app_page import FLAGS, Costs, Server, first_shown, opened, served
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright
from simulated_project import CLASSES, make_project

SIZES = (1_000, 10_000, 100_000)
SCREEN = (1920, 1080)
STARTS = 5
FITS = 10
JUMPS = 50
ANSWERS = 100
PACE_MS = (150, 450)
FRAMES = 60
STEP_PX = 8
ZOOMS = (1, 4, 16)
WHEEL_RATE = 0.0016  # zoomed by exp(-rate * what the wheel turns)
MOST_PLAIN = 10_000

GOALS: Mapping[str, tuple[str, float]] = {
    "answers_median_ms": ("median of key presses, ms", 50),
    "answers_p95_ms": ("95th percentile of key presses, ms", 100),
    "listed_median_ms": ("median of steps through the list, ms", 50),
    "listed_p95_ms": ("95th percentile of steps through the list, ms", 100),
    "worst_frame_cpu_ms": ("CPU-ms a frame, the worst of panning and zooming", 30),
    "start_s": ("start to first candidate, s (10,000 candidates)", 3),
}

_PLAIN = Path(__file__).with_name("app_latency_plain.html")


@dataclass(frozen=True)
class Bench:
    """What one size is measured with."""

    browser: Browser
    server: Server
    cell: NDArray[np.bool_]
    rng: np.random.Generator


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    sizes = ",".join(map(str, SIZES))
    parser.add_argument("--candidates", default=sizes, help="numbers with commas between them")
    parser.add_argument("--presses", type=int, default=200)
    parser.add_argument("--browser", help="Chromium's program; else the one that is found")
    parser.add_argument("--folder", type=Path, help="keeps the projects for the next time")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    folder = said.folder or Path(tempfile.mkdtemp(prefix="sightline-latency-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with sync_playwright() as playwright:
            program = said.browser or shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
            for size in map(int, said.candidates.split(",")):
                found = measure(browser, folder, size, said.presses)
                print(json.dumps(found) if said.json else told(found), flush=True)
            browser.close()
    finally:
        if said.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def measure(browser: Browser, folder: Path, candidates: int, presses: int) -> dict[str, Any]:
    """Measure all at one size."""
    path, cell = make_project(folder, candidates)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    found = {"candidates": candidates, "load_before": load, **starts(browser, path)}
    with served(path) as server:
        bench = Bench(browser, server, cell, np.random.default_rng(candidates))
        found |= fits(bench)
        found |= key_presses(bench, presses)
        found |= frames(bench)
    found |= plain(browser, candidates)
    found["times_plain_press"] = found["answers_median_ms"] / found["plain_press_median_ms"]
    met = {
        name: found[name] < goal
        for name, (_, goal) in GOALS.items()
        if name != "start_s" or candidates == 10_000
    }
    return {**found, "goals_met": met}


def starts(browser: Browser, path: Path) -> dict[str, Any]:
    """From the command to the first candidate, each time by somebody who never judged."""
    seconds, until_link = [], []
    for _ in range(STARTS):
        annotator = _new()
        with served(path, annotator) as server:
            until_link.append(server.ready - server.started)
            with opened(browser, server.link, annotator, SCREEN) as page:
                seconds.append(first_shown(page) - server.started)
    return {
        "start_s": statistics.median(seconds),
        "start_worst_s": max(seconds),
        "start_until_link_s": statistics.median(until_link),
    }


def fits(bench: Bench) -> dict[str, Any]:
    """How long the server takes to acknowledge an answer, and to fit to it."""
    annotator = _new()
    taught = _teach(bench, annotator)
    others = np.setdiff1d(np.arange(len(bench.cell)), taught)
    acknowledged, fitted = [], []
    with bench.server.hear(annotator) as heard:
        for row in bench.rng.choice(others, FITS, replace=False).tolist():
            took = bench.server.answer_and_hear(annotator, row, _verdict(bench, row), heard)
            acknowledged.append(took[0])
            fitted.append(took[1])
    return {
        "acknowledge_ms": 1000 * statistics.median(acknowledged),
        "fit_ms": 1000 * statistics.median(fitted),
    }


def key_presses(bench: Bench, presses: int) -> dict[str, Any]:
    """All series of presses, each by somebody who has answered a hundred."""
    listed = ["ArrowRight"] * presses
    found = {
        **_series("answers", _pressed(bench, presses)),
        **_series("listed", _pressed(bench, presses, listed)),
        **_series("back_to_back", _pressed(bench, presses, paced=False)),
        **_series("back_to_back_unfitted", _pressed(bench, presses, paced=False, fitted=False)),
        **_series("jumps", _jumped(bench)),
    }
    ratio = found["back_to_back_median_ms"] / found["back_to_back_unfitted_median_ms"]
    return {**found, "slowed_by_fits": ratio}


def _pressed(
    bench: Bench,
    presses: int,
    keys: Sequence[str] | None = None,
    *,
    paced: bool = True,
    fitted: bool = True,
) -> Mapping[str, list[float | None]]:
    """Press keys, those of the true answer if none are given."""
    annotator = _new()
    _teach(bench, annotator, 1 if fitted else 10**6)
    with opened(bench.browser, bench.server.link, annotator, SCREEN) as page:
        first_shown(page)
        page.wait_for_timeout(1000)
        page.evaluate("latencyProbe.arm()")
        costs = Costs(bench.browser, page)
        before = costs()
        for number in range(presses):
            row = page.evaluate("latencyProbe.lastRow()")
            true = "ArrowUp" if bench.cell[row] else "ArrowDown"
            page.keyboard.press(keys[number] if keys else true)
            if paced:
                page.wait_for_timeout(float(bench.rng.uniform(*PACE_MS)))
            else:
                page.evaluate("latencyProbe.settled(10)")
        page.evaluate("latencyProbe.settled(10)")
        page.wait_for_timeout(200)
        spent = 1000 * (costs()["main_thread"] - before["main_thread"]) / presses
        return {**page.evaluate("latencyProbe.times()"), "main_cpu": [spent]}


def _jumped(bench: Bench) -> Mapping[str, list[float | None]]:
    annotator = _new()
    _teach(bench, annotator)
    with opened(bench.browser, bench.server.link, annotator, SCREEN) as page:
        first_shown(page)
        page.wait_for_timeout(1000)
        times: dict[str, list[float | None]] = {"shown": [], "presented": []}
        for row in bench.rng.choice(len(bench.cell), JUMPS, replace=False).tolist():
            page.fill("#go-to", str(row))
            page.evaluate("latencyProbe.arm()")
            page.keyboard.press("Enter")
            page.evaluate("latencyProbe.settled(10)")
            page.wait_for_timeout(float(bench.rng.uniform(*PACE_MS)))
            for name, values in page.evaluate("latencyProbe.times()").items():
                times[name] += values
        return times


def _series(name: str, times: Mapping[str, list[float | None]]) -> dict[str, Any]:
    shown = sorted(time for time in times["shown"] if time is not None)
    presented = [time for time in times["presented"] if time is not None]
    return {
        f"{name}_median_ms": statistics.median(shown),
        f"{name}_p95_ms": shown[int(0.95 * (len(shown) - 1))],
        f"{name}_max_ms": shown[-1],
        f"{name}_presented_median_ms": statistics.median(presented) if presented else None,
        **{f"{name}_main_cpu_ms_a_press": spent for spent in times.get("main_cpu", [])},
        f"{name}_presses": len(shown),
        f"{name}_lost": len(times["shown"]) - len(shown),
    }


def frames(bench: Bench) -> dict[str, Any]:
    """CPU time of panning at three scales, and of zooming through all."""
    found: dict[str, Any] = {}
    for zoom in ZOOMS:
        with opened(bench.browser, bench.server.link, _new(), SCREEN) as page:
            first_shown(page)
            page.wait_for_timeout(2000)
            found |= _costs(bench.browser, page, f"pan_{zoom}x", lambda: None, zoom)
    with opened(bench.browser, bench.server.link, _new(), SCREEN) as page:
        first_shown(page)
        page.wait_for_timeout(2000)
        found |= _costs(bench.browser, page, "zoom", None, 1)
    worst = max(found[name] for name in found if name.endswith("_cpu_ms"))
    return {**found, "worst_frame_cpu_ms": worst}


def _costs(
    browser: Browser, page: Page, name: str, pans: Callable[[], None] | None, zoom: int
) -> dict[str, float]:
    place = page.locator("canvas.overlay").bounding_box()
    if place is None:
        raise SystemExit("there is no map")
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    if zoom > 1:
        page.mouse.wheel(0, -np.log(zoom) / WHEEL_RATE)
    page.wait_for_timeout(300)
    costs = Costs(browser, page)
    page.evaluate("latencyProbe.countFrames()")
    before = costs()
    if pans is None:
        _zoom(page)
    else:
        _pan(page, x, y)
    page.evaluate("latencyProbe.nextFrame()")
    after = costs()
    drawn = page.evaluate("latencyProbe.frames")
    return {
        f"{name}_{part}_ms": 1000 * (after[who] - before[who]) / drawn
        for part, who in (("cpu", "renderer"), ("main", "main_thread"), ("browser", "browser"))
    } | {f"{name}_frames": drawn}


def _pan(page: Page, x: float, y: float) -> None:
    page.mouse.down()
    for number in range(1, 2 * FRAMES + 1):
        right, down = min(number, FRAMES), max(number - FRAMES, 0)
        page.mouse.move(x + STEP_PX * (right - FRAMES / 2), y + STEP_PX * (down - FRAMES / 2))
    page.mouse.up()


def _zoom(page: Page) -> None:
    turn = np.log(max(ZOOMS)) / WHEEL_RATE / FRAMES
    for way in (-1, 1):
        for _ in range(FRAMES):
            page.mouse.wheel(0, way * turn)
            page.evaluate("latencyProbe.nextFrame()")


def plain(browser: Browser, candidates: int) -> dict[str, Any]:
    """A page that does next to nothing when a key is pressed, and one path for all outlines."""
    with opened(browser, _PLAIN.as_uri(), "", SCREEN) as page:
        page.evaluate("latencyProbe.arm()")
        for _ in range(JUMPS):
            page.keyboard.press("ArrowUp")
            page.wait_for_timeout(100)
        found = _series("plain_press", page.evaluate("latencyProbe.times()"))
        if candidates <= MOST_PLAIN:
            costs = Costs(browser, page)
            page.evaluate("count => draw(count)", candidates)
            before = costs()
            page.evaluate("pan(5)")
            page.wait_for_timeout(100)
            spent = costs()["renderer"] - before["renderer"]
            found["plain_pan_1x_cpu_ms"] = 1000 * spent / 5
    return found


def _new() -> str:
    """Somebody who never judged."""
    return f"person-{os.urandom(4).hex()}"


def _teach(bench: Bench, annotator: str, refit_every: int = 1) -> NDArray[np.intp]:
    """Answer for some candidates, so that the classifier and its questions are at work."""
    bench.server.ask("session", annotator=annotator, refit_every=refit_every)
    rows = bench.rng.choice(len(bench.cell), ANSWERS, replace=False)
    for number, name in enumerate(CLASSES):
        said = rows[bench.cell[rows] == number].tolist()
        bench.server.decide(annotator, said, name)
    bench.server.wait_until_fitted(annotator)
    return rows


def _verdict(bench: Bench, row: int) -> str:
    return CLASSES[int(bench.cell[row])]


def told(found: Mapping[str, Any]) -> str:
    """All figures in lines, the goals last."""
    lines = []
    for name, value in found.items():
        if name != "goals_met":
            shown = f"{value:.4g}" if isinstance(value, float) else value
            lines.append(f"{name:36} {shown}")
    for name, met in found["goals_met"].items():
        what, goal = GOALS[name]
        lines.append(f"{'met ' if met else 'MISSED'}  {what}: {found[name]:.3g}, goal < {goal:g}")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
