"""The paper's experiment: a recorded annotator answers, the classifier is judged by the others.

Figure S6: the loop is trained with one annotator's answers and evaluated against the majority of
the others. Labels of the model on ALL candidates count, answered ones included, as in the paper;
the other ways to count stand beside it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.majority import UNDECIDED, majority
from sightline.learn.align import align
from sightline.learn.logistic import LogisticModel
from sightline.sort.classifier import fit_classifier
from sightline.sort.learner import Learner
from sightline.sort.pretraining import DropRule, EarlierAnswers
from sightline.trust.accuracy import area_under_curve, measure_accuracy

Start = Literal["given", "cold"]
GIVEN_OF_EACH_CLASS = 3
_FRACTIONS = (0.01, 0.02, 0.03, 0.05, *(k / 10 for k in range(1, 10)))


@dataclass(frozen=True)
class Checkpoint:
    """The classifier after a share of the candidates had been answered.

    Parameters
    ----------
    fraction
        Share of the candidates answered, given ones not counted.
    balanced_accuracy, true_positive_rate, true_negative_rate, precision, recall, f1, auc
        Of the model's labels on all candidates against the evaluators' majority.
    label_classifier_weight
        DCAL's adapted weight of the question before; ``nan`` for the other strategies.
    final_balanced_accuracy
        The annotator's own answers stand in the labels.
    unseen_balanced_accuracy, unseen_auc
        On the candidates not yet answered.
    """

    fraction: float
    balanced_accuracy: float
    true_positive_rate: float
    true_negative_rate: float
    precision: float
    recall: float
    f1: float
    auc: float
    label_classifier_weight: float
    final_balanced_accuracy: float
    unseen_balanced_accuracy: float
    unseen_auc: float


def fractions_until(stop: float) -> tuple[float, ...]:
    """Shares at which a run is judged: 1, 2, 3, 5, 10, 20 ... % up to ``stop``, which is one."""
    return (*(f for f in _FRACTIONS if f < stop - 1e-9), stop)


def run_closed_loop(
    learner: Learner,
    answers: NDArray[np.int8],
    truth: NDArray[np.int8],
    *,
    start: Start = "given",
    stop: float = 0.05,
) -> list[Checkpoint]:
    """Ask, answer and refit until a share of the candidates has been answered.

    Parameters
    ----------
    learner
        Fresh, on the candidates' design matrix.
    answers : (candidate,) int8
        What the annotator says: 1 cell, 0 not, -1 cannot say.
    truth : (candidate,) int8
        The evaluators' majority; candidates where it is -1 are not judged.
    start
        ``given``: three random candidates of each class of each recording are known before, and not
        counted (paper). ``cold``: nothing is.
    stop
        Share of the candidates to answer; where the given ones leave fewer, all are answered.
    """
    if start == "given":
        _give(learner, answers)
    learner.refit()
    wanted = {max(1, round(f * len(answers))): f for f in fractions_until(stop)}
    checkpoints = []
    for count in range(1, max(wanted) + 1):
        items = learner.ask().items
        if not items.size:
            checkpoints.append(judge(learner, truth, stop))
            break
        learner.answer(int(items[0]), int(answers[items[0]]))
        learner.refit()
        if count in wanted:
            checkpoints.append(judge(learner, truth, wanted[count]))
    return checkpoints


def judge(learner: Learner, truth: NDArray[np.int8], fraction: float) -> Checkpoint:
    """Hold the learner's labels against the evaluators' majority."""
    judged = truth != UNDECIDED
    cell = truth[judged] == 1
    labels, _ = learner.labels()
    p = learner.probability
    score = (np.zeros(len(truth), np.float32) if p is None else p)[judged]
    accepted = labels[judged] == 1
    decided = learner.decided[judged]
    final = np.where(decided, learner.answers[judged] == 1, accepted)
    accuracy = measure_accuracy(accepted, cell)
    unseen = measure_accuracy(accepted[~decided], cell[~decided])
    return Checkpoint(
        fraction,
        accuracy.balanced_accuracy,
        accuracy.true_positive_rate,
        accuracy.true_negative_rate,
        accuracy.precision,
        accuracy.recall,
        accuracy.f1,
        area_under_curve(score, cell),
        learner.choice.weight if learner.choice else float("nan"),
        measure_accuracy(final, cell).balanced_accuracy,
        unseen.balanced_accuracy,
        area_under_curve(score[~decided], cell[~decided]),
    )


def _give(learner: Learner, answers: NDArray[np.int8]) -> None:
    """Make three random candidates of each class of each recording known."""
    rng = np.random.default_rng([learner.seed, 1])
    for recording in np.unique(learner.design.recording):
        for label in range(learner.classes):
            candidates = np.flatnonzero(
                (answers == label) & (learner.design.recording == recording)
            )
            for index in rng.permutation(candidates)[:GIVEN_OF_EACH_CLASS]:
                learner.answer(int(index), label)


def answer_earlier(
    learner: Learner,
    answers: NDArray[np.int8],
    fraction: float,
    drop: DropRule,
    align_to: NDArray[np.float32] | None = None,
) -> EarlierAnswers:
    """Sort an earlier recording with its own strategy until a share is answered (first half of S2).

    One refit for every hundredth of the recording: with thousands of answers, one more changes
    nothing that matters.

    Parameters
    ----------
    learner
        Fresh, on the earlier recording.
    answers : (candidate,) int8
        What its annotator says.
    fraction
        Share of its candidates to answer.
    drop
        Rule for the answers that are let go later.
    align_to : (candidate, column) float32, optional
        Design matrix of the new recording, whose correlations the earlier one is given.
    """
    batch = max(1, len(answers) // 100)
    left = round(fraction * len(answers))
    while left > 0:
        learner.refit()
        items = learner.ask().ranking.first(min(batch, left))
        if not items.size:
            break
        for index in items:
            learner.answer(int(index), int(answers[index]))
        left -= len(items)
    rows = np.flatnonzero(learner.decided)
    X = learner.design.X if align_to is None else align(learner.design.X, align_to)
    return EarlierAnswers(X[rows], learner.answers[rows], drop)


def start_from(learner: Learner, earlier: EarlierAnswers) -> None:
    """Let a learner begin with an earlier recording's answers, or with their classifier.

    Which of the two its settings say: the paper trains with the answers (``pull`` is ``None``);
    the default shrinks towards the classifier that they gave, which needs no answers at hand.
    """
    if learner.settings.pull is None:
        learner.earlier = earlier
        return
    model = fit_classifier(earlier.X, earlier.label, learner.classes, learner.settings)
    learner.towards = model if isinstance(model, LogisticModel) else None


def majority_of_others(labels: dict[str, NDArray[np.int8]], annotator: str) -> NDArray[np.int8]:
    """Evaluators' majority for one annotator (Figure S6A); -1 where they tie or none decided."""
    return majority(np.stack([v for name, v in labels.items() if name != annotator], axis=1))
