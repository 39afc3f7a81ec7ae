"""Give points their identities from points of known identity, without images: `link` in Python.

The two may come from different modalities, such as a map of cell types and a recording of activity
(ZephIR, Fig. 4): only where points lie is compared.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import KeypointSet
from sightline.errors import InputError, SettingError
from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.track.linking import TURNS, link_points

Summary = dict[str, Any]

_PIXELS: Final = (1.0, 1.0, 1.0)


def link(
    points: str | Path,
    reference_points: str | Path,
    *,
    voxel_size: Sequence[float] = _PIXELS,
    reference_voxel_size: Sequence[float] | None = None,
    turns: Sequence[float] | None = None,
) -> Summary:
    """Tell which of the reference's points each point is.

    Parameters
    ----------
    points
        Keypoints in any known format; what they are called does not matter. Each frame is linked by
        itself.
    reference_points
        Keypoints of known identity; each of its frames is a reference.
    voxel_size, reference_voxel_size
        Size of a voxel along (z, y, x) in one unit for both; the second is as the first if not
        given.
    turns
        Turns about z to try, radians; all round if not given.

    Returns
    -------
    dict
        ``links``: for each point in the files' order ``frame``, ``point``, ``keypoint`` (None where
        it is none) and ``posterior``, how sure that is, 0 to 1. ``linked``: how many have one.

    Raises
    ------
    InputError
        If a file cannot be read, or holds no point.
    SettingError
        If a size is not above 0.
    """
    size = _size(voxel_size)
    reference_size = size if reference_voxel_size is None else _size(reference_voxel_size)
    seen, known = _read(points), _read(reference_points)
    references = list(known.dense(np.unique(known.frame)) * reference_size)
    angles = TURNS if turns is None else np.asarray(turns, np.float64)
    rows: list[Summary] = []
    for frame in np.unique(seen.frame).tolist():
        here = np.flatnonzero(seen.frame == frame)
        found = link_points(seen.position[here] * size, references, turns=angles)
        keypoint = np.full(len(here), -1)
        given = np.flatnonzero(found.detection >= 0)
        keypoint[found.detection[given]] = given
        for row, which in zip(here.tolist(), keypoint.tolist(), strict=True):
            rows.append(
                {
                    "frame": frame,
                    "point": seen.names[seen.keypoint[row]],
                    "keypoint": known.names[which] if which >= 0 else None,
                    "posterior": float(found.posterior[which]) if which >= 0 else 0.0,
                }
            )
    return {"links": rows, "linked": sum(row["keypoint"] is not None for row in rows)}


def _read(path: str | Path) -> KeypointSet:
    keypoints = open_keypoints(path)
    if not len(keypoints):
        raise InputError(
            path, "it holds no point", "points in at least one frame", "Check that it is the file."
        )
    return keypoints


def _size(voxel_size: Sequence[float]) -> NDArray[np.float64]:
    size = np.asarray(voxel_size, np.float64)
    if size.shape != (3,) or not np.all(size > 0):
        raise SettingError(f"voxel_size is {voxel_size!r}; give three numbers (z, y, x) above 0.")
    return size
