"""How well points are followed in simulated volumes, from few annotated frames.

    python benchmarks/track_simulated.py
    python benchmarks/track_simulated.py --named adversarial --references 3 --frames 30

Runs `sightline track benchmark` on nuclei in a crawling body, whose truth is known. Beside each row
stands what copying the nearest reference's positions gives, the least that tracking must beat.
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.simulate.deforming_settings import NAMED
from sightline.simulate.deforming_volume import DeformingVolume, simulate_deforming_volume
from sightline.workflows.track_benchmark import benchmark

TOLERANCE_PX = 5.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--named", default="medium,adversarial", help=", ".join(NAMED))
    parser.add_argument("--references", default="1,3")
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7, help="none that settings were chosen on")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    numbers = [int(number) for number in said.references.split(",")]
    for name in said.named.split(","):
        made = replace(NAMED[name], frames=said.frames, seed=said.seed)
        for row in measure(simulate_deforming_volume(made), numbers):
            told = {"volumes": name, **row}
            print(json.dumps(told) if said.json else _words(told), flush=True)


def measure(video: DeformingVolume, numbers: list[int]) -> list[dict[str, Any]]:
    """Write the volumes and their truth, and track them as a user would."""
    truth = np.stack([video.truth(frame).positions for frame in range(video.info.frames)])
    with tempfile.TemporaryDirectory() as folder:
        volumes, points = Path(folder, "volumes.h5"), Path(folder, "truth.csv")
        with h5py.File(volumes, "w") as file:
            file["data"] = np.stack([video.frame(frame) for frame in range(len(truth))])
        write_keypoints(points, keypoints_of(truth))
        size = video.settings.voxel_size_um
        read_as = {"axes": "tczyx", "pixel_size_um": size}
        rows = benchmark(volumes, points, numbers, tolerance_px=TOLERANCE_PX, **read_as)["rows"]
    for row in rows:
        references = np.array(row["reference_frames"])
        rest = np.setdiff1d(np.arange(len(truth)), references)
        nearest = references[np.abs(rest[:, None] - references).argmin(axis=1)]
        moved = (truth[rest] - truth[nearest]) * np.array(size) / size[-1]
        row["copied_accuracy"] = float((np.linalg.norm(moved, axis=2) <= TOLERANCE_PX).mean())
    return rows


def keypoints_of(truth: np.ndarray) -> KeypointSet:
    """(frame, keypoint, 3) positions as annotations of all frames."""
    frames, points, _ = truth.shape
    rows = frames * points
    return check_keypoints(
        KeypointSet(
            names=tuple(f"nucleus {number}" for number in range(points)),
            source="simulated",
            format="csv",
            frame=np.repeat(np.arange(frames), points),
            keypoint=np.tile(np.arange(points), frames),
            position=truth.reshape(rows, 3),
            score=np.full(rows, np.nan),
            hidden=np.zeros(rows, bool),
            author=np.zeros(rows, np.int64),
            authors=(Author("truth"),),
        )
    )


def _words(row: dict[str, Any]) -> str:
    return (
        f"{row['volumes']:12} {row['references']} references: within {TOLERANCE_PX:g} px "
        f"{row['accuracy']:.3f} (copied {row['copied_accuracy']:.3f}), median error "
        f"{row['median_error_px']:.2f} px, {row['cpu_seconds_per_frame']:.2f} CPU s a frame"
    )


if __name__ == "__main__":
    main()
