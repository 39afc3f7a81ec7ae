"""Every code block of the README and the docs runs as printed."""

import csv
import re
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import uvicorn

from sightline import cli
from sightline.data.feature_set import FEATURES
from sightline.formats.recordings.write_recording import write_recording
from sightline.formats.table import write_rows
from sightline.segment import settings
from sightline.simulate.ambiguous_images import simulate_ambiguous_images
from sightline.simulate.ambiguous_settings import HOME
from sightline.simulate.annotator import simulate_annotator
from sightline.simulate.calcium_movie import simulate_movie
from sightline.simulate.candidates import SimulatedCandidates, simulate_candidates
from sightline.simulate.deforming_settings import EASY
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.simulate.mask_experts import FIVE_EXPERTS, outline_all
from sightline.simulate.movie_settings import MovieSettings
from sightline.workflows.simulated_images import write_ambiguous_folder

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_served, **_on: None)
    for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    (tmp_path / "Desktop").mkdir()
    for name, preset in settings.PRESETS.items():  # networks that learn for a moment
        short = {"iterations": 3, "frozen_iterations": 0, "tile": 64, "batch": 2, "members": 2}
        monkeypatch.setitem(settings.PRESETS, name, replace(preset, **short))
    simulated = _write_inputs(tmp_path)
    for language, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        assert language in ("sh", "python"), f"{page.name}: a block in {language} is not run"
        if language == "sh":
            for line in block.splitlines():
                _run_line(line, simulated, monkeypatch)
        else:
            exec(compile(block, page.name, "exec"), {"look_at": _look(simulated)})  # noqa: S102


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text(encoding="utf-8"))
              if not (page.parent / link).exists()]  # fmt: skip
    assert broken == []


def test_ci_runs_the_readmes_test_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len([line for line in readme.splitlines() if "python -m pytest" in line]) == 1
    assert "grep -m 1 -F 'python -m pytest' README.md" in (ROOT / ".ci" / "run").read_text()


def _run_line(line: str, simulated: SimulatedCandidates, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run one line of a shell block, then do what a person would do before the next."""
    words = shlex.split(line.rpartition("&& ")[2], comments=True)
    if not words or words[0].endswith("python"):
        return  # the test command itself
    assert Path(words[0]).name == "sightline", line
    monkeypatch.setattr(sys, "argv", ["sightline", *words[1:]])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code, line
    for name in ("questions.csv", "sample.csv", "pairs.csv"):
        if f"-o {name}" in line:
            _fill_in(Path(name), simulated)


def _fill_in(path: Path, simulated: SimulatedCandidates) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    look = _look(simulated)
    if path.name == "pairs.csv":
        look = lambda _item: "same cell"  # noqa: E731
    if not rows:
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([{**row, "verdict": look(row["item"])} for row in rows])


def _write_video(folder: Path) -> None:
    """What the pages call worm.h5, points.csv and truth.csv."""
    made = replace(EASY, frames=5, points=16, planes=12, height=64, width=96)
    video = simulate_deforming_volume(made)
    with h5py.File(folder / "worm.h5", "w") as file:
        file["data"] = np.stack([video.frame(frame) for frame in range(made.frames)])
    for name, frames in (("points.csv", (0, 3)), ("truth.csv", range(made.frames))):
        rows = [
            [frame, f"neuron {number}", *position, "anna"]
            for frame in frames
            for number, position in enumerate(video.truth(frame).positions.tolist())
        ]
        write_rows(folder / name, ("frame", "keypoint", "z", "y", "x", "annotator"), rows)


def _write_images(folder: Path) -> None:
    """What the pages call annotated, new and corrected."""
    images = simulate_ambiguous_images(replace(HOME, height=96, width=96), 5)
    masks = outline_all(FIVE_EXPERTS, images)
    three = {name: drawn[:3] for name, drawn in masks.items()}
    write_ambiguous_folder(folder / "annotated", images[:3], three)
    write_ambiguous_folder(folder / "new", images[3:])
    write_ambiguous_folder(folder / "corrected", images[3:4], {"anna": masks["anna"][3:4]})


def _look(simulated: SimulatedCandidates) -> Any:
    return lambda item: "cell" if simulated.cell[int(item.rpartition("/")[2])] else "not cell"


def _write_inputs(folder: Path) -> SimulatedCandidates:
    """What the pages call movie.tif, labels.npy, features.csv, next.csv, m1.mat ... new."""
    _write_video(folder)
    _write_images(folder)
    movie = simulate_movie(MovieSettings(frames=400, height=72, width=72, cells=12, silent_share=0))
    write_recording(movie, folder / "movie.tif")
    labels = np.zeros(72 * 72, np.int32)
    for row in range(12):
        footprint = movie.truth.footprints[[row]]
        labels[footprint.indices[footprint.data > 0.3 * footprint.data.max()]] = row + 1
    halves = labels.reshape(72, 72)
    for row, (_, x) in enumerate(movie.truth.centres[:4]):  # cut in two, for `duplicates`
        halves[:, round(x) :][halves[:, round(x) :] == row + 1] = 13 + row
    np.save(folder / "labels.npy", halves)
    rng = np.random.default_rng(0)
    simulated = simulate_candidates(300, rng)
    for name, values in (
        ("features.csv", simulated.features.values),
        ("next.csv", simulate_candidates(200, rng).features.values),
    ):
        write_rows(folder / name, simulated.features.names, values.tolist())
    for name in ("m1.mat", "m2.mat", "m3.mat"):
        one = simulate_candidates(200, rng)
        with h5py.File(folder / name, "w") as file:
            file["metrics"] = np.tile(one.features.values, 5)[:, :76]
            for annotator in "abcd":
                says = simulate_annotator(annotator, one, rng, error=0.1).says_cell
                file[f"{annotator}_choices"] = np.where(says, 1.0, -1.0)
    return simulated


def test_the_page_of_features_is_their_table() -> None:
    page = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
    rows = [
        f"| {one.number} | `{one.name}` | {one.unit} | {one.meaning} | {one.correction} |"
        for one in FEATURES
    ]
    assert page.endswith("\n".join([*rows, ""]))
