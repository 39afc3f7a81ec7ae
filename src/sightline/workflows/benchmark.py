"""The paper's experiments on labelled recordings: `sightline sort benchmark`."""

import itertools
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sightline import __version__
from sightline.compute.jobs import Progress, run_jobs
from sightline.data.feature_set import TRADITIONAL_FEATURES
from sightline.data.features import FeatureTable, LabelledRecording
from sightline.errors import InputError, SettingError
from sightline.formats.open_features import read_labelled
from sightline.query.choose import STRATEGIES, Strategy, StrategyName
from sightline.sort.closed_loop import (
    GIVEN_OF_EACH_CLASS,
    Start,
    answer_earlier,
    majority_of_others,
    run_closed_loop,
    start_from,
)
from sightline.sort.design import Design, check_alike, make_design
from sightline.sort.learner import Learner
from sightline.sort.pretraining import DropRule
from sightline.sort.settings import preset
from sightline.trust.accuracy import measure_accuracy

Row = dict[str, Any]
FeatureChoice = Literal["all", "traditional"]
_WHICH_RUNS: Final = {"strategies", "weights", "repeats", "stacked", "combinations"}


@dataclass(frozen=True)
class BenchmarkPlan:
    """What to run.

    Parameters
    ----------
    strategies, weights
        Query strategies, and the weights w0 of DCAL.
    stop
        Share of the candidates answered.
    repeats, seed
        Runs with different random numbers.
    start
        ``given``: three known candidates of each class, uncounted; ``cold``: none.
    preset_name
        Classifier settings.
    stacked, combinations
        All files as one batch, for that many combinations of their annotators.
    pretrain, pretrain_fraction, drop
        File of an earlier recording, the share of it that is answered first, and which of its
        answers goes after each fit.
    align
        Give the earlier recording's features the correlations of the new one's.
    features
        All 76, or the 46 of traces and footprints that other tools use.
    """

    strategies: tuple[StrategyName, ...] = ("dcal", "cal", "dal", "random", "rank")
    weights: tuple[float, ...] = (0.3, 0.5, 0.7, 0.9)
    stop: float = 0.05
    repeats: int = 3
    seed: int = 0
    start: Start = "given"
    preset_name: str = "default"
    stacked: bool = False
    combinations: int = 8
    pretrain: str | None = None
    pretrain_fraction: float = 0.5
    drop: DropRule = "uncertain"
    align: bool = False
    features: FeatureChoice = "all"

    def __post_init__(self) -> None:
        preset(self.preset_name)
        unknown = set(self.strategies) - set(STRATEGIES) | ({"entropy"} & set(self.strategies))
        if unknown:
            raise SettingError(
                f"The benchmark has no strategy {min(unknown)!r}; its two classes know "
                "random, rank, cal, dal and dcal."
            )
        choices = ((self.start, Start), (self.drop, DropRule), (self.features, FeatureChoice))
        for value, known in choices:
            if value not in get_args(known):
                raise SettingError(f"{value!r} is not known; use {' or '.join(get_args(known))}.")
        counts = (self.repeats, self.combinations)
        if not 0 < self.stop <= 1 or not 0 < self.pretrain_fraction <= 1 or min(counts) < 1:
            raise SettingError(
                f"stop is {self.stop}, pretrain-fraction {self.pretrain_fraction}, repeats "
                f"{self.repeats}, combinations {self.combinations}; the first two are shares "
                "above 0, the others at least 1."
            )

    def methods(self) -> list[Strategy]:
        """Each strategy, DCAL once a weight."""
        methods = []
        for name in self.strategies:
            weights = self.weights if name == "dcal" else (0.5,)
            methods += [Strategy(name, weight) for weight in weights]
        return methods


@dataclass(frozen=True)
class LoopJob:
    """One run of the closed loop; small, so that it travels to a process."""

    plan: BenchmarkPlan
    files: tuple[str, ...]
    annotators: tuple[str, ...]
    strategy: Strategy
    repeat: int
    earlier_annotator: str | None = None

    @property
    def name(self) -> str:
        """Says all that the result depends on."""
        versions = [_fingerprint(file) for file in (*self.files, self.plan.pretrain) if file]
        plan = {k: v for k, v in asdict(self.plan).items() if k not in _WHICH_RUNS}
        values = {
            **asdict(self),
            "plan": plan,
            "settings": preset(self.plan.preset_name).to_dict(),
            "files": versions,
            "version": __version__,
        }
        return json.dumps(values, sort_keys=True)


