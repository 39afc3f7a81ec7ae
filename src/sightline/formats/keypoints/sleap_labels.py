"""SLEAP's ``.slp``: labels of people and of the machine, with skeleton, tracks and visibility.

Pixels: since format 1.1 the centre of a pixel is at whole numbers; older files have it at .5, which
is taken off. Files hold 64 bits, so that positions round-trip exactly.

A track is an animal, a node a part. Instances that have no track are one animal without a name if
no frame has two of a person's or two of the machine's, else "untracked 1", "untracked 2", ... in
each frame's order, which does not follow anybody through frames. People are all called "user", as
SLEAP keeps no names; where a person and the machine placed one keypoint, the person's is taken.
"""

import json
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
from sightline.formats.keypoints.carried import Part, present_rows, refuse_depth, told_of_loss
from sightline.formats.keypoints.sleap_skeleton import (
    of_all_animals,
    read_skeleton,
    skeleton_of,
    sound_part,
    write_skeleton,
)
from sightline.formats.new_file import new_file
from sightline.formats.nwb_file import text_of
from sightline.formats.unreadable import damage_reported

CARRIED: Final[tuple[Part, ...]] = (
    "scores", "visibility", "person or machine", "skeleton", "symmetries", "names", "unplaced names"
)  # fmt: skip
DATASETS: Final = {"metadata", "frames", "instances", "points", "pred_points"}
_EXPECTED: Final = "a whole .slp file of SLEAP"
_AUTHORS: Final = (Author("user", "SLEAP"), Author("", "SLEAP"))
_USER, _PREDICTED = 0, 1
_WHOLE_PIXELS_SINCE: Final = 1.1
_FORMAT: Final = 1.2
_POINT: Final = np.dtype([("x", "f8"), ("y", "f8"), ("visible", "?"), ("complete", "?")])
_PREDICTED_POINT: Final = np.dtype([*_POINT.descr, ("score", "f8")])
_FRAME: Final = np.dtype(
    [
        ("frame_id", "u8"),
        ("video", "u4"),
        ("frame_idx", "u8"),
        ("instance_id_start", "u8"),
        ("instance_id_end", "u8"),
    ]
)
_INSTANCE: Final = np.dtype(
    [
        ("instance_id", "i8"),
        ("instance_type", "u1"),
        ("frame_id", "u8"),
        ("skeleton", "u4"),
        ("track", "i4"),
        ("from_predicted", "i8"),
        ("score", "f4"),
        ("point_id_start", "u8"),
        ("point_id_end", "u8"),
        ("tracking_score", "f4"),
    ]
)


def read_sleap(
    path: Path, *, video: int | None = None, image_shape: tuple[int, int, int] | None = None
) -> KeypointSet:
    """Read the labels of one video.

    Parameters
    ----------
    path
        The ``.slp`` file.
    video
        Its number in the file, from 0; needed where several have labels.
    image_shape
        (z, y, x), pixels, where known; else the file's, if it tells.

    Raises
    ------
    InputError
        If the file is damaged, several videos or skeletons have labels, or none.
    """
    with damage_reported(path, _EXPECTED):
        stored, content, version = _stored(path)
        frames = _frames_of_video(path, stored, video)
        instances = _instances(stored, frames)
        skeleton = read_skeleton(content, _only(path, "skeletons", instances["skeleton"]))
        tracks = _different(text_of_track(text) for text in stored.get("tracks_json", []))
        animals, animal, note = _animals(instances, tracks)
        points = _points(stored, instances, len(skeleton.parts))
        points["animal"] = np.repeat(animal, len(skeleton.parts))
    position = np.stack([points["y"], points["x"]], axis=1)
    if version < _WHOLE_PIXELS_SINCE:
        position -= 0.5
    rows = present_rows(position, path, ("y", "x"))
    keypoint = points["animal"] * len(skeleton.parts) + points["part"]
    kept, again = _one_each(points["frame"][rows], keypoint[rows], points["kind"][rows])
    rows = rows[kept]
    told = _video_about(stored, video if video is not None else int(frames["video"][0]))
    return check_keypoints(
        KeypointSet(
            names=tuple(keypoint_name(one, part) for one in animals for part in skeleton.parts),
            source=str(path),
            format="sleap",
            frame=points["frame"][rows],
            keypoint=keypoint[rows],
            position=np.concatenate([np.zeros((len(rows), 1)), position[rows]], axis=1),
            score=points["score"][rows],
            hidden=~points["visible"][rows],
            author=points["kind"][rows],
            authors=_AUTHORS,
            edges=of_all_animals(skeleton.edges, animals),
            symmetries=of_all_animals(skeleton.symmetries, animals),
            image_shape=image_shape or told[1],
            video=told[0],
            notes=(*note, *again),
        )
    )


