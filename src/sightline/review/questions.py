"""Questions by the last fit, however old it is, and by the answers as they are now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from sightline.data.question import Question
from sightline.query.choose import pick
from sightline.query.pool import Pool, rank
from sightline.review.refits import Fit
from sightline.review.repeats import draw_repeats
from sightline.review.sort_session import SortSession


def choose_questions(
    session: SortSession,
    fit: Fit | None,
    number: int,
    *,
    current: int | None = None,
    others: Sequence[int] = (),
    repeat_share: float = 0.0,
    asked_again: Collection[int] = (),
) -> list[Question]:
    """Choose the next questions without fitting anything.

    What is drawn at random depends on the seed and on how many have been answered, as in
    `SortSession.batch`. Skipped candidates come again when nothing else is left.

    Parameters
    ----------
    session
        The annotator's.
    fit
        The last one; without it there are no questions yet.
    number
        Questions wanted; fewer where fewer are left.
    current
        Row of the question that is about to be answered, which is not among them.
    others
        Rows that lie before other annotators.
    repeat_share
        As in `SessionSettings`; where nothing new is left, nothing is repeated either.
    asked_again
        Rows asked again before that have no second answer yet.
    """
    closed = session.answers.closed
    new = _new_questions(session, fit, number, current, others)
    if not new or closed[[question.index for question in new]].all():
        return new
    waiting = current is not None and (current in asked_again or not closed[current])
    repeats = draw_repeats(
        session.answers,
        session.learner.seed,
        number,
        repeat_share,
        waiting=waiting,
        without=() if current is None else (current,),
    )
    return list(islice(_mixed(session, new, repeats, number), number))


def _mixed(
    session: SortSession, new: Sequence[Question], repeats: Mapping[int, int], number: int
) -> Iterator[Question]:
    """Put repeats in their places among the new questions, the last of which ends them.

    The reason shown with a repeat is that of a question it leaves no room for: any other would give
    it away.
    """
    place, reasons = 0, [question.reason for question in new[number - len(repeats) :]]
    for question in new:
        while place in repeats:
            row = repeats[place]
            item, nan = session.learner.design.items[row], float("nan")
            reason = reasons.pop() if reasons else question.reason
            yield Question(item, row, nan, reason, probe=False, repeat=True)
            place += 1
        yield question
        place += 1


def _new_questions(
    session: SortSession,
    fit: Fit | None,
    number: int,
    current: int | None,
    others: Sequence[int],
) -> list[Question]:
    closed = session.answers.closed
    asked = int(closed.sum())
    if current is not None:
        asked += int(not closed[current])
        closed[current] = True
    if closed.all():
        skipped = [question for question in session.skipped() if question.index != current]
        return skipped[:number]
    closed[list(others)] = True
    if fit is None or fit.ranking is None or closed.all():
        return []
    learner = session.learner
    ranking = rank(fit.ranking.score, closed, fit.ranking.reason)
    rows, probes = pick(
        ranking,
        Pool(learner.design.X, learner.decided, closed),
        learner.strategy.probe_every,
        np.random.default_rng([learner.seed, asked]),
        n=number,
        asked=asked,
    )
    return [
        Question(
            learner.design.items[row],
            int(row),
            float("nan") if probe else float(ranking.score[row]),
            "drawn at random" if probe else ranking.reason(int(row)),
            bool(probe),
        )
        for row, probe in zip(rows, probes, strict=True)
    ]
