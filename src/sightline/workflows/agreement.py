"""How far annotators concur, and classifiers trained by each of them (paper, section 2.5)."""

import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress, run_jobs
from sightline.consensus.agreement import PairwiseAgreement, pairwise_agreement
from sightline.consensus.majority import UNDECIDED, vote_share
from sightline.consensus.reliability import Reliability, intraclass_correlation
from sightline.data.features import LabelledRecording
from sightline.errors import InputError, SettingError
from sightline.formats.open_features import read_labelled
from sightline.sort.classifier import fit_classifier
from sightline.sort.design import Design, make_design
from sightline.sort.settings import ClassifierSettings, preset
from sightline.sort.target import decide
from sightline.trust.calibration import (
    ShareGroup,
    calibration_by_share,
    expected_calibration_error,
)

_FEWEST_OF_EACH_CLASS = 2  # one for each half


@dataclass(frozen=True)
class Calibration:
    """One annotator's classifier, and the annotator himself, against a share of annotators.

    Parameters
    ----------
    groups
        The classifier's probabilities where that share said cell; calibrated means equal it.
    human
        For each of the groups, the share of its candidates that the annotator calls cells;
        ``None`` where he decided none of them.
    error, human_error
        Expected calibration error of the classifier's probabilities, and of the annotator's labels
        taken for probabilities 0 and 1.
    """

    groups: tuple[ShareGroup, ...]
    human: tuple[float | None, ...]
    error: float
    human_error: float


@dataclass(frozen=True)
class RecordingAgreement:
    """Agreement of the annotators of one recording, and of their classifiers.

    Parameters
    ----------
    recording
        Its name.
    preset
        Settings of the classifiers.
    annotators
        Their names, in the order of all that follows.
    labels : (candidate, annotator) int8
        What they said; -1 undecided.
    probability : (candidate, annotator) float64
        Of a cell, by each annotator's classifier that has not seen the candidate's label.
    pairwise
        Each annotator judged by each other one (Tables S1-S3).
    human_single, human_average
        ICC(3,1) and ICC(3,k) of the annotators' labels.
    classifier_single, classifier_average
        The same of the classifiers' labels.
    against_others, against_all
        Calibration by annotator, against the share of the others, and of all (Fig. S5), who said
        cell. The latter contains the annotator's own vote, which flatters.
    """

    recording: str
    preset: str
    annotators: tuple[str, ...]
    labels: NDArray[np.int8]
    probability: NDArray[np.float64]
    pairwise: PairwiseAgreement
    human_single: Reliability
    human_average: Reliability
    classifier_single: Reliability
    classifier_average: Reliability
    against_others: tuple[Calibration, ...]
    against_all: tuple[Calibration, ...]

    def to_dict(self) -> dict[str, Any]:
        """All but the candidates' own values, as JSON takes it; matrices by evaluator."""
        rates = ("true_positive_rate", "true_negative_rate", "balanced_accuracy")
        reliabilities = ("human_single", "human_average", "classifier_single", "classifier_average")
        calibrations = ("against_others", "against_all")
        return {
            "recording": self.recording,
            "preset": self.preset,
            "annotators": list(self.annotators),
            "candidates": len(self.labels),
            "pairwise": {name: _finite(getattr(self.pairwise, name)) for name in rates},
            **{name: asdict(getattr(self, name)) for name in reliabilities},
            **{name: [asdict(each) for each in getattr(self, name)] for name in calibrations},
        }


@dataclass(frozen=True)
class _Job:
    """One annotator's classifiers; small, so that it travels to a process."""

    file: str
    annotator: str
    preset_name: str
    repetitions: int
    seed: int


def agreement(
    files: Sequence[str | Path],
    *,
    preset_name: str = "default",
    repetitions: int = 10,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress = lambda _done, _total: None,
) -> tuple[RecordingAgreement, ...]:
    """Measure for each recording how its annotators concur, and their classifiers.

    Parameters
    ----------
    files
        Recordings with the labels of at least two annotators each.
    preset_name
        Settings of the classifiers, their decision threshold among them.
    repetitions
        How often the candidates are halved; probabilities are averaged over them.
    seed
        Of the halves.
    workers
        Processes; one a core if not given.
    progress
        Called with the number of finished and of all annotators.

    Raises
    ------
    InputError, SettingError
        If a file cannot be used, or a setting makes no sense.
    """
    preset(preset_name)
    if repetitions < 1:
        raise SettingError(f"There are {repetitions} repetitions; at least 1 is needed.")
    _check_names(files)
    recordings = {str(file): _read(str(file)) for file in files}
    jobs = {
        f"{file}/{annotator}": _Job(file, annotator, preset_name, repetitions, seed)
        for file, recording in recordings.items()
        for annotator in recording.labels
    }
    done = run_jobs(_run_job, jobs, workers=workers, progress=progress)
    return tuple(
        _measure(
            file,
            recording,
            np.array([done[f"{file}/{annotator}"] for annotator in recording.labels]).T,
            preset_name,
        )
        for file, recording in recordings.items()
    )


