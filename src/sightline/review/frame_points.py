"""All points of one frame, as an annotator may see them."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.decision import SKIP, UNSURE
from sightline.review.track_session import TrackSession

NOBODY, SEEN, HIDDEN, DOUBTED, LEFT_OUT = range(5)
"""What is said of a point: nothing, where it is, that it is hidden, unsure, skip."""

REFERENCE, ANNOTATED, STALE = 1, 2, 4
"""What a frame is, as bits of one number."""

_NOT_SHOWN: Final = 255


@dataclass(frozen=True)
class FramePoints:
    """All points of a frame, as an annotator may see them.

    Parameters
    ----------
    position : (keypoint, 3) float32
        z, y, x in pixels; NaN where there is none, or it is not to be seen yet.
    score : (keypoint,) float32
        1 where a person put it.
    visibility : (keypoint,) uint8
        See `sightline.data.tracks.Visibility`; 255 where it is not to be seen yet.
    said : (keypoint,) uint8
        What people say, and of this annotator also unsure and skip.
    flags
        ``REFERENCE``, ``ANNOTATED`` and ``STALE`` together.
    """

    position: NDArray[np.float32] = field(repr=False)
    score: NDArray[np.float32] = field(repr=False)
    visibility: NDArray[np.uint8] = field(repr=False)
    said: NDArray[np.uint8] = field(repr=False)
    flags: int = 0


def frame_points(session: TrackSession, frame: int, veiled: NDArray[np.bool_]) -> FramePoints:
    """Put together what is known of a frame's points.

    Parameters
    ----------
    session
        The annotator's.
    frame
        Its number.
    veiled : (keypoint,)
        Where the machine's place is not to be seen yet.
    """
    stands, given = session.predict(range(frame, frame + 1)), session.said.given
    position, score = stands.positions[0], stands.score[0]
    visibility = stands.visibility[0].astype(np.uint8)
    there = given.within(range(frame, frame + 1))
    said = np.zeros(len(position), np.uint8)
    said[there.keypoint] = np.where(there.hidden, HIDDEN, SEEN)
    for keypoint in range(len(position)):
        own = session.decisions.get(session.item(frame, keypoint))
        if own is not None and own.value in (UNSURE, SKIP):
            said[keypoint] = DOUBTED if own.value == UNSURE else LEFT_OUT
    said[[keypoint for one, keypoint in session.said.hidden if one == frame]] = HIDDEN
    hide = veiled & ~np.isin(said, (SEEN, HIDDEN))
    position[hide], score[hide], visibility[hide] = np.nan, np.nan, _NOT_SHOWN
    flags = REFERENCE * (frame in session.plan.ordered.references)
    flags |= ANNOTATED * bool(len(there)) | STALE * bool(frame in session.stale)
    return FramePoints(position, score, visibility, said, flags)
