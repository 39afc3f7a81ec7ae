"""The closed loop: answers in, refit, next questions out. No disk, no clock, no screen."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.majority import UNDECIDED
from sightline.learn.logistic import LogisticModel
from sightline.learn.multinomial import MultinomialModel
from sightline.query.choose import Choice, Strategy, choose
from sightline.query.novelty import Novelty
from sightline.query.pool import Pool
from sightline.sort.classifier import Model, fit_classifier
from sightline.sort.design import Design
from sightline.sort.pretraining import EarlierAnswers
from sightline.sort.settings import ClassifierSettings
from sightline.sort.target import Expected, decide


@dataclass
class Learner:
    """State of one annotator's loop over one batch of recordings (paper, Algorithm S1).

    Parameters
    ----------
    design
        Standardised features of all candidates.
    settings
        Of the cell classifier.
    strategy
        Which question next.
    classes
        Number of classes; with two, class 1 is a cell.
    seed
        Of random questions and probes.
    earlier
        Answers of an earlier recording to train with (paper, Algorithm S2).
    towards
        Classifier of an earlier recording to start from and shrink towards.
    """

    design: Design
    settings: ClassifierSettings
    strategy: Strategy
    classes: int = 2
    seed: int = 0
    earlier: EarlierAnswers | None = None
    towards: LogisticModel | None = None
    answers: NDArray[np.int8] = field(init=False)
    closed: NDArray[np.bool_] = field(init=False)
    model: Model | None = field(init=False, default=None)
    probability: NDArray[np.float32] | None = field(init=False, default=None)
    choice: Choice | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._novelty: Novelty | None = None
        self.forget()

    @property
    def decided(self) -> NDArray[np.bool_]:
        """(candidate,) bool: has an answer that trains the classifier."""
        return self.answers != UNDECIDED

    @property
    def answers_of_each_class(self) -> NDArray[np.intp]:
        """(class,) int: number of training answers."""
        return np.bincount(self.answers[self.decided], minlength=self.classes)

    def answer(self, index: int, label: int) -> None:
        """Take an answer: a class index, or ``UNDECIDED`` for one that trains nothing."""
        self.answers[index] = label
        self.closed[index] = True

    def forget(self) -> None:
        """Forget all answers; the last fits stay, to start the next ones from."""
        self.answers = np.full(len(self.design), UNDECIDED, np.int8)
        self.closed = np.zeros(len(self.design), bool)

    def know(self, answers: NDArray[np.int8], closed: NDArray[np.bool_]) -> None:
        """Take all answers at once, in place of those before; see `answers` and `closed`."""
        self.answers, self.closed = answers, closed

    def refit(self) -> None:
        """Fit the classifier to all answers and apply it to all candidates.

        While the answers are of one class only there is no classifier, and ``probability`` is
        ``None``.
        """
        rows = np.flatnonzero(self.decided)
        X, label = self.design.X[rows], self.answers[rows]
        weights = None
        if self.earlier is not None:
            X, label, weights = self.earlier.join(X, label)
        self.model = fit_classifier(
            X,
            label,
            self.classes,
            self.settings,
            weights=weights,
            start=self.model,
            towards=self.towards,
        )
        self.probability = None
        if self.model is not None:
            self.probability = self.model.probability(self.design.X).astype(np.float32, copy=False)
            if self.earlier is not None and isinstance(self.model, LogisticModel):
                self.earlier = self.earlier.drop_one(self.model)

    def ask(self, n: int = 1) -> Choice:
        """Choose the next questions by the classifier as last fitted; fewer where few are left.

        What is drawn depends on the seed and on how many have been answered, not on what this
        object did before, so that a session goes on after a restart as it would have, but for
        candidates whose scores are all but equal: fits start from the last one.
        """
        asked = int(self.closed.sum())
        pool = Pool(self.design.X, self.decided, self.closed, self.probability)
        self.choice = choose(
            pool,
            self.strategy,
            self.answers_of_each_class.tolist(),
            np.random.default_rng([self.seed, asked]),
            n=n,
            asked=asked,
            previous=self._novelty,
        )
        self._novelty = self.choice.novelty
        return self.choice

    def labels(self) -> tuple[NDArray[np.int8], Expected | None]:
        """The classifier's labels of all candidates, and what they are expected to be like.

        Two classes: a cell above the threshold that the target gives, from probabilities in which
        decided candidates count as certain. More: the most probable class.

        Returns
        -------
        (candidate,) int8, and `Expected` (two classes only)
            All undecided where there is no classifier yet.
        """
        if self.probability is None:
            return np.full(len(self.design), UNDECIDED, np.int8), None
        if isinstance(self.model, MultinomialModel):
            return self.probability.argmax(1).astype(np.int8), None
        expected = decide(self.belief(), self.settings.target)
        return (self.probability > expected.threshold).astype(np.int8), expected

    def belief(self) -> NDArray[np.float32]:
        """(candidate,) probability of a cell; 0 or 1 where it is decided. Two classes only."""
        if self.probability is None:
            return np.where(self.decided, self.answers, np.nan).astype(np.float32)
        return np.where(self.decided, self.answers, self.probability).astype(np.float32)
