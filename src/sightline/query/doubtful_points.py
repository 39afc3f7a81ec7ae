"""Which points of a tracked video to ask for: doubtful ones, from which much else is tracked."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError

Point = tuple[int, int]

_SAME_FRAME: Final = 0.8  # worth of another point of a frame that is asked for already
_SAME_KEYPOINT: Final = 0.5  # worth of the same keypoint in another frame


def worth_asking(
    score: NDArray[np.floating], downstream: NDArray[np.integer], closed: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """What a person's answer on each point is worth.

    Parameters
    ----------
    score : (frame, keypoint)
        How sure the machine is, 0 to 1; NaN where it has no position, which counts as one half.
    downstream : (frame,)
        How many frames are tracked from each.
    closed : (frame, keypoint)
        What must not be asked.

    Returns
    -------
    (frame, keypoint) float32
        Doubt, times one more for each tenfold of frames downstream; -inf where closed.
    """
    worth = np.array(score, np.float32)  # changed in place: it may be of many million points
    worth[np.isnan(worth)] = 0.5
    np.subtract(1, worth, out=worth)
    worth *= (1 + np.log10(1 + downstream)).astype(np.float32)[:, None]
    worth[closed] = -np.inf
    return worth


def choose_points(
    worth: NDArray[np.float32],
    number: int,
    *,
    probe_every: int = 10,
    asked: int = 0,
    seed: int = 0,
) -> list[tuple[Point, bool]]:
    """Choose points to ask for, which are not all of one frame or one keypoint.

    Parameters
    ----------
    worth : (frame, keypoint)
        Of `worth_asking`.
    number
        Points wanted; fewer where fewer are left.
    probe_every
        Every so many questions one is drawn at random, so that accuracy can be estimated without
        bias; 0: none.
    asked
        Questions answered so far.
    seed
        Of the random ones.

    Returns
    -------
    list
        ((frame, keypoint), whether it was drawn at random), the worthiest first.

    Raises
    ------
    SettingError
        If the number is not positive.
    """
    if number < 1:
        raise SettingError(f"{number} questions were asked for; ask for at least one.")
    left = worth.copy()
    rng = np.random.default_rng([seed, asked])
    found: list[tuple[Point, bool]] = []
    for place in range(asked + 1, asked + number + 1):
        probe = probe_every > 0 and place % probe_every == 0
        point = _drawn(left, rng) if probe else _best(left)
        if point is None:
            break
        found.append((point, probe))
        frame, keypoint = point
        left[frame] *= _SAME_FRAME
        left[:, keypoint] *= _SAME_KEYPOINT
        left[point] = -np.inf
    return found


def reasons(
    points: Sequence[Point], score: NDArray[np.floating], downstream: NDArray[np.integer]
) -> list[str]:
    """Say of each point why it is asked for."""
    said = []
    for frame, keypoint in points:
        sure = float(score[frame, keypoint])
        why = "the machine has no position" if np.isnan(sure) else f"the machine scores {sure:.2f}"
        many = int(downstream[frame])
        from_it = "1 frame is" if many == 1 else f"{many} frames are"
        said.append(f"{why}; {from_it} tracked from this one" if many else why)
    return said


def _best(worth: NDArray[np.float32]) -> Point | None:
    place = int(np.argmax(worth)) if worth.size else 0
    if not worth.size or worth.ravel()[place] == -np.inf:
        return None
    frame, keypoint = divmod(place, worth.shape[1])
    return frame, keypoint


def _drawn(worth: NDArray[np.float32], rng: np.random.Generator) -> Point | None:
    free = np.flatnonzero(worth > -np.inf)
    if not len(free):
        return None
    frame, keypoint = divmod(int(rng.choice(free)), worth.shape[1])
    return frame, keypoint
