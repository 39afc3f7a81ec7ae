"""Read keypoints from whatever a tool left: what a file is, is seen from its content."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import h5py

from sightline.data.keypoints import KeypointSet
from sightline.errors import InputError
from sightline.formats.keypoints.cell_tracking import TABLES, read_cell_tracking
from sightline.formats.keypoints.deeplabcut import HEADERS, read_deeplabcut
from sightline.formats.keypoints.geff import is_geff, read_geff
from sightline.formats.keypoints.keypoint_table import NEEDED, read_keypoint_table
from sightline.formats.keypoints.nwb_pose import read_nwb_pose
from sightline.formats.keypoints.pandas_hdf5 import frame_groups
from sightline.formats.keypoints.sleap_analysis import DATASETS as SLEAP_ANALYSIS
from sightline.formats.keypoints.sleap_analysis import read_sleap_analysis
from sightline.formats.keypoints.sleap_labels import DATASETS as SLEAP
from sightline.formats.keypoints.sleap_labels import read_sleap
from sightline.formats.keypoints.zephir import ANNOTATIONS, read_zephir
from sightline.formats.keypoints.zephir import DATASETS as ZEPHIR
from sightline.formats.unreadable import damage_reported

UNDERSTOOD: Final = (
    "a CSV table with frame, keypoint, y and x, ZephIR's annotations.h5, DeepLabCut's CSV or HDF5, "
    "SLEAP's .slp or analysis HDF5, NWB with poses, geff, or a folder of the Cell Tracking "
    "Challenge"
)
_LABELLED: Final = "CollectedData_*"


def open_keypoints(
    path: str | Path,
    *,
    image_shape: tuple[int, int, int] | None = None,
    video: int | None = None,
) -> KeypointSet:
    """Read keypoints, whichever of the known formats they are in.

    Parameters
    ----------
    path
        File or folder: a ZephIR folder, one of DeepLabCut's with one ``CollectedData_*`` (it may
        lie in ``labeled-data/*``), or label images with ``man_track.txt``.
    image_shape
        (z, y, x) of the recording in pixels, where it is known; ZephIR's positions need it, if no
        ``metadata.json`` is beside them.
    video
        Which video of a SLEAP file with several, from 0.

    Raises
    ------
    InputError
        If there is no such file, it is of no known format, damaged, needs something said, or its
        images are of another size than the recording.
    """
    path = Path(path)
    form, found = keypoint_format(path)
    readers: dict[str, Callable[[], KeypointSet]] = {
        "csv": lambda: read_keypoint_table(found, image_shape=image_shape),
        "zephir": lambda: read_zephir(found, image_shape=image_shape),
        "deeplabcut": lambda: read_deeplabcut(found, image_shape=image_shape),
        "sleap": lambda: read_sleap(found, video=video, image_shape=image_shape),
        "sleap-analysis": lambda: read_sleap_analysis(found, image_shape=image_shape),
        "nwb": lambda: read_nwb_pose(found, image_shape=image_shape),
        "geff": lambda: read_geff(found, image_shape=image_shape),
        "ctc": lambda: read_cell_tracking(found),
    }
    keypoints = readers[form]()
    if image_shape is not None and keypoints.image_shape not in (None, image_shape):
        raise InputError(
            path,
            f"its images are {keypoints.image_shape}",
            f"{image_shape} (z, y, x), as the recording has",
            "Check that recording and keypoints belong together.",
        )
    return keypoints


def keypoint_format(path: Path) -> tuple[str, Path]:
    """Name the format, and the file or folder that its reader takes.

    Raises
    ------
    InputError
        If it is not there, or of no known format.
    """
    if path.is_dir():
        return _format_of_folder(path)
    if path.name in TABLES and path.is_file():
        return "ctc", path.parent
    if not path.is_file():
        raise InputError(path, "there is no such file", UNDERSTOOD, "Check the path.")
    with damage_reported(path, UNDERSTOOD):
        form = _format_of_hdf5(path) if h5py.is_hdf5(path) else _format_of_text(path)
    return form, path


def _format_of_folder(path: Path) -> tuple[str, Path]:
    if (path / ANNOTATIONS).is_file():
        return "zephir", path
    if any((path / name).is_file() for name in TABLES):
        return "ctc", path
    if is_geff(path):
        return "geff", path
    labelled = _labelled(path, ".h5") or _labelled(path, ".csv")
    if len(labelled) == 1:
        return "deeplabcut", labelled[0]
    if labelled:
        listed = ", ".join(str(file.relative_to(path)) for file in labelled[:10])
        raise InputError(path, f"it holds {listed}", "one of them", "Give that file.")
    raise _unknown(path, "the folder holds none of these")


def _labelled(path: Path, ending: str) -> list[Path]:
    """DeepLabCut's labels in a folder of images, or in a project with several."""
    places = ("", "*/", "labeled-data/*/")
    return sorted({file for place in places for file in path.glob(f"{place}{_LABELLED}{ending}")})


def _format_of_hdf5(path: Path) -> str:
    with h5py.File(path, "r", locking="best-effort") as file:
        names = set(file)
        if "nwb_version" in file.attrs:
            return "nwb"
        if names >= ZEPHIR:
            return "zephir"
        if names >= SLEAP:
            return "sleap"
        if names >= SLEAP_ANALYSIS:
            return "sleap-analysis"
        if frame_groups(file):
            return "deeplabcut"
    raise _unknown(path, f"it is HDF5 with {', '.join(sorted(names)[:8]) or 'nothing in it'}")


def _format_of_text(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(1 << 16)
    if not start:
        raise _unknown(path, "it is empty")
    if b"\0" in start:
        raise _unknown(path, "its content is of no known format")
    lines = start.decode("utf-8-sig", "replace").splitlines()
    words = [word.strip().strip('"') for word in lines[0].replace("\t", ",").split(",")]
    if set(NEEDED) <= set(words):
        return "csv"
    begins = tuple(line.partition(",")[0].strip() for line in lines[:4])
    if any(begins[: len(header)] == header for header in HEADERS):
        return "deeplabcut"
    raise _unknown(path, f"its first line is {lines[0][:80]!r}")


def _unknown(path: Path, found: str) -> InputError:
    return InputError(path, found, UNDERSTOOD, "Export it as one of these.")
