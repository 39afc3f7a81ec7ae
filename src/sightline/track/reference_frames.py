"""Which frames a person should annotate, so that every frame has one like it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.track.frame_distance import check_skipped, distances

_SAMPLE: Final = 2000  # frames that stand for all


@dataclass(frozen=True)
class RecommendedFrames:
    """Frames to annotate, and what each is worth.

    Parameters
    ----------
    frames : (count,) int64
        Ascending, without those that existed.
    curve : (count + 1,) float64
        Mean distance of a frame to the nearest reference with the existing and 0, 1, .. count of
        the recommended ones (before they are adjusted to each other); NaN where there is none.
    distance
        That mean with all recommended frames.
    """

    frames: NDArray[np.int64]
    curve: NDArray[np.float64]
    distance: float


def recommend_frames(
    thumbnails: NDArray[np.float16],
    count: int,
    existing: tuple[int, ...] = (),
    skip: tuple[int, ...] = (),
) -> RecommendedFrames:
    """Choose frames by k-medoids on frame distances, given those that exist.

    Frames are added one by one, each where it lowers the mean distance most, then exchanged for
    others for as long as that lowers it further. Of long recordings, an even sample of 2,000 frames
    stands for all.

    Parameters
    ----------
    thumbnails : (frame, pixel)
        Of `thumbnail`.
    count
        Frames to recommend.
    existing
        Frames that are annotated already.
    skip
        Frames that are neither recommended nor tracked.

    Raises
    ------
    SettingError
        If there are not so many frames, or a frame to skip is not there.

    References
    ----------
    Kaufman and Rousseeuw, Finding Groups in Data (1990), chapter 2: build and swap.
    """
    total = len(thumbnails)
    free = np.setdiff1d(np.arange(total), [*existing, *check_skipped(skip, total)])
    if not 0 <= count <= len(free):
        raise SettingError(f"count is {count}; of {total} frames, {len(free)} can be recommended.")
    amount = max(min(_SAMPLE, len(free)), count)
    sample = free[np.linspace(0, len(free) - 1, amount).astype(int)] if amount else free
    apart = distances(thumbnails[sample], thumbnails[sample]).astype(np.float64)
    nearest = np.full(len(sample), np.inf)
    if existing and len(sample):
        nearest = distances(thumbnails[sample], thumbnails[list(existing)]).min(axis=1)
        nearest = nearest.astype(np.float64)
    chosen, curve = _add_greedily(apart, nearest, count)
    chosen = _exchange(apart, nearest, chosen)
    return RecommendedFrames(
        frames=np.sort(sample[chosen]),
        curve=np.array(curve),
        distance=_mean(np.minimum(nearest, apart[:, chosen].min(axis=1, initial=np.inf))),
    )


def _mean(nearest: NDArray[np.float64]) -> float:
    return float(nearest.mean()) if len(nearest) and np.isfinite(nearest).all() else float("nan")


def _add_greedily(
    apart: NDArray[np.float64], nearest: NDArray[np.float64], count: int
) -> tuple[list[int], list[float]]:
    chosen: list[int] = []
    curve = [_mean(nearest)]
    for _ in range(count):
        means = np.minimum(nearest[:, None], apart).mean(axis=0)
        means[chosen] = np.inf
        chosen.append(int(means.argmin()))
        nearest = np.minimum(nearest, apart[:, chosen[-1]])
        curve.append(_mean(nearest))
    return chosen, curve


def _exchange(
    apart: NDArray[np.float64], nearest: NDArray[np.float64], chosen: list[int]
) -> list[int]:
    """Exchange each for the best other in turn, until none gains."""
    chosen = list(chosen)
    gained = bool(chosen)
    while gained:
        gained = False
        for place in range(len(chosen)):
            others = chosen[:place] + chosen[place + 1 :]
            left = np.minimum(nearest, apart[:, others].min(axis=1, initial=np.inf))
            means = np.minimum(left[:, None], apart).mean(axis=0)
            means[others] = np.inf
            best = int(means.argmin())
            if means[best] < means[chosen[place]] - 1e-9:
                chosen[place] = best
                gained = True
    return chosen
