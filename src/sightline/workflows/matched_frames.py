"""Which frame of a recording an annotation means that names an image file, such as DeepLabCut's."""

from collections import Counter
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import KeypointSet, check_keypoints
from sightline.data.recording import RecordingInfo
from sightline.errors import InputError

_SEPARATORS: Final = str.maketrans("\\", "/")


def match_frames(keypoints: KeypointSet, info: RecordingInfo) -> KeypointSet:
    """Number annotations by the images that they name, whatever their order.

    Where both the recording's frames and the annotated ones have names, a name's last part is an
    image of the recording's. Rows of other folders' images, and of images that are not there, are
    left out, and a note tells how many.

    Parameters
    ----------
    keypoints
        As they were read: frames are numbers of ``frame_names``.
    info
        Of the recording.

    Returns
    -------
    KeypointSet
        Frames are the recording's, and all of them are named.

    Raises
    ------
    InputError
        If no annotated image is there, or two names mean the same image.
    """
    if not (info.frame_names and _all_named(keypoints)):
        return keypoints
    said = [name.translate(_SEPARATORS) for name in keypoints.frame_names]
    place = {name: number for number, name in enumerate(info.frame_names)}
    meant = np.array([place.get(name.rpartition("/")[2], -1) for name in said])
    here = np.array([_folder(name) == info.name for name in said])
    if here.any():
        meant = np.where(here, meant, -1)
    _refuse_unclear(keypoints, info, [said[n] for n in np.flatnonzero(meant >= 0)])
    kept = meant[keypoints.frame] >= 0
    lost = int((~kept).sum())
    note = f"{lost} annotated positions are left out, for their images are not in {info.source}."
    found = keypoints.chosen(kept)
    return check_keypoints(
        replace(
            found,
            frame=meant[found.frame],
            frame_names=_names(keypoints, meant, info),
            notes=(*found.notes, note) if lost else found.notes,
        )
    )


def _all_named(keypoints: KeypointSet) -> bool:
    names = keypoints.frame_names
    return bool(names) and all(names[frame] for frame in np.unique(keypoints.frame))


def _folder(name: str) -> str:
    return name.rpartition("/")[0].rpartition("/")[2]


def _refuse_unclear(keypoints: KeypointSet, info: RecordingInfo, matched: list[str]) -> None:
    if not matched:
        raise InputError(
            keypoints.source,
            f"it annotates {max(keypoints.frame_names)!r}",
            f"images of {info.source}, such as {info.frame_names[0]!r}",
            "Check that images and annotations belong together.",
        )
    name, count = Counter(name.rpartition("/")[2] for name in matched).most_common(1)[0]
    if count > 1:
        raise InputError(
            keypoints.source,
            f"it names {count} images {name!r}, of several folders, and none is {info.name!r}",
            "one folder's",
            "Take those of other folders away, or give the folder its own name again.",
        )


def _names(
    keypoints: KeypointSet, meant: NDArray[np.int64], info: RecordingInfo
) -> tuple[str, ...]:
    """Of all frames, as the annotations call those they have."""
    first = keypoints.frame_names[int(np.flatnonzero(meant >= 0)[0])]
    folder = first[: len(first) - len(info.frame_names[int(meant[meant >= 0][0])])]
    names = [folder + name for name in info.frame_names]
    for number, frame in enumerate(meant.tolist()):
        if frame >= 0:
            names[frame] = keypoints.frame_names[number]
    return tuple(names)