def predict_by_halves(
    design: Design,
    answers: NDArray[np.int8],
    settings: ClassifierSettings,
    *,
    repetitions: int = 10,
    seed: int | Sequence[int] = 0,
) -> NDArray[np.float64]:
    """Predict each candidate by a classifier trained on the other half (appendix C.1).

    The halves are random within each class, so that both always have both.

    Parameters
    ----------
    design
        Of the candidates.
    answers : (candidate,) int8
        1 cell, 0 not, -1 undecided, which is predicted but trains nothing. At least two of each
        class.
    settings
        Of the classifier.
    repetitions
        How often; averaged.
    seed
        Of the halves.

    Returns
    -------
    (candidate,) float64
        Probability of a cell.

    Raises
    ------
    InputError
        If a class has fewer than two answers.
    """
    rng = np.random.default_rng(seed)
    total = np.zeros(len(answers))
    for _ in range(repetitions):
        order = rng.permutation(len(answers))
        by_class = order[np.argsort(answers[order], kind="stable")]
        halves = by_class[::2], by_class[1::2]
        for half, other in (halves, halves[::-1]):
            decided = half[answers[half] != UNDECIDED]
            model = fit_classifier(design.X[decided], answers[decided], 2, settings)
            if model is None:
                raise InputError(
                    "answers",
                    "a half of them is of one class only",
                    "at least two of each class",
                    "Answer more candidates first.",
                )
            total[other] += model.probability(design.X[other])
    return total / repetitions


def _check_names(files: Sequence[str | Path]) -> None:
    names = [Path(file).stem for file in files]
    if len(set(names)) < len(names):
        raise InputError(
            ", ".join(map(str, files)),
            "two recordings have the same name",
            "one name a recording",
            "Rename one of the files, or give the same file once.",
        )


def _run_job(job: _Job) -> list[float]:
    recording = _read(job.file)
    settings = preset(job.preset_name)
    name = zlib.crc32(f"{Path(job.file).stem}/{job.annotator}".encode())
    probability = predict_by_halves(
        make_design([recording.features], settings),
        recording.labels[job.annotator],
        settings,
        repetitions=job.repetitions,
        seed=[job.seed, name],
    )
    return probability.tolist()


def _measure(
    file: str, recording: LabelledRecording, probability: NDArray[np.float64], preset_name: str
) -> RecordingAgreement:
    labels = np.stack(list(recording.labels.values()), axis=1)
    target = preset(preset_name).target
    predicted = np.stack([p > decide(p, target).threshold for p in probability.T], axis=1)
    columns = range(labels.shape[1])
    of_all = vote_share(labels)
    of_others = [vote_share(np.delete(labels, column, axis=1)) for column in columns]
    return RecordingAgreement(
        Path(file).stem,
        preset_name,
        tuple(recording.labels),
        labels,
        probability,
        pairwise_agreement(labels),
        *_reliability(file, np.where(labels == UNDECIDED, np.nan, labels)),
        *_reliability(file, predicted),
        tuple(_calibrate(probability[:, k], labels[:, k], of_others[k]) for k in columns),
        tuple(_calibrate(probability[:, k], labels[:, k], of_all) for k in columns),
    )


def _reliability(file: str, ratings: NDArray[Any]) -> tuple[Reliability, Reliability]:
    try:
        return intraclass_correlation(ratings)
    except InputError as error:
        raise InputError(file, error.found, error.expected, error.remedy) from None


def _calibrate(
    probability: NDArray[np.float64], label: NDArray[np.int8], share: NDArray[np.float64]
) -> Calibration:
    decided = label != UNDECIDED
    human = calibration_by_share(label[decided], share[decided])
    means = {group.share: group.mean for group in human}
    groups = calibration_by_share(probability, share)
    return Calibration(
        groups,
        tuple(means.get(group.share) for group in groups),
        expected_calibration_error(probability, share),
        expected_calibration_error(label[decided], share[decided]),
    )


def _read(path: str) -> LabelledRecording:
    """Read a file, and refuse one whose annotators cannot be compared."""
    recording = read_labelled(path)
    if len(recording.labels) < 2:
        raise InputError(
            path,
            f"it has the labels of {len(recording.labels)} annotators",
            "at least two",
            "Give a recording that several people labelled.",
        )
    for annotator, labels in recording.labels.items():
        fewest = min(int((labels == label).sum()) for label in (0, 1))
        if fewest < _FEWEST_OF_EACH_CLASS:
            raise InputError(
                path,
                f"{annotator} labelled {fewest} candidates of one class",
                f"at least {_FEWEST_OF_EACH_CLASS} cells and {_FEWEST_OF_EACH_CLASS} that are not",
                "A half of too few teaches nothing; leave that annotator out.",
            )
    return recording


def _finite(matrix: NDArray[np.float64]) -> list[list[float | None]]:
    """JSON knows no NaN."""
    return [[float(v) if np.isfinite(v) else None for v in row] for row in matrix]
