"""How well nuclei of simulated volumes are detected: by plain blobs, and by a trained detector.

    python benchmarks/detect_simulated.py
    python benchmarks/detect_simulated.py --annotated 0.1 --trained-on 10

Trains on annotated frames and detects in others; a nucleus counts as found if a detection of its
own is within 5 pixels. Settings were chosen on other seeds.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sightline.simulate.deforming_settings import NAMED
from sightline.simulate.deforming_volume import DeformingVolume, simulate_deforming_volume
from sightline.track.detect import Detections, detect_blobs
from sightline.track.detector import detect, train_detector
from sightline.track.propose import propose
from sightline.workflows.track_detect import matched


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--named", default="medium,fast,adversarial", help=", ".join(NAMED))
    parser.add_argument("--seeds", default="21,22,23,24", help="none that settings were chosen on")
    parser.add_argument("--trained-on", default="10,45")
    parser.add_argument("--frames", default="3,30,55")
    parser.add_argument("--annotated", type=float, default=1.0, help="share of the nuclei")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    for name in said.named.split(","):
        rows: dict[str, list[tuple[int, int, int, float]]] = {}
        for seed in map(int, said.seeds.split(",")):
            made = NAMED[
                name
            ]  # look-alikes are nuclei too: a detector does not tell who is asked for
            made = replace(made, points=made.points + made.others, others=0, seed=seed)
            volume = simulate_deforming_volume(made)
            ways = detectors(volume, list(map(int, said.trained_on.split(","))), said.annotated)
            for frame in map(int, said.frames.split(",")):
                for way, found in ways.items():
                    rows.setdefault(way, []).append(count(volume, frame, found))
        for way, counts in rows.items():
            told = {"volumes": name, "annotated": said.annotated, "by": way, **summary(counts)}
            print(json.dumps(told) if said.json else words(told), flush=True)


def detectors(
    volume: DeformingVolume, frames: list[int], share: float
) -> dict[str, Callable[[np.ndarray], Detections]]:
    """Ways to detect, each a function of a frame."""
    size, radius = volume.settings.voxel_size_um, volume.settings.radius_um
    rng = np.random.default_rng(volume.settings.seed)
    chosen = rng.permutation(volume.settings.points)[: round(share * volume.settings.points)]
    truths = [volume.truth(frame) for frame in frames]
    points = [truth.positions[chosen[truth.seen[chosen]]] for truth in truths]
    detector = train_detector([volume.frame(frame) for frame in frames], points, size, radius)
    return {
        "plain blobs": lambda frame: detect_blobs(frame.mean(axis=0), size, (0.6 * radius,)),
        "proposed": lambda frame: propose(frame, size),
        "trained": lambda frame: detect(frame, detector),
    }


def count(
    volume: DeformingVolume, frame: int, found: Callable[[np.ndarray], Detections]
) -> tuple[int, int, int, float]:
    """Numbers of nuclei seen, of detections, of nuclei found, and CPU seconds."""
    truth, image = volume.truth(frame), volume.frame(frame)
    start = time.process_time()
    positions = found(image).positions
    seconds = time.process_time() - start
    there = truth.positions[truth.seen]
    right = matched(there, positions, volume.settings.voxel_size_um)
    return len(there), len(positions), right, seconds


def summary(counts: list[tuple[int, int, int, float]]) -> dict[str, float]:
    there, said, right, seconds = np.sum(counts, axis=0)
    return {
        "recall": right / there,
        "precision": right / max(said, 1),
        "f1": 2 * right / (there + said),
        "cpu_seconds_per_frame": seconds / len(counts),
    }


def words(told: dict[str, float]) -> str:
    return (
        f"{told['volumes']:12} {told['by']:12} recall {told['recall']:.3f}, precision "
        f"{told['precision']:.3f}, F1 {told['f1']:.3f}, {told['cpu_seconds_per_frame']:.2f} CPU s"
    )


if __name__ == "__main__":
    main()
