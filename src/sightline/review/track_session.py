"""Tracking without a screen: the session that Python, command line and app share."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.data.decision import SKIP, UNSURE, Decision, DecisionKind
from sightline.data.keypoint_item import keypoint_item, parse_keypoint_item
from sightline.data.question import Question
from sightline.data.recording import Recording
from sightline.data.tracks import TrackProgress, Tracks, Visibility
from sightline.errors import InputError, ProjectError
from sightline.formats.recordings.open_recording import open_recording
from sightline.project.fold import standing
from sightline.project.journal import Journal
from sightline.project.project import Project
from sightline.project.source import sources_of
from sightline.project.tracking import Tracking, open_tracks, read_thumbnails_of, read_tracking
from sightline.review.deciding import Deciding
from sightline.review.frame_order import ordered_once
from sightline.review.inside_frame import inside_frame
from sightline.review.retrack import Follower, bring_up_to_date, follow_now
from sightline.review.said_keypoints import (
    HIDDEN,
    SEEN,
    reference_frames,
    said_keypoints,
    with_said,
)
from sightline.review.track_progress import proposal, track_progress
from sightline.review.track_questions import track_questions
from sightline.track.plan import Plan, downstream, make_plan
from sightline.track.track_settings import TrackSettings

VALUES: Final = (SEEN, HIDDEN, UNSURE, SKIP)


class TrackSession(Deciding):
    """One annotator's work on one tracking project; every answer is on disk when `decide` returns.

    What any annotator said of a point steers the tracking; where several did, their consensus.

    Parameters
    ----------
    path
        The project folder.
    annotator
        Who decides.
    video
        Where the video is, if not where it was when the project was made.
    probe_every
        Every so many questions one is drawn at random; 0: none.
    tolerance_px
        Distance from an annotator's answer within which the machine was right.
    seed
        Of random questions.

    Raises
    ------
    ProjectError, InputError
        If the project cannot be opened, or no frame is annotated whole.
    """

    def __init__(
        self,
        path: str | Path,
        annotator: str,
        *,
        video: str | Path | None = None,
        probe_every: int = 10,
        tolerance_px: float = 5.0,
        seed: int = 0,
    ) -> None:
        self.project = Project.open(Path(path))
        self.annotator = annotator
        self.tracking = read_tracking(self.project)
        self.settings = _settings(self.project, self.tracking)
        self.probe_every, self.tolerance_px, self.seed = probe_every, tolerance_px, seed
        thumbnails = read_thumbnails_of(self.project)
        self._thumbnails, self._digest = thumbnails.frames, thumbnails.digest
        self._video = None if video is None else Path(video)
        self._asked: dict[str, bool] = {}
        self._seen: set[str] = set()
        self.store = open_tracks(self.project, self.tracking)
        self.journal: Journal = self.project.journal()
        try:
            self.refresh()
        except BaseException:
            self.close()
            raise

    def next(self) -> Question | None:
        """The next question, or ``None`` when nothing is left to ask."""
        return next(iter(self.batch(1)), None)

    def batch(self, n: int) -> list[Question]:
        """The next ``n`` questions: points of which the machine is least sure and much depends on.

        Raises
        ------
        SettingError
            If ``n`` is not positive.
        """
        questions = track_questions(
            self.store.score,
            downstream(self.plan.ordered.tree),
            self._closed(),
            n,
            self.item,
            probe_every=self.probe_every,
            asked=len(self.decisions),
            seed=self.seed,
        )
        self._asked |= {question.item: question.probe for question in questions}
        return questions

    def where(self, item: str) -> NDArray[np.float64]:
        """(3,) z, y, x pixels where the machine or a person puts a point; NaN where nowhere.

        The next decision on this item is then no longer recorded as blind.
        """
        frame, keypoint = self.point_of(item)
        self._seen.add(item)
        return np.array(self.store.positions[frame, keypoint], np.float64)

    def decide(
        self,
        item: str,
        position: Sequence[float] | None = None,
        value: str = SEEN,
        *,
        seconds: float | None = None,
        client_id: str | None = None,
    ) -> None:
        """Record where a keypoint is in a frame; what depends on it becomes stale.

        Parameters
        ----------
        item
            As ``recording/frame/keypoint``.
        position
            (z, y, x) or (y, x) in pixels; where the machine puts it if not given and it is seen.
        value
            ``"seen"``, ``"hidden"`` (with or without a position), ``"unsure"`` or ``"skip"``.
        seconds
            Time it took.
        client_id
            Name of this act; sent twice, it counts once.

        Raises
        ------
        InputError
            If the item or value is unknown, the position lies outside of the frame, or none is
            given and the machine has none.
        ProjectError
            If it could not be written; then nothing was recorded.
        """
        self.decide_each({item: position}, value, seconds=seconds, client_id=client_id)

    def decide_each(
        self,
        positions: Mapping[str, Sequence[float] | None],
        value: str = SEEN,
        *,
        seconds: float | None = None,
        client_id: str | None = None,
    ) -> None:
        """Record several positions as one group, to be undone together; see `decide`."""
        if value not in VALUES:
            raise InputError("value", repr(value), ", ".join(VALUES), "Use one of these words.")
        decisions = [
            self._decision(item, place, value, seconds) for item, place in positions.items()
        ]
        if decisions:
            self.journal.record(decisions, client_id or uuid4().hex)
            self.refresh()

    def confirm(self, frame: int, *, client_id: str | None = None) -> int:
        """Say that all points of a frame are where the machine puts them: it becomes a reference.

        Returns
        -------
        int
            Positions that were confirmed: those that nobody had given, and that are seen.

        Raises
        ------
        InputError
            If there is no such frame, or nothing in it to confirm.
        """
        self._check_frame(frame)
        seen = self.store.visibility[frame] == Visibility.SEEN
        free = seen & ~np.isfinite(self.plan.given.dense([frame])[0]).all(axis=1)
        items = [self.item(frame, int(keypoint)) for keypoint in np.flatnonzero(free)]
        if not items:
            raise InputError(
                f"frame {frame}",
                "nobody's and no machine's position is left to confirm",
                "a tracked frame",
                "Track the video first, or choose another frame.",
            )
        self.decide_each(dict.fromkeys(items), client_id=client_id)
        return len(items)

    def refresh(self) -> None:
        """Take over what the journal holds, other processes' entries too, and plan anew."""
        state = self.journal.state()
        self.said = said_keypoints(state, self.tracking.keypoints)
        every = standing(state, self.annotator, DecisionKind.KEYPOINT)
        self.decisions: dict[str, Decision] = every
        self.plan: Plan = self._plan()

    def follow(self, frame: int) -> None:
        """Track one frame here and now from what is known; its dependants stay stale.

        Raises
        ------
        InputError, ProjectError
            If there is no such frame, or the video cannot be read.
        """
        self._check_frame(frame)
        follow_now(self._follower(), self.plan, self.store, frame)

    def refit(
        self,
        *,
        workers: int | None = 1,
        on: str = "",
        progress: Progress = lambda _done, _total: None,
    ) -> NDArray[np.int64]:
        """Track again all that is stale, and nothing else; what was tracked, in order.

        See `sightline.review.retrack.bring_up_to_date`.
        """
        return bring_up_to_date(
            self._follower(), self.plan, self.store, workers=workers, on=on, progress=progress
        )

    def predict(self, frames: range | None = None) -> Tracks:
        """Every point: a person's where there is one, else the machine's as it stands.

        ``frames``, one after the other, are all if not given; the first row is of their first.
        """
        every = range(self.tracking.frames)
        return with_said(self.store.tracks, self.said, every if frames is None else frames)

    def progress(self) -> TrackProgress:
        """How far the tracking has come, and how far it can be trusted."""
        tracks, hidden, said = self.store.tracks, self.said.hidden, self.decisions.values()
        return track_progress(self.plan, tracks, hidden, self.stale, said, self.tolerance_px)

    @property
    def stale(self) -> NDArray[np.int64]:
        """Frames that are to be tracked again, parents first."""
        return self.plan.stale(self.store.recipe)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the keypoints."""
        return self.tracking.keypoints.names

    def item(self, frame: int, keypoint: int) -> str:
        """Name of a point in decisions."""
        return keypoint_item(self.tracking.recording, frame, self.names[keypoint])

    def point_of(self, item: str) -> tuple[int, int]:
        """Frame and index of the keypoint of an item.

        Raises
        ------
        InputError
            If there is no such point in the project.
        """
        recording, frame, name = parse_keypoint_item(item)
        if recording != self.tracking.recording or name not in self.names:
            raise InputError(
                item,
                "there is no such point in the project",
                f"a name like {self.item(0, 0)!r}",
                "Check recording and keypoint.",
            )
        self._check_frame(frame)
        return frame, self.names.index(name)

    def _check_frame(self, frame: int) -> None:
        if not 0 <= frame < self.tracking.frames:
            raise InputError(
                f"frame {frame}", "there is no such frame",
                f"0 to {self.tracking.frames - 1}", "Choose another one.",
            )  # fmt: skip

    def _decision(
        self, item: str, position: Sequence[float] | None, value: str, seconds: float | None
    ) -> Decision:
        frame, keypoint = self.point_of(item)
        blind = item not in self._seen
        machine = self.store.positions[frame, keypoint]
        if position is None and value == SEEN:
            position, blind = machine.tolist(), False
            if not np.isfinite(machine).all():
                raise InputError(
                    item, "no position was given, and the machine has none",
                    "a position, or hidden, unsure or skip", "Say where it is.",
                )  # fmt: skip
        shape = self.tracking.video_shape[2:]
        where = None if position is None else inside_frame(item, position, shape)
        return Decision(
            item,
            self.annotator,
            DecisionKind.KEYPOINT,
            value,
            where,
            seconds=seconds,
            evidence=proposal(machine),
            blind=blind,
            probe=self._asked.get(item, False),
        )

    def _closed(self) -> NDArray[np.bool_]:
        """(frame, keypoint) what somebody said something of, or that is skipped."""
        closed = np.ones(self.store.score.shape, bool)
        closed[self.plan.ordered.tree.sequence] = False
        closed[self.said.given.frame, self.said.given.keypoint] = True
        for point in (*self.said.hidden, *self.said.open):
            closed[point] = True
        return closed

    def _plan(self) -> Plan:
        given, settings = self.said.given, self.settings
        references = reference_frames(given)
        skip = tuple(frame for frame in settings.skip if frame not in references)
        ordered = ordered_once(self._thumbnails, self._digest, references, settings.order, skip)
        said = settings.spoken + self._digest
        return make_plan(ordered, given, said, together=settings.together)

    @property
    def open_video(self) -> Callable[[], Recording]:
        """Opens the video; can be sent to other processes.

        Raises
        ------
        ProjectError
            If it is not where it was.
        """
        return partial(open_recording, self._where_video(), **self.tracking.read_as)

    def _where_video(self) -> Path:
        name = self.tracking.recording
        video = self._video or sources_of(self.project).get(name)
        if video is None or not video.exists():
            raise ProjectError(
                f"{self.project.path}: the video {name!r} is not where it was; expected to find it "
                "there to read its frames. Say where it is now: --video."
            )
        return video

    def _follower(self) -> Follower:
        video = str(self._where_video())
        return Follower.of(self.open_video, self.settings.follow, self.plan, video)


def _settings(project: Project, tracking: Tracking) -> TrackSettings:
    """How it is tracked, if this Sightline knows how."""
    try:
        return TrackSettings.from_dict(tracking.settings)
    except (KeyError, TypeError, ValueError) as odd:
        raise ProjectError(
            f"{project.path}: it is tracked by settings of another Sightline ({odd}). Give video "
            "and annotations to `sightline track run` again, with this --project."
        ) from None
