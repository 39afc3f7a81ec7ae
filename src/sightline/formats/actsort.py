"""ActSort's benchmark files: 76 features and each annotator's choices, in a MATLAB file.

A file holds ``metrics`` (candidates x 76) and vectors ``<annotator>_choices`` with +1 for a cell,
-1 for not a cell and 0 where the annotator did not decide. MATLAB v7.3 (HDF5) and v5.
"""

from pathlib import Path
from typing import Final

import h5py
import numpy as np
import scipy.io
from numpy.typing import NDArray

from sightline.data.feature_set import ACTSORT_FEATURES, ACTSORT_VERSION
from sightline.data.features import LabelledRecording, check_features
from sightline.errors import InputError
from sightline.formats.labels import labels_from_numbers

_FEATURES: Final = "metrics"
_CHOICES: Final = "_choices"
_EXPECTED: Final = "a MATLAB file with `metrics` (candidates x 76) and `<annotator>_choices`"


def read_actsort(path: Path) -> LabelledRecording:
    """Read features and labels; the recording is named after the file's stem.

    Raises
    ------
    InputError
        If the file is damaged, no MATLAB file, lacks the features, or its parts do not fit.
    """
    arrays = _read_arrays(path)
    if _FEATURES not in arrays:
        found = ", ".join(sorted(arrays)) or "nothing"
        raise InputError(
            path, f"it holds {found}", _EXPECTED, "Give a file with precomputed features."
        )
    choices = {
        name.removesuffix(_CHOICES): values.ravel()
        for name, values in sorted(arrays.items())
        if name.endswith(_CHOICES)
    }
    values = _candidates_first(arrays[_FEATURES], path)
    features = check_features(
        values,
        source=path,
        recording=path.stem,
        names=ACTSORT_FEATURES,
        version=ACTSORT_VERSION,
    )
    labels = {
        annotator: labels_from_numbers(numbers, annotator, len(features), path)
        for annotator, numbers in choices.items()
    }
    return LabelledRecording(features, labels)


def _candidates_first(values: NDArray, path: Path) -> NDArray:
    """Undo the transposition that HDF5 brings, seen from the number of features."""
    features = len(ACTSORT_FEATURES)
    if values.shape == (features, features):
        raise InputError(
            path,
            f"it has as many candidates as features, {features}",
            "numbers that tell rows from columns",
            "Export the features as CSV, one row a candidate.",
        )
    return values.T if values.ndim == 2 and values.shape[0] == features else values


def _read_arrays(path: Path) -> dict[str, NDArray]:
    """All numeric arrays at the root of a MATLAB file of either kind."""
    try:
        if h5py.is_hdf5(path):
            with h5py.File(path, "r") as file:
                return {
                    name: item[()]
                    for name, item in file.items()
                    if isinstance(item, h5py.Dataset) and item.dtype.kind in "fiub"
                }
        read = scipy.io.loadmat(path)
    except Exception as failure:  # noqa: BLE001 -- readers of a damaged file raise anything
        reason = str(failure).splitlines()[0] if str(failure) else type(failure).__name__
        raise InputError(
            path,
            f"it cannot be read ({reason})",
            _EXPECTED,
            "It may be truncated or of another type; copy it again from its source.",
        ) from None
    return {
        name: value
        for name, value in read.items()
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiub"
    }