def benchmark(
    files: Sequence[str | Path],
    plan: BenchmarkPlan,
    *,
    kept: Path | None = None,
    workers: int | None = None,
    progress: Progress = lambda _done, _total: None,
) -> list[Row]:
    """Run the closed loops and return one row per data set, annotator, repeat, method, fraction.

    Parameters
    ----------
    files
        Recordings with the labels of at least three annotators each.
    plan
        What to run.
    kept
        File that keeps finished runs, to resume from.
    workers
        Processes; one a core if not given.
    progress
        Called with the number of finished and of all runs.

    Raises
    ------
    InputError, SettingError
        If a file cannot be used, or the plan makes no sense.
    """
    paths = tuple(str(file) for file in files)
    _check_names(paths)
    for remembered in (_read, _design, _fingerprint):
        remembered.cache_clear()  # a file may have changed since
    recordings = [_check(path, plan.features) for path in paths]
    if plan.pretrain:
        earlier = _check(plan.pretrain, plan.features)
        for recording in recordings:
            check_alike(earlier.features, recording.features)
    groups = _groups(paths, recordings, plan)
    humans = [row for names, annotators in groups for row in human_rows(names, annotators, plan)]
    jobs = [job for names, annotators in groups for job in _jobs(names, annotators, plan)]
    done = run_jobs(
        run_job, {job.name: job for job in jobs}, kept=kept, workers=workers, progress=progress
    )
    return humans + [row for rows in done.values() for row in rows]


def run_job(job: LoopJob) -> list[Row]:
    """One closed loop, from reading its files to its rows."""
    plan = job.plan
    settings = preset(plan.preset_name)
    recordings = [_read(file, plan.features) for file in job.files]
    seed = _seed(job)
    learner = Learner(_design(job.files, plan), settings, job.strategy, seed=seed)
    if plan.pretrain and job.earlier_annotator:
        earlier = _read(plan.pretrain, plan.features)
        answered = answer_earlier(
            Learner(_design((plan.pretrain,), plan), settings, job.strategy, seed=seed),
            earlier.labels[job.earlier_annotator],
            plan.pretrain_fraction,
            plan.drop,
            learner.design.X if plan.align else None,
        )
        start_from(learner, answered)
    answers, truth = _answers_and_truth(recordings, job.annotators)
    checkpoints = run_closed_loop(learner, answers, truth, start=plan.start, stop=plan.stop)
    about = _about(job.files, job.annotators, job.repeat, job.strategy.name, plan)
    about["weight"] = job.strategy.weight if job.strategy.name == "dcal" else None
    if job.earlier_annotator:
        about["pretrained_on"] = f"{Path(plan.pretrain or '').stem}/{job.earlier_annotator}"
    return [{**about, **_finite(asdict(checkpoint))} for checkpoint in checkpoints]


def human_rows(files: Sequence[str], annotators: Sequence[str], plan: BenchmarkPlan) -> list[Row]:
    """How the annotator himself compares with the majority of the others."""
    recordings = [_read(file, plan.features) for file in files]
    answers, truth = _answers_and_truth(recordings, annotators)
    judged = (truth >= 0) & (answers >= 0)
    accuracy = measure_accuracy(answers[judged] == 1, truth[judged] == 1)
    values = {
        "fraction": 1.0,
        "balanced_accuracy": accuracy.balanced_accuracy,
        "true_positive_rate": accuracy.true_positive_rate,
        "true_negative_rate": accuracy.true_negative_rate,
        "precision": accuracy.precision,
        "recall": accuracy.recall,
        "f1": accuracy.f1,
        "auc": None,
        "label_classifier_weight": None,
        "final_balanced_accuracy": accuracy.balanced_accuracy,
        "unseen_balanced_accuracy": None,
        "unseen_auc": None,
    }
    about = {**_about(files, annotators, 0, "human", plan), "weight": None}
    return [{**about, **_finite(values)}]


