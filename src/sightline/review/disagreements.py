"""Candidates on which annotators disagree, or an annotator and the machine, side by side."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.majority import UNDECIDED, majority
from sightline.consensus.reliability import Reliability, intraclass_correlation
from sightline.data.decision import Decision, DecisionKind
from sightline.errors import InputError
from sightline.project.fold import standing
from sightline.review.answers import NOTHING
from sightline.review.refits import Fit
from sightline.review.sort_session import SortSession

Among = Literal["annotators", "machine"]

_FEWEST: Final = 2


@dataclass(frozen=True)
class Said:
    """What one annotator says of a candidate.

    Parameters
    ----------
    annotator
        Who.
    verdict
        Class name, ``"unsure"`` or ``"skip"``; empty where there is a note only.
    note
        What was noted on it.
    """

    annotator: str
    verdict: str
    note: str


@dataclass(frozen=True)
class Disagreement:
    """A candidate that is judged in different ways.

    Parameters
    ----------
    row
        Of the candidate.
    said
        What each annotator says who said anything, by name.
    predicted
        The machine's class index; ``UNDECIDED`` without classifier.
    probability
        The machine's, as in `Fit`.
    majority
        Class index that most annotators gave; ``UNDECIDED`` where they tie.
    strength
        Among annotators: share of those with a class who gave another than the most frequent one.
        With the machine: the probability it gives to other classes than the annotator's.
    """

    row: int
    said: tuple[Said, ...]
    predicted: int
    probability: float
    majority: int
    strength: float


@dataclass(frozen=True)
class Review:
    """All disagreements, the strongest first.

    Parameters
    ----------
    disagreements
        Those that may be looked at.
    found
        How many there are of these, listed or not.
    hidden
        How many others there are, among candidates that the annotator has not judged.
    annotators
        Who judged anything, by name.
    reliability
        Consistency of an annotator alone, ICC(3,1), over the candidates that all of them judged;
        ``None`` where there are too few of these.
    """

    disagreements: tuple[Disagreement, ...]
    found: int
    hidden: int
    annotators: tuple[str, ...]
    reliability: Reliability | None


def disagreements(
    session: SortSession,
    fit: Fit | None,
    among: Among,
    *,
    undecided: bool = False,
    without: Collection[int] = (),
    most: int | None = None,
) -> Review:
    """List what is judged in different ways, by default only what the annotator judged himself.

    Parameters
    ----------
    session
        The annotator's.
    fit
        What the machine says; ``None`` before it says anything.
    among
        ``annotators``: two of them gave different classes. ``machine``: the annotator's class is
        not the machine's label.
    undecided
        Whether candidates that the annotator has not judged are listed too; whoever sees them does
        not judge them blindly any more.
    without
        Rows that are not to be shown now, such as those that are asked again.
    most
        How many are listed; all if not given.
    """
    verdicts, notes = _everybody(session)
    labels = _labels(session, verdicts)
    differs = among == "annotators"
    strength = _among_annotators(labels) if differs else _with_machine(session, fit)
    judged = session.answers.said != NOTHING
    strength[list(without)] = 0
    shown = (strength > 0) & (judged | undecided)
    rows = np.flatnonzero(shown)
    # of equally strong ones those that more annotators judged come first
    votes = (labels != UNDECIDED).sum(1)
    rows = rows[np.lexsort((rows, -votes[rows], -strength[rows]))]
    consensus = majority(labels)
    return Review(
        tuple(
            Disagreement(
                int(row),
                _said(session.learner.design.items[row], verdicts, notes),
                UNDECIDED if fit is None else int(fit.labels[row]),
                float("nan") if fit is None else float(fit.probability[row]),
                int(consensus[row]),
                float(strength[row]),
            )
            for row in rows[:most]
        ),
        len(rows),
        int(((strength > 0) & ~shown).sum()),
        tuple(verdicts),
        _reliability(labels),
    )


_Decisions = Mapping[str, Mapping[str, Decision]]


def _everybody(session: SortSession) -> tuple[_Decisions, _Decisions]:
    """Verdicts and notes of everybody who judged, by annotator and item."""
    state = session.journal.state()
    names = sorted({*state.hands, session.annotator})
    verdicts = {name: standing(state, name, DecisionKind.VERDICT) for name in names}
    notes = {name: standing(state, name, DecisionKind.NOTE) for name in names}
    known = [name for name in names if verdicts[name] or name == session.annotator]
    return {name: verdicts[name] for name in known}, notes


def _labels(session: SortSession, verdicts: _Decisions) -> NDArray[np.int8]:
    """(candidate, annotator) class indices; ``UNDECIDED`` where there is no class."""
    index, classes = session.answers.index, session.classes
    labels = np.full((len(index), len(verdicts)), UNDECIDED, np.int8)
    for column, said in enumerate(verdicts.values()):
        for item, decision in said.items():
            if item in index and decision.value in classes:
                labels[index[item], column] = classes.index(decision.value)
    return labels


def _among_annotators(labels: NDArray[np.int8]) -> NDArray[np.float64]:
    """Share of votes for other classes than the most frequent one; 0 where fewer than two voted."""
    number = max(int(labels.max(initial=0)) + 1, _FEWEST)
    votes = np.stack([(labels == each).sum(1) for each in range(number)], axis=1)
    voters = votes.sum(1)
    return np.where(voters >= _FEWEST, 1 - votes.max(1) / np.maximum(voters, 1), 0.0)


def _with_machine(session: SortSession, fit: Fit | None) -> NDArray[np.float64]:
    """Probability of other classes than the annotator's, where the machine's label is another."""
    said = session.answers.training
    if fit is None or fit.model is None:
        return np.zeros(len(said))
    differs = (said != UNDECIDED) & (fit.labels != said)
    # with two classes the probability is of the second one, with more of the label
    against = fit.probability
    if len(session.classes) == 2:
        against = np.where(said == 1, 1 - fit.probability, fit.probability)
    return np.where(differs, np.maximum(against, np.finfo(np.float32).tiny), 0.0)


def _said(item: str, verdicts: _Decisions, notes: _Decisions) -> tuple[Said, ...]:
    told = []
    for name in sorted({*verdicts, *notes}):
        verdict = verdicts.get(name, {}).get(item)
        note = notes.get(name, {}).get(item)
        words = verdict.value if verdict else "", note.value if note else ""
        if any(words):
            told.append(Said(name, *words))
    return tuple(told)


def _reliability(labels: NDArray[np.int8]) -> Reliability | None:
    """Of two classes, over what all who judged anything judged."""
    whole = labels[:, (labels != UNDECIDED).any(0)]
    if whole.max(initial=0) > 1:
        return None
    try:
        single, _ = intraclass_correlation(np.where(whole == UNDECIDED, np.nan, whole))
    except InputError:
        return None
    return single
