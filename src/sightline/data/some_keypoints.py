"""Some of a recording's keypoints: those of given names, or those that given people annotated."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sightline.data.keypoints import KeypointSet, Pair, check_keypoints
from sightline.errors import InputError


def only_named(keypoints: KeypointSet, names: Sequence[str]) -> KeypointSet:
    """Leave out all keypoints but those named; an animal's name stands for all its parts.

    Raises
    ------
    InputError
        If there is none of a name.
    """
    kept: set[str] = set()
    for wanted in names:
        found = [
            name for name in keypoints.names if name == wanted or name.startswith(f"{wanted}/")
        ]
        if not found:
            raise InputError(
                keypoints.source,
                f"it has no keypoint {wanted!r}",
                "one of " + ", ".join(keypoints.names[:20]),
                "Check the spelling.",
            )
        kept |= set(found)
    places = [place for place, name in enumerate(keypoints.names) if name in kept]
    new = np.full(len(keypoints.names), -1)
    new[places] = np.arange(len(places))
    some = keypoints.chosen(new[keypoints.keypoint] >= 0)

    def among(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple(pair for pair in pairs if kept.issuperset(pair))

    return check_keypoints(
        replace(
            some,
            names=tuple(keypoints.names[place] for place in places),
            keypoint=new[some.keypoint],
            edges=among(some.edges),
            symmetries=among(some.symmetries),
            parents=among(some.parents),
            numbers=tuple(some.numbers[place] for place in places) if some.numbers else (),
            colours=tuple(some.colours[place] for place in places) if some.colours else (),
        )
    )


def only_by(keypoints: KeypointSet, annotators: Sequence[str]) -> KeypointSet:
    """Leave out all rows but those of some annotators.

    Raises
    ------
    InputError
        If there is none by one of them.
    """
    by = [author.annotator for author in keypoints.authors]
    unknown = [name for name in annotators if name not in by]
    if unknown:
        raise InputError(
            keypoints.source,
            f"nothing is by {unknown[0]!r}",
            "one of " + ", ".join(sorted(filter(None, by))),
            "Check the spelling.",
        )
    wanted = np.array([name in annotators for name in by], bool)
    return keypoints.chosen(wanted[keypoints.author])
