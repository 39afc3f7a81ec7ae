"""Bring tracks up to date: what is stale is tracked again, in parallel, and kept as it is done."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from sightline.compute.here import held_workers
from sightline.compute.jobs import Progress, each_finished
from sightline.data.recording import Recording
from sightline.data.tracks import Tracks, Visibility
from sightline.data.volumes import read_volumes
from sightline.project.track_store import TrackStore
from sightline.track.background import median_background
from sightline.track.detector import Detector, train_detector
from sightline.track.follow import Followed, Known, follow_frame, know, reference_frame
from sightline.track.follow_settings import FollowSettings
from sightline.track.plan import Plan

Opener = Callable[[], Recording]

_STRETCH: Final = 16  # frames that a process tracks before it reports
_FEW: Final = 32  # frames for which processes are not worth starting
_TAUGHT: Final = 5  # references that a detector is trained on
_BACKGROUND_FRAMES: Final = 25


@dataclass(frozen=True)
class Follower:
    """Where a video is read from, and what its frames are followed from.

    Parameters
    ----------
    open
        Opens the video; can be sent to another process if work is to be done there.
    settings
        See `FollowSettings`.
    references
        Reference frames, rising.
    positions : (reference, keypoint, 3) float64
        In these; NaN where missing.
    key
        Two followers with the same key have the same video, references and settings.
    """

    open: Opener = field(repr=False)
    settings: FollowSettings
    references: tuple[int, ...]
    positions: NDArray[np.float64] = field(repr=False)
    key: str

    @classmethod
    def of(cls, open_video: Opener, settings: FollowSettings, plan: Plan, video: str) -> Self:
        """Follow by a plan; ``video`` names what is opened."""
        references = plan.ordered.references
        key = f"{video} {plan.key}"
        return cls(open_video, settings, references, plan.reference_positions, key)


@dataclass(frozen=True)
class Step:
    """One frame to follow: from which parent (-1: none), by which references, with what given."""

    frame: int
    parent: int
    distance: float
    nearest: tuple[int, ...]
    given: NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True)
class Stretch:
    """Frames that one process follows one after the other.

    Parameters
    ----------
    follower
        From what.
    steps
        Parents before their children.
    known : frame to (keypoint, 3)
        Where keypoints are in parents that are not among the steps.
    """

    follower: Follower
    steps: tuple[Step, ...]
    known: Mapping[int, NDArray[np.float64]] = field(repr=False)


_PREPARED: dict[str, Known] = {}  # of this process, the last one: references are read once


def bring_up_to_date(
    follower: Follower,
    plan: Plan,
    store: TrackStore,
    *,
    workers: int | None = 1,
    on: str = "",
    progress: Progress = lambda _done, _total: None,
) -> NDArray[np.int64]:
    """Track all frames that are stale, each after its parent.

    Stopped work is kept: called again, it goes on with what is left. The result does not depend on
    the number of workers.

    Parameters
    ----------
    follower
        Of the plan's references.
    plan
        What every frame is tracked from.
    store
        Where tracks are kept; references and what was skipped are put in order too.
    workers, on
        As for `sightline.compute.jobs.each_finished`.
    progress
        Called with the number of frames tracked and of all that are to be.

    Returns
    -------
    (tracked,) int64
        Frames that were tracked now, in order.
    """
    _settle(plan, store)
    stale = plan.stale(store.recipe)
    if len(stale) <= _FEW and not on:
        workers = 1
    done = 0
    progress(done, len(stale))
    with held_workers():
        for wave in _waves(plan, follower, store, stale):
            for _, (tracked, found) in each_finished(_follow, wave, workers=workers, on=on):
                store.put(tracked, found, plan.recipe[tracked])
                done += len(tracked)
                progress(done, len(stale))
    store.flush()
    return stale


def follow_now(follower: Follower, plan: Plan, store: TrackStore, frame: int) -> None:
    """Track one frame here and now, from its parent as that stands.

    It stays stale if its parent is.
    """
    _settle(plan, store)
    if frame not in plan.ordered.tree.sequence:
        return
    step = _steps(plan, [frame])[0]
    start = None if step.parent < 0 else store.positions[step.parent].astype(np.float64)
    with follower.open() as recording:
        about = _prepared(follower, recording)
        found = _followed(recording, about, step, _volume(recording, frame), start)
    row = np.array([frame])
    outdated = step.parent >= 0 and (store.recipe[step.parent] != plan.recipe[step.parent]).any()
    store.put(row, _stacked([found]), plan.recipe[row] * (not outdated))


def _settle(plan: Plan, store: TrackStore) -> None:
    """References stand as they were given; what is neither tracked nor given has no position."""
    references = np.array(plan.ordered.references)
    stale = references[(store.recipe[references] != plan.recipe[references]).any(axis=1)]
    if len(stale):
        store.put(stale, _given(plan.given.dense(stale)), plan.recipe[stale])
    wanted = np.zeros(len(store.recipe), bool)
    wanted[plan.ordered.tree.sequence] = wanted[references] = True
    gone = np.flatnonzero(~wanted & (store.recipe.any(axis=1)))
    if len(gone):
        nothing = _given(np.full((len(gone), *store.positions.shape[1:]), np.nan))
        store.put(gone, nothing, np.zeros((len(gone), store.recipe.shape[1]), np.uint8))


def _given(positions: NDArray[np.float64]) -> Tracks:
    there = np.isfinite(positions).all(axis=2)
    visibility = np.where(there, Visibility.SEEN, Visibility.NOT_TRACKED).astype(np.int8)
    return Tracks(positions, np.where(there, 1.0, np.nan), visibility)


def _waves(
    plan: Plan, follower: Follower, store: TrackStore, stale: NDArray[np.int64]
) -> Iterator[dict[str, Stretch]]:
    """Stretches that can be followed side by side, as long as any are left."""
    left = np.zeros(len(plan.recipe), bool)
    left[stale] = True
    children: dict[int, list[int]] = {}
    heads: list[int] = []
    for frame in stale.tolist():
        parent = int(plan.ordered.tree.parent[frame])
        if parent >= 0 and left[parent]:
            children.setdefault(parent, []).append(frame)
        else:
            heads.append(frame)
    while heads:
        wave: dict[str, Stretch] = {}
        after: list[int] = []
        for head in heads:
            frames, rest = _branch(head, children)
            after += rest
            steps = _steps(plan, frames)
            outer = {step.parent for step in steps} - set(frames) - {-1}
            known = {one: np.array(store.positions[one], np.float64) for one in outer}
            wave[str(head)] = Stretch(follower, steps, known)
        yield wave
        heads = after


def _branch(head: int, children: Mapping[int, list[int]]) -> tuple[list[int], list[int]]:
    """Some frames down from one, parents first, and those that come next."""
    taken, ahead = [], [head]
    while ahead and len(taken) < _STRETCH:
        frame = ahead.pop(0)
        taken.append(frame)
        ahead += children.get(frame, [])
    return taken, ahead


def _steps(plan: Plan, frames: Sequence[int]) -> tuple[Step, ...]:
    ordered, given = plan.ordered, plan.given.dense(frames)
    parent, distance = ordered.tree.parent, ordered.distance
    nearest = ordered.nearest[list(frames)].tolist()
    return tuple(
        Step(frame, int(parent[frame]), float(distance[frame]), tuple(near), said)
        for frame, near, said in zip(frames, nearest, given, strict=True)
    )


def _follow(stretch: Stretch) -> tuple[NDArray[np.int64], Tracks]:
    """Frames in their order, and where their keypoints are."""
    known = dict(stretch.known)
    found: list[Followed] = []
    with stretch.follower.open() as recording:
        about = _prepared(stretch.follower, recording)
        ahead = _read_ahead(recording, [step.frame for step in stretch.steps])
        for step in stretch.steps:
            volume = ahead.pop(step.frame, None)
            if volume is None:
                volume = _volume(recording, step.frame)
            found.append(_followed(recording, about, step, volume, known.get(step.parent)))
            # as it is kept, so that a stretch that begins here gives the same
            known[step.frame] = found[-1].positions.astype(np.float32).astype(np.float64)
    return np.array([step.frame for step in stretch.steps]), _stacked(found)


def _followed(
    recording: Recording,
    about: Known,
    step: Step,
    volume: NDArray[np.float32],
    start: NDArray[np.float64] | None,
) -> Followed:
    half = about.settings.frames_around // 2
    last = recording.info.frames - 1
    around = range(max(step.frame - half, 0), min(step.frame + half, last) + 1)
    window = [_volume(recording, frame) for frame in around if frame != step.frame]
    return follow_frame(volume, about, step.nearest, start, step.given, step.distance, window)


def _read_ahead(recording: Recording, frames: Sequence[int]) -> dict[int, NDArray[np.float32]]:
    """Frames of a video that can only be decoded forwards, in the order in which that is cheap."""
    if not recording.info.sequential:
        return {}
    return {frame: _volume(recording, frame) for frame in sorted(frames)}


def _stacked(found: Sequence[Followed]) -> Tracks:
    return Tracks(
        np.array([one.positions for one in found], np.float32),
        np.array([one.score for one in found], np.float32),
        np.array([one.visibility for one in found], np.int8),
    )


def _prepared(follower: Follower, recording: Recording) -> Known:
    """References, read where this process has not yet."""
    known = _PREPARED.get(follower.key)
    if known is None:
        known = _prepare(follower, recording)
        _PREPARED.clear()
        _PREPARED[follower.key] = known
    return known


def _prepare(follower: Follower, recording: Recording) -> Known:
    settings = follower.settings
    background = _background(recording, settings)
    detector = _detector(follower, recording)
    references = tuple(
        reference_frame(_volume(recording, frame), positions, settings, detector)
        for frame, positions in zip(follower.references, follower.positions, strict=True)
    )
    return know(settings, references, background, detector)


def _detector(follower: Follower, recording: Recording) -> Detector | None:
    """Learned from the references, where it is asked for."""
    settings = follower.settings
    if settings.method == "templates" or not settings.detects:
        return None
    places = [points[np.isfinite(points).all(axis=1)] for points in follower.positions[:_TAUGHT]]
    frames = [_volume(recording, frame) for frame in follower.references[:_TAUGHT]]
    return train_detector(frames, places, settings.voxel_size, settings.radius)


def _background(recording: Recording, settings: FollowSettings) -> NDArray[np.float32] | None:
    """What stays the same in a flat video; None where templates are not searched for."""
    if settings.method != "templates":
        return None
    frames = recording.info.frames
    some = np.unique(np.linspace(0, frames - 1, min(frames, _BACKGROUND_FRAMES)).astype(int))
    return median_background([_volume(recording, int(frame)) for frame in some])


def _volume(recording: Recording, frame: int) -> NDArray[np.float32]:
    return read_volumes(recording, frame, frame + 1)[0]
