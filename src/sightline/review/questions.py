"""Questions by the last fit, however old it is, and by the answers as they are now."""

from collections.abc import Sequence

import numpy as np

from sightline.data.question import Question
from sightline.query.choose import pick
from sightline.query.pool import Pool, rank
from sightline.review.refits import Fit
from sightline.review.sort_session import SortSession


def choose_questions(
    session: SortSession,
    fit: Fit | None,
    number: int,
    *,
    current: int | None = None,
    others: Sequence[int] = (),
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
    """
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
