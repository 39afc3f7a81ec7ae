"""Detections as keypoints that somebody may annotate on from."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.errors import InputError
from sightline.track.detect import Detections
from sightline.workflows.track_export import TOOL


def no_keypoints(video: Path, form: str, shape: Sequence[int]) -> KeypointSet:
    """Give a set without rows, whose source stands beside the video.

    Parameters
    ----------
    video
        File or folder.
    form
        Name of the set's format.
    shape
        (z, y, x) of the video in pixels.
    """
    none = np.empty(0)
    return KeypointSet(
        names=("point 1",),
        source=str(video.with_name(f"{video.name.split('.', maxsplit=1)[0]}_points")),
        format=form,
        frame=none.astype(np.int64),
        keypoint=none.astype(np.int64),
        position=np.empty((0, 3)),
        score=none,
        hidden=none.astype(bool),
        author=none.astype(np.int64),
        authors=(Author(tool=TOOL),),
        image_shape=(shape[0], shape[1], shape[2]),
        video=video.name,
    )


def as_keypoints(
    empty: KeypointSet, found: Sequence[Detections], frames: Sequence[int]
) -> KeypointSet:
    """Name detections by rank; those of one frame say nothing of another's.

    Parameters
    ----------
    empty
        Of `no_keypoints`.
    found
        Of each frame.
    frames
        Their numbers.

    Raises
    ------
    InputError
        If nothing was detected.
    """
    counts = [len(one.positions) for one in found]
    if not sum(counts):
        raise InputError(
            empty.video,
            f"nothing was detected in {'frame' if len(frames) == 1 else 'frames'} "
            f"{', '.join(map(str, frames))}",
            "at least one detection",
            "Give another --radius, or a lower --least-probability.",
        )
    ranks = [range(1, count + 1) for count in counts]
    names = [
        f"point {rank}" if len(frames) == 1 else f"frame {frame} point {rank}"
        for frame, those in zip(frames, ranks, strict=True)
        for rank in those
    ]
    scores = [one.strength if one.probability is None else one.probability for one in found]
    rows = len(names)
    return check_keypoints(
        replace(
            empty,
            names=tuple(names),
            frame=np.repeat(frames, counts),
            keypoint=np.arange(rows),
            position=np.concatenate([one.positions for one in found]),
            score=np.concatenate(scores),
            hidden=np.zeros(rows, bool),
            author=np.zeros(rows, np.int64),
        )
    )
