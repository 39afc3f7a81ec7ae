"""A small simulated video with its truth, tracked once for all tests that need it."""

import shutil
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.simulate.deforming_settings import EASY
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.workflows.track_run import run

MADE = replace(EASY, frames=9, points=12, planes=10, height=64, width=96, seed=3)
VIDEO = simulate_deforming_volume(MADE)
TRUTH: NDArray[np.float64] = np.stack(
    [VIDEO.truth(frame).positions for frame in range(MADE.frames)]
)
NAMES = tuple(f"neuron {index}" for index in range(MADE.points))


def annotations(frames: tuple[int, ...], annotator: str = "anna") -> KeypointSet:
    """The truth of some frames, as a person would say it."""
    rows = len(frames) * MADE.points
    return check_keypoints(
        KeypointSet(
            names=NAMES,
            source="",
            format="csv",
            frame=np.repeat(frames, MADE.points),
            keypoint=np.tile(np.arange(MADE.points), len(frames)),
            position=TRUTH[list(frames)].reshape(-1, 3),
            score=np.full(rows, np.nan),
            hidden=np.zeros(rows, bool),
            author=np.zeros(rows, np.int64),
            authors=(Author(annotator),),
        )
    )


def make_tracked_project(folder: Path) -> Path:
    """Write video and annotations of frame 2, and track; gives the project."""
    with h5py.File(folder / "worm.h5", "w") as file:
        file["data"] = np.stack([VIDEO.frame(frame) for frame in range(MADE.frames)])
    write_keypoints(folder / "points.csv", annotations((2,)))
    read_as = {"axes": "tczyx", "pixel_size_um": MADE.voxel_size_um}
    told = run(folder / "worm.h5", folder / "points.csv", workers=1, order="linear", **read_as)
    return Path(told["project"])


def copied(project: Path, folder: Path) -> Path:
    """A copy of the whole folder, to do things to."""
    shutil.copytree(project.parent, folder, dirs_exist_ok=True)
    return folder / project.name
