"""NWB's extension ndx-pose: a ``PoseEstimation`` an animal, with a series a part and a skeleton.

Pixels: x, y (and z) in pixels as they are, with pixel centres at whole numbers; the file's own
words on its frame of reference are kept as a note. 64 bits are written, so that positions
round-trip exactly. Row i of a series is frame i.

Read from the HDF5 itself; writing needs pynwb and ndx-pose. A machine's results are meant by it: a
scorer is a name for all of them, so people are told apart no more.
"""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import (
    Author,
    KeypointSet,
    Pair,
    animal_of,
    check_keypoints,
    keypoint_name,
    part_of,
)
from sightline.errors import InputError
from sightline.formats.keypoints.carried import (
    Part,
    present_rows,
    refuse_nothing,
    told_of_loss,
)
from sightline.formats.keypoints.sleap_skeleton import of_all_animals, skeleton_of, sound_part
from sightline.formats.new_file import new_file
from sightline.formats.nwb_file import dataset, groups_of_type, text_of, whole
from sightline.formats.unreadable import damage_reported

CARRIED: Final[tuple[Part, ...]] = ("z", "scores", "skeleton", "names", "unplaced names")
_EXPECTED: Final = "an NWB file with a PoseEstimation of ndx-pose"
_GROUP: Final = "PoseEstimation"
_SERIES: Final = "PoseEstimationSeries"
_REFERENCE: Final = "(0, 0) is the centre of the first pixel, top left; x right, y down, z deeper."
_UNKNOWN_START: Final = datetime(1900, 1, 1, tzinfo=UTC)
_MOST_NUMBERS: Final = 1 << 28


