"""Choose the next questions: strategy, cold start, probes and batches together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from sightline.errors import SettingError
from sightline.query.baselines import rank_as_given, rank_at_random
from sightline.query.batch import diverse_batch
from sightline.query.dcal import adaptive_weight, rank_by_dcal
from sightline.query.doubt import rank_by_doubt
from sightline.query.novelty import Novelty, measure_novelty, rank_by_novelty
from sightline.query.pool import Pool, Ranking

StrategyName = Literal["random", "rank", "cal", "dal", "dcal", "entropy"]
STRATEGIES: Final = get_args(StrategyName)
FEWEST_OF_EACH_CLASS: Final = 3


@dataclass(frozen=True)
class Strategy:
    """How questions are chosen.

    Parameters
    ----------
    name
        ``random``, ``rank`` (order of the data), ``cal``, ``dal``, ``dcal`` or ``entropy``.
    weight
        w0 of DCAL, 0 (only doubt) to 1 (mostly novelty).
    probe_every
        Every this many questions one is drawn at random, so that estimates stay unbiased; 0 never.
    """

    name: StrategyName = "dcal"
    weight: float = 0.5
    probe_every: int = 0

    def __post_init__(self) -> None:
        if self.name not in STRATEGIES:
            raise SettingError(f"There is no strategy {self.name!r}; use {', '.join(STRATEGIES)}.")
        if not 0 <= self.weight <= 1 or self.probe_every < 0:
            raise SettingError(
                f"DCAL's weight is {self.weight} and a probe comes every {self.probe_every} "
                "questions; they must be 0 to 1, and 0 or more."
            )


def parse_strategies(text: str) -> tuple[StrategyName, ...]:
    """Read names with commas between them, each once.

    Raises
    ------
    SettingError
        If one is unknown, or there is none.
    """
    names = [part.strip() for part in text.split(",") if part.strip()]
    known = tuple(name for name in STRATEGIES if name in names)
    unknown = [name for name in names if name not in STRATEGIES]
    if unknown or not known:
        raise SettingError(
            f"There is no strategy {', '.join(unknown) or text!r}; use {', '.join(STRATEGIES)}."
        )
    return known


@dataclass(frozen=True)
class Choice:
    """Items to ask about next.

    Parameters
    ----------
    items : (n,) int
        Best first.
    ranking
        With the score and reason of every item.
    probes : (n,) bool
        Which of the items were drawn at random as probes.
    novelty
        What the label classifier believed, to start its next fit from; ``None`` if not needed.
    weight
        DCAL's adapted weight; ``nan`` for the other strategies.
    """

    items: np.ndarray
    ranking: Ranking
    probes: np.ndarray
    novelty: Novelty | None
    weight: float


def choose(
    pool: Pool,
    strategy: Strategy,
    answers_of_each_class: Sequence[int],
    rng: np.random.Generator,
    *,
    n: int = 1,
    asked: int = 0,
    previous: Novelty | None = None,
) -> Choice:
    """Choose the next ``n`` questions.

    Parameters
    ----------
    pool
        Candidates, decisions, probabilities.
    strategy
        As the user set it. Until three candidates of each class are decided, the strategies that
        learn are replaced as the reference does: at random before the first answer, then by
        novelty.
    answers_of_each_class
        Number of training answers of each class.
    rng
        Source of random questions and probes.
    n
        Questions wanted; those of one batch are not near-copies of each other.
    asked
        Questions asked before, for the rhythm of the probes.
    previous
        Novelty of the last step, to start from.
    """
    name = effective_strategy(strategy.name, answers_of_each_class, pool)
    ranking, novelty, weight = _rank(name, strategy.weight, pool, rng, previous)
    items, probes = pick(ranking, pool, strategy.probe_every, rng, n=n, asked=asked)
    return Choice(items, ranking, probes, novelty, weight)


def pick(
    ranking: Ranking,
    pool: Pool,
    probe_every: int,
    rng: np.random.Generator,
    *,
    n: int = 1,
    asked: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Take the next questions from a ranking: unlike each other, a probe now and then.

    Parameters
    ----------
    ranking, pool
        Of which nothing closed is taken.
    probe_every, rng, n, asked
        As in `Strategy` and `choose`.

    Returns
    -------
    items : (n or fewer,) int
        Best first.
    probes : (n or fewer,) bool
        Which of them were drawn at random.
    """
    items = diverse_batch(ranking, pool.features, n)
    probes = np.zeros(len(items), bool)
    if probe_every:
        probes = (asked + np.arange(len(items)) + 1) % probe_every == 0
        items = _draw_probes(items, probes, pool, rng)
    return items, probes


def effective_strategy(
    name: StrategyName, answers_of_each_class: Sequence[int], pool: Pool
) -> StrategyName:
    """The strategy in force, given what has been answered (cold start)."""
    if name in ("random", "rank"):
        return name
    if pool.closed.all():
        return "random"
    if not sum(answers_of_each_class):
        return "random" if pool.probability is None else name
    if name != "dal" and (
        pool.probability is None or min(answers_of_each_class) < FEWEST_OF_EACH_CLASS
    ):
        return "dal"
    return name


def _rank(
    name: StrategyName,
    weight: float,
    pool: Pool,
    rng: np.random.Generator,
    previous: Novelty | None,
) -> tuple[Ranking, Novelty | None, float]:
    if name == "random":
        return rank_at_random(pool, rng), previous, float("nan")
    if name == "rank":
        return rank_as_given(pool), previous, float("nan")
    if name in ("cal", "entropy") or not pool.decided.any():
        return rank_by_doubt(pool), previous, float("nan")
    novelty = measure_novelty(pool, start=previous.model if previous else None)
    if name == "dal":
        return rank_by_novelty(pool, novelty), novelty, float("nan")
    ranking = rank_by_dcal(pool, novelty, weight)
    return ranking, novelty, adaptive_weight(weight, novelty.accuracy)


def _draw_probes(
    items: np.ndarray, probes: np.ndarray, pool: Pool, rng: np.random.Generator
) -> np.ndarray:
    """Put an item drawn uniformly from all that may be asked in each probe's place.

    The draw ignores the other questions of the batch, or it would not be uniform; where it hits
    one of them, the two change places.
    """
    items = items.copy()
    may_be_asked = np.flatnonzero(~pool.closed)
    for place in np.flatnonzero(probes):
        free = np.setdiff1d(may_be_asked, items[probes & (np.arange(len(items)) < place)])
        drawn = rng.choice(free)
        items[items == drawn] = items[place]
        items[place] = drawn
    return items
