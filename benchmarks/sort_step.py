"""Time one step of the sorting loop: take an answer, refit both classifiers, score all, choose.

    python benchmarks/sort_step.py --candidates 1000000 --json

With 2,000 answers given (a tenth at random, the rest as the loop asked), the median of ten steps
is compared, in the same run, with

- the baseline: scikit-learn's liblinear with the same penalties and weights, refitted from scratch
  on the same data (the label classifier on ALL candidates), all scored, the same formula; once;
- one pass over the features: their matrix times a vector, which reads every value once.

Either side runs in a process of its own, so that `peak_memory_mb` is that of our loop alone, from
raw features to question. Features are synthetic: 76, correlated, heavy-tailed, of two classes.

Errors of the sampled label classifier: `score_correlation` and `chosen_in_top` compare our scores
of the last step with the baseline's; `same_item` and `in_top` say in which share of the steps we
ask what our own label classifier fitted to all candidates would ask, or one of its best tenth of a
per cent. The latter are measured up to 50,000 candidates.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.data.features import FeatureTable
from sightline.query.choose import Strategy
from sightline.query.dcal import rank_by_dcal
from sightline.query.novelty import measure_novelty
from sightline.query.pool import Pool
from sightline.sort.design import Design, make_design
from sightline.sort.learner import Learner
from sightline.sort.settings import PRESETS, ClassifierSettings, preset

SIZES = (5_000, 50_000, 500_000, 1_000_000)
FEATURES = 76
ANSWERS = 2_000
STEPS = 10
WEIGHT = 0.5
MOST_CHECKED = 50_000


def simulate(candidates: int) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Features of twelve heavy-tailed factors and noise, and what the annotator says."""
    rng = np.random.default_rng(1)
    loadings = rng.normal(size=(12, FEATURES)).astype(np.float32)
    direction = rng.normal(size=12).astype(np.float32)
    values = np.empty((candidates, FEATURES), np.float32)
    label = np.empty(candidates, np.int8)
    for start in range(0, candidates, 50_000):
        rows = values[start : start + 50_000]
        tails = np.sqrt(4 / rng.chisquare(4, (len(rows), 1))).astype(np.float32)
        factors = tails * rng.standard_normal((len(rows), 12), np.float32)
        rng.standard_normal(out=rows, dtype=np.float32)
        rows *= 2 * tails
        rows += factors @ loadings
        doubt = 2 * rng.standard_normal(len(rows), np.float32)
        label[start : start + 50_000] = factors @ direction + doubt > -1
    return values, label


def prepare(
    candidates: int, settings: ClassifierSettings
) -> tuple[Design, NDArray[np.int8]]:
    values, label = simulate(candidates)
    names = tuple(f"f{k}" for k in range(FEATURES))
    identities = tuple(map(str, range(candidates)))
    return make_design([FeatureTable("r", values, names, "simulated-1", identities)], settings), label


def seconds(action: Callable[[], Any]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def peak_memory_mb() -> float | None:
    """Largest memory this process ever held; ``None`` on Windows, which does not say."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - not on Windows

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def give_answers(learner: Learner, label: NDArray[np.int8]) -> None:
    """Answer a tenth at random, the rest as asked, in batches to be quick."""
    for item in np.random.default_rng(0).choice(len(label), ANSWERS // 10, replace=False):
        learner.answer(int(item), int(label[item]))
    while (left := ANSWERS - learner.decided.sum()) > 0:
        learner.refit()
        for item in learner.ask(min(100, int(left))).items:
            learner.answer(int(item), int(label[item]))
    learner.refit()
    learner.ask()


def same_choice(learner: Learner) -> tuple[bool, bool]:
    """Whether the item asked is that of the unsampled label classifier, or among its best."""
    assert learner.choice is not None  # noqa: S101
    pool = Pool(learner.design.X, learner.decided, learner.closed, learner.probability)
    novelty = measure_novelty(
        pool, start=learner.choice.novelty.model, most_compared=len(learner.design)
    )
    best = rank_by_dcal(pool, novelty, WEIGHT).first(max(1, len(learner.design) // 1000))
    item = learner.choice.items[0]
    return bool(item == best[0]), bool(item in best)


def our_steps(candidates: int, name: str) -> dict[str, Any]:
    """Time our steps; returns also what the baseline needs to do the last one."""
    settings = preset(name)
    design, label = prepare(candidates, settings)
    learner = Learner(design, settings, Strategy("dcal", WEIGHT))
    give_answers(learner, label)
    vector = np.ones(design.X.shape[1], np.float32)
    times, passes, same = [], [], []
    for _ in range(STEPS):
        item = int(learner.choice.items[0])

        def step(item: int = item) -> None:
            learner.answer(item, int(label[item]))
            learner.refit()
            learner.ask()

        times.append(seconds(step))
        passes.append(seconds(lambda: design.X @ vector))
        if candidates <= MOST_CHECKED:
            same.append(same_choice(learner))
    return {
        "step_seconds": float(np.median(times)),
        "pass_seconds": float(np.median(passes)),
        "peak_memory_mb": peak_memory_mb(),
        "same": np.mean(same, 0).tolist() if same else [None, None],
        "decided": np.flatnonzero(learner.decided),
        "score": learner.choice.ranking.score,
    }


def baseline_step(
    candidates: int, name: str, decided: NDArray[np.intp]
) -> dict[str, Any]:
    """One step by scikit-learn, from scratch."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only in this process

    settings = preset(name)
    design, label = prepare(candidates, settings)
    X = design.X
    undecided = np.ones(len(X), bool)
    undecided[decided] = False
    smaller = min(len(decided), len(X) - len(decided))
    weights = np.where(undecided, smaller / undecided.sum(), smaller / len(decided))
    l1 = settings.l1 > 0

    def classifier(l1: float, l2: float) -> LogisticRegression:
        penalty = "l1" if l1 else "l2"
        return LogisticRegression(solver="liblinear", penalty=penalty, C=1 / (l1 or l2))
