"""Features of the candidates of one recording, checked once at the door."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sightline.errors import InputError

FEWEST_CANDIDATES = 6


@dataclass(frozen=True)
class FeatureTable:
    """Features of one recording's candidates.

    Parameters
    ----------
    recording
        Name of the recording, unique in a project.
    values : (candidate, feature) float32
        Finite; what was missing holds the median of its column.
    names
        One name a feature.
    version
        Feature set and version, such as ``"actsort-1"``; versions are never mixed.
    identities
        The extractor's own name of each candidate.
    notes
        What was found and done at the door, in words.
    """

    recording: str
    values: NDArray[np.float32]
    names: tuple[str, ...]
    version: str
    identities: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def items(self) -> tuple[str, ...]:
        """Name of each candidate in a project, ``recording/identity``."""
        return tuple(f"{self.recording}/{identity}" for identity in self.identities)

    def select(self, names: Sequence[str]) -> "FeatureTable":
        """Return the table with only these features, in this order.

        Raises
        ------
        InputError
            If a feature is not there.
        """
        absent = [name for name in names if name not in self.names]
        if absent:
            raise InputError(
                self.recording,
                f"it has no feature {absent[0]!r}",
                f"the features {', '.join(names[:3])}, ...",
                "Use recordings whose features are of the same version.",
            )
        columns = [self.names.index(name) for name in names]
        return replace(self, values=self.values[:, columns], names=tuple(names))


@dataclass(frozen=True)
class LabelledRecording:
    """Features of a recording and what its annotators said.

    Parameters
    ----------
    features
        Of all candidates.
    labels
        For each annotator (candidate,) int8: 1 cell, 0 not a cell, -1 undecided.
    """

    features: FeatureTable
    labels: dict[str, NDArray[np.int8]] = field(default_factory=dict)


def check_features(
    values: ArrayLike,
    *,
    source: str | Path,
    recording: str,
    names: Sequence[str],
    version: str,
    identities: Sequence[str] | None = None,
) -> FeatureTable:
    """Check a matrix of features and make it finite.

    NaN and infinities count as missing and get their column's median; columns that hold one value
    stay and say nothing. Both are told in ``notes``.

    Parameters
    ----------
    values : (candidate, feature)
    source
        File or variable the matrix came from, named in errors.
    recording, names, version, identities
        As in `FeatureTable`; identities are 0, 1, 2, ... if not given.

    Raises
    ------
    InputError
        If the matrix is no table of numbers, has another number of columns than names, fewer than
        six candidates, or candidates that share an identity.
    """
    matrix = _as_matrix(values, source, len(names))
    if identities is None:
        identities = [str(index) for index in range(len(matrix))]
    _check_names(identities, "identities", len(matrix), source)
    _check_names(names, "feature names", matrix.shape[1], source)
    missing = ~np.isfinite(matrix)
    notes = []
    if missing.any():
        columns = np.flatnonzero(missing.any(0))
        notes.append(
            f"{missing.sum():,} values are missing (NaN or infinite) in {len(columns)} features, "
            f"first in {names[columns[0]]!r}; each got the median of its feature."
        )
        matrix = _fill_with_medians(matrix, missing)
    constant = np.flatnonzero(matrix.max(0) == matrix.min(0))
    if constant.size:
        shown = ", ".join(repr(names[i]) for i in constant[:3])
        notes.append(f"{constant.size} features hold one value only and say nothing: {shown}.")
    return FeatureTable(
        recording, matrix, tuple(names), version, tuple(map(str, identities)), tuple(notes)
    )


def _as_matrix(values: ArrayLike, source: str | Path, columns: int) -> NDArray[np.float32]:
    try:
        with np.errstate(over="ignore"):
            matrix = np.asarray(values).astype(np.float32)
    except (TypeError, ValueError):
        raise InputError(
            source,
            "the features are not numbers",
            "a table of numbers, one row a candidate",
            "Remove text columns, or leave missing values empty.",
        ) from None
    if matrix.ndim != 2 or matrix.shape[1] != columns:
        raise InputError(
            source,
            f"the features have shape {matrix.shape}",
            f"(candidates, {columns})",
            "Check that it is one row a candidate and one column a feature, from the same version.",
        )
    if len(matrix) < FEWEST_CANDIDATES:
        raise InputError(
            source,
            f"it has {len(matrix)} candidates",
            f"at least {FEWEST_CANDIDATES}, three of each class to learn from",
            "So few are judged faster by eye.",
        )
    return matrix


def _check_names(names: Sequence[str], what: str, count: int, source: str | Path) -> None:
    if len(names) != count or len(set(names)) != count:
        raise InputError(
            source,
            f"there are {len(names)} {what}, {len(set(names))} of them different",
            f"{count}, all different",
            "Give each its own name.",
        )


def _fill_with_medians(
    matrix: NDArray[np.float32], missing: NDArray[np.bool_]
) -> NDArray[np.float32]:
    filled = matrix.copy()
    for column in np.flatnonzero(missing.any(0)):
        present = matrix[~missing[:, column], column]
        filled[missing[:, column], column] = np.median(present) if present.size else 0
    return filled
