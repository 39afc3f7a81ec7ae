"""How well points are followed in simulated volumes, from few annotated frames.

    python benchmarks/track_simulated.py
    python benchmarks/track_simulated.py --named adversarial --references 3 --frames 30

Runs `sightline track benchmark` on nuclei in a crawling body, whose truth is known, then what
`track_baselines` holds on the same references: copying the most similar one, nearest detections,
and normalised cross-correlation of patches (9 pixels either way) within 40 pixels. What is in view
is scored, hidden or not.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from track_baselines import compare, words

from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.simulate.deforming_settings import NAMED
from sightline.simulate.deforming_volume import DeformingVolume, simulate_deforming_volume
from sightline.simulate.truth import true_keypoints

TOLERANCE_PX = 5.0
PATCH_PX, SEARCH_PX = 9.0, 40.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--named", default="medium,adversarial", help=", ".join(NAMED))
    parser.add_argument("--references", default="1,3")
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7, help="none that settings were chosen on")
    parser.add_argument("--points", type=int, help="nuclei; the volumes' own number if not given")
    parser.add_argument("--presets", default="default", help="default, zephir")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    numbers = [int(number) for number in said.references.split(",")]
    for name in said.named.split(","):
        made = replace(NAMED[name], frames=said.frames, seed=said.seed)
        if said.points:
            made = replace(made, points=said.points)
        for row in measure(simulate_deforming_volume(made), numbers, said.presets.split(",")):
            told = {"volumes": name, **row}
            line = f"{name:12} {words(row, TOLERANCE_PX)}"
            print(json.dumps(told) if said.json else line, flush=True)


def measure(
    video: DeformingVolume, numbers: list[int], presets: list[str]
) -> Iterator[dict[str, Any]]:
    """Write the volumes and their truth, and track them as a user would."""
    frames = range(video.info.frames)
    with tempfile.TemporaryDirectory() as folder:
        volumes, points = Path(folder, "volumes.h5"), Path(folder, "truth.csv")
        with h5py.File(volumes, "w") as file:
            file["data"] = np.stack([video.frame(frame) for frame in frames])
        write_keypoints(points, true_keypoints(video, frames))
        yield from compare(
            volumes, points, numbers, patch_px=PATCH_PX, search_px=SEARCH_PX, presets=presets,
            tolerance_px=TOLERANCE_PX, axes="tczyx", pixel_size_um=video.settings.voxel_size_um,
        )  # fmt: skip


if __name__ == "__main__":
    main()
