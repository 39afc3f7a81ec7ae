"""Features, and labels if there are any, as a CSV or TSV table: one row a candidate.

A column ``candidate`` holds the extractor's own names, columns ``<annotator>_choices`` hold labels
(``cell``, ``not cell``, or +1, -1, and 0 or nothing for undecided); every other column is a
feature. An empty field or ``nan`` is a missing value.
"""

import csv
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from sightline.data.feature_set import ACTSORT_FEATURES, ACTSORT_VERSION
from sightline.data.features import LabelledRecording, check_features
from sightline.errors import InputError
from sightline.formats.labels import labels_from_words

IDENTITY: Final = "candidate"
_CHOICES: Final = "_choices"


def read_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV or TSV file, all rows as long as the header.

    Raises
    ------
    InputError
        If it is not text, is empty, or a row has another number of fields.
    """
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file, delimiter=delimiter) if row]
    except (UnicodeDecodeError, csv.Error):
        raise InputError(
            path, "it is not a text table", "a CSV or TSV file in UTF-8", "Export it again as CSV."
        ) from None
    if not rows:
        raise InputError(
            path, "it is empty", "a header and one row a candidate", "Export it again."
        )
    header, body = [name.strip() for name in rows[0]], rows[1:]
    for number, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise InputError(
                path,
                f"line {number} has {len(row)} fields",
                f"{len(header)}, as the header has",
                "The file may be truncated there; export it again.",
            )
    return header, body


def read_table(path: Path) -> LabelledRecording:
    """Read features and labels; the recording is named after the file's stem.

    Raises
    ------
    InputError
        If the table is damaged, or a feature is not a number.
    """
    header, body = read_rows(path)
    columns = {name: [row[place] for row in body] for place, name in enumerate(header)}
    if len(columns) < len(header):
        raise InputError(
            path, "two columns share a name", "names that differ", "Rename one of them."
        )
    identities = columns.pop(IDENTITY, None)
    choices = {name: words for name, words in columns.items() if name.endswith(_CHOICES)}
    names = tuple(name for name in columns if name not in choices)
    if not names:
        raise InputError(
            path,
            "it has no column of features",
            "at least one, beside candidate and <annotator>_choices",
            "Export the features, one column each.",
        )
    values = np.array(
        [_numbers(columns[name], name, path) for name in names], dtype=np.float64
    ).reshape(len(names), len(body))
    features = check_features(
        values.T,
        source=path,
        recording=path.stem,
        names=names,
        version=feature_version(names),
        identities=identities,
    )
    labels = {
        name.removesuffix(_CHOICES): labels_from_words(words, name, path)
        for name, words in choices.items()
    }
    return LabelledRecording(features, labels)


def feature_version(names: Sequence[str]) -> str:
    """Version of a user's own columns: the same names, the same version."""
    if tuple(names) == ACTSORT_FEATURES:
        return ACTSORT_VERSION
    return f"columns-{zlib.crc32(chr(10).join(names).encode()):08x}"


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file that is not there yet.

    Raises
    ------
    InputError
        If there is a file of that name: nothing is ever overwritten.
    """
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as failure:
        raise not_written(path, failure) from None


def not_written(path: Path, failure: OSError) -> InputError:
    """Say why a new file could not be made."""
    if isinstance(failure, FileExistsError):
        return InputError(
            path, "the file is there already", "a new name", "Choose another name, or move it."
        )
    return InputError(
        path,
        f"it cannot be written ({failure.strerror})",
        "a place in a folder that is there and can be written",
        "Make the folder, or choose another.",
    )


def _numbers(words: Sequence[str], name: str, path: Path) -> list[float]:
    numbers = []
    for row, word in enumerate(words, start=2):
        try:
            numbers.append(float(word) if word.strip() else float("nan"))
        except ValueError:
            raise InputError(
                path,
                f"column {name!r} holds {word!r} in line {row}",
                "a number, or nothing where it is missing",
                "Correct it, or name label columns <annotator>_choices.",
            ) from None
    return numbers
