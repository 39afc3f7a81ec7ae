"""Traces of a tracked video: those of the simulated activity, written in two ways."""

import csv
from pathlib import Path

import numpy as np
import pytest
from review.tracked_project import MADE, NAMES, TRUTH, VIDEO, make_tracked_project

from sightline.errors import InputError, SettingError
from sightline.track.traces import read_brightness
from sightline.workflows.track_traces import traces


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tracked_project(tmp_path_factory.mktemp("traces"))


def test_they_are_those_of_the_true_places(project: Path, tmp_path: Path) -> None:
    told = traces(project, tmp_path / "t.npz", workers=1)
    assert (told["frames"], told["keypoints"]) == (MADE.frames, MADE.points)
    with np.load(tmp_path / "t.npz") as kept:
        found, names = kept["brightness"][:, :, 0], kept["names"]
    assert tuple(names) == NAMES
    exact = [
        read_brightness(VIDEO.frame(k), TRUTH[k], MADE.voxel_size_um, MADE.radius_um)[:, 0]
        for k in range(MADE.frames)
    ]
    near = np.abs(found - exact) < 0.1 * np.abs(exact)
    assert near.mean() > 0.8


def test_a_table_has_a_row_a_frame_and_says_the_same(project: Path, tmp_path: Path) -> None:
    traces(project, tmp_path / "t.csv", workers=1)
    traces(project, tmp_path / "t.npz", workers=1)
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    with np.load(tmp_path / "t.npz") as kept:
        values = kept["brightness"]
    channels = values.shape[2]
    assert len(header) == 2 + MADE.points * channels
    assert header[0] == "frame"
    found = np.array([[float(one or "nan") for one in row[2:]] for row in rows])
    wide = values.transpose(0, 2, 1).reshape(MADE.frames, -1)
    np.testing.assert_allclose(found, wide, rtol=1e-4)


def test_what_cannot_be_is_refused(project: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    with pytest.raises(InputError, match="is there already"):
        traces(project, tmp_path / "mine.csv")
    with pytest.raises(InputError, match=r"\.csv or \.npz"):
        traces(project, tmp_path / "t.xlsx")
    with pytest.raises(SettingError, match="--radius"):
        traces(project, tmp_path / "t.csv", radius=-1)
    with pytest.raises(SettingError, match="--divide-by"):
        traces(project, tmp_path / "t.csv", divide_by=5, workers=1)
    assert (tmp_path / "mine.csv").read_text() == "mine"
