"""The cell classifier: fit, apply, explain, keep as a plain file."""

import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.features import FeatureTable
from sightline.errors import InputError, SettingError
from sightline.learn.logistic import LogisticModel, fit_logistic
from sightline.learn.multinomial import MultinomialModel, fit_multinomial
from sightline.sort.familiarity import Familiarity
from sightline.sort.settings import ClassifierSettings

FORMAT: Final = "sightline-classifier"
FORMAT_VERSION: Final = 1

Model = LogisticModel | MultinomialModel


def fit_classifier(
    X: NDArray[np.floating],
    label: NDArray[np.integer],
    classes: int,
    settings: ClassifierSettings,
    *,
    weights: NDArray[np.floating] | None = None,
    start: Model | None = None,
    towards: LogisticModel | None = None,
) -> Model | None:
    """Fit the classifier to answered candidates.

    Parameters
    ----------
    X : (answer, column) float
        Rows of the design matrix.
    label : (answer,) int
        Class index; with two classes, 1 is a cell.
    classes
        Number of classes; more than two are fitted as a softmax regression.
    settings
        Penalties and balancing.
    weights : (answer,) float, optional
        Weight of each answer.
    start
        Last solution, to start from.
    towards
        Classifier of an earlier recording to shrink towards (two classes only).

    Returns
    -------
    model or None
        ``None`` while the answers are of one class only: nothing can be told apart yet.
    """
    present, counts = np.unique(label, return_counts=True)
    if len(present) < 2:
        return towards
    if settings.balance:
        share = np.ones(classes)
        share[present] = len(label) / (len(present) * counts)
        weights = share[label] * (1 if weights is None else weights)
    if classes == 2:
        return fit_logistic(
            X,
            label == 1,
            l1=settings.l1,
            l2=settings.l2 if towards is None or settings.pull is None else settings.pull,
            weights=weights,
            start=start if isinstance(start, LogisticModel) else None,
            towards=towards,
        )
    if towards is not None:
        raise SettingError("Starting from an earlier classifier works with two classes only.")
    return fit_multinomial(
        X,
        label,
        classes,
        l1=settings.l1,
        l2=settings.l2,
        weights=weights,
        start=start if isinstance(start, MultinomialModel) else None,
    )


@dataclass(frozen=True)
class TrainedClassifier:
    """A fitted classifier with all that is needed to apply it to another recording.

    Parameters
    ----------
    model
        Weights on the design matrix.
    settings
        How the design matrix is made, and the target.
    classes
        Class names; with two, the second is a cell.
    feature_names, feature_version
        Of the features it was trained on; it applies to no other version.
    answers
        Number of answers of each class that trained it.
    familiarity
        What its training recordings looked like.
    """

    model: Model
    settings: ClassifierSettings
    classes: tuple[str, ...]
    feature_names: tuple[str, ...]
    feature_version: str
    answers: tuple[int, ...]
    familiarity: Familiarity

    def to_json(self) -> str:
        """The classifier as text: plain JSON, nothing that could run."""
        values = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "classes": self.classes,
            "feature_version": self.feature_version,
            "feature_names": self.feature_names,
            "answers": self.answers,
            "settings": self.settings.to_dict(),
            "model": model_to_dict(self.model),
            "familiarity": self.familiarity.to_dict(),
        }
        return json.dumps(values, indent=1)

    @classmethod
    def from_json(cls, text: str, source: str) -> "TrainedClassifier":
        """Read what `to_json` wrote.

        Raises
        ------
        InputError
            If the text is not a classifier, is of a newer version, or is damaged.
        """
        values = _parse(text, source)
        try:
            found = cls(
                _model_from_dict(values["model"]),
                ClassifierSettings.from_dict(values["settings"]),
                tuple(values["classes"]),
                tuple(values["feature_names"]),
                str(values["feature_version"]),
                tuple(values["answers"]),
                Familiarity.from_dict(values["familiarity"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError, SettingError) as damage:
            raise InputError(
                source,
                f"the classifier is damaged ({damage})",
                "a file as `sightline sort train` writes it",
                "Train it again, or take an undamaged copy.",
            ) from None
        _check_size(found, source)
        return found


def check_fits(
    classifier: TrainedClassifier, table: FeatureTable, classes: tuple[str, ...] | None = None
) -> None:
    """Refuse to apply a classifier to other features or classes than it was trained on.

    Raises
    ------
    InputError
        If feature version, names or classes differ.
    """
    same = (table.version, table.names) == (classifier.feature_version, classifier.feature_names)
    if not same:
        raise InputError(
            table.recording,
            f"its features are {table.version} with {len(table.names)} columns",
            f"{classifier.feature_version} with {len(classifier.feature_names)}, as the classifier "
            "was trained on",
            "Compute the features with that version, or train on this one.",
        )
    if classes is not None and classes != classifier.classes:
        raise InputError(
            table.recording,
            f"its classes are {', '.join(classes)}",
            f"{', '.join(classifier.classes)}, as the classifier was trained on",
            "Use a classifier of the same classes.",
        )


def _check_size(classifier: TrainedClassifier, source: str) -> None:
    """Refuse numbers that do not fit the features and classes, or are not finite."""
    model, familiar = classifier.model, classifier.familiarity
    classes, features = len(classifier.classes), len(classifier.feature_names)
    columns = features + (2 if classifier.settings.oddness_scale else 0)
    two = isinstance(model, LogisticModel)
    parts = [
        (model.coefficients, (columns,) if two else (classes, columns)),
        (model.intercept if two else model.intercepts, () if two else (classes,)),
        (familiar.mean, (features,)),
        (familiar.scale, (features,)),
        (familiar.precision, (features, features)),
        (familiar.rare_distance, ()),
    ]
    fits = [np.shape(part) == shape and np.isfinite(part).all() for part, shape in parts]
    if two != (classes == 2) or not all(fits):
        raise InputError(
            source,
            f"it has weights of shape {model.coefficients.shape}, or numbers that are not finite",
            f"finite numbers for {classes} classes and {columns} columns",
            "Train it again, or take an undamaged copy.",
        )


def _parse(text: str, source: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise InputError(
            source,
            "this is no Sightline classifier",
            "a JSON file written by `sightline sort train`",
            "Give the classifier's file.",
        )
    if values.get("version") != FORMAT_VERSION:
        raise InputError(
            source,
            f"it is of classifier version {values.get('version')}",
            f"version {FORMAT_VERSION}",
            "Update Sightline, or train the classifier again.",
        )
    return values


def model_to_dict(model: Model) -> dict[str, Any]:
    """The fitted weights as plain values."""
    if isinstance(model, LogisticModel):
        return {"coefficients": model.coefficients.tolist(), "intercept": model.intercept}
    return {
        "coefficients": model.coefficients.tolist(),
        "intercepts": model.intercepts.tolist(),
    }


def _model_from_dict(values: dict[str, Any]) -> Model:
    coefficients = np.asarray(values["coefficients"], np.float64)
    if "intercept" in values:
        return LogisticModel(coefficients, float(values["intercept"]))
    return MultinomialModel(coefficients, np.asarray(values["intercepts"], np.float64))
