"""What a format cannot carry is told by whoever writes it, not dropped in silence."""

from collections.abc import Collection
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import KeypointSet
from sightline.errors import InputError

Part = Literal[
    "z", "scores", "visibility", "person or machine", "annotators", "skeleton", "symmetries",
    "parents", "frame names", "image shape", "names", "unplaced names",
]  # fmt: skip
EVERYTHING: Final[tuple[Part, ...]] = (
    "z", "scores", "visibility", "person or machine", "annotators", "skeleton", "symmetries",
    "parents", "frame names", "image shape", "names", "unplaced names",
)  # fmt: skip


def parts_present(keypoints: KeypointSet) -> tuple[Part, ...]:
    """Which of the parts that a format may lack a set has."""
    there: dict[Part, bool] = {
        "z": bool((keypoints.position[:, 0] != 0).any()),
        "scores": bool(np.isfinite(keypoints.score).any()),
        "visibility": bool(keypoints.hidden.any()),
        "person or machine": bool(keypoints.by_person.any()),
        "annotators": bool(keypoints.by_person.any()),
        "skeleton": bool(keypoints.edges),
        "symmetries": bool(keypoints.symmetries),
        "parents": bool(keypoints.parents),
        "frame names": bool(keypoints.frame_names),
        "image shape": keypoints.image_shape is not None,
        "names": True,
        "unplaced names": len(np.unique(keypoints.keypoint)) < len(keypoints.names),
    }
    return tuple(part for part in EVERYTHING if there[part])


def told_of_loss(keypoints: KeypointSet, form: str, carried: Collection[Part]) -> tuple[str, ...]:
    """One sentence on what the set has and the format does not carry; none if it carries all."""
    lost = [part for part in parts_present(keypoints) if part not in carried]
    return (f"{form} does not carry {', '.join(lost)}.",) if lost else ()


def refuse_depth(keypoints: KeypointSet, where: Path, form: str) -> None:
    """Raise where a format of flat images would lose z.

    Raises
    ------
    InputError
        If a position has a z other than 0.
    """
    if "z" in parts_present(keypoints):
        raise InputError(
            where,
            f"the keypoints have a z, and {form} is for flat images",
            "keypoints with z = 0",
            "Choose a format with depth: csv, zephir, nwb or geff.",
        )


def refuse_nothing(keypoints: KeypointSet, where: Path, form: str) -> None:
    """Raise where a format cannot say that nothing is annotated.

    Raises
    ------
    InputError
        If the set has no rows.
    """
    if not len(keypoints):
        raise InputError(
            where,
            f"no keypoint has a position, and {form} holds nothing else",
            "at least one position",
            "Annotate one first.",
        )


def present_rows(
    position: NDArray[np.float64], where: str | Path, names: Collection[str] = ("z", "y", "x")
) -> NDArray[np.int64]:
    """Rows that have a position; a row of NaN alone means that there is none.

    Parameters
    ----------
    position : (row, axis) float64
        As a file has them.
    where, names
        The file, and its words for the axes, for the error.

    Raises
    ------
    InputError
        If a position is there along one axis and missing along another, or is infinite.
    """
    missing = np.isnan(position)
    half = missing.any(axis=1) & ~missing.all(axis=1) | np.isinf(position).any(axis=1)
    if half.any():
        raise InputError(
            where,
            f"position {int(np.flatnonzero(half)[0]) + 1} of {len(position)} is "
            f"{position[half][0].tolist()}",
            f"numbers for all of {', '.join(names)}, or for none",
            "Correct it, or take it away.",
        )
    return np.flatnonzero(~missing.all(axis=1))
