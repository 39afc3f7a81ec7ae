"""Sorting without a screen: the session that Python, command line and app share."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
from threadpoolctl import ThreadpoolController

from sightline.data.decision import SKIP, UNSURE, Decision, DecisionKind
from sightline.data.question import Question
from sightline.data.sorting import Explanation, Predictions, SortProgress
from sightline.errors import InputError, SettingError
from sightline.learn.logistic import LogisticModel
from sightline.project.candidates import Candidates, read_candidates
from sightline.project.journal import Journal
from sightline.project.project import Project
from sightline.query.choose import Strategy
from sightline.review.advice import share_sure, stopping_advice
from sightline.review.answers import Answers
from sightline.review.deciding import Deciding
from sightline.sort.classifier import TrainedClassifier, check_fits
from sightline.sort.design import make_design
from sightline.sort.explain import explain
from sightline.sort.familiarity import learn_familiarity
from sightline.sort.learner import Learner
from sightline.sort.settings import DEFAULT, ClassifierSettings
from sightline.sort.target import expect

DEFAULT_STRATEGY = Strategy("dcal", 0.5, probe_every=10)


class SortSession(Deciding):
    """One annotator's sorting of one project; every answer is on disk when `decide` returns.

    Parameters
    ----------
    path
        The project folder.
    annotator
        Who decides.
    settings
        Of the cell classifier.
    strategy
        Which question next; by default every tenth is drawn at random.
    seed
        Of random questions. The same answers and seed give the same next question, also after a
        restart, unless two candidates tie within the precision of the fits.
    earlier
        Classifier of an earlier recording to start from.

    Raises
    ------
    ProjectError, InputError
        If the project cannot be opened, or the earlier classifier does not fit it.
    SettingError
        If the earlier classifier has more than two classes.
    """

    def __init__(
        self,
        path: str | Path,
        annotator: str,
        *,
        settings: ClassifierSettings = DEFAULT,
        strategy: Strategy = DEFAULT_STRATEGY,
        seed: int = 0,
        earlier: TrainedClassifier | None = None,
    ) -> None:
        self.project = Project.open(Path(path))
        self.annotator = annotator
        candidates = read_candidates(self.project)
        self.tables, self.classes = candidates.tables, candidates.classes
        towards = None
        if earlier is not None:
            towards = _start_from(earlier, candidates)
            settings = replace(earlier.settings, target=settings.target)
        design = make_design(self.tables, settings)
        self.learner = Learner(design, settings, strategy, len(self.classes), seed, towards=towards)
        self.answers = Answers(design.items, self.classes, annotator)
        self.revealed: set[str] = set()
        self._asked: dict[str, bool] = {}
        self._fitted = False
        # A step is made of small products, in which BLAS threads wait for each other.
        self._threads = ThreadpoolController()
        self.journal: Journal = self.project.journal()
        self.refresh()

    def next(self) -> Question | None:
        """The next question, or ``None`` when nothing is left to ask."""
        return next(iter(self.batch(1)), None)

    def batch(self, n: int) -> list[Question]:
        """The next ``n`` questions, not near-copies of each other; fewer where fewer are left.

        Skipped candidates come again when nothing else is left, the one skipped longest ago first.

        Raises
        ------
        SettingError
            If ``n`` is not positive.
        """
        if n < 1:
            raise SettingError(f"{n} questions were asked for; ask for at least one.")
        if self.learner.closed.all():
            return self.skipped()[:n]
        self._fit()
        with self._threads.limit(limits=1):
            choice = self.learner.ask(n)
        items = self.learner.design.items
        questions = [
            Question(
                items[index],
                int(index),
                float("nan") if probe else float(choice.ranking.score[index]),
                "drawn at random" if probe else choice.ranking.reason(int(index)),
                bool(probe),
            )
            for index, probe in zip(choice.items, choice.probes, strict=True)
        ]
        self._asked |= {question.item: question.probe for question in questions}
        return questions

    def decide(
        self,
        item: str | Sequence[str],
        verdict: str,
        *,
        seconds: float | None = None,
        client_id: str | None = None,
    ) -> None:
        """Record a verdict; of several items at once, they are undone together.

        Parameters
        ----------
        item
            One item or several, as ``recording/identity``.
        verdict
            A class name, ``"unsure"`` or ``"skip"``; the last two train nothing.
        seconds
            Time it took.
        client_id
            Name of this act; sent twice, it counts once.

        Raises
        ------
        InputError
            If the item or the verdict is unknown.
        ProjectError
            If it could not be written; then nothing was recorded.
        """
        items = [item] if isinstance(item, str) else list(item)
        probes = {one for one in items if self._asked.get(one)}
        verdicts = dict.fromkeys(items, verdict)
        self.decide_each(verdicts, probes=probes, seconds=seconds, client_id=client_id)

    def decide_each(
        self,
        verdicts: Mapping[str, str],
        *,
        probes: Collection[str] = (),
        repeats: Collection[str] = (),
        seconds: float | None = None,
        client_id: str | None = None,
    ) -> None:
        """Record a verdict of each item as one group; see `decide`.

        Parameters
        ----------
        verdicts
            Verdict of each item; none records nothing.
        probes
            Those of the items that had been drawn at random.
        repeats
            Those that were asked again, unannounced. One that was drawn at random the first time
            still counts as such.
        seconds
            Time each took.
        client_id
            Name of this act.
        """
        for item, verdict in verdicts.items():
            self.index_of(item)
            if verdict not in (*self.classes, UNSURE, SKIP):
                raise InputError(
                    f"verdict of {item}",
                    repr(verdict),
                    ", ".join((*self.classes, UNSURE, SKIP)),
                    "Use one of these words.",
                )
        if not verdicts or (client_id and self._is_recorded(client_id, verdicts)):
            return
        again = {item for item in repeats if item in self.decisions}
        decisions = [
            Decision(
                item,
                self.annotator,
                DecisionKind.VERDICT,
                verdict,
                seconds=seconds,
                evidence=f"features:{self.tables[0].version}",
                blind=item not in self.revealed,
                probe=item in probes or (item in again and self.decisions[item].probe),
                repeat=item in again,
            )
            for item, verdict in verdicts.items()
        ]
        self.journal.record(decisions, client_id or uuid4().hex)
        self.refresh()

    def reveal(self, items: Iterable[str]) -> None:
        """Note that the annotator saw what the machine says; what is decided next is not blind."""
        self.revealed.update(items)

    def refresh(self) -> None:
        """Take over what the journal holds, other processes' entries too."""
        self.answers.follow(self.journal.state())
        self.learner.know(self.answers.training, self.answers.closed)
        self._fitted = False

    @property
    def decisions(self) -> dict[str, Decision]:
        """The annotator's standing verdicts by item, in the order in which they were given."""
        return self.answers.decisions

    def predict(self) -> Predictions:
        """Every candidate's label: the annotator's where there is one, else the machine's."""
        self._fit()
        learner = self.learner
        labels, expected = learner.labels()
        human = learner.decided
        probability = learner.probability
        if probability is None:
            probability = np.full(len(labels), np.nan, np.float32)
        return Predictions(
            learner.design.items,
            np.where(human, learner.answers, labels).astype(np.int8),
            probability,
            human,
            self.classes,
            expected.threshold if expected else float("nan"),
        )

    def progress(self) -> SortProgress:
        """How far the sorting has come, and whether going on is worth it."""
        self._fit()
        learner = self.learner
        values = [decision.value for decision in self.decisions.values()]
        _, expected = learner.labels()
        final = None
        if expected:
            final = expect(learner.belief(), expected.threshold)
        return SortProgress(
            len(learner.design),
            dict(zip(self.classes, learner.answers_of_each_class.tolist(), strict=True)),
            values.count(UNSURE),
            values.count(SKIP),
            sum(decision.seconds or 0.0 for decision in self.decisions.values()),
            share_sure(learner),
            str(learner.settings.target),
            final.precision if final else float("nan"),
            final.recall if final else float("nan"),
            stopping_advice(learner, self.answers.order()),
        )

    def explain(self, item: str) -> Explanation:
        """Which features speak for the predicted class and which against.

        The next decision on this item is then no longer recorded as blind.

        Raises
        ------
        InputError
            If the item is unknown.
        SettingError
            If there is no classifier yet.
        """
        index = self.index_of(item)
        self._fit()
        if self.learner.model is None:
            raise SettingError(
                "There is no classifier to explain yet; decide candidates of both classes first."
            )
        self.reveal([item])
        labels, _ = self.learner.labels()
        return explain(
            self.learner.design, index, self.learner.model, self.classes, int(labels[index])
        )

    def classifier(self) -> TrainedClassifier:
        """The classifier as it stands, to keep and to apply to other recordings.

        Raises
        ------
        SettingError
            If there is none yet.
        """
        self._fit()
        learner = self.learner
        if learner.model is None:
            raise SettingError(
                f"{self.project.path}: {self.annotator} has not decided candidates of two classes "
                "yet, so nothing can be trained; decide some of each first."
            )
        return TrainedClassifier(
            learner.model,
            learner.settings,
            self.classes,
            learner.design.feature_names,
            learner.design.feature_version,
            tuple(learner.answers_of_each_class.tolist()),
            learn_familiarity(self.tables),
        )

    def index_of(self, item: str) -> int:
        """Row of an item among all candidates.

        Raises
        ------
        InputError
            If there is no such candidate.
        """
        if item not in self.answers.index:
            raise InputError(
                item,
                "there is no such candidate in the project",
                f"a name like {self.learner.design.items[0]!r}",
                "Check recording and identity.",
            )
        return self.answers.index[item]

    def skipped(self) -> list[Question]:
        """What was skipped, as questions, longest ago first."""
        return [
            Question(item, self.index_of(item), float("nan"), "it was skipped before", probe=False)
            for item in self.answers.skipped()
        ]

    def _is_recorded(self, client_id: str, verdicts: Mapping[str, str]) -> bool:
        """Whether this act is in the journal already; how it was seen may have changed since."""
        entry = self.journal.find(client_id)
        decisions = entry.decisions if entry and entry.annotator == self.annotator else ()
        return {decision.item: decision.value for decision in decisions} == dict(verdicts)

    def _fit(self) -> None:
        if not self._fitted:
            with self._threads.limit(limits=1):
                self.learner.refit()
            self._fitted = True


def _start_from(earlier: TrainedClassifier, candidates: Candidates) -> LogisticModel:
    """The earlier classifier's weights, if it may be used here."""
    check_fits(earlier, candidates.tables[0], candidates.classes)
    if not isinstance(earlier.model, LogisticModel):
        raise SettingError("Starting from an earlier classifier works with two classes only.")
    return earlier.model
