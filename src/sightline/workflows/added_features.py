"""Features of the user's own beside the set, from a table or as functions of the evidence."""

import inspect
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from sightline.data.candidate_set import CandidateSet
from sightline.data.feature_set import FeatureSet
from sightline.data.features import FeatureTable, check_features
from sightline.errors import InputError
from sightline.formats.open_features import read_labelled
from sightline.sort.features.compute import complete, feature_names, feature_version
from sightline.workflows.describe_candidates import UserFeature


@dataclass(frozen=True)
class AddedFeatures:
    """What joins the set.

    Parameters
    ----------
    names
        Of all added columns: those of the functions, then those of the table.
    functions
        To be computed from each candidate's evidence.
    table : (candidate, column) float64
        Values that were given.
    """

    names: tuple[str, ...]
    functions: tuple[UserFeature, ...]
    table: NDArray[np.float64]


def read_added(
    columns: str | Path | Mapping[str, UserFeature], found: CandidateSet
) -> AddedFeatures:
    """Read a table, or take functions, and check that they can join.

    Raises
    ------
    InputError
        If the table's candidates are not the extraction's, or a name is one of the set's.
    """
    nothing = np.zeros((len(found), 0))
    if isinstance(columns, Mapping):
        added = AddedFeatures(tuple(columns), tuple(columns.values()), nothing)
        source = "columns"
    elif str(columns):
        table, source = read_labelled(columns).features, str(columns)
        if set(table.identities) != set(found.identities):
            raise InputError(
                source,
                f"{len(table)} candidates, first {table.identities[0]!r}",
                f"the {len(found)} of {found.source}, first {found.identities[0]!r}",
                "Name each row's candidate in a column `candidate`, as the extractor does.",
            )
        place = {identity: row for row, identity in enumerate(table.identities)}
        rows = [place[identity] for identity in found.identities]
        added = AddedFeatures(table.names, (), table.values[rows].astype(np.float64))
    else:
        return AddedFeatures((), (), nothing)
    taken = [name for name in added.names if name in feature_names()]
    if taken:
        raise InputError(
            source, f"it names {taken[0]!r}", "names that no feature of the set has", "Rename it."
        )
    return added


def describe_functions(added: AddedFeatures) -> list[str]:
    """Return what the user's functions do, so that a changed one is computed anew."""
    return [_source(function) for function in added.functions]


def _source(function: UserFeature) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):  # made without a file, so nobody can tell
        return uuid4().hex


def feature_table(
    values: NDArray[np.float64], found: CandidateSet, feature_set: FeatureSet, added: AddedFeatures
) -> FeatureTable:
    """Return all features as a checked table; added ones are part of its version.

    Parameters
    ----------
    values : (candidate, column) float64
        The set's, then those of the user's functions; ``nan`` where missing.
    found
        The candidates.
    feature_set
        Which set.
    added
        What joins them.
    """
    own = len(feature_names(feature_set))
    version = feature_version(feature_set)
    if added.names:
        version += f"+columns-{zlib.crc32(chr(10).join(added.names).encode()):08x}"
    joined = [complete(values[:, :own], feature_set), values[:, own:], added.table]
    return check_features(
        np.concatenate(joined, 1),
        source=found.source,
        recording=found.recording,
        names=(*feature_names(feature_set), *added.names),
        version=version,
        identities=found.identities,
    )
