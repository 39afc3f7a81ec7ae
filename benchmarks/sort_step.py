"""Time one step of the sorting loop: take an answer, refit both classifiers, score all, choose.

    python benchmarks/sort_step.py --candidates 1000000 --json

With 2,000 answers given (a tenth to random questions, the rest to DCAL's), the median of twenty
steps is compared, in the same run, with

- the baseline: scikit-learn's liblinear with the same penalties and weights, refitted once from
  scratch on the same data, the label classifier on ALL candidates; then all are scored and one is
  chosen by the same formula;
- one pass over the features: their matrix times a vector, which reads every value once.

Each side runs in a process of its own, so that `peak_memory_mb` is that of our loop alone, from
raw features to the last question. Features are synthetic: 76, correlated, heavy-tailed, of two
classes.

What our shortcuts change: `score_correlation` is that of our scores with the baseline's after the
last step, `baseline_place` the place of our question in the baseline's order (1 is the same
question). Up to 50,000 candidates each step is also compared with our own label classifier fitted
to ALL candidates instead of a sample: `same_item` is the share of steps that ask the same, `in_top`
the share that ask one of its best 0.1 %, `score_lost` by how much our question's score there falls
short of the best, and `novelty_correlation` how well the two label classifiers agree, on average.
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
from threadpoolctl import ThreadpoolController

from sightline.data.features import FeatureTable
from sightline.learn.logistic import LogisticModel
from sightline.query.choose import Strategy
from sightline.query.dcal import rank_by_dcal
from sightline.query.novelty import Novelty, measure_novelty
from sightline.query.pool import Pool
from sightline.sort.design import Design, make_design
from sightline.sort.learner import Learner
from sightline.sort.settings import PRESETS, preset

SIZES = (5_000, 50_000, 500_000, 1_000_000)
FEATURES = 76
ANSWERS = 2_000
STEPS = 20
WEIGHT = 0.5
MOST_CHECKED = 50_000
SAMPLING = ("same_item", "in_top", "score_lost", "novelty_correlation")


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


def prepare(candidates: int, name: str) -> tuple[Design, NDArray[np.int8]]:
    values, label = simulate(candidates)
    names = tuple(f"f{k}" for k in range(FEATURES))
    identities = tuple(map(str, range(candidates)))
    table = FeatureTable("simulated", values, names, "simulated-1", identities)
    return make_design([table], preset(name)), label


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
    items = np.random.default_rng(0).choice(len(label), ANSWERS // 10, replace=False)
    while items.size:
        for item in items.tolist():
            learner.answer(item, label[item])
        learner.refit()
        items = learner.ask(100).items[: ANSWERS - np.count_nonzero(learner.decided)]
    learner.ask()


def our_steps(candidates: int, name: str) -> dict[str, Any]:
    """Time our steps; returns also which candidates are decided and all scores."""
    design, label = prepare(candidates, name)
    learner = Learner(design, preset(name), Strategy("dcal", WEIGHT))
    give_answers(learner, label)
    vector = np.ones(design.X.shape[1], np.float32)
    threads = ThreadpoolController()
    steps, passes, losses = [], [], []
    for _ in range(STEPS):
        item = int(learner.ask().items[0])

        def step(item: int = item) -> None:
            with threads.limit(limits=1):  # as a session does
                learner.answer(item, label[item])
                learner.refit()
                learner.ask()

        steps.append(seconds(step))
        passes.append(seconds(lambda: design.X @ vector))
        if candidates <= MOST_CHECKED:
            losses.append(sampling_loss(learner))
    sampling = np.mean(losses, 0).tolist() if losses else [None] * len(SAMPLING)
    return {
        "step_seconds": float(np.median(steps)),
        "ratio_to_one_pass": float(np.median(steps) / np.median(passes)),
        "peak_memory_mb": peak_memory_mb(),
        **dict(zip(SAMPLING, sampling, strict=True)),
        "decided": learner.decided,
        "score": learner.ask().ranking.score,
    }


def sampling_loss(learner: Learner) -> tuple[bool, bool, float, float]:
    """Hold our question against that of the label classifier fitted to all; see ``SAMPLING``."""
    choice, everything = learner.ask(), len(learner.design)
    pool = Pool(learner.design.X, learner.decided, learner.closed, learner.probability)
    novelty = measure_novelty(pool, start=choice.novelty.model, most_compared=everything)
    ranking, item = rank_by_dcal(pool, novelty, WEIGHT), choice.items[0]
    best = ranking.first(max(2, everything // 1000))
    alike = np.corrcoef(choice.novelty.undecided_probability, novelty.undecided_probability)[0, 1]
    lost = ranking.score[best[0]] - ranking.score[item]
    return bool(item == best[0]), bool(item in best), float(lost), float(alike)


def baseline_step(candidates: int, name: str, decided: NDArray[np.bool_]) -> dict[str, Any]:
    """One step by liblinear, from scratch, and all scores."""
    import sklearn.linear_model  # noqa: F401, PLC0415 - or its import would be timed

    design, label = prepare(candidates, name)
    X, settings, rows = design.X, preset(name), np.flatnonzero(decided)
    smaller = min(len(rows), len(X) - len(rows))
    weights = np.where(decided, smaller / len(rows), smaller / (len(X) - len(rows)))
    scores = []

    def step() -> None:
        positive = label[rows] == 1
        cell = liblinear(X[rows], positive, settings.l1, settings.l2)
        other = liblinear(X, ~decided, 1.0, 0.0, weights)
        d = other.probability(X)
        novelty = Novelty(d, float(np.mean((d > 0.5) != decided)), other)
        ranking = rank_by_dcal(Pool(X, decided, decided, cell.probability(X)), novelty, WEIGHT)
        ranking.first()
        scores.append(ranking.score)

    return {"baseline_seconds": seconds(step), "score": scores[0]}


def liblinear(
    X: NDArray[np.float32],
    positive: NDArray[np.bool_],
    l1: float,
    l2: float,
    weights: NDArray[np.floating] | None = None,
) -> LogisticModel:
    """Fit by scikit-learn; the large intercept column all but frees the intercept, as ours is."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - not in our own process

    regression = LogisticRegression(
        solver="liblinear",
        C=1 / (l1 or l2),
        l1_ratio=1.0 if l1 else 0.0,
        intercept_scaling=10.0,
        random_state=0,
    )
    regression.fit(X, positive, sample_weight=weights)
    return LogisticModel(regression.coef_[0].astype(np.float64), float(regression.intercept_[0]))


