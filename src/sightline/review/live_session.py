"""A sorting session that a person sits before: answers at once, fits behind, predictions hidden."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.data.entry import Act, Entry
from sightline.data.question import Question
from sightline.data.sorting import Explanation
from sightline.errors import InputError, ProjectError, SettingError
from sightline.project.kept_sessions import keep_session, kept_session
from sightline.project.project import Project
from sightline.review.accepting import accepted_state
from sightline.review.answers import SAID_SKIP, SAID_UNSURE
from sightline.review.blind_rule import Seen, ShownLabels, show_labels
from sightline.review.disagreements import Among, Review, disagreements
from sightline.review.kept_start import keep_start, kept_start
from sightline.review.leases import Leases
from sightline.review.merging import candidates_of
from sightline.review.questions import choose_questions
from sightline.review.refits import FitThread, Refits
from sightline.review.session_settings import SessionSettings
from sightline.review.sort_session import SortSession
from sightline.sort.classifier import TrainedClassifier, check_fits
from sightline.sort.explain import explain


class LiveSession:
    """One annotator's session, used from the thread that made it.

    An answer is on disk when `decide` returns; the fit to it comes later, from another thread, and
    is told. Until a candidate is judged for the first time its prediction is hidden; where it was
    asked for all the same, the judgement is recorded as not blind, also after a restart.

    Parameters
    ----------
    path
        The project folder.
    annotator
        Who decides.
    leases
        Of all sessions on the project.
    thread
        Where fits run.
    tell
        Called from there, with True when there is a new fit, with False for new advice.

    Attributes
    ----------
    asked_again
        Rows asked again, unannounced, that have no second answer yet.
    start_trouble
        Why the earlier classifier that was chosen is not in use; empty where all is well.

    Raises
    ------
    ProjectError, InputError, SettingError
        If the project or what was kept of the session cannot be used.
    """

    def __init__(
        self,
        path: str | Path,
        annotator: str,
        leases: Leases,
        thread: FitThread,
        tell: Callable[[bool], None],
    ) -> None:
        self.annotator = annotator
        self.is_short_of_questions = False
        self.asked_again: set[int] = set()
        self._leases, self._thread, self._tell = leases, thread, tell
        self._acts = 0
        self._project = Project.open(Path(path))
        kept = kept_session(self._project, annotator)
        self.settings = SessionSettings().changed(kept.get("settings", {}))
        self.start_trouble = ""
        self.session = self._first_session()
        self._seen = Seen(self.session.learner.design.items)
        self._seen.add_judged(self.session.journal.entries(), annotator)
        self._seen.add_kept(kept.get("revealed", []))
        self._refits = self._new_refits()

    def close(self) -> None:
        """End it; everything decided is on disk already."""
        self._refits.stop()
        self.session.close()

    def change_settings(self, values: Mapping[str, Any]) -> None:
        """Take other settings; those not named stay.

        Raises
        ------
        SettingError
            If one is out of range; then nothing is changed.
        """
        before, settings = self.settings, self.settings.changed(values)
        if settings == before:
            return
        session = self._new_session(settings) if settings.learn_otherwise(before) else None
        self.settings = settings
        self._keep()
        self._acts += 1
        if session is not None:
            self.close()
            self._acts += self._refits.count
            self.session = session
            self._refits = self._new_refits()

    def start_from(self, name: str, earlier: TrainedClassifier | None) -> None:
        """Let the learner start from an earlier classifier, which the project keeps; or from none.

        Raises
        ------
        InputError, SettingError
            If it does not fit the project's features or classes; then nothing is changed.
        ProjectError
            If it could not be kept.
        """
        if earlier is not None:
            check_fits(earlier, self.session.tables[0], self.session.classes)
        start = "" if earlier is None else keep_start(self._project, earlier)
        self.start_trouble = ""
        self.change_settings({"start_from": name if start else "", "start": start})

    @property
    def version(self) -> int:
        """Grows with every act and fit."""
        return self._acts + self._refits.count

    @property
    def is_fitted(self) -> bool:
        """Whether there has been a fit, without which nothing can be asked."""
        return self._refits.fit is not None

    def state(self) -> dict[str, Any]:
        """How far the session has come, as plain values; None where there is no number."""
        answers, fit = self.session.answers, self._refits.fit
        said, classes = answers.said, self.session.classes
        counts = {name: int((said == number).sum()) for number, name in enumerate(classes)}
        return {
            "annotator": self.annotator,
            "settings": asdict(self.settings),
            "version": self.version,
            "decided": sum(counts.values()),
            "counts": counts,
            "unsure": int((said == SAID_UNSURE).sum()),
            "skipped": int((said == SAID_SKIP).sum()),
            "can_undo": bool(answers.hand.standing),
            "can_redo": bool(answers.hand.undone),
            "refitting": self._refits.busy,
            "advice": fit.advice if fit else "",
            "accepted": accepted_state(self.session),
            "start_trouble": self.start_trouble,
            **{
                name: _number(getattr(fit, name)) if fit else None
                for name in ("threshold", "sure", "precision", "recall")
            },
        }

    def labels(self, *, reveal: bool = False, hide: bool = False) -> ShownLabels:
        """What may be shown of every candidate; with ``reveal`` all, with ``hide`` no prediction.

        Raises
        ------
        ProjectError
            If it could not be kept that predictions were revealed; then they are not.
        """
        reveal = (reveal or not self.settings.blind) and not hide
        version, fit = self.version, None if hide else self._refits.fit
        shown = show_labels(self.session.answers.said.copy(), fit, version, reveal=reveal)
        if shown.revealed:
            self.reveal(np.arange(len(shown.said)))
        return shown

    def questions(self, number: int, current: int | None = None) -> list[Question]:
        """The next questions, from now on held for this annotator and nobody else.

        Parameters
        ----------
        number
            Questions wanted; fewer where fewer are left or others hold them.
        current
            Row that the annotator has before him; it stays held and is not among them.

        Raises
        ------
        InputError
            If there is no such row.
        """
        if current is not None:
            self.item(current)
        with self._leases.lock:
            others = self._leases.of_others(self.annotator)
            chosen = (
                choose_questions(
                    self.session,
                    self._refits.fit,
                    number,
                    current=current,
                    others=others,
                    repeat_share=self.settings.repeat_share,
                    asked_again=self.asked_again,
                )
                if self.settings.strategy != "none"
                else []
            )
            held = [question.index for question in chosen if not question.repeat]
            self._leases.hold(self.annotator, held if current is None else [*held, current])
        repeats = {question.index for question in chosen if question.repeat}
        self.asked_again = repeats | (self.asked_again & {current})
        self.is_short_of_questions = len(chosen) < number
        return chosen

    def decide(
        self,
        rows: Sequence[int],
        verdict: str,
        client_id: str,
        *,
        seconds: float | None = None,
        probes: Collection[int] = (),
        repeats: Collection[int] = (),
    ) -> None:
        """Record a verdict on one candidate or several; see `SortSession.decide_each`.

        Raises
        ------
        InputError, ProjectError
            If it could not be recorded; then nothing was.
        """
        items = [self.item(row) for row in rows]
        self.session.decide_each(
            dict.fromkeys(items, verdict),
            probes={self.item(row) for row in probes},
            repeats={self.item(row) for row in repeats},
            seconds=seconds,
            client_id=client_id,
        )
        self.judged(rows)

    def judged(self, rows: Sequence[int]) -> None:
        """After a verdict on rows: what is said of them next is not blind, others may be asked."""
        self._seen.add(rows)
        self.session.reveal(self.item(row) for row in rows)
        self.asked_again -= set(rows)
        self._leases.release(self.annotator, rows)
        self.acted()

    def review(self, among: Among, *, undecided: bool = False, most: int | None = None) -> Review:
        """List what is judged in different ways; see `disagreements`.

        Raises
        ------
        ProjectError
            If it could not be kept that predictions were revealed; then they are not.
        """
        found = disagreements(
            self.session,
            self._refits.fit,
            among,
            undecided=undecided,
            without=self.asked_again,
            most=most,
        )
        self.reveal(np.array([each.row for each in found.disagreements], np.intp))
        return found

    def undo(self, client_id: str) -> tuple[str, list[int]]:
        """Take back the last act; give its kind, and the rows it was about.

        Raises
        ------
        ProjectError
            If there is nothing left to undo.
        """
        return self._reversed(self.session.undo(client_id))

    def redo(self, client_id: str) -> tuple[str, list[int]]:
        """Reinstate what was undone last; see `undo`."""
        return self._reversed(self.session.redo(client_id))

    def explain(self, row: int) -> Explanation:
        """Which features speak for the prediction; the next judgement of it is not blind.

        Raises
        ------
        InputError
            If there is no such row.
        SettingError
            If there is no classifier yet.
        """
        self.item(row)
        fit = self._refits.fit
        if fit is None or fit.model is None:
            raise SettingError(
                "There is no classifier to explain yet; decide candidates of both classes first."
            )
        self.reveal(np.array([row]))
        design, classes = self.session.learner.design, self.session.classes
        return explain(design, row, fit.model, classes, int(fit.labels[row]))

    def reveal(self, rows: NDArray[np.intp]) -> None:
        """Keep that predictions or others' answers are shown, before they are.

        Raises
        ------
        ProjectError
            If it could not be kept.
        """
        new = rows[~self._seen.rows[rows]]
        if not new.size:
            return
        self._seen.rows[new] = True
        try:
            self._keep()
        except ProjectError:
            self._seen.rows[new] = False
            raise
        self.session.reveal(self.item(row) for row in new)

    def acted(self) -> None:
        """After an act: fit again once enough training answers are others than at the last fit."""
        self._acts += 1
        training = self.session.answers.training
        if np.count_nonzero(training != self._trained) >= self.settings.refit_every:
            self._trained = training
            self._refits.want(self.session.answers)

    def item(self, row: int) -> str:
        """Name of the candidate in a row.

        Raises
        ------
        InputError
            If there is no such row.
        """
        items = self.session.learner.design.items
        if not 0 <= row < len(items):
            rows = f"0 to {len(items) - 1}"
            raise InputError(f"row {row}", "there is no such candidate", rows, "Reload the page.")
        return items[row]

    def _first_session(self) -> SortSession:
        """Go on with the kept settings; without the earlier classifier if it is of no use."""
        try:
            return self._new_session(self.settings)
        except (InputError, ProjectError) as trouble:
            if not self.settings.start:
                raise
            self.start_trouble = str(trouble)
            self.settings = self.settings.changed({"start_from": "", "start": ""})
            return self._new_session(self.settings)

    def _new_session(self, settings: SessionSettings) -> SortSession:
        return SortSession(
            self._project.path,
            self.annotator,
            settings=settings.classifier(),
            strategy=settings.questions(),
            earlier=kept_start(self._project, settings.start),
        )

    def _new_refits(self) -> Refits:
        """Fit for the first time, or anew for other settings."""
        self.session.reveal(self._seen.items())
        answers = self.session.answers
        refits = Refits(replace(self.session.learner), answers.index, self._thread, self._tell)
        self._trained = answers.training
        refits.want(answers)
        return refits

    def _reversed(self, entry: Entry) -> tuple[str, list[int]]:
        record = self.session.journal.find(entry.target or 0)
        if record is None or not record.decisions:
            raise ProjectError(f"{self._project.path}: what was undone is not in the journal.")
        index = self.session.answers.index
        items = [item for decision in record.decisions for item in candidates_of(decision)]
        rows = [index[item] for item in items if item in index]
        again = {index.get(decision.item, -1) for decision in record.decisions if decision.repeat}
        undone = entry.act is Act.UNDO
        self.asked_again = self.asked_again | again if undone else self.asked_again - again
        self.acted()
        return record.decisions[0].kind.value, rows

    def _keep(self) -> None:
        """Keep settings and what was revealed, where anything can be kept."""
        if self._project.writable:
            revealed = self._seen.kept(self.session.answers)
            values = {"settings": asdict(self.settings), "revealed": revealed}
            keep_session(self._project, self.annotator, values)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
