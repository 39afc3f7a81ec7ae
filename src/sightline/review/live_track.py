"""What the app holds of a tracking project: everybody's sessions, and tracking in the background.

One thread acts, whatever the number of annotators; a second one tracks single frames again, a third
all the rest. Each has sessions of its own, and they write to the same tracks.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.closing import Closing
from sightline.data.entry import Entry
from sightline.data.question import Question
from sightline.errors import InputError, ProjectError, SightlineError
from sightline.review.frame_points import (
    ANNOTATED,
    REFERENCE,
    STALE,
    FramePoints,
    frame_points,
)
from sightline.review.leases import Leases
from sightline.review.one_writer import OneWriter
from sightline.review.track_session import TrackSession

Told = Mapping[str, Any]

_SECONDS_TO_END: Final = 10  # what is then not done is tracked another time


@dataclass
class _Seat:
    """One annotator's session, what was shown to him, and what is not to be until he answered."""

    session: TrackSession
    shown: set[str] = field(default_factory=set)
    veiled: set[str] = field(default_factory=set)
    last: int = -1


class _OvertakenError(Exception):
    """Something was said that the work at hand does not know."""


class LiveTrack(Closing):
    """A tracking project with its annotators; used on one thread, but for `follow`.

    Parameters
    ----------
    path
        The project folder.
    tell
        Takes what has changed, from any thread: ``{"type": "tracks", "frames": [...]}`` (none: any
        may have changed) and ``{"type": "work"}``.

    Raises
    ------
    ProjectError, InputError
        If it cannot be opened.
    """

    def __init__(self, path: Path, tell: Callable[[Told], None]) -> None:
        self._path, self._tell = path, tell
        self._seats: dict[str, _Seat] = {}
        first = TrackSession(path, "")
        self._plan, self._last = first.plan, 0
        self._store = OneWriter.of(first.store, lambda: self._plan)
        self._seats[""] = _Seat(first)
        self._leases = Leases()
        self._following: TrackSession | None = None
        self._newest = Lock()
        self._stop, self._changed = Event(), Event()
        self._work: Thread | None = None
        self.done = self.total = 0
        self.trouble = ""

    def close(self) -> None:
        """Stop what goes on, which is kept, and close the journals."""
        self.stop()
        if self._work is not None:
            self._work.join(_SECONDS_TO_END)
        for seat in self._seats.values():
            seat.session.close()

    @property
    def working(self) -> bool:
        """Whether the rest is being tracked."""
        return self._work is not None and self._work.is_alive() and not self._stop.is_set()

    def state(self, annotator: str) -> dict[str, Any]:
        """How far the annotator and the tracking have come."""
        session = self._seat(annotator).session
        hand = session.journal.state().hand(annotator)
        return {
            "annotator": annotator,
            "version": session.journal.state().last,
            "answers": len(session.decisions),
            "can_undo": bool(hand.standing) and not _is_imported(hand.standing[-1]),
            "can_redo": bool(hand.undone),
            "progress": asdict(session.progress()),
            "work": self.work(),
        }

    def work(self) -> dict[str, Any]:
        """How far tracking in the background has come."""
        return {
            "running": self.working,
            "done": self.done,
            "total": self.total,
            "trouble": self.trouble,
        }

    def item(self, frame: int, keypoint: int) -> str:
        """Name of a point.

        Raises
        ------
        InputError
            If there is no such keypoint.
        """
        names = self._seats[""].session.names
        if not 0 <= keypoint < len(names):
            last = f"0 to {len(names) - 1}"
            raise InputError(f"keypoint {keypoint}", "there is none", last, "Reload the page.")
        return self._seats[""].session.item(frame, keypoint)

    def place_of(self, item: str) -> tuple[int, int]:
        """Frame and keypoint of a point; see `TrackSession.point_of`."""
        return self._seats[""].session.point_of(item)

    def questions(self, annotator: str, number: int) -> list[Question]:
        """The next questions, from now on held for this annotator and nobody else for a while.

        Where one was drawn at random the machine's place is veiled.
        """
        seat = self._seat(annotator)
        with self._leases.lock:
            others = set(self._leases.of_others(annotator))
            found = seat.session.batch(number + len(others))
            chosen = [one for one in found if one.index not in others][:number]
            self._leases.hold(annotator, [one.index for one in chosen])
        seat.veiled |= {one.item for one in chosen if one.probe and one.item not in seat.shown}
        return chosen

    def points(self, annotator: str, frame: int, *, reveal: bool = False) -> FramePoints:
        """All points of a frame; what is shown is not blind any more, with ``reveal`` all is shown.

        Raises
        ------
        InputError
            If there is no such frame.
        """
        seat = self._seat(annotator)
        session = seat.session
        items = [session.item(frame, keypoint) for keypoint in range(len(session.names))]
        for item in items:
            session.point_of(item)
        if reveal:
            seat.veiled.difference_update(items)
        veiled = np.array([item in seat.veiled for item in items], bool)
        for item, hide in zip(items, veiled, strict=True):
            if not hide and item not in seat.shown:
                session.where(item)
                seat.shown.add(item)
        return frame_points(session, frame, veiled)

    def timeline(self, annotator: str) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """(frame,) each frame's lowest score, NaN where there is none; and what each frame is."""
        session = self._seat(annotator).session
        score = np.asarray(self._store.score)
        lowest = np.where(np.isfinite(score), score, np.inf).min(axis=1, initial=np.inf)
        flags = np.zeros(len(score), np.uint8)
        flags[list(session.plan.ordered.references)] |= REFERENCE
        flags[np.unique(session.said.given.frame)] |= ANNOTATED
        flags[session.stale] |= STALE
        return np.where(np.isfinite(lowest), lowest, np.nan).astype(np.float32), flags

    def decide(
        self,
        annotator: str,
        item: str,
        position: Sequence[float] | None,
        value: str,
        *,
        seconds: float | None,
        client_id: str,
    ) -> None:
        """Record where a point is; see `TrackSession.decide`.

        Raises
        ------
        InputError, ProjectError
            If it could not be recorded; then nothing was.
        """
        seat = self._seat(annotator)
        if self._is_known(seat, client_id):
            return
        if position is None and value == "seen" and item in seat.veiled:
            raise _hidden(item)
        seat.session.decide(item, position, value, seconds=seconds, client_id=client_id)
        seat.veiled.discard(item)
        self._acted(seat)

    def confirm(self, annotator: str, frame: int, client_id: str) -> None:
        """Say that all points of a frame are right; see `TrackSession.confirm`.

        Raises
        ------
        InputError, ProjectError
            If there is nothing to confirm, or a point whose place is not shown yet.
        """
        seat = self._seat(annotator)
        if self._is_known(seat, client_id):
            return
        session = seat.session
        for keypoint in range(len(session.names)):
            if session.item(frame, keypoint) in seat.veiled:
                raise _hidden(session.item(frame, keypoint))
        session.confirm(frame, client_id=client_id)
        self._acted(seat)

    def undo(self, annotator: str, client_id: str) -> list[int]:
        """Take back the last act; the frames that it was about.

        Raises
        ------
        ProjectError
            If nothing is left to undo; what came with the project stays.
        """
        seat = self._seat(annotator)
        standing = seat.session.journal.state().hand(annotator).standing
        known = seat.session.journal.find(client_id)
        if known is None and standing and _is_imported(standing[-1]):
            raise ProjectError(
                f"{self._path}: only annotations that came with the project are left of "
                f"{annotator!r}, and they are not taken back here. Correct them instead."
            )
        return self._reversed(seat, seat.session.undo(client_id))

    def redo(self, annotator: str, client_id: str) -> list[int]:
        """Reinstate what was undone last; see `undo`."""
        seat = self._seat(annotator)
        return self._reversed(seat, seat.session.redo(client_id))

    def follow(self, frame: int) -> None:
        """Track one frame again now; on another thread, the same each time.

        Raises
        ------
        InputError, ProjectError
            If the video cannot be read.
        """
        try:
            if self._following is None:
                self._following = self._beside()
            self._following.refresh()
            self._take_plan(self._following)
            self._following.follow(frame)
        finally:
            self._tell({"type": "tracks", "frames": [frame]})

    def end_following(self) -> None:
        """End that, on the same thread."""
        if self._following is not None:
            self._following.close()

    def track_rest(self) -> None:
        """Track in the background all that is to be tracked again; answers meanwhile count."""
        if self.working:
            return
        if self._work is not None:
            self._work.join()
        self._stop.clear()
        self.trouble, self.done, self.total = "", 0, 0
        self._work = Thread(target=self._track, name="tracking the rest", daemon=True)
        self._work.start()

    def stop(self) -> None:
        """Stop that; what was tracked is kept."""
        self._stop.set()

    def _seat(self, annotator: str) -> _Seat:
        """The annotator's session, up to date with what others said."""
        if annotator not in self._seats:
            self._seats[annotator] = _Seat(self._beside(annotator))
        seat = self._seats[annotator]
        last = seat.session.journal.state().last
        if last != seat.last:
            seat.session.refresh()
            seat.last = last
            self._take_plan(seat.session)
        return seat

    def _beside(self, annotator: str = "") -> TrackSession:
        """One more session, which writes to the same tracks."""
        session = TrackSession(self._path, annotator)
        session.store = self._store
        return session

    def _is_known(self, seat: _Seat, client_id: str) -> bool:
        """Whether this act is in the journal already: its answer did not reach the page."""
        entry = seat.session.journal.find(client_id)
        return entry is not None and entry.annotator == seat.session.annotator

    def _acted(self, seat: _Seat) -> None:
        seat.last = seat.session.journal.state().last
        self._take_plan(seat.session)
        self._changed.set()

    def _take_plan(self, session: TrackSession) -> None:
        last = session.journal.state().last
        with self._newest:
            if last >= self._last:
                self._plan, self._last = session.plan, last

    def _reversed(self, seat: _Seat, entry: Entry) -> list[int]:
        self._acted(seat)
        record = seat.session.journal.find(entry.target or 0)
        items = [decision.item for decision in record.decisions] if record else []
        return sorted({seat.session.point_of(item)[0] for item in items})

    def _track(self) -> None:
        """What the background does: all that is stale, anew whenever something is said."""
        try:
            with self._beside() as session:
                while not self._stop.is_set():
                    self._changed.clear()
                    session.refresh()
                    self._take_plan(session)
                    with suppress(_OvertakenError):
                        session.refit(workers=None, progress=self._step)
                        break
        except SightlineError as trouble:
            self.trouble = str(trouble)
        finally:
            self._stop.set()
            self._tell({"type": "tracks", "frames": []})
            self._tell({"type": "work"})

    def _step(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        self._tell({"type": "work"})
        self._tell({"type": "tracks", "frames": []})
        if self._stop.is_set() or self._changed.is_set():
            raise _OvertakenError


def _is_imported(entry: Entry) -> bool:
    return all(decision.evidence == "imported" for decision in entry.decisions)


def _hidden(item: str) -> InputError:
    return InputError(
        item,
        "it was drawn at random, and the machine's place is hidden until you say yours",
        "your own answer",
        "Click where it is, or show the machine's place first.",
    )
