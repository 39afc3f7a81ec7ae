"""Classifiers on files: `sightline sort train` and `sightline sort predict`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from sightline.data.features import FeatureTable
from sightline.errors import InputError, SightlineError
from sightline.formats.open_features import read_labelled
from sightline.formats.table import not_written, write_rows
from sightline.learn.multinomial import MultinomialModel
from sightline.review.sort_session import SortSession
from sightline.sort.classifier import TrainedClassifier, check_fits
from sightline.sort.design import make_design
from sightline.sort.familiarity import compare
from sightline.sort.target import decide, parse_target
from sightline.workflows.sorting import Summary


@dataclass(frozen=True)
class PredictedRecording:
    """What a classifier made of one recording.

    Parameters
    ----------
    recording
        Its name.
    output
        Table of verdicts that was written.
    candidates, accepted
        How many there are; how many were taken for cells (with more classes: for the last one).
    threshold
        Probability above which a candidate is a cell; ``None`` with more than two classes.
    strange
        Share of candidates farther out than 99 % of the training candidates.
    shifted
        Features whose mean moved by more than one training standard deviation.
    foreign
        Whether the recording is unlike the training data; its labels then need an audit.
    """

    recording: str
    output: str
    candidates: int
    accepted: int
    threshold: float | None
    strange: float
    shifted: tuple[str, ...]
    foreign: bool


def train(session: SortSession, output: str | Path) -> Summary:
    """Keep the session's classifier as a plain JSON file, for other recordings.

    Raises
    ------
    SettingError
        If the annotator has not decided candidates of two classes yet.
    InputError
        If the file is there already.
    """
    classifier = session.classifier()
    path = Path(output)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(classifier.to_json())
    except OSError as failure:
        raise not_written(path, failure) from None
    counts = dict(zip(classifier.classes, classifier.answers, strict=True))
    return {"classifier": str(path), "answers": counts, "features": classifier.feature_version}


def read_classifier(path: str | Path) -> TrainedClassifier:
    """Read a classifier that `train` wrote.

    Raises
    ------
    InputError
        If it is not there, damaged, or no classifier.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(path, "there is no such file", "a classifier", "Check the path.")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        text = ""
    return TrainedClassifier.from_json(text, str(path))


def predict(
    classifier: str | Path,
    files: Sequence[str | Path],
    output: str | Path,
    target: str = "",
) -> Summary:
    """Label many recordings unattended, and flag those unlike the classifier's training data.

    A file that cannot be used is reported and does not stop the others.

    Parameters
    ----------
    classifier
        File that `train` wrote.
    files
        Files of features.
    output
        Folder for one ``<recording>_verdicts.csv`` each; made if it is not there.
    target
        What is wanted of the labels; the classifier's own if empty.

    Returns
    -------
    dict
        ``recordings``, one `PredictedRecording` each as a dictionary, and ``failed``: file and
        reason.

    Raises
    ------
    InputError, SettingError
        If the classifier cannot be used, or a table of verdicts is there already.
    """
    trained = read_classifier(classifier)
    if target:
        settings = replace(trained.settings, target=parse_target(target))
        trained = replace(trained, settings=settings)
    folder = Path(output)
    outputs = [folder / f"{Path(file).stem}_verdicts.csv" for file in files]
    for path in outputs:
        if path.exists() or outputs.count(path) > 1:
            raise InputError(
                path, "it is there already, or two files share the name", "a new name",
                "Choose another folder, or rename the files.",
            )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    done, failed = [], []
    for file, path in zip(files, outputs, strict=True):
        try:
            done.append(asdict(_predict_one(trained, read_labelled(file).features, path)))
        except SightlineError as failure:
            failed.append({"file": str(file), "reason": str(failure)})
    return {"recordings": done, "failed": failed}


def _predict_one(
    trained: TrainedClassifier, table: FeatureTable, output: Path
) -> PredictedRecording:
    check_fits(trained, table)
    probability = trained.model.probability(make_design([table], trained.settings).X)
    if isinstance(trained.model, MultinomialModel):
        labels, chance, threshold = probability.argmax(1), probability.max(1), None
    else:
        threshold = decide(probability, trained.settings.target).threshold
        labels, chance = (probability > threshold).astype(int), probability
    unfamiliar = compare(table, trained.familiarity)
    rows = [
        [item, trained.classes[label], f"{value:.4f}", "yes" if strange else ""]
        for item, label, value, strange in zip(
            table.items, labels, chance, unfamiliar.strange, strict=True
        )
    ]
    write_rows(output, ["item", "verdict", "probability", "unlike_training"], rows)
    return PredictedRecording(
        table.recording,
        str(output),
        len(table),
        int(np.count_nonzero(labels == len(trained.classes) - 1)),
        threshold,
        float(unfamiliar.strange.mean()),
        unfamiliar.shifted,
        unfamiliar.foreign,
    )
