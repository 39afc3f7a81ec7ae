"""Say where points really are; what depends on it is tracked again: `sightline track correct`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from sightline.compute.jobs import Progress
from sightline.data.decision import Decision
from sightline.data.keypoints import KeypointSet
from sightline.errors import InputError, SettingError
from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.project.source import remember_sources
from sightline.review.said_keypoints import SEEN, decisions_of, record_annotations, trusted
from sightline.review.track_session import TrackSession

Summary = dict[str, Any]

_UNMOVED_PX: Final = 0.01  # farther from where it stands, a position in a file is a correction


def next_points(
    project: str | Path, annotator: str, number: int = 10, *, seed: int = 0
) -> list[Summary]:
    """Choose the points whose correction is worth most.

    Parameters
    ----------
    project
        The project folder.
    annotator
        Who would answer.
    number
        Points wanted.
    seed
        Of those drawn at random.

    Returns
    -------
    list of dict
        ``item``, ``frame``, ``keypoint``, the machine's ``position`` (z, y, x pixels; None where it
        has none), ``score``, ``reason`` and whether it was drawn at random (``probe``).

    Raises
    ------
    ProjectError, InputError, SettingError
        If the project cannot be opened, or the number is not positive.
    """
    with TrackSession(project, annotator, seed=seed) as session:
        found = []
        for question in session.batch(number):
            frame, keypoint = session.point_of(question.item)
            place = session.where(question.item)
            found.append(
                {
                    "item": question.item,
                    "frame": frame,
                    "keypoint": session.names[keypoint],
                    "position": place.tolist() if np.isfinite(place).all() else None,
                    "score": float(session.store.score[frame, keypoint]),
                    "reason": question.reason,
                    "probe": question.probe,
                }
            )
    return found


def correct(  # noqa: PLR0913 -- one argument for each thing a user may say
    project: str | Path,
    annotator: str,
    *,
    frame: int | None = None,
    keypoint: str = "",
    position: Sequence[float] | None = None,
    value: str = SEEN,
    confirm: Sequence[int] = (),
    corrections: str | Path | None = None,
    undo: bool = False,
    video: str | Path | None = None,
    workers: int | None = None,
    on: str = "",
    progress: Progress = lambda _done, _total: None,
) -> Summary:
    """Record one point, whole frames, or a file of corrections; track again what depends on them.

    Parameters
    ----------
    project
        The project folder.
    annotator
        Who says so.
    frame, keypoint
        One point, by the keypoint's name.
    position
        Where it is, (z, y, x) or (y, x) pixels; where the machine puts it if not given.
    value
        ``"seen"``, ``"hidden"``, ``"unsure"`` or ``"skip"``.
    confirm
        Frames in which all points are where the machine puts them: they become references.
    corrections
        Keypoints in any known format, such as an export that was corrected in another tool: what
        is not where it stands is a correction.
    undo
        Take back the annotator's last act instead.
    video
        Where the video is now, if it was moved; it is remembered.
    workers, on, progress
        As for `run`.

    Returns
    -------
    dict
        ``recorded`` positions, ``tracked`` frames, and how the tracking stands, see
        `sightline.data.tracks.TrackProgress`.

    Raises
    ------
    InputError, SettingError, ProjectError
        If nothing is said, a point is unknown, or the project or a file cannot be used.
    """
    with TrackSession(project, annotator, video=video) as session:
        if video is not None:
            remember_sources(session.project, {session.tracking.recording: Path(video)})
        before = session.journal.state().last
        if undo:
            session.undo()
        if corrections is not None:
            _take_in(session, Path(corrections))
        for one in confirm:
            session.confirm(one)
        if keypoint:
            _one(session, frame, keypoint, position, value)
        recorded = sum(len(entry.decisions) for entry in session.journal.entries(before))
        if not (recorded or undo or corrections is not None):
            raise SettingError(
                "Nothing was said; give --frame and --keypoint, --confirm, --file or --undo."
            )
        tracked = session.refit(workers=workers, on=on, progress=progress)
        return {"recorded": recorded, "tracked": tracked.tolist(), **asdict(session.progress())}


def _one(
    session: TrackSession,
    frame: int | None,
    keypoint: str,
    position: Sequence[float] | None,
    value: str,
) -> None:
    if keypoint not in session.names:
        raise InputError(
            f"keypoint {keypoint!r}", "there is none of that name",
            ", ".join(session.names[:20]), "Check the spelling.",
        )  # fmt: skip
    if frame is None:
        raise SettingError("--keypoint was given without --frame; say in which frame it is.")
    item = session.item(frame, session.names.index(keypoint))
    session.where(item)  # whoever corrects has seen what is wrong
    session.decide(item, position, value)


def _take_in(session: TrackSession, path: Path) -> None:
    """Record what in a file differs from where it stands."""
    shape = session.tracking.video_shape[2:]
    told = open_keypoints(path, image_shape=(shape[0], shape[1], shape[2]))
    strange = set(told.names) - set(session.names)
    if strange or (len(told) and told.frame.max() >= session.tracking.frames):
        raise InputError(
            path,
            f"it has keypoints {sorted(strange)[:5]}" if strange else f"frame {told.frame.max()}",
            f"those of the project, in frames 0 to {session.tracking.frames - 1}",
            "Check that it belongs to the project.",
        )
    record_annotations(session.journal, _corrections(session, told))
    session.refresh()


def _corrections(session: TrackSession, told: KeypointSet) -> dict[str, list[Decision]]:
    now = session.predict().positions
    index = np.array([session.names.index(name) for name in told.names])
    stands = now[told.frame, index[told.keypoint]]
    moved = ~(np.linalg.norm(stands - told.position, axis=1) <= _UNMOVED_PX)
    rows = np.flatnonzero(trusted(told) & moved)
    return decisions_of(session.tracking.recording, told, rows, nameless=session.annotator)