def alone(function: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """Call the function in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def measure(candidates: int, name: str) -> dict[str, Any]:
    ours = alone(our_steps, candidates, name)
    decided, score = ours.pop("decided"), ours.pop("score")
    baseline = alone(baseline_step, candidates, name, decided)
    theirs = baseline["score"]
    return {
        "candidates": candidates,
        "preset": name,
        **ours,
        "baseline_seconds": baseline["baseline_seconds"],
        "ratio_to_baseline": ours["step_seconds"] / baseline["baseline_seconds"],
        "score_correlation": float(np.corrcoef(score[~decided], theirs[~decided])[0, 1]),
        "baseline_place": 1 + int(np.count_nonzero(theirs > theirs[np.argmax(score)])),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--candidates", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--preset", choices=tuple(PRESETS), default="default")
    parser.add_argument("--json", action="store_true", help="one object a line for each size")
    given = parser.parse_args(arguments)
    if min(given.candidates) < 2 * ANSWERS:
        parser.error(f"with {ANSWERS} answers it takes at least {2 * ANSWERS} candidates")
    for candidates in given.candidates:
        found = measure(candidates, given.preset)
        if given.json:
            print(json.dumps(found), flush=True)
        else:
            print(*(f"{key} {_short(value)}" for key, value in found.items()), sep="\n  ")


def _short(value: object) -> str:
    if value is None:
        return "not measured"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
