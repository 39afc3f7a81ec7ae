"""Questions of a tracking session: doubtful points, with the reason why each is asked."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sightline.data.question import Question
from sightline.query.doubtful_points import choose_points, reasons, worth_asking


def track_questions(
    score: NDArray[np.floating],
    downstream: NDArray[np.integer],
    closed: NDArray[np.bool_],
    number: int,
    name: Callable[[int, int], str],
    *,
    probe_every: int,
    asked: int,
    seed: int,
) -> list[Question]:
    """Choose points and put them as questions.

    Parameters
    ----------
    score, downstream, closed
        As for `worth_asking`.
    number, probe_every, asked, seed
        As for `choose_points`.
    name
        Gives the item of a frame and a keypoint.

    Raises
    ------
    SettingError
        If the number is not positive.
    """
    worth = worth_asking(score, downstream, closed)
    chosen = choose_points(worth, number, probe_every=probe_every, asked=asked, seed=seed)
    why = reasons([point for point, _ in chosen], score, downstream)
    width = worth.shape[1]
    return [
        Question(
            name(*point),
            point[0] * width + point[1],
            float("nan") if probe else float(worth[point]),
            "drawn at random" if probe else reason,
            probe,
        )
        for (point, probe), reason in zip(chosen, why, strict=True)
    ]