def write_sleap(path: Path, keypoints: KeypointSet) -> tuple[str, ...]:
    """Write a new ``.slp``; where people and the machine placed one animal, as two instances.

    Raises
    ------
    InputError
        If there is a file of that name, or a position has a z.
    """
    refuse_depth(keypoints, path, "SLEAP")
    skeleton, told = skeleton_of(keypoints)
    tracks = [animal for animal in keypoints.animals if animal]
    frames, instances, people, machine = _tables(keypoints, skeleton.parts, tracks)
    backend = {"filename": keypoints.video, "grayscale": None, "dataset": "", "input_format": ""}
    if keypoints.image_shape is not None:
        backend["shape"] = [None, *keypoints.image_shape[1:], 1]
    with new_file(path) as aside, h5py.File(aside, "w") as file:
        about = file.create_group("metadata").attrs
        about["format_id"] = _FORMAT
        about["json"] = np.bytes_(json.dumps(write_skeleton(skeleton)).encode())
        file["frames"], file["instances"] = frames, instances
        file["points"], file["pred_points"] = people, machine
        _add_texts(file, "videos_json", [json.dumps({"backend": backend})])
        _add_texts(file, "tracks_json", [json.dumps([0, name]) for name in tracks])
        file["suggestions_json"] = np.zeros(0)
    return *told_of_loss(keypoints, "SLEAP", CARRIED), *told


def text_of_track(text: Any) -> str:
    """A track's name, out of ``[first frame, name]``."""
    return sound_part(str(json.loads(text_of(text))[1]))


def _stored(path: Path) -> tuple[dict[str, NDArray[Any]], Any, float]:
    """The tables of a file, its JSON, and the version of its format."""
    with h5py.File(path, "r", locking="best-effort") as file:
        tables = {n: held(item)[()] for n, item in file.items() if isinstance(item, h5py.Dataset)}
        about = file["metadata"].attrs
        version = about.get("format_id", _WHOLE_PIXELS_SINCE)
        return tables, json.loads(text_of(about["json"])), float(np.asarray(version).item())


def _frames_of_video(
    path: Path, stored: dict[str, NDArray[Any]], video: int | None
) -> NDArray[Any]:
    frames = stored["frames"]
    frames = frames[frames["instance_id_end"] > frames["instance_id_start"]]
    there = np.unique(frames["video"]).tolist()
    if not there:
        raise InputError(path, "it holds no labels", "labelled frames", "Label some first.")
    if (len(there) > 1) if video is None else (video not in there):
        raise InputError(
            path,
            f"the videos {', '.join(map(str, there))} have labels",
            "those of one" if video is None else f"labels of video {video}",
            "Say the number of the video, from 0.",
        )
    return frames[frames["video"] == (there[0] if video is None else video)]


def _instances(stored: dict[str, NDArray[Any]], frames: NDArray[Any]) -> NDArray[Any]:
    """The instances of some frames, with ``frame_id`` the frame's number in the video."""
    every = stored["instances"]
    starts, ends = (frames[f"instance_id_{end}"].astype(np.int64) for end in ("start", "end"))
    if ends.max() > len(every):
        raise ValueError(f"{len(every)} instances where {ends.max()} are promised")
    rows = np.concatenate([np.arange(*pair) for pair in zip(starts, ends, strict=True)])
    chosen = every[rows]
    chosen["frame_id"] = np.repeat(frames["frame_idx"], ends - starts)
    return chosen


def _only(path: Path, what: str, numbers: NDArray[Any]) -> int:
    there = np.unique(numbers).tolist()
    if len(there) != 1:
        raise InputError(
            path, f"its labels are of {len(there)} {what}", "of one", "Save them apart in SLEAP."
        )
    return int(there[0])


def _different(names: Any) -> list[str]:
    found: list[str] = []
    for said in names:
        name = said or "track"
        while name in found:
            name = f"{name} ({len(found)})"
        found.append(name)
    return found


def _animals(
    instances: NDArray[Any], tracks: list[str]
) -> tuple[list[str], NDArray[np.int64], tuple[str, ...]]:
    """Names of the animals, the animal of each instance, and what was assumed."""
    animal = instances["track"].astype(np.int64)
    if len(animal) and animal.max() >= len(tracks):
        raise ValueError(f"{len(tracks)} tracks where {animal.max() + 1} are promised")
    loose = np.flatnonzero(animal < 0)
    if not len(loose):
        return tracks, animal, ()
    marks = instances[["frame_id", "instance_type"]][loose]
    if _places_in_group(marks).max() == 0:
        animal[loose] = len(tracks)
        return [*tracks, ""], animal, ()
    order = _places_in_group(marks["frame_id"])
    animal[loose] = len(tracks) + order
    count = int(order.max()) + 1
    names = _different([*tracks, *(f"untracked {number + 1}" for number in range(count))])
    note = "Instances without a track are numbered in each frame: they follow nobody in time."
    return names, animal, (note,)