def _answers_and_truth(
    recordings: Sequence[LabelledRecording], annotators: Sequence[str]
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """One annotator's answers a recording, and the majority of its others, stacked (S6B)."""
    pairs = list(zip(recordings, annotators, strict=True))
    return (
        np.concatenate([recording.labels[name] for recording, name in pairs]),
        np.concatenate([majority_of_others(recording.labels, name) for recording, name in pairs]),
    )


def _about(
    files: Sequence[str], annotators: Sequence[str], repeat: int, strategy: str, plan: BenchmarkPlan
) -> Row:
    return {
        "data_set": "+".join(Path(file).stem for file in files),
        "annotator": "+".join(annotators),
        "repeat": repeat,
        "strategy": strategy,
        "start": plan.start,
        "preset": plan.preset_name,
    }


def _finite(values: Row) -> Row:
    """JSON knows no NaN."""
    return {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in values.items()}


def _groups(
    paths: tuple[str, ...], recordings: Sequence[LabelledRecording], plan: BenchmarkPlan
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Files and annotators that make one data set: each file alone, or all stacked (S6B)."""
    if not plan.stacked:
        return [
            ((path,), (annotator,))
            for path, recording in zip(paths, recordings, strict=True)
            for annotator in recording.labels
        ]
    combinations = list(itertools.product(*(recording.labels for recording in recordings)))
    rng = np.random.default_rng(plan.seed)
    drawn = rng.permutation(len(combinations))[: plan.combinations]
    return [(paths, combinations[index]) for index in sorted(drawn)]


def _jobs(
    files: tuple[str, ...], annotators: tuple[str, ...], plan: BenchmarkPlan
) -> list[LoopJob]:
    earlier: Sequence[str | None] = (None,)
    if plan.pretrain:
        earlier = tuple(_read(plan.pretrain, plan.features).labels)
    return [
        LoopJob(plan, files, annotators, method, repeat, name)
        for name in earlier
        for method in plan.methods()
        for repeat in range(plan.repeats)
    ]


def _seed(job: LoopJob) -> int:
    """One seed for all methods of a data set, annotator and repeat, so that they start alike."""
    stems = "+".join(Path(file).stem for file in job.files)
    text = f"{stems}/{'+'.join(job.annotators)}/{job.repeat}/{job.plan.seed}"
    return zlib.crc32(text.encode())


def _check_names(paths: Sequence[str]) -> None:
    """Refuse files whose rows could not be told apart."""
    stems = [Path(path).stem for path in paths]
    if len(set(stems)) < len(stems):
        raise InputError(
            ", ".join(paths),
            "two files have the same name",
            "one name a data set",
            "Rename one of them, or give the same file once.",
        )


def _check(path: str, features: FeatureChoice) -> LabelledRecording:
    """Read a file, and refuse one that the experiment cannot use."""
    recording = _read(path, features)
    if len(recording.labels) < 3:
        raise InputError(
            path,
            f"it has the labels of {len(recording.labels)} annotators",
            "at least three: one answers, the majority of the others judges",
            "Give a recording that several people labelled.",
        )
    for annotator, labels in recording.labels.items():
        fewest = min((labels == label).sum() for label in (0, 1))
        if fewest < GIVEN_OF_EACH_CLASS:
            raise InputError(
                path,
                f"{annotator} labelled {fewest} candidates of one class",
                f"at least {GIVEN_OF_EACH_CLASS} cells and {GIVEN_OF_EACH_CLASS} that are not",
                "With one class only there is nothing to learn; leave that annotator out.",
            )
    return recording


@lru_cache(maxsize=8)
def _read(path: str, features: FeatureChoice) -> LabelledRecording:
    recording = read_labelled(path)
    if features == "all":
        return recording
    table: FeatureTable = recording.features.select(TRADITIONAL_FEATURES)
    return LabelledRecording(table, recording.labels)


@lru_cache(maxsize=2)
def _design(files: tuple[str, ...], plan: BenchmarkPlan) -> Design:
    tables = [_read(file, plan.features).features for file in files]
    return make_design(tables, preset(plan.preset_name))


@lru_cache(maxsize=16)
def _fingerprint(path: str) -> str:
    return f"{Path(path).stem}:{zlib.crc32(Path(path).read_bytes()):08x}"
