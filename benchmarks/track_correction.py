"""How long a correction takes: a point is moved, and its frame is back.

    python benchmarks/track_correction.py
    python benchmarks/track_correction.py --points 180 --side 512 --planes 23 --json

Makes a small project of a simulated recording with two channels, moves a point in each of some
frames as the app would, and follows that frame again. The baseline, in the same run, is reading the
frame and smoothing each channel once with scipy: no detection can cost less.
"""

import argparse
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

import h5py
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.data.volumes import read_volumes
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.formats.recordings.open_recording import open_recording
from sightline.review.track_session import TrackSession
from sightline.simulate.deforming_settings import EASY
from sightline.simulate.deforming_volume import DeformingVolume, simulate_deforming_volume
from sightline.workflows.track_run import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--points", type=int, default=180)
    parser.add_argument("--side", type=int, default=512, help="pixels along y and x")
    parser.add_argument("--planes", type=int, default=23)
    parser.add_argument("--frames", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    made = replace(
        EASY, frames=said.frames, points=said.points, height=said.side, width=said.side,
        planes=said.planes, seed=7,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        told = measure(simulate_deforming_volume(made), Path(folder))
    print(json.dumps(told) if said.json else _words(told))


def measure(video: DeformingVolume, folder: Path) -> dict[str, float]:
    """Median seconds of answering and of following the frame again, and of the baseline."""
    truth = np.stack([video.truth(frame).positions for frame in range(video.info.frames)])
    with h5py.File(folder / "worm.h5", "w") as file:
        one = np.stack([video.frame(frame) for frame in range(len(truth))])
        file["data"] = np.concatenate([one, one], axis=1)[:, :2]
    write_keypoints(folder / "points.csv", _annotated(truth[0]))
    read_as = {"axes": "tczyx", "pixel_size_um": video.settings.voxel_size_um}
    project = run(folder / "worm.h5", folder / "points.csv", workers=1, **read_as)["project"]
    answering, following, floor = [], [], []
    with TrackSession(project, "anna") as session:
        session.follow(1)  # references are read once
        for frame in range(1, len(truth)):
            began = time.perf_counter()
            session.decide(session.item(frame, frame), truth[frame, frame].tolist())
            answered = time.perf_counter()
            session.follow(frame)
            following.append(time.perf_counter() - answered)
            answering.append(answered - began)
            floor.append(_baseline(folder / "worm.h5", frame, read_as))
    return {
        "points": truth.shape[1],
        "answer_seconds": median(answering),
        "follow_seconds": median(following),
        "baseline_seconds": median(floor),
        "ratio": median(following) / median(floor),
    }


def _baseline(path: Path, frame: int, read_as: dict[str, object]) -> float:
    began = time.perf_counter()
    with open_recording(path, **read_as) as recording:  # type: ignore[arg-type]
        volume = read_volumes(recording, frame, frame + 1)[0]
    for channel in volume:
        gaussian_filter(channel, 1.0)
    return time.perf_counter() - began


def _annotated(positions: NDArray[np.float64]) -> KeypointSet:
    """One frame as a person says it."""
    points = len(positions)
    return check_keypoints(
        KeypointSet(
            names=tuple(f"nucleus {number}" for number in range(points)),
            source="simulated",
            format="csv",
            frame=np.zeros(points, np.int64),
            keypoint=np.arange(points),
            position=positions,
            score=np.full(points, np.nan),
            hidden=np.zeros(points, bool),
            author=np.zeros(points, np.int64),
            authors=(Author("truth"),),
        )
    )


def _words(told: dict[str, float]) -> str:
    return (
        f"{told['points']} points: answer {told['answer_seconds']:.3f} s, frame back after "
        f"{told['follow_seconds']:.2f} s more, {told['ratio']:.1f} times reading and smoothing it "
        f"once ({told['baseline_seconds']:.2f} s); goal: under a second"
    )


if __name__ == "__main__":
    main()
