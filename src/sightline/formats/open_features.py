"""Read a file of features, whichever of the known formats it is in."""

from pathlib import Path

from sightline.data.features import LabelledRecording
from sightline.errors import InputError
from sightline.formats.actsort import read_actsort
from sightline.formats.table import read_table

_READERS = {".mat": read_actsort, ".csv": read_table, ".tsv": read_table}


def read_labelled(path: str | Path) -> LabelledRecording:
    """Read features, and labels where the file has them.

    Parameters
    ----------
    path
        ``.mat`` (ActSort) or ``.csv``, ``.tsv`` (one row a candidate).

    Raises
    ------
    InputError
        If the file is not there, of another type, damaged, or its parts do not fit.
    """
    path = Path(path)
    if not path.is_file():
        found = "it is a folder" if path.is_dir() else "there is no such file"
        remedy = "Check the path; of a movie, name the --candidates too."
        raise InputError(path, found, "a file of features", remedy)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            path,
            f"files of type {path.suffix or 'without ending'} are not known",
            f"one of {', '.join(_READERS)}",
            "Export features as CSV, one row a candidate; of a movie, name the --candidates too.",
        )
    return reader(path)
