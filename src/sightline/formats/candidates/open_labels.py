"""Labels from beside candidates, in the forms that programs leave them: one array an annotator."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.data.candidate_set import CandidateSet
from sightline.errors import InputError
from sightline.formats.candidates.actsort_candidates import read_actsort_labels
from sightline.formats.candidates.caiman import CAIMAN_USER
from sightline.formats.candidates.matlab_file import open_matlab
from sightline.formats.candidates.suite2p import SUITE2P_USER
from sightline.formats.hdf5_arrays import numbers_in
from sightline.formats.labels import labels_from_numbers, labels_from_words
from sightline.formats.safe_pickle import load_numbers, parse_npy
from sightline.formats.table import read_rows
from sightline.formats.unreadable import damage_reported

Labels = dict[str, NDArray[np.int8]]

UNDERSTOOD: Final = (
    "suite2p's iscell.npy, ActSort's *_LABELS.mat or <annotator>_choices, CaImAn's accepted_list "
    "and rejected_list (HDF5, NPZ), or a CSV table with the candidates' names and verdicts"
)
MACHINE: Final = "machine"
_CHOICES: Final = "_choices"
_NAMES: Final = ("identity", "candidate", "item", "id")
_VERDICTS: Final = ("verdict", "label")
_ANNOTATORS: Final = ("decided_by", "annotator")
_INDEX: Final = ("accepted_list", "rejected_list", "idx_components")
_MOST_BYTES: Final = 1 << 28


def open_labels(path: str | Path, candidates: CandidateSet) -> Labels:
    """Read what people decided of these candidates.

    Parameters
    ----------
    path
        ``.npy``: 1 cell, 0 not, in the first column. ``.mat``: ActSort's. ``.csv``, ``.tsv``: a
        column ``candidate``, ``identity`` or ``item`` (the identity, or recording/identity) with
        ``verdict``, and ``decided_by`` if there are several annotators; or columns
        ``<annotator>_choices``. HDF5 or NPZ: CaImAn's lists; where a person decided nothing, what
        it accepts.
    candidates
        Whose labels they are.

    Returns
    -------
    dict
        For each annotator (candidate,) int8: 1 cell, 0 not a cell, -1 undecided. Who is not named
        in the file has the name of the program's user, or of the file. Rows that the machine
        decided are left out.

    Raises
    ------
    InputError
        If the file is not there, damaged, something else, or of other candidates.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(path, "there is no such file", UNDERSTOOD, "Check the path.")
    ending = path.suffix.lower()
    if ending == ".npy":
        return {SUITE2P_USER: _from_iscell(path, len(candidates))}
    if ending in {".csv", ".tsv"}:
        return _from_table(path, candidates)
    if ending == ".mat":
        return _from_matlab(path, len(candidates))
    if ending == ".npz" or h5py.is_hdf5(path):
        return {CAIMAN_USER: _from_index(path, len(candidates))}
    raise InputError(
        path,
        f"labels of type {ending or 'without ending'} are not known",
        UNDERSTOOD,
        "Save them as CSV, one row a candidate.",
    )


def _from_iscell(path: Path, count: int) -> NDArray[np.int8]:
    stored = np.asarray(load_numbers(path))
    verdict = stored[:, 0] if stored.ndim == 2 and stored.shape[1] else stored
    if verdict.shape != (count,):
        raise _of_others(path, f"it has the shape {stored.shape}", count)
    if not np.isin(verdict, (0, 1)).all():
        raise InputError(
            path, "it holds other numbers than 0 and 1", UNDERSTOOD, "Give suite2p's iscell.npy."
        )
    return verdict.astype(np.int8)


def _from_matlab(path: Path, count: int) -> Labels:
    with open_matlab(path) as variables:
        choices = {
            name.removesuffix(_CHOICES): np.ravel(values[:])
            for name, values in variables.items()
            if name.endswith(_CHOICES) and hasattr(values, "dtype")
        }
    if choices:
        return {who: labels_from_numbers(each, who, count, path) for who, each in choices.items()}
    read = read_actsort_labels(path)
    if "human" not in read:
        raise InputError(
            path,
            f"it holds labels of {', '.join(read)} only",
            "labels_ex, a person's",
            "Give the file of the person's labels.",
        )
    if len(read["human"]) != count:
        raise _of_others(path, f"it has {len(read['human'])} labels", count)
    return {path.stem.removesuffix("_LABELS"): read["human"]}


