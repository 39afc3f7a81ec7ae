"""How far tracking has come, and what its random questions say of its accuracy."""

from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.decision import SKIP, UNSURE, Decision
from sightline.data.tracks import TrackProgress, Tracks, Visibility
from sightline.track.plan import Plan
from sightline.trust.bounds import Estimate, clopper_pearson

_PROPOSAL: Final = "proposal:"
_NOWHERE: Final = "none"
_UNKNOWN: Final = Estimate(np.nan, np.nan, np.nan)


def proposal(position: NDArray[np.floating]) -> str:
    """Where the machine put a point, as the evidence of a decision on it."""
    if not np.isfinite(position).all():
        return _PROPOSAL + _NOWHERE
    return _PROPOSAL + ",".join(f"{one:.3f}" for one in position)


def track_progress(
    plan: Plan,
    tracks: Tracks,
    hidden: Collection[tuple[int, int]],
    stale: NDArray[np.int64],
    decisions: Collection[Decision],
    tolerance_px: float,
) -> TrackProgress:
    """Count.

    Parameters
    ----------
    plan
        What is said and wanted.
    tracks
        As the machine left them.
    hidden
        (frame, keypoint) that people said were hidden.
    stale
        Frames to track again.
    decisions
        The annotator's, standing.
    tolerance_px
        Distance from an answer within which the machine was right.
    """
    frames, keypoints = tracks.visibility.shape
    machine = np.ones((frames, keypoints), bool)
    machine[plan.given.frame, plan.given.keypoint] = False
    visibility = tracks.visibility.copy()
    for point in hidden:
        visibility[point] = Visibility.HIDDEN
    visibility = visibility[machine]
    what = {each: int((visibility == each).sum()) for each in Visibility}
    machine &= np.isfinite(tracks.score)
    known = tracks.score[machine]
    values = [decision.value for decision in decisions]
    asked = [_was_right(one, tolerance_px) for one in decisions if one.probe and one.position]
    right = clopper_pearson(sum(asked), len(asked)) if asked else _UNKNOWN
    return TrackProgress(
        frames=frames,
        keypoints=keypoints,
        references=plan.ordered.references,
        annotated=len(plan.given),
        stale=len(stale),
        seen=what[Visibility.SEEN],
        hidden=what[Visibility.HIDDEN],
        left_the_view=what[Visibility.LEFT_THE_VIEW],
        not_tracked=what[Visibility.NOT_TRACKED],
        score=float(np.median(known, overwrite_input=True)) if known.size else np.nan,
        unsure=values.count(UNSURE),
        skipped=values.count(SKIP),
        seconds=sum(decision.seconds or 0.0 for decision in decisions),
        probes=len(asked),
        right=right.value,
        right_low=right.low,
        right_high=right.high,
        tolerance_px=tolerance_px,
    )


def _was_right(decision: Decision, tolerance_px: float) -> bool:
    """Whether the machine's proposal was near to the answer; one that it did not make was not."""
    said = decision.evidence.removeprefix(_PROPOSAL)
    if said in (decision.evidence, _NOWHERE) or decision.position is None:
        return False
    place = [float(one) for one in said.split(",")]
    return float(np.linalg.norm(np.subtract(place, decision.position))) <= tolerance_px
