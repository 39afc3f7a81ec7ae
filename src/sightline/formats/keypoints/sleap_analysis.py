"""SLEAP's analysis HDF5: positions of all frames as one array (track, (x, y), node, frame).

Pixels: the centre of a pixel is at whole numbers; 64 bits, so that positions round-trip exactly.
The file does not say who placed what: all is taken as the machine's. Where it has no tracks, the
only animal has no name.
"""

from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import (
    Author,
    KeypointSet,
    animal_of,
    check_keypoints,
    keypoint_name,
    part_of,
)
from sightline.errors import InputError
from sightline.formats.hdf5_arrays import held
from sightline.formats.keypoints.carried import (
    Part,
    present_rows,
    refuse_depth,
    refuse_nothing,
    told_of_loss,
)
from sightline.formats.keypoints.sleap_skeleton import of_all_animals, skeleton_of, sound_part
from sightline.formats.new_file import new_file
from sightline.formats.nwb_file import text_of
from sightline.formats.unreadable import damage_reported

CARRIED: Final[tuple[Part, ...]] = ("scores", "skeleton", "names", "unplaced names")
DATASETS: Final = {"tracks", "node_names", "track_names", "track_occupancy"}
_EXPECTED: Final = "SLEAP's analysis: tracks (track, 2, node, frame), node_names, track_names"
_MOST_NUMBERS: Final = 1 << 28


def read_sleap_analysis(
    path: Path, *, image_shape: tuple[int, int, int] | None = None
) -> KeypointSet:
    """Read the positions, scores and skeleton.

    Raises
    ------
    InputError
        If the file is damaged, or its parts do not fit each other.
    """
    with damage_reported(path, _EXPECTED):
        with h5py.File(path, "r", locking="best-effort") as file:
            stored = {
                n: held(item)[()] for n, item in file.items() if isinstance(item, h5py.Dataset)
            }
        nodes, animals = _words(stored["node_names"]), _words(stored["track_names"]) or [""]
        tracks = np.asarray(stored["tracks"], np.float64)
        if tracks.ndim != 4 or tracks.shape[:3] != (len(animals), 2, len(nodes)):
            raise ValueError(f"tracks of {tracks.shape} for {len(animals)} x {len(nodes)} names")
        scores = np.asarray(stored.get("point_scores", np.full(tracks[:, 0].shape, np.nan)))
        if scores.shape != tracks[:, 0].shape:
            raise ValueError(f"point_scores of {scores.shape} for tracks of {tracks.shape}")
        pairs = np.asarray(stored.get("edge_inds", np.zeros((0, 2))), np.int64).reshape(-1, 2)
        edges = [(nodes[first], nodes[second]) for first, second in pairs.tolist()]
    names = tuple(keypoint_name(animal, node) for animal in animals for node in nodes)
    flat = tracks.transpose(3, 0, 2, 1).reshape(-1, 2)[:, ::-1]
    rows = present_rows(flat, path, ("y", "x"))
    return check_keypoints(
        KeypointSet(
            names=names,
            source=str(path),
            format="sleap-analysis",
            frame=rows // len(names),
            keypoint=rows % len(names),
            position=np.concatenate([np.zeros((len(rows), 1)), flat[rows]], axis=1),
            score=scores.transpose(2, 0, 1).reshape(-1)[rows].astype(np.float64),
            hidden=np.zeros(len(rows), bool),
            author=np.zeros(len(rows), np.int64),
            authors=(Author("", "SLEAP"),),
            edges=of_all_animals(edges, animals),
            image_shape=image_shape,
            video=text_of(stored.get("video_path")),
        )
    )


def write_sleap_analysis(path: Path, keypoints: KeypointSet) -> tuple[str, ...]:
    """Write a new file; every frame up to the last with a position is in it.

    Raises
    ------
    InputError
        If there is a file of that name, nothing to write, or a position has a z.
    """
    refuse_depth(keypoints, path, "SLEAP")
    refuse_nothing(keypoints, path, "SLEAP's analysis")
    skeleton, told = skeleton_of(keypoints)
    animals, parts = list(keypoints.animals), list(skeleton.parts)
    if "" in animals and len(animals) > 1:
        raise InputError(
            path, "some keypoints have an animal and some none", "all alike", "Rename them."
        )
    shape = (int(keypoints.frame.max()) + 1, len(animals), len(parts), 3)
    if np.prod(shape, dtype=float) > _MOST_NUMBERS:
        raise InputError(path, f"it would be {shape}", "fewer frames", "Write csv or sleap.")
    values = np.full(shape, np.nan)
    animal = np.array([animals.index(animal_of(name)) for name in keypoints.names])
    part = np.array([parts.index(part_of(name)) for name in keypoints.names])
    where = keypoints.frame, animal[keypoints.keypoint], part[keypoints.keypoint]
    numbers = (keypoints.position[:, 2], keypoints.position[:, 1], keypoints.score)
    for place, column in enumerate(numbers):
        values[(*where, place)] = column
    text = h5py.string_dtype()
    edges = [[parts.index(first), parts.index(second)] for first, second in skeleton.edges]
    with new_file(path) as aside, h5py.File(aside, "w") as file:
        file["tracks"] = values[..., :2].transpose(1, 3, 2, 0)
        file["point_scores"] = values[..., 2].transpose(1, 2, 0)
        file["track_occupancy"] = np.isfinite(values[..., 0]).any(axis=2).astype(np.uint8)
        for name, words in (("node_names", parts), ("track_names", [a for a in animals if a])):
            file.create_dataset(name, data=np.array(words, object), dtype=text)
        edge_names = np.array(skeleton.edges, object).reshape(-1, 2)
        file.create_dataset("edge_names", data=edge_names, dtype=text)
        file["edge_inds"] = np.array(edges, np.int64).reshape(-1, 2)
        for name in ("instance_scores", "tracking_scores"):
            file[name] = np.full((len(animals), shape[0]), np.nan)
        file["labels_path"], file["video_path"] = "", keypoints.video
        file["video_ind"], file["provenance"] = 0, "{}"
    return *told_of_loss(keypoints, "SLEAP's analysis", CARRIED), *told


def _words(stored: NDArray[Any]) -> list[str]:
    return [sound_part(text_of(word)) for word in np.asarray(stored).reshape(-1).tolist()]
