"""What people have said of keypoints, as far as it stands: from the journal to annotations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.positions import consensus_position
from sightline.data.decision import SKIP, UNSURE, Decision, DecisionKind
from sightline.data.keypoint_item import keypoint_item, parse_keypoint_item
from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.data.tracks import Tracks, Visibility
from sightline.errors import InputError
from sightline.project.fold import State, merged, standing
from sightline.project.journal import Journal

SEEN: Final = "seen"
HIDDEN: Final = "hidden"
_WHOLE: Final = 0.8  # share of the most annotated frame from which another can be tracked from
_NAMELESS: Final = "annotations"


@dataclass(frozen=True)
class Said:
    """What stands.

    Parameters
    ----------
    given
        Positions, several annotators' as one; the authors are who said them.
    hidden
        (frame, keypoint) that are hidden, and where nobody could say.
    open
        (frame, keypoint) on which people said that they were unsure, or skipped it.
    """

    given: KeypointSet = field(repr=False)
    hidden: frozenset[tuple[int, int]] = frozenset()
    open: frozenset[tuple[int, int]] = frozenset()


def said_keypoints(state: State, keypoints: KeypointSet) -> Said:
    """Fold all annotators' standing decisions on a recording's keypoints.

    Parameters
    ----------
    state
        Of the journal.
    keypoints
        Whose names they are of.
    """
    index = {name: place for place, name in enumerate(keypoints.names)}
    authors: dict[str, int] = {}
    rows: list[tuple[int, int, tuple[float, ...], bool, int]] = []
    hidden, left = set(), set()
    for item, decisions in merged(state).items():
        of_points = [one for one in decisions if one.kind is DecisionKind.KEYPOINT]
        place = _place(item, index)
        if not of_points or place is None:
            continue
        told = [one for one in of_points if one.value not in (UNSURE, SKIP)]
        positions = [one.position for one in told if one.position is not None]
        unseen = 2 * sum(one.value == HIDDEN for one in told) > len(told)
        if positions:
            names = " and ".join(one.annotator for one in told)
            author = authors.setdefault(names, len(authors))
            where = tuple(consensus_position(positions).tolist())
            rows.append((*place, where, unseen, author))
        elif unseen:
            hidden.add(place)
        else:
            left.add(place)
    return Said(_annotations(keypoints, rows, authors), frozenset(hidden), frozenset(left))


def with_said(tracks: Tracks, said: Said, frames: range) -> Tracks:
    """Tracks of some frames, one after the other, with what people said in place."""
    rows = slice(frames.start, frames.stop)
    positions, score = tracks.positions[rows].copy(), tracks.score[rows].copy()
    visibility = tracks.visibility[rows].copy()
    given = said.given.within(frames)
    at = (given.frame - frames.start, given.keypoint)
    positions[at], score[at] = given.position, 1.0
    visibility[at] = np.where(given.hidden, Visibility.HIDDEN, Visibility.SEEN)
    for frame, keypoint in said.hidden:
        if frame in frames:
            visibility[frame - frames.start, keypoint] = Visibility.HIDDEN
    return Tracks(positions, score, visibility)


def decisions_of(
    recording: str,
    keypoints: KeypointSet,
    rows: Iterable[int] | None = None,
    nameless: str = _NAMELESS,
) -> dict[str, list[Decision]]:
    """Decisions that annotations amount to, by annotator; those of `trusted` rows if not given.

    ``nameless`` is the annotator where a row does not tell.
    """
    every: dict[str, list[Decision]] = {}
    for row in np.flatnonzero(trusted(keypoints)) if rows is None else rows:
        who = keypoints.authors[keypoints.author[row]].annotator or nameless
        name = keypoints.names[keypoints.keypoint[row]]
        decision = Decision(
            keypoint_item(recording, int(keypoints.frame[row]), name),
            who,
            DecisionKind.KEYPOINT,
            HIDDEN if keypoints.hidden[row] else SEEN,
            tuple(keypoints.position[row].tolist()),
            evidence="imported",
        )
        every.setdefault(who, []).append(decision)
    return every


def trusted(keypoints: KeypointSet) -> NDArray[np.bool_]:
    """(row,) bool: rows to track from: people's, and those of which nobody says whose they are.

    Where there are none of these, all are: some formats do not tell people from machines.
    """
    by = [author.is_person or not author.tool for author in keypoints.authors]
    rows = np.array(by, bool)[keypoints.author]
    return rows if rows.any() else np.ones(len(keypoints), bool)


def reference_frames(keypoints: KeypointSet) -> tuple[int, ...]:
    """Give the frames to track from, rising: those of `whole_frames`.

    Raises
    ------
    InputError
        If there is none.
    """
    whole = whole_frames(keypoints)
    if not whole:
        most = int(np.unique(keypoints.frame, return_counts=True)[1].max(initial=0))
        raise InputError(
            keypoints.source,
            f"no frame has more than {most} of the {len(keypoints.names)} keypoints",
            "at least one frame in which all are annotated, or all that are in sight",
            "Annotate one frame whole; `sightline track recommend` says which.",
        )
    return whole


def whole_frames(keypoints: KeypointSet) -> tuple[int, ...]:
    """Give the frames that are annotated whole, rising; none if no frame has half of the keypoints.

    These are the frames in which all keypoints are annotated, and those that have four fifths of
    what the fullest frame has, because some keypoints may be out of sight.
    """
    there, counts = np.unique(keypoints.frame, return_counts=True)
    most = int(counts.max(initial=0))
    if 2 * most < len(keypoints.names) or not most:
        return ()
    return tuple(there[counts >= _WHOLE * most].tolist())


def record_annotations(
    journal: Journal, decisions: Mapping[str, Iterable[Decision]]
) -> dict[str, int]:
    """Record imported positions, each annotator's as one group, but for what stands already.

    Returns
    -------
    dict
        How many are new, by annotator.
    """
    state = journal.state()
    counts = {}
    for annotator, said in decisions.items():
        known = standing(state, annotator, DecisionKind.KEYPOINT)
        new = [one for one in said if not _says_the_same(known.get(one.item), one)]
        if new:
            journal.record(new, uuid4().hex)
        counts[annotator] = len(new)
    return counts


def _says_the_same(before: Decision | None, now: Decision) -> bool:
    return before is not None and (before.value, before.position) == (now.value, now.position)


def _place(item: str, index: Mapping[str, int]) -> tuple[int, int] | None:
    """Frame and keypoint of an item; None if it is of something else."""
    try:
        _, frame, name = parse_keypoint_item(item)
    except InputError:
        return None
    return (frame, index[name]) if name in index else None


def _annotations(
    keypoints: KeypointSet,
    rows: list[tuple[int, int, tuple[float, ...], bool, int]],
    authors: Mapping[str, int],
) -> KeypointSet:
    frame, keypoint, position, hidden, author = zip(*rows, strict=True) if rows else ((),) * 5
    flat = np.array([(0.0, *one)[-3:] for one in position]).reshape(-1, 3)
    return check_keypoints(
        replace(
            keypoints,
            frame=np.array(frame, np.int64),
            keypoint=np.array(keypoint, np.int64),
            position=flat,
            score=np.full(len(rows), np.nan),
            hidden=np.array(hidden, bool),
            author=np.array(author, np.int64),
            authors=tuple(Author(name) for name in authors) or (Author(),),
            columns={},
            notes=(),
        )
    )
