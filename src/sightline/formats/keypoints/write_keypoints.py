"""Give keypoints back in a format that is asked for, or the one they came in; never over a file."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from sightline.data.keypoints import KeypointSet
from sightline.errors import SettingError
from sightline.formats.keypoints import (
    cell_tracking,
    deeplabcut,
    geff,
    keypoint_table,
    nwb_pose,
    sleap_analysis,
    sleap_labels,
    zephir,
)
from sightline.formats.keypoints.carried import Part

Writer = Callable[[Path, KeypointSet], tuple[str, ...]]

WRITERS: Final[dict[str, Writer]] = {
    "csv": keypoint_table.write_keypoint_table,
    "zephir": zephir.write_zephir,
    "deeplabcut": deeplabcut.write_deeplabcut,
    "sleap": sleap_labels.write_sleap,
    "sleap-analysis": sleap_analysis.write_sleap_analysis,
    "nwb": nwb_pose.write_nwb_pose,
    "geff": geff.write_geff,
    "ctc": cell_tracking.write_cell_tracking,
}
CARRIED: Final[dict[str, Collection[Part]]] = {
    "csv": keypoint_table.CARRIED,
    "zephir": zephir.CARRIED,
    "deeplabcut": deeplabcut.CARRIED,
    "sleap": sleap_labels.CARRIED,
    "sleap-analysis": sleap_analysis.CARRIED,
    "nwb": nwb_pose.CARRIED,
    "geff": geff.CARRIED,
    "ctc": cell_tracking.CARRIED,
}
_ENDINGS: Final = {
    "csv": ".csv",
    "zephir": "",
    "deeplabcut": ".h5",
    "sleap": ".slp",
    "sleap-analysis": ".analysis.h5",
    "nwb": ".nwb",
    "geff": ".geff",
    "ctc": "",
}


def write_keypoints(path: Path, keypoints: KeypointSet, to: str = "") -> tuple[str, ...]:
    """Write keypoints to a new file, or for ``zephir``, ``ctc`` and ``geff`` to a folder.

    Parameters
    ----------
    path
        New file or folder; `path_beside` proposes one.
    keypoints
        What to write.
    to
        One of ``WRITERS``; the format that they came in if not given.

    Returns
    -------
    tuple of str
        What the format does not carry or had to cut, in words.

    Raises
    ------
    InputError
        If there is such a file already, or the format cannot hold what is to be written.
    SettingError
        If the format is unknown.
    """
    return WRITERS[_known(keypoints, to)](path, keypoints)


def path_beside(keypoints: KeypointSet, to: str = "") -> Path:
    """A name beside what the keypoints came from, in the format's own manner.

    Raises
    ------
    SettingError
        If the format is unknown.
    """
    form = _known(keypoints, to)
    source = Path(keypoints.source)
    ending = _ENDINGS[form]
    if form == keypoints.format == "deeplabcut" and source.suffix.lower() == ".csv":
        ending = ".csv"
    return source.with_name(f"{source.name.split('.', maxsplit=1)[0]}_sightline{ending}")


def _known(keypoints: KeypointSet, to: str) -> str:
    form = to or keypoints.format
    if form not in WRITERS:
        raise SettingError(f"The format is {form!r}; it must be one of {', '.join(WRITERS)}.")
    return form
