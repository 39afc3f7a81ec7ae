"""Keypoints made for tests: some of everything that a set may have."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from sightline.data.keypoints import Author, KeypointSet, check_keypoints

PARTS = ("head", "left ear", "right ear", "tail")
ANIMALS = ("fly", "moth")
SHAPE = (6, 48, 64)
PEOPLE = (Author("Ann", "Tool"), Author("", "Machine"))


def made(animals: Collection[str] = ANIMALS, *, depth: bool = True, seed: int = 0) -> KeypointSet:
    """Ten frames in which about a third of the keypoints are missing, frame 4 has all, 7 none."""
    rng = np.random.default_rng(seed)
    names = tuple(f"{animal}/{part}" if animal else part for animal in animals for part in PARTS)
    there = rng.random((10, len(names))) > 0.3
    there[0], there[4], there[7] = True, True, False
    frame, keypoint = np.nonzero(there)
    shape = SHAPE if depth else (1, *SHAPE[1:])
    position = rng.random((len(frame), 3)) * (np.array(shape) - 1)
    by_machine = rng.random(len(frame)) > 0.5
    score = np.where(by_machine, rng.random(len(frame)), np.nan)
    pairs = [tuple(f"{a}/{part}" if a else part for part in ("head", "tail")) for a in animals]
    ears = [tuple(f"{a}/{part}" if a else part for part in PARTS[1:3]) for a in animals]
    return check_keypoints(
        KeypointSet(
            names=names,
            source="made",
            format="made",
            frame=frame,
            keypoint=keypoint,
            position=position,
            score=score,
            hidden=rng.random(len(frame)) > 0.8,
            author=by_machine.astype(np.int64),
            authors=PEOPLE,
            edges=tuple((first, second) for first, second in pairs),
            symmetries=tuple((first, second) for first, second in ears),
            image_shape=shape,
            frame_names=tuple(f"labeled-data/clip/img{number:03}.png" for number in range(10)),
        )
    )


def by(keypoints: KeypointSet, author: Author) -> KeypointSet:
    """The same, all said by one; a person gives no scores."""
    score = np.full(len(keypoints), np.nan) if author.is_person else keypoints.score
    return replace(
        keypoints, author=np.zeros(len(keypoints), np.int64), authors=(author,), score=score
    )
