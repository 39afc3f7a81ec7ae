"""Which masks to look at: the most uncertain first, one in so many drawn at random."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.query.choose import pick
from sightline.query.pool import Pool, rank


@dataclass(frozen=True)
class ChosenMask:
    """A mask to look at.

    Parameters
    ----------
    index
        Among all.
    score
        NaN where it was drawn at random.
    reason
        In words.
    probe
        Whether it was drawn at random.
    """

    index: int
    score: float
    reason: str
    probe: bool


def choose_masks(
    score: NDArray[np.floating],
    closed: NDArray[np.bool_],
    number: int,
    reason: Callable[[int], str],
    *,
    probe_every: int = 10,
    asked: int = 0,
    seed: int = 0,
) -> list[ChosenMask]:
    """Choose images, or objects, by their uncertainty.

    Parameters
    ----------
    score : (mask,)
        Higher is asked sooner.
    closed : (mask,)
        What must not be asked.
    number
        Wanted; fewer where fewer are left.
    reason
        Says why one scores as it does.
    probe_every
        Every so many questions one is drawn at random, so that quality can be estimated without
        bias; 0: none.
    asked
        Questions answered so far.
    seed
        Of the random ones.

    Raises
    ------
    SettingError
        If the number is not positive.

    References
    ----------
    deepflash2, equation 5: images in the order of U, the most uncertain first.
    """
    if number < 1:
        raise SettingError(f"{number} questions were asked for; ask for at least one.")
    ranking = rank(np.asarray(score, np.float32), closed, reason)
    alike = np.zeros((len(closed), 1), np.float32)  # nothing is known that would make two alike
    pool = Pool(alike, closed, closed)
    rng = np.random.default_rng([seed, asked])
    items, probes = pick(ranking, pool, probe_every, rng, n=number, asked=asked)
    return [
        ChosenMask(
            int(index),
            float("nan") if probe else float(ranking.score[index]),
            "drawn at random" if probe else ranking.reason(int(index)),
            bool(probe),
        )
        for index, probe in zip(items, probes, strict=True)
    ]
