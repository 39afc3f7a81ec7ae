"""How well our tracks agree with ZephIR's own, proofread, on the projections of its worm example.

    python benchmarks/track_worm_demo.py FOLDER --frames 60

FOLDER holds ``movie.mp4``, projections of a volume (XY at the top left, 1 pixel a voxel), and
``annotations-g.h5`` with ``metadata.json``, the tool's proofread output for 23 neurons. The volume
itself is not published, so only the XY projection can be followed, in the signal's channel (green),
with the text burnt in at its top left covered by each frame's median. Neurons above each other in z
overlap there. The truth is another program's output that people checked: agreement, not accuracy.
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

import h5py
import numpy as np
from numpy.typing import NDArray
from track_baselines import compare, words

from sightline.data.keypoints import KeypointSet, check_keypoints
from sightline.data.recording import Recording
from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.formats.recordings.open_recording import open_recording

GREEN: Final = 1
TEXT: Final = (slice(0, 40), slice(0, 120))  # y, x of what is burnt in


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--references", default="1,3,5,10")
    parser.add_argument("--frames", type=int, help="the first so many; all if not given")
    parser.add_argument("--tolerance", type=float, default=5.0)
    parser.add_argument("--radius", type=float, help="pixels; found if not given")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    numbers = [int(number) for number in said.references.split(",")]
    known = open_keypoints(said.folder / "annotations-g.h5")
    _, height, width = known.image_shape or (1, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        movie, truth = Path(folder, "xy.h5"), Path(folder, "truth.csv")
        with open_recording(said.folder / "movie.mp4") as recording, h5py.File(movie, "w") as file:
            file["mov"] = projections(recording, height, width, said.frames)
            frames = len(file["mov"])  # pyright: ignore[reportArgumentType]
        write_keypoints(truth, flat(known.chosen(known.frame < frames)))
        for row in compare(
            movie, truth, numbers, patch_px=7, search_px=20, tolerance_px=said.tolerance,
            radius=said.radius,
        ):  # fmt: skip
            print(json.dumps(row) if said.json else words(row, said.tolerance), flush=True)


def projections(
    recording: Recording, height: int, width: int, frames: int | None
) -> NDArray[np.uint8]:
    """(time, y, x) XY projection without the text."""
    wanted = min(frames or recording.info.frames, recording.info.frames)
    cut = recording.read(0, wanted)[:, GREEN, :height, :width].copy()
    for image in cut:
        image[TEXT] = np.median(image)
    return cut


def flat(keypoints: KeypointSet) -> KeypointSet:
    """The same without z."""
    return check_keypoints(
        replace(
            keypoints,
            position=keypoints.position * [0, 1, 1],
            image_shape=None,
            format="csv",
            columns={},
        )
    )


if __name__ == "__main__":
    main()
