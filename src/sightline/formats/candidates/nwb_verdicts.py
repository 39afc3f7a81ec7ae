"""Verdicts as columns of an NWB table, in a copy of the file that the candidates came from."""

import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.formats.candidates.nwb_candidates import COLUMN_PREFIX, find_segmentation
from sightline.formats.new_file import new_file
from sightline.formats.nwb_file import column_names, dataset, opened_nwb, row_identities, text_of

UNKNOWN_SUBJECT: Final = {"subject_id": "unknown", "sex": "U", "age": "P0D/"}
_VERDICT: Final = f"{COLUMN_PREFIX}verdict"
_PROBABILITY: Final = f"{COLUMN_PREFIX}probability"
_DECIDED_BY: Final = f"{COLUMN_PREFIX}decided_by"
_MERGED_INTO: Final = f"{COLUMN_PREFIX}merged_into"


@dataclass(frozen=True)
class NwbVerdicts:
    """What sorting says of some regions.

    Parameters
    ----------
    identities
        Which regions, as `read_nwb_candidates` names them.
    verdict
        Such as ``"cell"`` and ``"not cell"``; empty where there is none.
    probability : (region,) float32
        The machine's, of a cell, or with more than two classes of the likeliest; NaN where there is
        none.
    decided_by
        The annotator or ``"machine"``; empty where nobody did.
    merged_into
        Which region each is a part of, where several are one cell; empty for most. Not given where
        none is.
    """

    identities: tuple[str, ...]
    verdict: tuple[str, ...]
    probability: NDArray[np.float32]
    decided_by: tuple[str, ...]
    merged_into: tuple[str, ...] = ()

    def columns(self) -> Iterator[tuple[str, str, Sequence[str] | NDArray[np.float32]]]:
        """Name, description and values of each column."""
        yield (
            _VERDICT,
            "Verdict of sorting with Sightline; empty where there is none.",
            self.verdict,
        )
        yield (
            _PROBABILITY,
            "Probability by the machine: of a cell, or of the likeliest of several classes.",
            self.probability,
        )
        yield _DECIDED_BY, "Who decided: an annotator or the machine.", self.decided_by
        if any(self.merged_into):
            yield (
                _MERGED_INTO,
                "Region that it is one cell with and that stands for it; empty for most.",
                self.merged_into,
            )


def write_verdicts_beside(
    original: Path, output: Path, verdicts: NwbVerdicts, *, segmentation: str = ""
) -> None:
    """Copy an NWB file and add the verdicts to the copy's segmentation, one column each.

    The original is only read. Regions without a verdict get an empty one. A copy whose original
    says nothing of the animal says that it is unknown, as NWB's checkers demand. Only HDF5 is
    needed: a column is a dataset beside the others and its name in the table's list.

    Parameters
    ----------
    original, output
        The file the candidates came from, and the new one. Links to movies outside stay as they
        are, so relative ones are right only in the same folder.
    segmentation
        As in `read_nwb_candidates`.

    Raises
    ------
    InputError
        If the output is there already, the original is damaged or has such columns already, or a
        region is not in it.
    """
    with opened_nwb(original) as file:
        table = find_segmentation(file, segmentation, str(original))
        _check_columns(table, original)
        rows = _rows(table, verdicts.identities, original)
        count = len(row_identities(table))
    with new_file(output) as aside:
        shutil.copyfile(original, aside)
        with h5py.File(aside, "r+") as file:
            table = find_segmentation(file, segmentation, str(original))
            for name, description, values in verdicts.columns():
                _add_column(table, name, description, _in_rows(values, rows, count))
            if "general/subject" not in file:
                _add_subject(file)


def _check_columns(table: h5py.Group, original: Path) -> None:
    if _VERDICT in table:
        raise InputError(
            original,
            "it has verdicts of Sightline already",
            "the file as the extraction wrote it",
            "Export from the original file.",
        )


def _rows(table: h5py.Group, identities: Sequence[str], original: Path) -> list[int]:
    places = {identity: row for row, identity in enumerate(row_identities(table))}
    unknown = [identity for identity in identities if identity not in places]
    if unknown:
        raise InputError(
            original,
            f"it has no region {unknown[0]!r} ({len(unknown)} are missing)",
            "the regions that were sorted",
            "Give the file that the candidates came from.",
        )
    return [places[identity] for identity in identities]


def _in_rows(
    values: Sequence[str] | NDArray[np.float32], rows: list[int], count: int
) -> NDArray[Any]:
    """The values at their rows; elsewhere NaN or no text."""
    if isinstance(values, np.ndarray):
        spread = np.full(count, np.nan, np.float32)
    else:
        spread = np.full(count, "", object)
    spread[rows] = values
    return spread


def _add_column(table: h5py.Group, name: str, description: str, values: NDArray[Any]) -> None:
    text = h5py.string_dtype()
    column = table.create_dataset(
        name, data=values, dtype=text if values.dtype == object else values.dtype
    )
    # The namespace of tables was "core" before NWB 2.2: that of the table's own rows is right.
    column.attrs["namespace"] = text_of(dataset(table, "id").attrs.get("namespace"))
    column.attrs["neurodata_type"] = "VectorData"
    column.attrs["description"] = description
    column.attrs["object_id"] = str(uuid.uuid4())
    names = [*column_names(table), name]
    table.attrs.create("colnames", np.array(names, dtype=object), dtype=text)


def _add_subject(file: h5py.File) -> None:
    subject = file.create_group("general/subject")
    subject.attrs.update(
        {"namespace": "core", "neurodata_type": "Subject", "object_id": str(uuid.uuid4())}
    )
    for name, value in UNKNOWN_SUBJECT.items():
        subject[name] = value
    subject["age"].attrs["reference"] = "birth"
