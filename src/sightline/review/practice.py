"""Practice for newcomers: candidates whose answer is known, asked without recording a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sightline.data.decision import DecisionKind
from sightline.errors import InputError, SettingError
from sightline.project.fold import standing
from sightline.review.sort_session import SortSession


@dataclass(frozen=True)
class PracticeScore:
    """What came of a practice run.

    Parameters
    ----------
    asked, right
        Candidates asked, and how many were answered as is known.
    classes
        For each class how many were asked that are known to be of it, and answered so.
    mistaken
        Names of the candidates that were answered otherwise, in the order asked.
    """

    asked: int
    right: int
    classes: dict[str, dict[str, int]]
    mistaken: tuple[str, ...]


def practice_sources(session: SortSession) -> dict[str, dict[str, int]]:
    """Whose answers can be practised on, and how many there are of each class.

    They are the standing verdicts of other annotators on candidates that this one has not judged.
    """
    found = {}
    for annotator in sorted(session.journal.state().hands):
        known = _known(session, annotator) if annotator != session.annotator else {}
        if known:
            values = list(known.values())
            found[annotator] = {name: values.count(name) for name in session.classes}
    return found


def draw_practice(session: SortSession, source: str, number: int, seed: int) -> list[int]:
    """Draw candidates to practise on, as many of each class as there are.

    Parameters
    ----------
    session
        Of the annotator who practises.
    source
        Whose answers are taken as known.
    number
        Candidates wanted; fewer where there are fewer.
    seed
        Of the draw.

    Returns
    -------
    list of int
        Rows, in an order that tells nothing.

    Raises
    ------
    SettingError
        If the source has no answer to practise on.
    """
    rng = np.random.default_rng(seed)
    known = _known(session, source)
    if not known or source == session.annotator:
        raise SettingError(
            f"{source!r} has judged nothing that {session.annotator!r} has not; choose another."
        )
    piles = [
        list(rng.permutation([row for row, value in known.items() if value == name]))
        for name in session.classes
    ]
    drawn: list[int] = []
    while len(drawn) < min(number, len(known)):
        left = [pile for pile in piles if pile]
        fewest = number - len(drawn)
        # where not all classes fit any more, which of them come is left to chance
        chosen = rng.permutation(len(left))[:fewest]
        drawn += [int(left[place].pop()) for place in chosen]
    return [int(row) for row in rng.permutation(drawn)]


def known_answer(session: SortSession, source: str, row: int) -> str:
    """The class that the source says a candidate is of.

    Raises
    ------
    InputError
        If the source has not said.
    """
    said = standing(session.journal.state(), source, DecisionKind.VERDICT)
    items = session.learner.design.items
    verdict = said.get(items[row]) if 0 <= row < len(items) else None
    if verdict is None or verdict.value not in session.classes:
        raise InputError(
            f"row {row}", f"{source!r} gave it no class", "a candidate with one", "Begin anew."
        )
    return verdict.value


def score_practice(
    session: SortSession, source: str, answers: Sequence[tuple[int, str]]
) -> PracticeScore:
    """Compare answers, (row, verdict), with the source's.

    Raises
    ------
    InputError
        If the source has not said something of each.
    """
    known = [known_answer(session, source, row) for row, _ in answers]
    right = [said == true for (_, said), true in zip(answers, known, strict=True)]
    classes = {
        name: {
            "asked": known.count(name),
            "right": sum(hit for hit, true in zip(right, known, strict=True) if true == name),
        }
        for name in session.classes
    }
    items = session.learner.design.items
    mistaken = (items[row] for (row, _), hit in zip(answers, right, strict=True) if not hit)
    return PracticeScore(len(right), sum(right), classes, tuple(mistaken))


def _known(session: SortSession, source: str) -> Mapping[int, str]:
    """The source's class of each candidate that this annotator has not judged, by row."""
    said = standing(session.journal.state(), source, DecisionKind.VERDICT)
    index, closed = session.answers.index, session.answers.closed
    return {
        index[item]: verdict.value
        for item, verdict in said.items()
        if item in index and not closed[index[item]] and verdict.value in session.classes
    }
