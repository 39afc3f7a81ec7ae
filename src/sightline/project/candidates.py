"""The candidates of a sorting project: features, names and classes, kept with its arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sightline.data.features import FeatureTable
from sightline.errors import ProjectError
from sightline.project.arrays import RESTORE, read_arrays, write_arrays
from sightline.project.project import Project, how_to_read_decisions

_NAME: Final = "features"


@dataclass(frozen=True)
class Candidates:
    """What a sorting project is about.

    Parameters
    ----------
    tables
        Features of each recording.
    classes
        Names of the verdicts; with two, the second is a cell.
    """

    tables: tuple[FeatureTable, ...]
    classes: tuple[str, ...]


def store_candidates(
    project: Project, tables: Sequence[FeatureTable], classes: Sequence[str]
) -> None:
    """Store features and classes.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    about = [
        {
            "recording": table.recording,
            "names": table.names,
            "version": table.version,
            "identities": table.identities,
            "notes": table.notes,
        }
        for table in tables
    ]
    arrays = {f"values-{number}": table.values for number, table in enumerate(tables)}
    write_arrays(project.arrays, _NAME, arrays, {"recordings": about, "classes": list(classes)})


def read_candidates(project: Project) -> Candidates:
    """Read features and classes.

    Raises
    ------
    ProjectError
        If the project is none of sorting, or its features are missing or damaged.
    """
    if project.kind != "sort":
        raise ProjectError(
            f"{project.path}: a project of kind {project.kind!r}; expected one of sorting. "
            "Open it with the verbs of its own kind."
        )
    every = how_to_read_decisions(project.path)
    try:
        arrays, about = read_arrays(project.arrays, _NAME)
        tables = tuple(
            _table(recording, arrays[f"values-{number}"])
            for number, recording in enumerate(about["recordings"])
        )
        if not tables:
            raise ValueError("no recordings")
        return Candidates(tables, tuple(about["classes"]))
    except ProjectError as damage:
        raise ProjectError(f"{damage}{every}") from damage
    except (KeyError, TypeError, ValueError) as damage:
        path = project.arrays / f"{_NAME}.zarr.zip"
        raise ProjectError(f"{path}: damaged ({damage}). {RESTORE}{every}") from None


def _table(about: dict[str, Any], values: Any) -> FeatureTable:
    identities = tuple(about["identities"])
    if values.shape != (len(identities), len(about["names"])):
        raise ValueError(f"features of shape {values.shape}")
    return FeatureTable(
        about["recording"],
        values,
        tuple(about["names"]),
        about["version"],
        identities,
        tuple(about["notes"]),
    )