def _from_index(path: Path, count: int) -> NDArray[np.int8]:
    lists = _stored_lists(path)
    by_hand = [lists.get(name, np.empty(0, np.int64)) for name in _INDEX[:2]]
    labels = np.full(count, -1, np.int8)
    if by_hand[0].size or by_hand[1].size:
        chosen = {1: by_hand[0], 0: by_hand[1]}
    elif _INDEX[2] in lists:
        labels[:] = 0
        chosen = {1: lists[_INDEX[2]]}
    else:
        raise InputError(path, f"it has no {', '.join(_INDEX)}", UNDERSTOOD, "Check the file.")
    for label, numbers in chosen.items():
        if not np.isin(numbers, np.arange(count)).all():
            raise _of_others(path, "it names a component that is not there", count)
        labels[numbers.astype(np.int64)] = label
    return labels


def _stored_lists(path: Path) -> dict[str, NDArray[Any]]:
    """CaImAn's lists of components, those that are there."""
    with damage_reported(path, UNDERSTOOD):
        if h5py.is_hdf5(path):
            with h5py.File(path, "r", locking="best-effort") as file:
                found = {name: numbers_in(file.get(f"estimates/{name}")) for name in _INDEX}
                return {
                    name: np.ravel(item[()]) for name, item in found.items() if item is not None
                }
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if Path(one.filename).stem in _INDEX]
            if sum(one.file_size for one in members) > _MOST_BYTES:
                raise ValueError("its lists unpack to too much")
            return {
                Path(one.filename).stem: np.ravel(parse_npy(archive.read(one), path))
                for one in members
            }


def _from_table(path: Path, candidates: CandidateSet) -> Labels:
    header, body = read_rows(path)
    columns = {name: [row[place] for row in body] for place, name in enumerate(header)}
    rows = _rows_of(columns, path, candidates)
    choices = {
        name.removesuffix(_CHOICES): words
        for name, words in columns.items()
        if name.endswith(_CHOICES)
    }
    if choices:
        return {who: _spread(words, rows, who, path, candidates) for who, words in choices.items()}
    verdicts = next((columns[name] for name in _VERDICTS if name in columns), None)
    if verdicts is None:
        raise InputError(
            path,
            f"its columns are {', '.join(header)}",
            "a column verdict, or <annotator>_choices",
            "Name the column of the labels so.",
        )
    named = next((columns[name] for name in _ANNOTATORS if name in columns), [""] * len(body))
    who = [name.strip() or path.stem for name in named]
    return {
        name: _spread(
            [word if by == name else "" for word, by in zip(verdicts, who, strict=True)],
            rows,
            name,
            path,
            candidates,
        )
        for name in sorted(set(who) - {MACHINE})
    }


def _rows_of(
    columns: Mapping[str, Sequence[str]], path: Path, candidates: CandidateSet
) -> list[int]:
    """Which candidate each row of the table is about."""
    names = next((columns[name] for name in _NAMES if name in columns), None)
    if names is None:
        raise InputError(
            path, "it does not name the candidates", f"a column {_NAMES[0]}", "Add their names."
        )
    places = {identity: place for place, identity in enumerate(candidates.identities)}
    own = [name.strip().removeprefix(f"{candidates.recording}/") for name in names]
    unknown = [name for name in own if name not in places]
    if unknown or len(set(own)) < len(own):
        found = f"candidate {unknown[0]!r} is not there" if unknown else "a candidate comes twice"
        raise _of_others(path, found, len(candidates))
    return [places[name] for name in own]


def _spread(
    words: Sequence[str], rows: list[int], who: str, path: Path, candidates: CandidateSet
) -> NDArray[np.int8]:
    """Labels of all candidates, undecided where the table has no row."""
    labels = np.full(len(candidates), -1, np.int8)
    labels[rows] = labels_from_words(words, who, path)
    return labels


def _of_others(path: Path, found: str, count: int) -> InputError:
    return InputError(
        path,
        found,
        f"labels of the {count} candidates",
        "Check that labels and candidates are of the same extraction.",
    )
