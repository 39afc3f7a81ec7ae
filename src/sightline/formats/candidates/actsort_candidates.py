"""ActSort's sorting files ``precomputed_*.mat`` and its labels ``*_LABELS.mat``, read and written.

A sorting file (v7.3) holds ``precomputedOutput`` with footprints (height x width x cells, sparse),
traces (frames x cells) and the maximum image; its snapshots and features are made anew here. A file
of labels holds ``labels`` with ``labels_ex`` (the person's), ``labels_ml`` (the classifier's) and
``labels_overall`` (the person's where there are, else the classifier's): 1 cell, -1 not, 0 neither.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import scipy.io
from numpy.typing import NDArray

from sightline.data.candidate_set import CandidateSet
from sightline.errors import InputError
from sightline.formats.candidates.matlab import read_matlab
from sightline.formats.candidates.matlab_file import open_matlab
from sightline.formats.labels import labels_from_numbers
from sightline.formats.new_file import new_file

_STRUCT: Final = "precomputedOutput"
_FIELDS: Final = {"human": "labels_ex", "model": "labels_ml", "merged": "labels_overall"}


def read_actsort_precomputed(path: Path) -> CandidateSet:
    """Read the candidates of a sorting file, numbered from 1.

    Raises
    ------
    InputError
        If the file is damaged or something else, or its parts do not fit.
    """
    candidates = read_matlab(
        path, footprints=f"{_STRUCT}.spatial_weights", traces=f"{_STRUCT}.traces"
    )
    return replace(candidates, format="actsort", recording=path.stem.removeprefix("precomputed_"))


def read_actsort_labels(path: Path) -> dict[str, NDArray[np.int8]]:
    """Read a file of labels.

    Returns
    -------
    dict
        ``"human"``, ``"model"`` and ``"merged"``, those that are there: (candidate,) 1 cell, 0 not
        a cell, -1 undecided.

    Raises
    ------
    InputError
        If the file is damaged, has no labels, or other numbers than 1, -1 and 0.
    """
    with open_matlab(path) as variables:
        labels = variables.get("labels")
        stored = labels if isinstance(labels, dict) else variables
        numbers = {
            kind: np.ravel(stored[name][:])
            for kind, name in _FIELDS.items()
            if hasattr(stored.get(name), "dtype")
        }
        if not numbers:
            raise InputError(
                path,
                f"it holds {', '.join(variables) or 'nothing'}",
                f"`labels` with {', '.join(_FIELDS.values())}",
                "Give the file that ActSort saved beside the sorting file.",
            )
        return {
            kind: labels_from_numbers(values, _FIELDS[kind], len(values), path)
            for kind, values in numbers.items()
        }


def write_actsort_labels(
    path: Path, human: NDArray[np.int8], model: NDArray[np.int8], merged: NDArray[np.int8]
) -> None:
    """Write a file of labels that ActSort loads.

    Parameters
    ----------
    path
        The new file; ActSort names it ``<sorting file>_LABELS.mat``.
    human, model, merged : (candidate,) int8
        1 cell, 0 not a cell, -1 undecided.

    Raises
    ------
    InputError
        If there is a file of that name, or it cannot be written.
    """
    kinds = dict(zip(_FIELDS.values(), (human, model, merged), strict=True))
    labels = {
        name: np.select([values == 1, values == 0], [1.0, -1.0], 0.0).reshape(-1, 1)
        for name, values in kinds.items()
    }
    with new_file(path) as aside, aside.open("wb") as file:
        scipy.io.savemat(file, {"labels": labels}, do_compression=True, oned_as="column")
