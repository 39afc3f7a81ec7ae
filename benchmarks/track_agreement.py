"""Whether the preset ``zephir`` puts points where the program of that name puts them.

    python benchmarks/track_agreement.py write FOLDER
    (run ZephIR 1.0.6, fetched from its repository: zephir --dataset=FOLDER --save_mode=w)
    python benchmarks/track_agreement.py compare FOLDER

The first writes simulated volumes, and the truth of a few of them, as that program's input. The
last reads the ``coordinates.h5`` that it has left there, and follows the points itself: from the
parents that it wrote, chained and once more each frame from its own positions in the parent; then
with our order of frames too. To leave the method alone, switch off that program's mixed precision
(``torch.autocast``); with it on, positions differ by hundredths of a pixel more.
"""

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.formats.keypoints.zephir import write_zephir
from sightline.simulate.deforming_settings import NAMED
from sightline.simulate.deforming_volume import DeformingVolume, simulate_deforming_volume
from sightline.track.frame_distance import distances, pair_distances
from sightline.track.order import order_frames
from sightline.track.paper.descent import follow_paper
from sightline.track.paper.references import prepare_paper
from sightline.track.paper.settings import PaperSettings
from sightline.track.paper.thumbnails import paper_thumbnail

WITHIN_PX = (0.05, 0.5, 1.0)
TRACKER = b"ZEIR"  # who put a row there, if no person did


