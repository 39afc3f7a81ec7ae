"""Read candidates from whatever an extraction left: what a file is, is seen from its content."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import h5py
import scipy.io

from sightline.data.candidate_set import CandidateSet
from sightline.errors import InputError
from sightline.formats.candidates.actsort_candidates import read_actsort_precomputed
from sightline.formats.candidates.caiman import read_caiman
from sightline.formats.candidates.imagej_roi import read_imagej_rois
from sightline.formats.candidates.label_image import read_label_image
from sightline.formats.candidates.matlab import read_matlab
from sightline.formats.candidates.neurofinder import read_neurofinder
from sightline.formats.candidates.nwb_candidates import read_nwb_candidates
from sightline.formats.candidates.nwb_masks import Axes
from sightline.formats.candidates.suite2p import read_suite2p
from sightline.formats.candidates.suite2p_files import REGIONS
from sightline.formats.unreadable import damage_reported

UNDERSTOOD: Final = (
    "a suite2p folder or Fall.mat, CaImAn's HDF5 or NPZ, a MATLAB file of EXTRACT, CNMF-E, CIATAH, "
    "PCA/ICA or ActSort, NWB, Neurofinder's JSON, a label image (TIFF, PNG, npy), or ImageJ's ROIs"
)
_STARTS: Final = {
    **dict.fromkeys((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), "label-image"),  # TIFF
    **dict.fromkeys((b"\x89PNG", b"\x93NUMPY"), "label-image"),
    b"Iout": "imagej-roi",
    **dict.fromkeys((b"[", b"{"), "neurofinder"),
}
_SUITE2P_MATLAB: Final = {"stat", "F"}
_ACTSORT_MATLAB: Final = "precomputedOutput"


def open_candidates(  # noqa: PLR0913 -- one argument for each thing a user may say
    path: str | Path,
    *,
    image_shape: tuple[int, int] | None = None,
    plane: str | None = None,
    footprints: str = "",
    traces: str = "",
    segmentation: str = "",
    offset: tuple[int, int] = (0, 0),
    which: str = "",
    axes: Axes = "",
) -> CandidateSet:
    """Read candidates, whichever of the known formats they are in.

    Parameters
    ----------
    path
        File or folder.
    image_shape
        (height, width) of the movie, pixels, where it is known; needed for formats that do not
        store it, checked in the others.
    plane
        Which plane, such as ``"1"`` (suite2p, NWB).
    footprints, traces
        Names of the arrays (MATLAB and other HDF5), or of the response series (NWB; ``"none"`` for
        footprints only).
    segmentation
        Name of the PlaneSegmentation (NWB).
    offset
        (row, column) of the image's first pixel in the coordinates of the regions (Neurofinder).
    which
        Which result of several (CaImAn's NPZ).
    axes
        ``"xy"`` or ``"yx"``, the order of masks' axes where the file is wrong (NWB).

    Raises
    ------
    InputError
        If there is no such file, it is of no known format, damaged, needs something said, or is of
        another image size than the movie.
    """
    path = Path(path)

    def suite2p() -> CandidateSet:
        return read_suite2p(path, plane=plane, image_shape=image_shape)

    def matlab() -> CandidateSet:
        return read_matlab(path, footprints=footprints, traces=traces, image_shape=image_shape)

    def nwb() -> CandidateSet:
        return read_nwb_candidates(
            path,
            segmentation=segmentation,
            traces=traces,
            plane=_plane_number(plane),
            axes=axes,
            image_shape=image_shape,
        )

    readers: dict[str, Callable[[], CandidateSet]] = {
        "suite2p": suite2p,
        "matlab": matlab,
        "nwb": nwb,
        "caiman": lambda: read_caiman(path, which=which, image_shape=image_shape),
        "actsort": lambda: read_actsort_precomputed(path),
        "neurofinder": lambda: read_neurofinder(path, image_shape=image_shape, offset=offset),
        "imagej-roi": lambda: read_imagej_rois(path, image_shape=image_shape),
        "label-image": lambda: read_label_image(path),
    }
    return _of_size(readers[candidate_format(path, named=bool(footprints))](), image_shape)


def candidate_format(path: Path, *, named: bool = False) -> str:
    """Name the format of a file or folder, from its content.

    Parameters
    ----------
    path
        File or folder.
    named
        Whether the user names the array of footprints, so that any MATLAB or HDF5 file may do.

    Raises
    ------
    InputError
        If it is not there, or of no known format.
    """
    if path.is_dir() or path.name == REGIONS:
        return _format_of_folder(path)
    if not path.is_file():
        raise InputError(path, "there is no such file", UNDERSTOOD, "Check the path.")
    with damage_reported(path, UNDERSTOOD), path.open("rb") as file:
        start = file.read(512)
        if h5py.is_hdf5(path):
            return _format_of_hdf5(path, start, named)
        if start.startswith(b"PK"):
            return _format_of_zip(path)
        if start.startswith(b"MATLAB"):
            return _format_of_matlab({name for name, _, _ in scipy.io.whosmat(path)}, named)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    for known, name in _STARTS.items():
        if text.startswith(known):
            return name
    raise _unknown(path, "it is empty" if not start else "its content is of no known format")


def _format_of_folder(path: Path) -> str:
    homes = [path, path / "suite2p"]
    if path.name == REGIONS or any((home / REGIONS).is_file() for home in homes):
        return "suite2p"
    if any(home.is_dir() and any(home.glob(f"*/{REGIONS}")) for home in homes):
        return "suite2p"
    raise _unknown(path, f"the folder has no {REGIONS}, nor have its folders")


def _format_of_hdf5(path: Path, start: bytes, named: bool) -> str:
    with h5py.File(path, "r", locking="best-effort") as file:
        names = set(file)
        if "nwb_version" in file.attrs:
            return "nwb"
    if start.startswith(b"MATLAB") or path.suffix.lower() == ".mat":
        return _format_of_matlab(names, named)
    if "estimates" in names:
        return "caiman"
    if named:
        return "matlab"
    raise _unknown(path, f"it is HDF5 with {', '.join(sorted(names)[:8]) or 'nothing in it'}")


def _format_of_matlab(names: set[str], named: bool) -> str:
    if named:
        return "matlab"
    if names >= _SUITE2P_MATLAB:
        return "suite2p"
    return "actsort" if _ACTSORT_MATLAB in names else "matlab"


def _format_of_zip(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        endings = {Path(name).suffix.lower() for name in archive.namelist()}
    if ".roi" in endings or not endings:
        return "imagej-roi"
    if ".npy" in endings:
        return "caiman"
    raise _unknown(path, f"it is a zip of {', '.join(sorted(endings))}")


def _plane_number(plane: str | None) -> int | None:
    if plane is None:
        return None
    number = plane.removeprefix("plane")
    if not number.isdecimal():
        raise InputError("--plane", f"it is {plane!r}", "a number", "Planes count from 0.")
    return int(number)


def _of_size(candidates: CandidateSet, image_shape: tuple[int, int] | None) -> CandidateSet:
    """The candidates, if they are of images as large as the movie's."""
    if image_shape is not None and candidates.image_shape != image_shape:
        height, width = candidates.image_shape
        raise InputError(
            candidates.source,
            f"its images are {height} x {width} pixels",
            f"{image_shape[0]} x {image_shape[1]}, as the movie has",
            "Check that movie and candidates are of the same recording.",
        )
    return candidates


def _unknown(path: Path, found: str) -> InputError:
    return InputError(
        path, found, UNDERSTOOD, "Give the extraction's own output, or convert it to one of these."
    )
