"""CaImAn's results, HDF5 as ``cnmf.save`` writes them or NPZ; verdicts go back as its indices.

Footprints are the columns of ``A`` (pixel ``x * height + y``), traces the rows of ``C`` and their
residuals ``YrA``. An HDF5 file has them under ``estimates``, where ``idx_components`` are those
that CaImAn accepts and ``accepted_list`` and ``rejected_list`` those that a person decided in its
window. All count from 0.
"""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.data.candidate_set import CandidateSet, check_candidates
from sightline.errors import InputError
from sightline.formats.candidates.finite_traces import finite_traces
from sightline.formats.candidates.sparse_columns import checked_columns, footprints_of_columns
from sightline.formats.hdf5_arrays import numbers_in
from sightline.formats.new_file import new_file
from sightline.formats.safe_pickle import PickledSparse, parse_npy
from sightline.formats.unreadable import damage_reported

CAIMAN_USER: Final = "caiman-user"
_EXPECTED: Final = "CaImAn's results: HDF5 with `estimates/A` and `C`, or NPZ with `A` and `C`"
_DEFAULT_FRAME_RATE_HZ: Final = 30
_MEASURES: Final = {
    "SNR_comp": "snr",
    "r_values": "spatial_correlation",
    "cnn_preds": "cnn_probability",
}


@dataclass
class _Results:
    """What is in a file, found by CaImAn's names."""

    path: Path
    columns: sparse.csc_array
    get: Callable[[str], Any]
    frame_rate_hz: float | None = None
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pixels, self.count = (int(length) for length in self.columns.shape or ())

    def indices(self, name: str) -> NDArray[np.int64] | None:
        """A list of components, checked; None where it was not saved."""
        values = self.get(name)
        if values is None:
            return None
        listed = np.ravel(np.asarray(values))
        if not np.isin(listed, np.arange(self.count)).all():
            raise InputError(
                self.path,
                f"{name} names a component that is not there",
                f"numbers from 0 to {self.count - 1}",
                "Save the results from CaImAn again.",
            )
        return listed.astype(np.int64)


def read_caiman(
    path: Path, *, which: str = "", image_shape: tuple[int, int] | None = None
) -> CandidateSet:
    """Read the components; their identities are their numbers.

    The traces are ``C + YrA``, which keep their noise as the features need it, else ``C``.

    Parameters
    ----------
    path
        ``.hdf5``, ``.h5`` or ``.npz``.
    which
        What follows ``A_`` and ``C_`` in an NPZ of several results, such as ``"full"``.
    image_shape
        (height, width) in pixels, for files that do not tell it.

    Raises
    ------
    InputError
        If the file is damaged, holds no components or several results, is of a volume, does not
        tell the image's size, or its parts do not fit.
    """
    if zipfile.is_zipfile(path):
        with damage_reported(path, _EXPECTED), zipfile.ZipFile(path) as file:
            return _candidates(_from_npz(path, file, which), image_shape)
    with damage_reported(path, _EXPECTED), h5py.File(path, "r", locking="best-effort") as file:
        return _candidates(_from_hdf5(path, file), image_shape)


def write_caiman_index(
    path: Path, accepted: NDArray[np.bool_], *, decided: NDArray[np.bool_] | None = None
) -> None:
    """Write verdicts under CaImAn's names, to be set on its ``estimates``.

    ``idx_components`` and ``idx_components_bad`` hold all components; ``accepted_list`` and
    ``rejected_list`` those that a person decided, as CaImAn's window would fill them.

    Parameters
    ----------
    path
        The new file: ``.npz``, else HDF5 with the group ``estimates``.
    accepted : (candidate,)
        Whether each component is a cell.
    decided : (candidate,)
        Whether a person said so; nobody did if not given.

    Raises
    ------
    InputError
        If there is a file of that name, or it cannot be written.
    """
    by_hand = np.zeros_like(accepted) if decided is None else decided
    index = {
        "idx_components": np.flatnonzero(accepted),
        "idx_components_bad": np.flatnonzero(~accepted),
        "accepted_list": np.flatnonzero(accepted & by_hand),
        "rejected_list": np.flatnonzero(~accepted & by_hand),
    }
    with new_file(path) as aside:
        if path.suffix.lower() == ".npz":
            with aside.open("wb") as file:
                np.savez(file, allow_pickle=False, **index)
        else:
            with h5py.File(aside, "x") as file:
                for name, values in index.items():
                    file[f"estimates/{name}"] = values


def _from_hdf5(path: Path, file: h5py.File) -> _Results:
    estimates = file.get("estimates")
    if not isinstance(estimates, h5py.Group) or "A" not in estimates:
        raise InputError(
            path,
            f"it holds {', '.join(file) or 'nothing'} but no estimates/A",
            _EXPECTED,
            "Save it from CaImAn with cnmf.save, or give --footprints and --traces.",
        )
    notes = []
    rate = file.get("params/data/fr")
    frame_rate = float(rate[()]) if isinstance(rate, h5py.Dataset) and not rate.shape else None
    if frame_rate == _DEFAULT_FRAME_RATE_HZ:
        notes.append("The frame rate is 30 Hz, which CaImAn also takes where nobody says it.")

    def get(name: str) -> Any:
        found = numbers_in(estimates.get(name))
        return numbers_in(file.get(f"params/data/{name}")) if found is None else found

    return _Results(path, _stored_columns(estimates["A"]), get, frame_rate, notes)


def _stored_columns(stored: Any) -> sparse.csc_array:
    """Put ``A`` together, as it is saved: a group of the parts, or a full matrix."""
    if isinstance(stored, h5py.Dataset):
        return sparse.csc_array(np.asarray(numbers_in(stored)))
    parts = [numbers_in(stored[name]) for name in ("data", "indices", "indptr", "shape")]
    data, indices, starts, shape = (np.asarray(part) for part in parts)
    return checked_columns(data, indices, starts, (int(shape[0]), int(shape[1])))


