"""The matrix that the learners see: each recording standardised by itself, then stacked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.data.features import FeatureTable
from sightline.errors import InputError
from sightline.learn.standardise import oddness, standardise
from sightline.sort.settings import ClassifierSettings

ODDNESS_NAMES = ("oddness", "oddness_of_components")


@dataclass(frozen=True)
class Design:
    """Columns that classifiers work on, of all candidates of all recordings.

    Parameters
    ----------
    X : (candidate, column) float32
        Standardised features, then the oddness columns if any.
    columns
        Their names.
    feature_names, feature_version
        Of the features they were made from.
    items
        Name of each candidate, ``recording/identity``.
    recording : (candidate,) int
        Which table each candidate came from.
    """

    X: NDArray[np.float32]
    columns: tuple[str, ...]
    feature_names: tuple[str, ...]
    feature_version: str
    items: tuple[str, ...]
    recording: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.X)


def make_design(tables: Sequence[FeatureTable], settings: ClassifierSettings) -> Design:
    """Standardise each recording by itself and stack them (paper, section 2.8).

    Raises
    ------
    InputError
        If recordings share a name, or differ in features or their version.
    """
    first = tables[0]
    for table in tables[1:]:
        check_alike(first, table)
    names = [table.recording for table in tables]
    if len(set(names)) < len(names):
        raise InputError(
            ", ".join(names),
            "two recordings have the same name",
            "one name a recording",
            "Rename one of the files, or give the same file once.",
        )
    columns = first.names + (ODDNESS_NAMES if settings.oddness_scale else ())
    sizes = [len(table) for table in tables]
    X = np.empty((sum(sizes), len(columns)), np.float32)
    end = 0
    for table, size in zip(tables, sizes, strict=True):
        rows = X[end : end + size]
        Z = standardise(table.values, settings.clip)
        rows[:, : Z.shape[1]] = Z
        if settings.oddness_scale:
            rows[:, Z.shape[1] :] = settings.oddness_scale * oddness(Z)
        end += size
    items = tuple(item for table in tables for item in table.items)
    recording = np.repeat(np.arange(len(tables)), sizes)
    return Design(X, columns, first.names, first.version, items, recording)


def check_alike(first: FeatureTable, other: FeatureTable) -> None:
    """Refuse a recording whose features are not those of the first.

    Raises
    ------
    InputError
        If names or version differ.
    """
    if other.version != first.version or other.names != first.names:
        raise InputError(
            other.recording,
            f"its features are {other.version} with {len(other.names)} columns",
            f"those of {first.recording}: {first.version} with {len(first.names)} columns",
            "Compute the features of all recordings with the same version.",
        )
