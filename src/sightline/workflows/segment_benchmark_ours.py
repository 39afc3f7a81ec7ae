"""Our ensemble in the benchmark of segmentation: as trained, and continued with a few images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import comb, nan
from time import perf_counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from sightline.compute.jobs import Progress
from sightline.errors import SightlineError
from sightline.workflows.segment_benchmark_images import Known, KnownImage
from sightline.workflows.segment_benchmark_learner import Learner
from sightline.workflows.segment_benchmark_scores import (
    MEASURES,
    Judge,
    Row,
    least,
    mean,
    means,
    spread,
)
from sightline.workflows.spent import Spent

Phase = Callable[[str], Progress]
PARTS: Final = ("members", "flips", "data")  # of the uncertainty
_NOTHING: Final = dict.fromkeys((*MEASURES, "uncertainty", *(f"uncertainty_{p}" for p in PARTS)),
                                nan)  # fmt: skip


@dataclass(frozen=True)
class Protocol:
    """How often and how long is trained.

    Parameters
    ----------
    adapt
        Numbers of images to continue with; 0 is the model as trained.
    choices
        Sets of so many images at most that are tried; all there are if these are no more.
    minutes, adapt_minutes
        Of training all members, and of continuing; None: as long as the preset takes.
    repeats
        Runs, with seeds from ``seed`` on.
    seed
        Of networks and of the choice of images.
    """

    adapt: tuple[int, ...] = (0,)
    choices: int = 10
    minutes: float | None = None
    adapt_minutes: float | None = None
    repeats: int = 1
    seed: int = 0


@dataclass(frozen=True)
class Seen:
    """What our first model said of an image, for pictures: classes and uncertainty (y, x)."""

    classes: NDArray[np.int16] = field(repr=False)
    uncertainty: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True)
class Ours:
    """How our ensemble did.

    Parameters
    ----------
    rows
        One an image and set of images it was adapted on; means over repeats.
    summary
        One a number of images that were adapted on.
    cost
        ``train_seconds``, ``predict_seconds_per_image``, ``peak_memory_mb`` and the like.
    foreign
        Whether the images to judge on are, together, unlike those of the training.
    seen
        Of the model as trained: image name to what it said.
    said
        What could not be done.
    """

    rows: list[Row]
    summary: list[Row]
    cost: Row
    foreign: Row
    seen: dict[str, Seen] = field(repr=False)
    said: tuple[str, ...] = ()


@dataclass
class _Run:
    """One repeat: what is measured with one trained model."""

    known: Known
    learner: Learner
    judge: Judge
    seed: int
    rows: list[Row] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    predict_seconds: list[float] = field(default_factory=list)
    adapt_seconds: list[float] = field(default_factory=list)

    def as_trained(self, model: Any, progress: Progress) -> dict[str, Row]:
        """Score the model on all images; image name to its row."""
        found = {}
        for done, one in enumerate(self.known.test):
            begun = perf_counter()
            row = self._score(model, one, keep=True)
            self.predict_seconds.append(perf_counter() - begun)
            found[one.name] = {"name": one.name, "adapted": 0, "adapted_on": []} | row
            found[one.name] |= _foreign(self.learner, model, [one])
            progress(done + 1, len(self.known.test))
        return found

    def adapted(
        self,
        model: Any,
        chosen: Sequence[KnownImage],
        minutes: float | None,
        before: dict[str, Row],
    ) -> None:
        """Continue with some images, start afresh with them, and score both on the others."""
        names = [one.name for one in chosen]
        begun = perf_counter()
        continued = _tried(lambda: self.learner.adapt(model, chosen, minutes, self.seed))
        seconds = perf_counter() - begun
        self.adapt_seconds.append(seconds)
        as_long = minutes or max(seconds / 60, 0.01)
        afresh = _tried(lambda: self.learner.fit(chosen, as_long, self.seed, _no_phase))
        for one in self.known.test:
            if one.name not in names:
                row = {"name": one.name, "adapted": len(names), "adapted_on": names}
                row |= self._score(continued, one)
                row["unadapted"] = _measures(before[one.name])
                row["afresh"] = _measures(self._score(afresh, one))
                self.rows.append(row)

    def _score(self, model: Any, one: KnownImage, *, keep: bool = False) -> Row:
        """Measures and uncertainty; where it cannot be done, why."""
        if isinstance(model, SightlineError):
            return _NOTHING | {"why": str(model)}
        try:
            found = self.learner.segment(model, one.image)
        except SightlineError as fault:
            return _NOTHING | {"why": str(fault)}
        if keep:
            self.seen[one.name] = Seen(found.classes, found.uncertainty)
        parts = (found.between_members, found.between_flips, found.data)
        return self.judge.predicted(found.classes, one) | {
            "uncertainty": found.score(),
            **{f"uncertainty_{name}": found.score(part)
               for name, part in zip(PARTS, parts, strict=True)},
        }  # fmt: skip


def measure_ours(
    known: Known, learner: Learner, judge: Judge, protocol: Protocol, phase: Phase
) -> Ours:
    """Train, score, continue with a few images and score again, as often as is asked for."""
    sets, said = _sets(known.test, protocol)
    runs: list[_Run] = []
    train_seconds, memory, foreign = [], [], {}
    for repeat in range(protocol.repeats):
        of = f" {repeat + 1} of {protocol.repeats}" if protocol.repeats > 1 else ""
        run = _Run(known, learner, judge, protocol.seed + repeat)
        spent = Spent()
        model = learner.fit(
            known.train, protocol.minutes, run.seed, _called(phase, f"training{of}")
        )
        train_seconds.append(spent.wall_seconds())
        before = run.as_trained(model, phase(f"predicting{of}"))
        memory.append(spent.peak_memory_mb(learner.workers))
        foreign = foreign or _foreign(learner, model, known.test)
        run.rows.extend(before.values() if 0 in protocol.adapt else [])
        progress = phase(f"adapting{of}") if sets else _unseen
        for done, chosen in enumerate(sets):
            run.adapted(model, chosen, protocol.adapt_minutes, before)
            progress(done + 1, len(sets))
        runs.append(run)
    cost = {
        "train_seconds": mean(train_seconds),
        "predict_seconds_per_image": mean(each for run in runs for each in run.predict_seconds),
        "adapt_seconds": mean(each for run in runs for each in run.adapt_seconds),
        "peak_memory_mb": None if None in memory else max(memory),
    }
    rows = _over_repeats([run.rows for run in runs])
    summary = _summary([run.rows for run in runs], rows, known.test)
    return Ours(rows, summary, cost, foreign, runs[0].seen, tuple(said))


def _sets(
    images: Sequence[KnownImage], protocol: Protocol
) -> tuple[list[tuple[KnownImage, ...]], list[str]]:
    """The sets of images to continue with, and what is said of them."""
    usable = [one for one in images if one.masks]
    found, said = [], []
    for number in sorted(set(protocol.adapt) - {0}):
        if number >= len(images) or number > len(usable):
            said.append(f"--adapt {number} is left out: of {len(images)} images to judge on, "
                        f"{len(usable)} outlined by somebody, none would be left.")  # fmt: skip
            continue
        sets = choices_of(len(usable), number, protocol.choices, protocol.seed)
        found += [tuple(usable[place] for place in places) for places in sets]
        there = comb(len(usable), number)
        of_all = "all" if len(sets) == there else f"of {there}, drawn with seed {protocol.seed}"
        said.append(f"Adapted on {number}: {len(sets)} choices of images ({of_all}).")
    return found, said


def choices_of(images: int, number: int, most: int, seed: int) -> list[tuple[int, ...]]:
    """All sets of so many images; at random, without repeats, where there are more than ``most``.

    Returns
    -------
    list of tuple
        Rising places of images, in order.
    """
    if comb(images, number) <= most:
        return list(combinations(range(images), number))
    random = np.random.default_rng(seed)
    found: set[tuple[int, ...]] = set()
    while len(found) < most:
        places = random.choice(images, number, replace=False)
        found.add(tuple(sorted(places.tolist())))
    return sorted(found)


def _over_repeats(runs: Sequence[Sequence[Row]]) -> list[Row]:
    """Rows of the first run, with means and standard deviations over all."""
    found = []
    for same in zip(*runs, strict=True):
        row = dict(same[0])
        for key in _NOTHING:
            row[key] = mean(each[key] for each in same)
        for key in MEASURES:
            row[f"{key}_sd"] = spread(each[key] for each in same)
        for key in ("unadapted", "afresh"):
            if key in row:
                row[key] = means(each[key] for each in same)
        found.append(row)
    return found


def _summary(
    runs: Sequence[Sequence[Row]],
    rows: Sequence[Row],
    images: Sequence[KnownImage],
) -> list[Row]:
    """For each number of images: means, their spread over repeats, and how often it did harm."""
    found = []
    for number in dict.fromkeys(row["adapted"] for row in rows):
        each = [[row for row in run if row["adapted"] == number] for run in runs]
        own = [row for row in rows if row["adapted"] == number]
        line: Row = {"adapted": number, "repeats": len(runs)}
        for key in MEASURES:
            line[key] = mean(mean(row[key] for row in run) for run in each)
            line[f"{key}_sd"] = spread(mean(row[key] for row in run) for run in each)
        line["worst_dice"] = least(row["dice"] for row in own)
        if number:
            line |= _compared(own)
            line["possible_choices"] = comb(sum(bool(one.masks) for one in images), number)
        else:
            line["rank_correlation"] = _rank_correlations(own)
        found.append(line)
    return found


def _compared(rows: Sequence[Row]) -> Row:
    """Against the unadapted model and one started afresh, choice by choice."""
    sets = dict.fromkeys(tuple(row["adapted_on"]) for row in rows)
    line: Row = {"choices": len(sets)}
    for other in ("unadapted", "afresh"):
        gains = []
        for names in sets:
            own = [row for row in rows if tuple(row["adapted_on"]) == names]
            theirs = mean(row[other]["dice"] for row in own)
            gains.append(mean(row["dice"] for row in own) - theirs)
        line[f"dice_{other}"] = mean(row[other]["dice"] for row in rows)
        line[f"worse_than_{other}"] = sum(gain < 0 for gain in gains)
        line[f"least_gain_over_{other}"] = least(gains)
    return line


def _rank_correlations(rows: Sequence[Row]) -> Row:
    """Spearman's, of Dice with U and with each of its parts; NaN of fewer than three images."""
    keys = ("uncertainty", *(f"uncertainty_{part}" for part in PARTS))
    return {key: rank_correlation([row["dice"] for row in rows], [row[key] for row in rows])
            for key in keys}  # fmt: skip


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's, of pairs of numbers; NaN of fewer than three, and of equal ones."""
    pairs = np.array([one, other], np.float64)
    pairs = pairs[:, np.isfinite(pairs).all(axis=0)]
    if pairs.shape[1] < 3 or (np.ptp(pairs, axis=1) == 0).any():
        return nan
    return float(spearmanr(pairs[0], pairs[1]).statistic)  # pyright: ignore[reportAttributeAccessIssue]


def _measures(row: Row) -> Row:
    return {key: row[key] for key in MEASURES}


def _tried(make: Callable[[], Any]) -> Any:
    """A model, or what stood in its way."""
    try:
        return make()
    except SightlineError as fault:
        return fault


def _foreign(learner: Learner, model: Any, images: Sequence[KnownImage]) -> Row:
    """What the images' own figures say, or why they say nothing."""
    try:
        return learner.foreign(model, [one.image for one in images])
    except SightlineError as fault:
        return {"foreign": None, "foreign_score": nan, "foreign_why": str(fault)}


def _called(phase: Phase, name: str) -> Phase:
    """Phases of one piece of work, each told with its name before."""
    return lambda step: phase(f"{name}: {step}")


def _unseen(_done: int, _total: int) -> None:
    pass


def _no_phase(_name: str) -> Progress:
    return _unseen
