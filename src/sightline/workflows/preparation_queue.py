"""Preparations in a queue: one runs at a time, the others wait; the queue outlives the server."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from sightline.errors import ProjectError, SettingError, SightlineError
from sightline.project.account import keep_list, kept_list
from sightline.project.faults import reported
from sightline.workflows.prepare_inputs import check_output
from sightline.workflows.preparing_apart import PreparationApart
from sightline.workflows.scratch import remove_scratch, scratch_of

State = Literal["waiting", "running", "stopped", "failed", "done"]

MOST: Final = 200

_FILE: Final = "preparations.json"
_NO_PROCESS: Final = "The system starts no further process; close other programs and go on"
_STATES: Final = ("waiting", "running", "stopped", "failed", "done")
_OVER: Final = ("stopped", "failed", "done")


@dataclass(frozen=True)
class Wish:
    """One project to prepare: arguments of `prepare`.

    Parameters
    ----------
    movie, candidates, output
        Whole paths; the movie is empty where there is none.
    said
        Further arguments by their names, JSON values.
    """

    movie: str
    candidates: str
    output: str
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Queued:
    """A preparation in the queue.

    Parameters
    ----------
    id
        Its own; adding the same twice counts once.
    wish
        What to prepare.
    state
        ``"stopped"`` by the user, ``"failed"`` with a ``trouble``; both can be gone on with.
    begun
        Whether there may be unfinished work on disk.
    trouble, notes
        Why it failed; what is to be known of the result.
    step, finished, parts
        How far it is: name of the step, its finished parts and all of them, 0 where not known.
    """

    id: str
    wish: Wish
    state: State = "waiting"
    begun: bool = False
    trouble: str = ""
    notes: tuple[str, ...] = ()
    step: str = ""
    finished: int = 0
    parts: int = 0


class PreparationQueue:
    """The queue of an account; any thread may use it, and one process at a time.

    Parameters
    ----------
    folder
        Where it is kept. What was running when it was closed, or cut off, goes on at once.
    changed
        Called after every change, on any thread.
    prepared
        Called with each project that is ready, on any thread.
    start
        Starts a preparation.

    Raises
    ------
    ProjectError
        If what was kept cannot be read.
    """

    def __init__(
        self,
        folder: Path,
        changed: Callable[[], None] = lambda: None,
        prepared: Callable[[Path], None] = lambda _project: None,
        start: Callable[[str, str, str, Mapping[str, Any]], PreparationApart] = PreparationApart,
    ) -> None:
        self._path = folder / _FILE
        self._told, self._prepared, self._start = changed, prepared, start
        with reported(self._path):
            found = [each for value in kept_list(self._path) if (each := _queued(value))]
        self._jobs = {each.id: each for each in found}
        self._condition = threading.Condition()
        self._running: PreparationApart | None = None
        self._closing = False
        self._runner = threading.Thread(target=self._run, name="preparations", daemon=True)
        self._runner.start()

    def preparations(self) -> tuple[Queued, ...]:
        """Give all, in their order."""
        with self._condition:
            return tuple(self._jobs.values())

    def add(self, name: str, wish: Wish) -> None:
        """Put a preparation at the end; under a name that is there already nothing happens.

        Raises
        ------
        InputError
            If the output's name is wrong or taken.
        SettingError
            If another makes the same project, or the queue is full.
        """
        with self._condition:
            if name in self._jobs:
                return
            check_output(Path(wish.output))
            if any(each.wish.output == wish.output for each in self._jobs.values()):
                raise SettingError(
                    f"{wish.output}: it is in the queue already. Choose another name, or remove "
                    "the earlier one."
                )
            if len(self._jobs) >= MOST:
                raise SettingError(f"The queue holds {MOST} preparations at most. Remove some.")
            self._keep({**self._jobs, name: Queued(name, wish)})

    def stop(self, name: str) -> None:
        """Stop one that runs, or hold back one that waits; it can be gone on with.

        Raises
        ------
        SettingError
            If there is no such preparation.
        """
        with self._condition:
            job = self._named(name)
            if job.state not in _OVER:
                self._change(name, state="stopped", step="")
                self._end(job)

    def go_on(self, name: str) -> None:
        """Let one that was stopped or failed take its turn; what is finished is not done again.

        Raises
        ------
        SettingError
            If there is no such preparation.
        """
        with self._condition:
            if self._named(name).state in ("stopped", "failed"):
                self._change(name, state="waiting", trouble="")

    def move(self, name: str, places: int) -> None:
        """Move one up (negative) or down by so many places, as far as there are.

        Raises
        ------
        SettingError
            If there is no such preparation.
        """
        with self._condition:
            job, order = self._named(name), list(self._jobs)
            place = min(max(order.index(name) + places, 0), len(order) - 1)
            order.remove(name)
            order.insert(place, job.id)
            self._keep({each: self._jobs[each] for each in order})

    def remove(self, name: str) -> None:
        """Take one out of the queue, with its unfinished work; a finished project stays.

        Raises
        ------
        SettingError
            If there is no such preparation.
        """
        with self._condition:
            job = self._named(name)
            self._keep({each: self._jobs[each] for each in self._jobs if each != name})
            self._end(job)
        if job.begun and job.state in ("stopped", "failed"):
            remove_scratch(scratch_of(Path(job.wish.output)))

    def close(self) -> None:
        """End what runs; the next queue on this folder goes on with it."""
        with self._condition:
            self._closing = True
            if self._running is not None:
                self._running.stop()
            self._condition.notify_all()
        self._runner.join()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._closing or self._next() is not None)
                job = self._next()
                if self._closing or job is None:
                    return
                wish = job.wish
                self._note(job.id, state="running", begun=True)
                try:
                    running = self._start(wish.movie, wish.candidates, wish.output, wish.said)
                except OSError as failure:
                    self._note(job.id, state="failed", trouble=f"{_NO_PROCESS} ({failure}).")
                    continue
                self._running = running
            self._follow(job.id, wish, running)

    def _follow(self, name: str, wish: Wish, running: PreparationApart) -> None:
        def tell(step: str, finished: int, parts: int) -> None:
            with self._condition:
                if name in self._jobs:
                    told = {"step": step, "finished": finished, "parts": parts}
                    self._take({**self._jobs, name: replace(self._jobs[name], **told)})

        result: dict[str, Any] | None = None
        trouble = ""
        try:
            result = running.follow(tell)
        except SightlineError as error:
            trouble = str(error)
        with self._condition:
            self._running = None
            job = self._jobs.get(name)
            if result is not None:
                notes = (*result.get("warnings", ()), *result.get("notes", ()))
                self._note(name, state="done", notes=notes, step="")
            elif job is None:
                remove_scratch(scratch_of(Path(wish.output)))
            elif trouble and job.state == "running" and not self._closing:
                self._note(name, state="failed", trouble=trouble, step="")
        if result is not None:
            self._prepared(Path(wish.output))

    def _next(self) -> Queued | None:
        if self._running is not None:
            return None
        return next((each for each in self._jobs.values() if each.state == "waiting"), None)

    def _named(self, name: str) -> Queued:
        if name not in self._jobs:
            raise SettingError("This preparation is no longer in the queue.")
        return self._jobs[name]

    def _end(self, job: Queued) -> None:
        if job.state == "running" and self._running is not None:
            self._running.stop()

    def _change(self, name: str, **values: Any) -> None:
        self._keep({**self._jobs, name: replace(self._jobs[name], **values)})

    def _note(self, name: str, **values: Any) -> None:
        """Change one that may have been removed meanwhile, and also where it cannot be kept."""
        if name in self._jobs:
            jobs = {**self._jobs, name: replace(self._jobs[name], **values)}
            try:
                self._keep(jobs)
            except ProjectError:  # the work goes on, and the next change tells the user
                self._take(jobs)

    def _keep(self, jobs: dict[str, Queued]) -> None:
        """Take a new state of things once it is on disk."""
        with reported(self._path):
            keep_list(self._path, [asdict(each) for each in jobs.values()])
        self._take(jobs)

    def _take(self, jobs: dict[str, Queued]) -> None:
        self._jobs = jobs
        self._condition.notify_all()
        self._told()


def _queued(value: Any) -> Queued | None:
    """A preparation as it was kept; None where it is none."""
    try:
        wish = Wish(**value["wish"])
        told = {name: value[name] for name in ("id", "state", "begun", "trouble")}
        job = Queued(wish=wish, notes=tuple(value["notes"]), **told)
    except (KeyError, TypeError):
        return None
    texts = (job.id, wish.movie, wish.candidates, wish.output)
    if job.state not in _STATES or not all(isinstance(text, str) for text in texts):
        return None
    return replace(job, state="waiting") if job.state == "running" else job