@dataclass(frozen=True)
class Tree:
    """From which frame each is tracked, whose patches are looked for, and how far it is."""

    sequence: NDArray[np.int64]
    parent: NDArray[np.int64]
    reference: NDArray[np.int64]
    distance: NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=("write", "compare"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--named", default="medium", help=", ".join(NAMED))
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--points", type=int, default=70)
    parser.add_argument("--references", default="10,30,50", help="frames that are annotated")
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--order", default="similarity", choices=("similarity", "linear"))
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    if said.what == "write":
        made = replace(NAMED[said.named], frames=said.frames, points=said.points, seed=said.seed)
        references = [int(frame) for frame in said.references.split(",")]
        write(said.folder, simulate_deforming_volume(made), references)
        return
    for row in compare(said.folder, said.order):
        print(json.dumps(row) if said.json else _words(row), flush=True)


def write(folder: Path, video: DeformingVolume, references: list[int]) -> None:
    """Volumes of 8 bits, and positions in some of them, into a new folder."""
    folder.mkdir(parents=True)
    brightest = max(float(video.frame(frame).max()) for frame in range(video.info.frames))
    shape = video.info.shape
    with h5py.File(folder / "data.h5", "w") as file:
        data = file.create_dataset("data", shape, "u1", chunks=(1, *shape[1:]), compression="gzip")
        for frame in range(video.info.frames):
            data[frame] = np.clip(np.round(video.frame(frame) * (255 / brightest)), 0, 255)
    sizes = dict(zip(("shape_t", "shape_c", "shape_z", "shape_y", "shape_x"), shape, strict=True))
    (folder / "metadata.json").write_text(json.dumps(sizes), encoding="utf-8")
    truth = np.stack([video.truth(frame).positions for frame in references])
    count = truth.shape[1]
    write_zephir(
        folder,
        check_keypoints(
            KeypointSet(
                names=tuple(f"n{number}" for number in range(count)),
                source="simulated",
                format="zephir",
                frame=np.repeat(references, count),
                keypoint=np.tile(np.arange(count), len(references)),
                position=truth.reshape(-1, 3),
                score=np.full(truth.size // 3, np.nan),
                hidden=np.zeros(truth.size // 3, bool),
                author=np.zeros(truth.size // 3, np.int64),
                authors=(Author("sim"),),
                image_shape=(shape[2], shape[3], shape[4]),
            )
        ),
    )


def compare(folder: Path, order: str) -> list[dict[str, str | float]]:
    """Shares of positions that are near the program's, tracked in three ways."""
    with h5py.File(folder / "data.h5", "r") as file:
        frames = np.asarray(file["data"])
    theirs, references, parent = _read(folder / "coordinates.h5", frames.shape)
    settings = PaperSettings()
    small = np.stack([paper_thumbnail(frame, settings) for frame in frames])
    tree = _tree(small, references, parent, order)
    own = _own_tree(small, references, order)
    ways = (
        ("same parents, chained", tree, True),
        ("same parents, each frame from the program's positions", tree, False),
        ("own parents, chained", own, True),
    )
    rows = []
    for name, one, chained in ways:
        ours = _follow(frames, theirs, references, one, chained)
        rows.append({"tracked": name, **_agreement(ours[tree.sequence], theirs[tree.sequence])})
    return rows


def _follow(
    frames: NDArray[np.uint8],
    theirs: NDArray[np.float64],
    references: NDArray[np.int64],
    tree: Tree,
    chained: bool,
) -> NDArray[np.float64]:
    """(frame, keypoint, 3) from our own positions in each parent, or from the program's."""
    settings, ours = PaperSettings(), theirs.copy()
    annotated = [_light(frames, frame) for frame in references]
    prepared = prepare_paper(annotated, theirs[references], settings)
    before = ours if chained else theirs
    for frame in tree.sequence:
        nearest, distance = int(tree.reference[frame]), float(tree.distance[frame])
        start = before[tree.parent[frame]]
        light = _light(frames, frame)
        ours[frame], _ = follow_paper(light, prepared, nearest, start, distance, settings)
    return ours


def _agreement(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> dict[str, float]:
    apart = np.linalg.norm(ours - theirs, axis=2)
    shares = {f"within_{limit:g}_px": float((apart <= limit).mean()) for limit in WITHIN_PX}
    told = {"positions": float(apart.size), **shares}
    return {**told, "median_px": float(np.median(apart)), "largest_px": float(apart.max())}


def _light(frames: NDArray[np.uint8], frame: int) -> NDArray[np.float32]:
    return frames[frame].astype(np.float32)


def _read(
    path: Path, shape: tuple[int, ...]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """(frame, keypoint, 3) pixels, frames that a person annotated, and (frame,) parents."""
    with h5py.File(path, "r") as file:
        table = {name: np.asarray(file[name]) for name in file}
    rows = np.lexsort((table["worldline_id"], table["t_idx"]))
    fraction = np.stack([table[axis][rows] for axis in "zyx"], axis=1).astype(np.float64)
    positions = (fraction * shape[2:] - 0.5).reshape(shape[0], -1, 3)
    by_person = (table["provenance"][rows] != TRACKER).reshape(shape[0], -1)
    parent = table["parent_id"][rows].reshape(shape[0], -1)[:, 0].astype(np.int64)
    return positions, np.flatnonzero(by_person.all(axis=1)), parent


def _tree(
    small: NDArray[np.float16], references: NDArray[np.int64], parent: NDArray[np.int64], order: str
) -> Tree:
    """As that program had it, by the parents that it wrote."""
    sequence: list[int] = []
    root = {int(frame): place for place, frame in enumerate(references)}
    while len(root) < len(small):
        found = [f for f in range(len(small)) if f not in root and int(parent[f]) in root]
        root.update({frame: root[int(parent[frame])] for frame in found})
        sequence += found
    reference = np.array([root[frame] for frame in range(len(small))])
    if order == "similarity":
        reference = distances(small, small[references]).argmin(axis=1)
    apart = pair_distances(small, np.arange(len(small)), parent)
    return Tree(np.array(sequence), parent, reference, apart)


def _own_tree(small: NDArray[np.float16], references: NDArray[np.int64], order: str) -> Tree:
    given = tuple(int(frame) for frame in references)
    found = order_frames(small, given, "linear" if order == "linear" else "similarity")
    every = np.arange(len(small))
    before = np.where(found.parent < 0, every, found.parent)
    apart = pair_distances(small, every, before)
    return Tree(found.sequence, before, np.searchsorted(references, found.reference), apart)


def _words(row: dict[str, str | float]) -> str:
    shares = ", ".join(f"{row[f'within_{limit:g}_px']:.3f} within {limit:g}" for limit in WITHIN_PX)
    return (
        f"{row['tracked']}: {shares} px of {row['positions']:.0f} positions; "
        f"median {row['median_px']:.4f}, largest {row['largest_px']:.2f} px"
    )


if __name__ == "__main__":
    main()
