"""Which judged candidates are asked again, unannounced, to see whether the annotator says the same.

A candidate is asked again at most once, where its verdict was given by itself, at least
`ANSWERS_BETWEEN` answers ago and, if there are such, `SECONDS_BETWEEN` before the latest answer.
One with a note is not: it would have to be hidden, and a new one would take its place.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import numpy as np

from sightline.data.decision import DecisionKind
from sightline.review.answers import Answers

ANSWERS_BETWEEN: Final = 20
SECONDS_BETWEEN: Final = 300.0

_STREAM: Final = 1
"""Tells these draws from those of ordinary questions, which have the same seed."""


def draw_repeats(
    answers: Answers,
    seed: int,
    number: int,
    share: float,
    *,
    waiting: bool = False,
    without: Collection[int] = (),
) -> dict[int, int]:
    """Draw those of the next questions that are repeats.

    Each place in the session has its own draw, by the seed and the number of acts before it: what
    is in a queue stays in it, and a restart changes nothing.

    Parameters
    ----------
    answers
        The annotator's.
    seed
        Of the draws.
    number
        Questions wanted.
    share
        Chance of each of them to be a repeat.
    waiting
        Whether a question before these is about to be answered.
    without
        Rows not to draw.

    Returns
    -------
    dict
        Row by place among the questions, from 0; none where nothing may be asked again yet.
    """
    before = len(answers.hand.standing) + waiting
    draws = [np.random.default_rng([seed, before + place, _STREAM]) for place in range(number)]
    places = [place for place, draw in enumerate(draws) if draw.random() < share]
    rows = [row for row in repeatable(answers) if row not in without] if places else []
    drawn: dict[int, int] = {}
    for place in places[: len(rows)]:
        drawn[place] = int(draws[place].choice(rows))
        rows.remove(drawn[place])
    return drawn


def repeatable(answers: Answers) -> list[int]:
    """Rows that may be asked again now, in order."""
    given: dict[str, tuple[int, datetime]] = {}
    barred: set[str] = set()
    acts, latest = 0, None
    for entry in answers.hand.standing:
        kind = entry.decisions[0].kind
        if kind is DecisionKind.NOTE:
            barred |= {decision.item for decision in entry.decisions}
        if kind is not DecisionKind.VERDICT:
            continue
        acts, latest = acts + 1, entry.time_utc
        for decision in entry.decisions:
            given.pop(decision.item, None)
            if decision.repeat:
                barred.add(decision.item)
        if len(entry.decisions) == 1:
            given[entry.decisions[0].item] = acts, entry.time_utc
    ripe = {
        row: time
        for item, (act, time) in given.items()
        if acts - act >= ANSWERS_BETWEEN and item not in barred
        if (row := answers.index.get(item, -1)) >= 0 and answers.said[row] >= 0
    }
    old = [row for row, time in ripe.items() if latest and _seconds(time, latest) > SECONDS_BETWEEN]
    return sorted(old or ripe)


def _seconds(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds()
