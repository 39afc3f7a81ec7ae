"""Whether a recording is like those a classifier was trained on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.data.features import FeatureTable
from sightline.learn.standardise import standardise

_CLIP = 4.0
_RARE = 0.01
_SHIFT = 1.0


@dataclass(frozen=True)
class Familiarity:
    """What the candidates of the training recordings look like.

    Parameters
    ----------
    mean, scale : (feature,) float64
        Of the raw features; a recording is standardised by itself, which would hide a shift.
    precision : (feature, feature) float64
        Inverse covariance of the standardised features, shrunk by a tenth towards independence.
    rare_distance
        Squared Mahalanobis distance that one training candidate in a hundred exceeds.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    precision: NDArray[np.float64]
    rare_distance: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a file."""
        return {
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
            "precision": np.round(self.precision, 6).tolist(),
            "rare_distance": self.rare_distance,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Familiarity":
        """Read what `to_dict` gave."""
        return cls(
            np.asarray(values["mean"], np.float64),
            np.asarray(values["scale"], np.float64),
            np.asarray(values["precision"], np.float64),
            float(values["rare_distance"]),
        )


@dataclass(frozen=True)
class Unfamiliarity:
    """How far a recording is from a classifier's training data.

    Parameters
    ----------
    strange : (candidate,) bool
        Farther out than 99 % of the training candidates.
    shifted
        Features whose mean moved by more than one training standard deviation, most first.
    foreign
        Whether the recording as a whole is unlike the training data: five times as many strange
        candidates as there, or a quarter of the features shifted.
    """

    strange: NDArray[np.bool_]
    shifted: tuple[str, ...]
    foreign: bool


def learn_familiarity(tables: Sequence[FeatureTable]) -> Familiarity:
    """Describe the training recordings."""
    raw = np.concatenate([table.values for table in tables])
    Z = np.concatenate([standardise(table.values, _CLIP) for table in tables])
    # Each half is measured against the other: measured against itself it would seem too near.
    halves = Z[::2], Z[1::2]
    distances = [_distance(mine, _precision(other)) for mine, other in (halves, halves[::-1])]
    return Familiarity(
        raw.mean(0, dtype=np.float64),
        raw.std(0, dtype=np.float64),
        _precision(Z),
        float(np.quantile(np.concatenate(distances), 1 - _RARE)),
    )


def compare(table: FeatureTable, familiarity: Familiarity) -> Unfamiliarity:
    """Hold a recording against the training data.

    Parameters
    ----------
    table
        With the features, in the order, that the classifier was trained on.
    familiarity
        Of the training recordings.
    """
    distance = _distance(standardise(table.values, _CLIP), familiarity.precision)
    strange = distance > familiarity.rare_distance
    moved = np.abs(table.values.mean(0, dtype=np.float64) - familiarity.mean)
    moved = moved / np.maximum(familiarity.scale, 1e-12)
    shifted = tuple(table.names[i] for i in np.argsort(-moved) if moved[i] > _SHIFT)
    foreign = strange.mean() > 5 * _RARE or len(shifted) > len(table.names) / 4
    return Unfamiliarity(strange, shifted, bool(foreign))


def _precision(Z: NDArray[np.float32]) -> NDArray[np.float64]:
    """Inverse covariance, shrunk by a tenth towards independence."""
    covariance = np.asarray(Z.T @ Z, np.float64) / len(Z)
    return np.linalg.inv(0.9 * covariance + 0.1 * np.eye(len(covariance))).astype(np.float64)


def _distance(Z: NDArray[np.float32], precision: NDArray[np.float64]) -> NDArray[np.float64]:
    return ((Z @ precision) * Z).sum(1)