@dataclass
class _Stored:
    """What the poses of a file hold, a keypoint after the other."""

    names: list[str] = field(default_factory=list)
    position: list[NDArray[np.float64]] = field(default_factory=list)
    score: list[NDArray[np.float64]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    edges: list[Pair] = field(default_factory=list)

    def add(self, pose: h5py.Group, animal: str) -> None:
        """Read one animal's."""
        for part, series in _series(pose).items():
            self.names.append(keypoint_name(animal, part))
            self.position.append(_position(series))
            self.score.append(_confidence(series, len(self.position[-1])))
            self.said.append(text_of(series.get("reference_frame")))
        self.edges += of_all_animals(_edges(pose), [animal])


def read_nwb_pose(path: Path, *, image_shape: tuple[int, int, int] | None = None) -> KeypointSet:
    """Read all poses of a file; where there are several, each is an animal of its own name.

    Raises
    ------
    InputError
        If the file is damaged, or holds no poses.
    """
    with damage_reported(path, _EXPECTED), h5py.File(path, "r", locking="best-effort") as file:
        poses = groups_of_type(file, _GROUP)
        if not poses:
            raise InputError(path, "it holds no PoseEstimation", _EXPECTED, "Give another file.")
        stored = _Stored()
        for name, pose in poses.items():
            short = name.rpartition("/")[2]
            stored.add(pose, "" if len(poses) == 1 and short == _GROUP else sound_part(short))
        first = next(iter(poses.values()))
        scorer = text_of(first.get("scorer")) or text_of(first.get("source_software"))
        videos = first.get("original_videos")
        video = (
            text_of(whole(videos)[0]) if isinstance(videos, h5py.Dataset) and videos.size else ""
        )
    parts = stored.names
    dense, scores = _one_array(stored.position, 3), _one_array(stored.score, 1)[..., 0]
    flat = dense.reshape(-1, 3)
    rows = present_rows(flat, path)
    known = set(parts)
    return check_keypoints(
        KeypointSet(
            names=tuple(parts),
            source=str(path),
            format="nwb",
            frame=rows // len(parts),
            keypoint=rows % len(parts),
            position=flat[rows],
            score=scores.reshape(-1)[rows],
            hidden=np.zeros(len(rows), bool),
            author=np.zeros(len(rows), np.int64),
            authors=(Author("", scorer or "NWB"),),
            edges=tuple(pair for pair in stored.edges if set(pair) <= known and pair[0] != pair[1]),
            image_shape=image_shape,
            video=video,
            notes=tuple(
                f"The file says of its positions: {words}"
                for words in dict.fromkeys(stored.said)
                if words not in ("", _REFERENCE)
            ),
        )
    )


def write_nwb_pose(
    path: Path, keypoints: KeypointSet, *, frame_rate_hz: float | None = None
) -> tuple[str, ...]:
    """Write a new NWB file; every frame up to the last with a position is in it.

    Parameters
    ----------
    path, keypoints
        New file, and what it is to hold.
    frame_rate_hz
        Where it is not known, one frame a second stands for it, which is told.

    Raises
    ------
    InputError
        If pynwb or ndx-pose is not installed, there is a file of that name, or nothing to write.
    """
    pynwb, pose = _libraries()
    refuse_nothing(keypoints, path, "NWB")
    skeleton, told = skeleton_of(keypoints)
    frames = int(keypoints.frame.max()) + 1
    if frames * len(keypoints.names) * 3 > _MOST_NUMBERS:
        raise InputError(path, f"it would have {frames:,} frames", "fewer frames", "Write csv.")
    file = pynwb.NWBFile(
        session_description="Keypoints followed with Sightline.",
        identifier=str(uuid.uuid4()),
        session_start_time=_UNKNOWN_START,
        notes="The session's start is not known: 1900-01-01 stands for it.",
    )
    home = file.create_processing_module(name="behavior", description="Poses.")
    bones, poses = [], []
    for animal in keypoints.animals:
        bones.append(_bones(pose, keypoints, skeleton.edges, animal))
        series = _new_series(pose, keypoints, animal, float(frame_rate_hz or 1))
        poses.append(
            pose.PoseEstimation(
                name=animal or _GROUP,
                description="Positions in pixels, found with Sightline.",
                scorer=_scorer(keypoints),
                source_software="Sightline",
                original_videos=[keypoints.video] if keypoints.video else None,
                skeleton=bones[-1],
                pose_estimation_series=series,
            )
        )
    home.add(pose.Skeletons(skeletons=bones))
    for one in poses:
        home.add(one)
    with new_file(path) as aside, pynwb.NWBHDF5IO(str(aside), "w") as out:
        out.write(file)
    rate = ("The frame rate is not known: one frame a second stands for it.",)
    lost = told_of_loss(keypoints, "NWB", CARRIED)
    return *lost, *told, *(() if frame_rate_hz else rate)


def _of_animal(keypoints: KeypointSet, animal: str) -> list[int]:
    """Which keypoints are an animal's."""
    return [n for n, name in enumerate(keypoints.names) if animal_of(name) == animal]


def _bones(pose: Any, keypoints: KeypointSet, edges: tuple[Pair, ...], animal: str) -> Any:
    """A skeleton of the parts that an animal has."""
    nodes = [part_of(keypoints.names[place]) for place in _of_animal(keypoints, animal)]
    joined = [[nodes.index(part) for part in pair] for pair in edges if set(pair) <= set(nodes)]
    return pose.Skeleton(
        name=f"Skeleton {animal}".strip(),
        nodes=nodes,
        edges=np.array(joined, "u1").reshape(-1, 2),
    )


def _new_series(pose: Any, keypoints: KeypointSet, animal: str, rate: float) -> list[Any]:
    """A series for each part of an animal, with all frames."""
    dense = keypoints.dense(np.arange(int(keypoints.frame.max()) + 1))
    score = np.full(dense.shape[:2], np.nan)
    score[keypoints.frame, keypoints.keypoint] = keypoints.score
    axes = [2, 1, 0] if (keypoints.position[:, 0] != 0).any() else [2, 1]
    return [
        pose.PoseEstimationSeries(
            name=part_of(keypoints.names[place]),
            description="Position of one part.",
            data=np.ascontiguousarray(dense[:, place][:, axes]),
            unit="pixels",
            reference_frame=_REFERENCE,
            rate=rate,
            starting_time=0.0,
            confidence=score[:, place],
            confidence_definition="The tool's own; NaN where it gave none.",
        )
        for place in _of_animal(keypoints, animal)
    ]


def _libraries() -> tuple[Any, Any]:
    """The libraries, imported only when needed: they are extras."""
    try:
        return import_module("pynwb"), import_module("ndx_pose")
    except ImportError as missing:
        raise InputError(
            missing.name or "ndx-pose",
            "it is not installed",
            "pynwb and ndx-pose, to write NWB files of poses",
            "Install them with: pip install 'sightline[nwb]'",
        ) from None


def _series(pose: h5py.Group) -> dict[str, h5py.Group]:
    """The series of a pose by their parts, in the skeleton's order where it names them."""
    found = _groups_in(pose, _SERIES)
    names = {name: sound_part(name.removeprefix(_SERIES) or name) for name in found}
    order = {part: place for place, part in enumerate(_nodes(pose))}
    last = len(order)
    return {
        names[name]: found[name]
        for name in sorted(found, key=lambda name: order.get(names[name], last))
    }


def _groups_in(group: h5py.Group, kind: str) -> dict[str, h5py.Group]:
    """Groups directly in a group, of a neurodata type."""
    return {
        name: item
        for name, item in group.items()
        if isinstance(item, h5py.Group) and text_of(item.attrs.get("neurodata_type")) == kind
    }


def _skeleton(pose: h5py.Group) -> h5py.Group:
    """What holds nodes and edges: the skeleton, which is linked under its own name, or the pose."""
    return next(iter(_groups_in(pose, "Skeleton").values()), pose)


def _nodes(pose: h5py.Group) -> list[str]:
    nodes = _skeleton(pose).get("nodes")
    words = whole(nodes).reshape(-1).tolist() if isinstance(nodes, h5py.Dataset) else []
    return [sound_part(text_of(word)) for word in words]


def _edges(pose: h5py.Group) -> list[Pair]:
    edges, nodes = _skeleton(pose).get("edges"), _nodes(pose)
    pairs = whole(edges).reshape(-1, 2).tolist() if isinstance(edges, h5py.Dataset) else []
    return [(nodes[first], nodes[second]) for first, second in pairs]


def _position(series: h5py.Group) -> NDArray[np.float64]:
    """(frame, 3) z, y, x."""
    stored = whole(dataset(series, "data")).astype(np.float64)
    if stored.ndim != 2 or stored.shape[1] not in (2, 3):
        raise ValueError(f"{series.name} has positions of shape {stored.shape}")
    flat = stored[:, ::-1]
    if stored.shape[1] == 3:
        return flat
    return np.concatenate([np.where(np.isnan(flat[:, :1]), np.nan, 0), flat], axis=1)


def _confidence(series: h5py.Group, frames: int) -> NDArray[np.float64]:
    item = series.get("confidence")
    if not isinstance(item, h5py.Dataset):
        return np.full((frames, 1), np.nan)
    return whole(item).astype(np.float64).reshape(frames, 1)


def _one_array(columns: list[NDArray[np.float64]], width: int) -> NDArray[np.float64]:
    """(frame, keypoint, width), NaN where a series is shorter."""
    frames = max(map(len, columns), default=0)
    every = np.full((frames, len(columns), width), np.nan)
    for place, column in enumerate(columns):
        every[: len(column), place] = column
    return every


def _scorer(keypoints: KeypointSet) -> str:
    return next(
        (one.tool for one in keypoints.authors if not one.is_person and one.tool), "Sightline"
    )
