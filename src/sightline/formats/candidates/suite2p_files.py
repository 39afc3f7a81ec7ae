"""Find and load the files that suite2p leaves of one plane, and its MATLAB export."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.io
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.formats.safe_pickle import load_numbers, load_pickled
from sightline.formats.unreadable import damage_reported

REGIONS: Final = "stat.npy"
_OUTPUTS: Final = ("db.npy", "settings.npy", "reg_outputs.npy", "detect_outputs.npy")
_EXPECTED: Final = "a suite2p folder, with stat.npy in it or in its folders plane0, plane1, ..."


@dataclass
class Suite2pPlane:
    """What suite2p saved of one plane, not yet checked."""

    source: Path
    recording: str
    regions: list[Any]
    outputs: Mapping[str, Any]
    numbers: Mapping[str, NDArray[Any]]
    notes: list[str] = field(default_factory=list)

    def rows(self, name: str, least_columns: int = 2) -> NDArray[Any] | None:
        """An array with one row a region, or nothing where it was not saved."""
        values = self.numbers.get(name)
        if values is None:
            return None
        if values.ndim != 2 or len(values) != len(self.regions) or values.shape[1] < least_columns:
            raise InputError(
                self.source,
                f"{name} has shape {values.shape} for {len(self.regions)} regions in stat",
                f"({len(self.regions)}, {least_columns} or more)",
                "The files are of different runs; run suite2p's extraction again.",
            )
        return values


def suite2p_planes(path: Path) -> list[str]:
    """Names of the planes in a suite2p folder that were extracted, in order.

    The folder may also be the one that holds ``suite2p``. The view that suite2p makes of all planes
    together, ``combined``, is named only where nothing else is there.
    """
    root = path / "suite2p" if (path / "suite2p").is_dir() else path
    names = [folder.name for folder in root.iterdir() if (folder / REGIONS).is_file()]
    planes = sorted((name for name in names if re.fullmatch(r"plane\d+", name)), key=_number)
    return planes or [name for name in names if name == "combined"]


def load_plane(path: Path, plane: str | None) -> Suite2pPlane:
    """Load what suite2p saved of one plane; `read_suite2p` says which paths there may be."""
    if path.suffix.lower() == ".mat":
        return _from_matlab(path)
    return _from_folder(_plane_folder(path, plane))


def _plane_folder(path: Path, plane: str | None) -> Path:
    if path.name == REGIONS:
        return path.parent
    if not path.is_dir():
        raise InputError(path, "there is no such folder", _EXPECTED, "Check the path.")
    if (path / REGIONS).is_file():
        return path
    root = path / "suite2p" if (path / "suite2p").is_dir() else path
    planes = suite2p_planes(path)
    wanted = f"plane{plane}" if plane is not None and plane.isdigit() else plane
    if wanted is None and len(planes) == 1:
        return root / planes[0]
    if wanted is not None and (root / wanted / REGIONS).is_file():
        return root / wanted
    if not planes:
        raise InputError(
            path, "there is no stat.npy", _EXPECTED, "Give the folder that suite2p wrote."
        )
    raise InputError(
        path,
        f"it holds the planes {', '.join(planes)}" + (f" but no {wanted}" if wanted else ""),
        "one plane at a time",
        f"Choose one with --plane, such as --plane {planes[0].removeprefix('plane')}.",
    )


def _from_folder(folder: Path) -> Suite2pPlane:
    regions = load_pickled(folder / REGIONS)
    outputs, notes = _run_outputs(folder)
    names = ("F", "Fneu", "iscell", "redcell")
    numbers = {
        name: load_numbers(folder / f"{name}.npy")
        for name in names
        if (folder / f"{name}.npy").is_file()
    }
    if (folder / "F_chan2.npy").is_file():
        notes.append("The second channel's traces (F_chan2.npy) are left out.")
    return Suite2pPlane(folder, _recording_name(folder), _listed(regions), outputs, numbers, notes)


def _run_outputs(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Settings, sizes and images of a run, from one file or, since version 1, from four."""
    names = ("ops.npy",) if (folder / "ops.npy").is_file() else _OUTPUTS
    outputs: dict[str, Any] = {}
    for name in names:
        if (folder / name).is_file():
            saved = load_pickled(folder / name)
            if not isinstance(saved, dict):
                raise InputError(
                    folder / name,
                    "it holds no dictionary",
                    "what suite2p saved under that name",
                    "Copy it again from its source, or take it out of the folder.",
                )
            outputs |= saved
    return outputs, [] if outputs else ["Neither ops.npy nor db.npy and settings.npy are there."]


def _from_matlab(path: Path) -> Suite2pPlane:
    """The same of ``Fall.mat``, MATLAB v5, which suite2p writes by SciPy."""
    with damage_reported(path, "the Fall.mat of suite2p, with stat, F and iscell"):
        saved = scipy.io.loadmat(path, simplify_cells=True)
        regions, outputs = saved["stat"], saved.get("ops", {})
    listed = [regions] if isinstance(regions, dict) else _listed(regions)
    numbers = {
        name: np.asarray(saved[name]).reshape(max(len(listed), 1), -1)
        for name in ("F", "Fneu", "iscell", "redcell")
        if name in saved
        and np.size(saved[name])
        and np.size(saved[name]) % max(len(listed), 1) == 0
    }
    outputs = outputs if isinstance(outputs, dict) else {}
    return Suite2pPlane(path, _recording_name(path.parent), listed, outputs, numbers)


def _listed(regions: Any) -> list[Any]:
    return list(regions) if isinstance(regions, (list, np.ndarray)) and np.ndim(regions) else []


def _recording_name(folder: Path) -> str:
    """The recording's folder, and the plane where there is one."""
    if not re.fullmatch(r"plane\d+|combined", folder.name):
        return folder.name
    above = folder.resolve().parents
    root = above[1] if above[0].name == "suite2p" else above[0]
    return f"{root.name}-{folder.name}" if root.name else folder.name


def _number(plane: str) -> int:
    return int(plane.removeprefix("plane"))
