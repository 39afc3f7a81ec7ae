"""Give tracks back in the form in which annotations came, or another: `sightline track export`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.data.tracks import Tracks, Visibility
from sightline.errors import InputError
from sightline.formats.keypoints.carried import refuse_depth
from sightline.formats.keypoints.keypoint_table import write_keypoint_tables
from sightline.formats.keypoints.write_keypoints import CARRIED, path_beside, write_keypoints
from sightline.review.said_keypoints import trusted
from sightline.review.track_session import TrackSession

Summary = dict[str, Any]

TOOL: Final = "Sightline"
_POINTS_AT_ONCE: Final = 500_000


def export(
    project: str | Path, output: str | Path | None = None, *, to: str = "", annotator: str = ""
) -> Summary:
    """Write every point: people's as they gave them, the machine's with score and visibility.

    Parameters
    ----------
    project
        The project folder.
    output
        New file or folder; beside the annotations if not given.
    to
        Format; the annotations' own if not given.
    annotator
        Whose decisions are counted in the summary; all people's are written.

    Returns
    -------
    dict
        ``output``, ``positions`` written, ``annotated`` ones among them, ``stale`` frames, which
        are written as they stand, and ``notes`` on what the format does not carry.

    Raises
    ------
    InputError, SettingError, ProjectError
        If the project cannot be read, or the file is there already or cannot be written.
    """
    with TrackSession(project, annotator) as session:
        target = new_output(session.tracking.keypoints, output, to)
        positions, told = write_tracks(session, target, to)
        stale = len(session.stale)
        annotated = len(session.said.given)
    notes = list(told)
    if stale:
        notes.append(f"{stale} frames wait to be tracked again, and are given as they stand.")
    return {
        "output": str(target),
        "positions": positions,
        "annotated": annotated,
        "stale": stale,
        "notes": notes,
    }


def new_output(keypoints: KeypointSet, output: str | Path | None, to: str) -> Path:
    """Where results are written; what cannot be written is refused before hours of work.

    Raises
    ------
    InputError
        If something is there, or the format has no depth and the keypoints have.
    SettingError
        If the format is unknown.
    """
    target = Path(output) if output is not None else path_beside(keypoints, to)
    if target.exists():
        raise InputError(target, "it is there already", "a new name", "Choose another --output.")
    form = to or keypoints.format
    if form in CARRIED and "z" not in CARRIED[form]:
        refuse_depth(keypoints, target, form)
    return target


def write_tracks(session: TrackSession, target: Path, to: str = "") -> tuple[int, tuple[str, ...]]:
    """Write all points as they stand to a new file; a table is written stretch by stretch.

    Returns
    -------
    positions : int
        How many were written.
    notes : tuple of str
        What the format does not carry.

    Raises
    ------
    InputError
        If the file is there already, or the format cannot hold what is to be written.
    """
    if (to or session.tracking.keypoints.format) != "csv":
        found = final_keypoints(session, range(session.tracking.frames))
        return len(found), write_keypoints(target, found, to)
    written = 0

    def parts() -> Iterator[KeypointSet]:
        nonlocal written
        length = max(1, _POINTS_AT_ONCE // max(len(session.names), 1))
        for start in range(0, session.tracking.frames, length):
            frames = range(start, min(start + length, session.tracking.frames))
            part = final_keypoints(session, frames)
            written += len(part)
            yield part

    notes = write_keypoint_tables(target, parts())
    return written, notes


def final_keypoints(session: TrackSession, frames: range) -> KeypointSet:
    """Points as they stand: rows that came and still hold, what people said since, the rest."""
    came = session.tracking.keypoints.within(frames)
    given = session.said.given.within(frames)
    came_as, said_as = _places(came), _places(given)
    place = np.searchsorted(said_as, came_as)
    same = trusted(came) & np.isin(came_as, said_as)
    same[same] = (given.position[place[same]] == came.position[same]).all(axis=1)
    kept = came.chosen(same)
    new = given.chosen(~np.isin(said_as, came_as[same]))
    said = _joined(kept, new, [Author(one.annotator, TOOL) for one in new.authors])
    return with_tracks(said, session.predict(frames), frames.start)


def _places(keypoints: KeypointSet) -> NDArray[np.int64]:
    """(row,) a number for each frame and keypoint, rising."""
    return keypoints.frame * len(keypoints.names) + keypoints.keypoint


def with_tracks(keypoints: KeypointSet, tracks: Tracks, first: int = 0) -> KeypointSet:
    """Annotations, and rows of the machine, from frame ``first`` on, wherever nobody annotated."""
    there = np.asarray(np.isfinite(tracks.positions).all(axis=2))
    there[keypoints.frame - first, keypoints.keypoint] = False
    frame, keypoint = np.nonzero(there)
    machine = replace(
        keypoints,
        frame=first + frame,
        keypoint=keypoint,
        position=tracks.positions[frame, keypoint].astype(np.float64),
        score=tracks.score[frame, keypoint].astype(np.float64),
        hidden=tracks.visibility[frame, keypoint] == Visibility.HIDDEN,
        author=np.zeros(len(frame), np.int64),
    )
    return _joined(keypoints, machine, [Author(tool=TOOL)])


def _joined(keypoints: KeypointSet, more: KeypointSet, authors: Sequence[Author]) -> KeypointSet:
    """The same with more rows, by ``authors``; of their further columns nothing is known."""

    def both(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(keypoints, name), getattr(more, name)])

    rows = len(more.frame)
    columns = {
        name: np.concatenate([values, np.zeros(rows, values.dtype)])
        for name, values in keypoints.columns.items()
    }
    author = np.concatenate([keypoints.author, more.author + len(keypoints.authors)])
    parts = {name: both(name) for name in ("frame", "keypoint", "position", "score", "hidden")}
    every = (*keypoints.authors, *authors)
    return check_keypoints(
        replace(keypoints, **parts, author=author, authors=every, columns=columns)
    )