def _places_in_group(marks: NDArray[Any]) -> NDArray[np.int64]:
    """How many with the same mark come before, for each."""
    _, group = np.unique(marks, return_inverse=True)
    order = np.argsort(group, kind="stable")
    first = np.flatnonzero(np.diff(group[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    found = np.empty(len(order), np.int64)
    found[order] = place
    return found


def _points(
    stored: dict[str, NDArray[Any]], instances: NDArray[Any], parts: int
) -> dict[str, NDArray[Any]]:
    """All points of the instances, one row each, in the instances' order."""
    starts, ends = (instances[f"point_id_{end}"].astype(np.int64) for end in ("start", "end"))
    kind = instances["instance_type"].astype(np.int64)
    if not np.isin(kind, (_USER, _PREDICTED)).all() or (ends - starts != parts).any():
        raise ValueError("its instances are not of the skeleton's parts")
    rows = (starts[:, None] + np.arange(parts)).ravel()
    by_machine = np.repeat(kind == _PREDICTED, parts)
    points: dict[str, NDArray[Any]] = {
        "frame": np.repeat(instances["frame_id"].astype(np.int64), parts),
        "part": np.tile(np.arange(parts), len(instances)),
        "kind": np.repeat(kind, parts),
        "score": np.full(len(rows), np.nan),
    }
    for name in ("x", "y", "visible"):
        values = np.empty(len(rows), bool if name == "visible" else float)
        values[~by_machine] = stored["points"][name][rows[~by_machine]]
        values[by_machine] = stored["pred_points"][name][rows[by_machine]]
        points[name] = values
    points["score"][by_machine] = stored["pred_points"]["score"][rows[by_machine]]
    return points


def _one_each(
    frame: NDArray[np.int64], keypoint: NDArray[np.int64], kind: NDArray[np.int64]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Rows to keep where a keypoint was placed twice in a frame: a person's, then the last."""
    order = np.lexsort((-kind, keypoint, frame))
    last = np.ones(len(order), bool)
    last[:-1] = (np.diff(frame[order]) != 0) | (np.diff(keypoint[order]) != 0)
    dropped = int((~last).sum())
    note = f"{dropped} positions were there twice: a person's is taken, else the last."
    return order[last], (note,) if dropped else ()


def _video_about(
    stored: dict[str, NDArray[Any]], number: int
) -> tuple[str, tuple[int, int, int] | None]:
    """File name and shape of a video, as far as the file tells."""
    listed = stored.get("videos_json", np.zeros(0))
    about = json.loads(text_of(listed[number])) if number < len(listed) else {}
    backend = about.get("backend", {}) if isinstance(about, dict) else {}
    name, shape = backend.get("filename"), backend.get("shape")
    name = name if isinstance(name, str) else ""
    if not isinstance(shape, list) or len(shape) != 4:
        return name, None
    height, width = shape[1:3]
    known = type(height) is int and type(width) is int and min(height, width) > 0
    return name, (1, height, width) if known else None


def _tables(
    keypoints: KeypointSet, parts: tuple[str, ...], tracks: list[str]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Frames, instances, and the points of people and of the machine."""
    track_of = np.array([_place(animal_of(name), tracks) for name in keypoints.names], np.int64)
    node_of = np.array([parts.index(part_of(name)) for name in keypoints.names], np.int64)
    kind = np.where(keypoints.by_person, _USER, _PREDICTED)
    keys = np.stack([keypoints.frame, track_of[keypoints.keypoint], kind], axis=1)
    each, instance = np.unique(keys, axis=0, return_inverse=True)
    instance = instance.reshape(-1)
    number_of_kind = np.where(
        each[:, 2] == _USER, np.cumsum(each[:, 2] == _USER), np.cumsum(each[:, 2] == _PREDICTED)
    )
    starts = (number_of_kind - 1) * len(parts)
    places = starts[instance] + node_of[keypoints.keypoint]
    points = []
    for one, dtype in ((_USER, _POINT), (_PREDICTED, _PREDICTED_POINT)):
        table = np.zeros(int((each[:, 2] == one).sum()) * len(parts), dtype)
        for name in table.dtype.names or ():
            table[name] = np.nan if table.dtype[name].kind == "f" else False
        rows = np.flatnonzero(kind == one)
        table["x"][places[rows]] = keypoints.position[rows, 2]
        table["y"][places[rows]] = keypoints.position[rows, 1]
        table["visible"][places[rows]] = ~keypoints.hidden[rows]
        if one == _PREDICTED:
            table["score"][places[rows]] = keypoints.score[rows]
        points.append(table)
    instances = np.zeros(len(each), _INSTANCE)
    instances["instance_id"] = np.arange(len(each))
    instances["instance_type"], instances["track"] = each[:, 2], each[:, 1]
    instances["from_predicted"], instances["score"] = -1, np.nan
    instances["point_id_start"], instances["point_id_end"] = starts, starts + len(parts)
    numbers, first = np.unique(each[:, 0], return_index=True)
    instances["frame_id"] = np.searchsorted(numbers, each[:, 0])
    frames = np.zeros(len(numbers), _FRAME)
    frames["frame_id"], frames["frame_idx"] = np.arange(len(numbers)), numbers
    frames["instance_id_start"] = first
    frames["instance_id_end"] = [*first[1:], len(each)]
    return frames, instances, points[0], points[1]


def _place(animal: str, tracks: list[str]) -> int:
    return tracks.index(animal) if animal else -1


def _add_texts(file: h5py.File, name: str, texts: list[str]) -> None:
    encoded = [text.encode() for text in texts]
    file[name] = np.array(encoded, f"S{max(map(len, encoded), default=1)}")
