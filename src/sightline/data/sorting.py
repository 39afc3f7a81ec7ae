"""What sorting reports: predictions, progress, explanations."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Predictions:
    """The final label of every candidate, and where it comes from.

    Parameters
    ----------
    items
        Name of each candidate, ``recording/identity``.
    labels : (candidate,) int8
        Class index, -1 where nobody decided and there is no classifier yet.
    probability : (candidate,) or (candidate, class) float32
        By the machine: of a cell with two classes, else of each class; ``nan`` without classifier.
    human : (candidate,) bool
        Whether the label is the annotator's own decision, which outranks the machine.
    classes
        Class names.
    threshold
        Probability above which a candidate is a cell; ``nan`` with more than two classes.
    """

    items: tuple[str, ...]
    labels: NDArray[np.int8]
    probability: NDArray[np.float32]
    human: NDArray[np.bool_]
    classes: tuple[str, ...]
    threshold: float

    def names(self) -> list[str]:
        """Each candidate's class name; empty where there is no label."""
        return ["" if label < 0 else self.classes[label] for label in self.labels]


@dataclass(frozen=True)
class SortProgress:
    """How far a sorting has come.

    Parameters
    ----------
    candidates
        Number of all.
    decided
        Number of answers of each class, by name.
    unsure, skipped
        Answers that train nothing.
    seconds
        Time spent on the answers whose time was measured.
    sure
        Share of the undecided whose probability is outside 0.25 to 0.75 (paper, appendix C.4);
        ``nan`` without classifier.
    target
        What is wanted of the labels, in words.
    expected_precision, expected_recall
        Of the final labels by the probabilities themselves; an audit measures them. ``nan`` with
        more than two classes or without classifier.
    advice
        What more answers are expected to change, in words.
    """

    candidates: int
    decided: dict[str, int]
    unsure: int
    skipped: int
    seconds: float
    sure: float
    target: str
    expected_precision: float
    expected_recall: float
    advice: str


@dataclass(frozen=True)
class Reason:
    """One feature's part in a prediction.

    Parameters
    ----------
    feature
        Name.
    value
        Standardised: 0 is the recording's mean, 1 a standard deviation above it.
    contribution
        What it adds to the log-odds of the predicted class.
    """

    feature: str
    value: float
    contribution: float


@dataclass(frozen=True)
class Explanation:
    """Why the machine predicts what it predicts of one candidate.

    Parameters
    ----------
    item
        Which candidate.
    predicted
        Class name.
    probability
        Of that class.
    speak_for, speak_against
        Features with the largest contributions, largest first.
    """

    item: str
    predicted: str
    probability: float
    speak_for: tuple[Reason, ...]
    speak_against: tuple[Reason, ...]