def _from_npz(path: Path, file: zipfile.ZipFile, which: str) -> _Results:
    names = {Path(name).stem: name for name in file.namelist() if name.endswith(".npy")}
    results = sorted(name[1:].lstrip("_") for name in names if name == "A" or name[:2] == "A_")
    if not results or (which and which not in results):
        raise InputError(
            path,
            f"it holds {', '.join(sorted(names)) or 'no arrays'}"
            + (f" but no A_{which}" if which else " but no A"),
            _EXPECTED,
            "Check the file.",
        )
    if len(results) > 1 and which not in results:
        raise InputError(
            path,
            f"it holds the results {', '.join(results)}",
            "one at a time",
            f"Choose one with --which, such as --which {results[0]}.",
        )
    ending = f"_{which or results[0]}".rstrip("_")

    def get(name: str) -> Any:
        member = names.get(f"{name}{ending}") or names.get(name)
        value = None if member is None else parse_npy(file.read(member), f"{path}:{member}")
        return value.matrix if isinstance(value, PickledSparse) else value

    return _Results(path, sparse.csc_array(get("A")), get)


def _candidates(results: _Results, image_shape: tuple[int, int] | None) -> CandidateSet:
    shape = _image_shape(results, image_shape)
    traces = _traces(results)
    labels, proposal = _verdicts(results)
    return check_candidates(
        CandidateSet(
            recording=results.path.stem,
            source=str(results.path),
            format="caiman",
            image_shape=shape,
            footprints=footprints_of_columns(results.columns, shape),
            traces=traces,
            identities=tuple(str(number) for number in range(results.count)),
            frame_rate_hz=results.frame_rate_hz,
            images=_images(results, shape),
            columns=_measures(results),
            labels=labels,
            proposal=proposal,
            notes=tuple(results.notes),
        )
    )


def _image_shape(results: _Results, given: tuple[int, int] | None) -> tuple[int, int]:
    told = results.get("dims")
    if told is None:
        sides = [results.get(name) for name in ("d1", "d2")]
        told = None if any(side is None for side in sides) else sides
    lengths = tuple(int(length) for length in np.ravel(() if told is None else np.asarray(told)))
    if len(lengths) == 3 and lengths[2] > 1:
        raise InputError(
            results.path,
            f"it is of a volume of {lengths[2]} planes",
            "components of one plane",
            "Run CaImAn on each plane by itself.",
        )
    shape = lengths[:2] if len(lengths) >= 2 else given
    if shape is None:
        raise InputError(
            results.path,
            f"it does not tell the size of the image of {results.pixels:,} pixels",
            "dims, or d1 and d2",
            "Give the movie too, or the height and width.",
        )
    fits = min(shape) > 0 and shape[0] * shape[1] == results.pixels
    if not fits or shape != (given or shape):
        told_by = f"{shape[0]} x {shape[1]}"
        raise InputError(
            results.path,
            f"its footprints have {results.pixels:,} pixels and its image is {told_by}",
            f"the same, and {given[0]} x {given[1]} as the movie" if given else "the same",
            "Give the movie that CaImAn was run on.",
        )
    return shape[0], shape[1]


def _traces(results: _Results) -> NDArray[np.float32] | None:
    modelled, residual = results.get("C"), results.get("YrA")
    if modelled is None:
        results.notes.append("There is no C: no traces.")
        return None
    if sparse.issparse(modelled):
        modelled = modelled.toarray()
    if residual is None or residual.shape != modelled.shape:
        results.notes.append("Traces are C, denoised: their residuals YrA are not there.")
        traces, notes = finite_traces(modelled)
    else:
        results.notes.append("Traces are C + YrA.")
        traces, notes = finite_traces(modelled, minus=residual, share=-1)
    results.notes += notes
    return traces


def _verdicts(results: _Results) -> tuple[dict[str, NDArray[np.int8]], NDArray[np.int8] | None]:
    """What a person decided in CaImAn's window, and what CaImAn proposes."""
    proposal = None
    good, bad = results.indices("idx_components"), results.indices("idx_components_bad")
    if good is not None:
        proposal = np.full(results.count, 0 if bad is None else -1, np.int8)
        proposal[[] if bad is None else bad] = 0
        proposal[good] = 1
    labels = np.full(results.count, -1, np.int8)
    accepted, rejected = results.indices("accepted_list"), results.indices("rejected_list")
    labels[[] if accepted is None else accepted] = 1
    labels[[] if rejected is None else rejected] = 0
    if accepted is not None and rejected is not None:
        labels[np.intersect1d(accepted, rejected)] = -1
    if not (labels >= 0).any():
        return {}, proposal
    results.notes.append(
        f"accepted_list and rejected_list, which CaImAn's window fills, hold {(labels >= 0).sum()} "
        f"components: taken as decisions of {CAIMAN_USER}."
    )
    return {CAIMAN_USER: labels}, proposal


def _images(results: _Results, shape: tuple[int, int]) -> dict[str, NDArray[np.float32]]:
    image = results.get("Cn")
    if image is None or image.shape != shape:
        return {}
    return {"correlation": np.nan_to_num(np.asarray(image, np.float32))}


def _measures(results: _Results) -> dict[str, NDArray[np.float32]]:
    found = {name: results.get(theirs) for theirs, name in _MEASURES.items()}
    return {
        name: np.ravel(np.asarray(values, np.float32))
        for name, values in found.items()
        if values is not None and np.size(values) == results.count
    }
