"""How well tracks and links agree with the truth. Pure."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

Summary = dict[str, Any]


def score_tracks(
    positions: NDArray[np.floating],
    truth: NDArray[np.float64],
    size_px: NDArray[np.float64],
    tolerance_px: float,
) -> Summary:
    """Compare tracks with the truth.

    Parameters
    ----------
    positions : (frame, keypoint, 3)
        z, y, x in pixels; NaN where a keypoint was not found.
    truth : (frame, keypoint, 3) float64
        NaN where it is not known or not to be scored; positions there are not looked at.
    size_px : (3,) float64
        Size of a voxel along each axis, in pixels of the image plane.
    tolerance_px
        Farthest from the truth that counts as right.

    Returns
    -------
    dict
        ``accuracy`` and ``accuracy_half``: share of the true points that were found within the
        tolerance, and within half of it. ``mean_error_px`` and ``median_error_px`` of those that
        have a position; ``missing`` have none. ``identity_switches``: positions nearer than the
        tolerance to another keypoint's truth and not to their own. ``mota`` and ``motp`` as by
        `multi_object_scores`. None where there is nothing to tell it from.
    """
    scored = np.asarray(np.isfinite(truth).all(axis=2))
    found = np.where(scored[..., None], positions, np.nan) * size_px
    wanted = truth * size_px
    error = np.linalg.norm(found - wanted, axis=2)
    points = int(scored.sum())
    known = error[np.isfinite(error)]
    switches = sum(
        _elsewhere(found[frame], wanted[frame], tolerance_px)
        for frame in np.flatnonzero(scored.any(axis=1))
    )
    mota, motp = multi_object_scores(found, wanted, tolerance_px)
    return {
        "accuracy": _share(known <= tolerance_px, points),
        "accuracy_half": _share(known <= tolerance_px / 2, points),
        "mean_error_px": float(known.mean()) if known.size else None,
        "median_error_px": float(np.median(known)) if known.size else None,
        "identity_switches": switches,
        "missing": points - known.size,
        "mota": mota,
        "motp": motp,
    }


def multi_object_scores(
    found: NDArray[np.float64], truth: NDArray[np.float64], tolerance: float
) -> tuple[float | None, float | None]:
    """Accuracy (MOTA) and precision (MOTP) of tracking many things.

    In each frame positions are matched with true points within the tolerance: first each with its
    own, then the rest so that as many as possible are matched, at the least distance. MOTA is 1 -
    (true points unmatched + positions unmatched + matches of different identity) / true points;
    MOTP the mean distance of all matches. Since identities have names here, a wrong one counts in
    every frame, not only in that in which it came about.

    Parameters
    ----------
    found, truth : (frame, keypoint, 3) float64
        In one unit along all axes; NaN where there is none.
    tolerance
        In that unit.

    References
    ----------
    Bernardin and Stiefelhagen, Evaluating multiple object tracking performance: the CLEAR MOT
    metrics (2008).
    """
    there, true = (np.asarray(np.isfinite(each).all(axis=2)) for each in (found, truth))
    own = np.linalg.norm(found - truth, axis=2)
    matched = own <= tolerance
    distances = [own[matched]]
    mismatches = 0
    for frame in np.flatnonzero((there & ~matched).any(axis=1)):
        left, open_ = there[frame] & ~matched[frame], true[frame] & ~matched[frame]
        apart = cdist(found[frame][left], truth[frame][open_])
        rows, columns = linear_sum_assignment(np.where(apart <= tolerance, apart, 1e6 * tolerance))
        near = apart[rows, columns]
        near = near[near <= tolerance]
        mismatches += len(near)
        distances.append(near)
    matches = np.concatenate(distances)
    points, positions = int(true.sum()), int(there.sum())
    errors = (points - len(matches)) + (positions - len(matches)) + mismatches
    return (
        1 - errors / points if points else None,
        float(matches.mean()) if len(matches) else None,
    )


def score_links(
    linked: list[NDArray[np.int64]],
    identities: list[NDArray[np.int64]],
    followed: NDArray[np.bool_],
) -> Summary:
    """Compare identities given to detections with the true ones.

    Parameters
    ----------
    linked
        Of each volume, (identity,) the detection that is it; -1 if none is.
    identities
        Of each volume, (detection,) true identity; -1 where it is not known.
    followed : (identity,) bool
        Identities that some reference volume has, so that they can be given.

    Returns
    -------
    dict
        ``accuracy``: share of the detections with a followed identity that were given it;
        ``accuracy_of_all``: of all labelled ones. ``identity_switches``: labelled detections given
        another's identity; ``missing``: those of a followed identity given none. ``mota`` as for
        tracks. Errors in pixels are None: a detection is right or not.
    """
    right = switched = silent = unfollowed = wrong = 0
    for detection, true in zip(linked, identities, strict=True):
        given = np.full(len(true), -1)
        names = np.flatnonzero(detection >= 0)
        given[detection[names]] = names
        labelled = true >= 0
        known = labelled & followed[np.maximum(true, 0)]
        right += int((known & (given == true)).sum())
        switched += int((labelled & (given >= 0) & (given != true)).sum())
        silent += int((known & (given < 0)).sum())
        unfollowed += int((labelled & ~known).sum())
        wrong += int((known & (given >= 0) & (given != true)).sum())
    points = right + wrong + silent
    return {
        "accuracy": right / points if points else None,
        "accuracy_of_all": right / (points + unfollowed) if points + unfollowed else None,
        "accuracy_half": None,
        "mean_error_px": None,
        "median_error_px": None,
        "mean_error_um": None,
        "identity_switches": switched,
        "missing": silent,
        "mota": 1 - (silent + switched) / points if points else None,
        "motp": None,
    }


def _share(which: NDArray[np.bool_], of: int) -> float | None:
    return float(which.sum() / of) if of else None


def _elsewhere(found: NDArray[np.float64], truth: NDArray[np.float64], tolerance: float) -> int:
    """How many positions of a frame are at another keypoint's truth instead of their own."""
    near = np.linalg.norm(found[:, None] - truth[None], axis=2) <= tolerance  # false if unknown
    own = np.diag(near)
    return int((near.any(axis=1) & ~own).sum())
