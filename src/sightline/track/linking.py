"""Give detections the identities of points that are known in other frames: all references together.

No image is looked at, so that points may come from anywhere: a detector, another modality, a file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from sightline.track.located import known
from sightline.track.neighbourhood import FEWEST, compare_surroundings
from sightline.track.point_drift import STARTED, PointMatch, match_points

TURNS: Final = np.linspace(-np.pi, np.pi, 16, endpoint=False)
"""Angles about z that the surroundings of a point may be turned by, radians: all round."""

_BELIEF: Final = (
    5.0  # how much more a reference counts that fits better, e-folds for all its points
)
_WIDTH: Final = 0.5  # of a place that a reference points at, of the usual gap between detections
_ENOUGH: Final = 0.9  # fit of a reference after which no other is asked
_FAR: Final = 1e-4  # closeness below which a detection is none


@dataclass(frozen=True)
class Linked:
    """Which detection each known point is.

    Parameters
    ----------
    detection : (keypoint,) int64
        -1 where none is.
    posterior : (keypoint,) float64
        0 to 1: how near to that detection the references put the point, all agreeing, and no other
        detection or point beside it; 0 where there is none.
    moved : (keypoint, 3) float64
        Where the references put the point, in the detections' unit; NaN where none knows it.
    """

    detection: NDArray[np.int64]
    posterior: NDArray[np.float64]
    moved: NDArray[np.float64]


def link_points(
    seen: NDArray[np.float64],
    references: Sequence[NDArray[np.float64]],
    *,
    context: Sequence[NDArray[np.float64]] = (),
    turns: NDArray[np.float64] = TURNS,
    fixed: Mapping[int, NDArray[np.float64]] | None = None,
    likeness: NDArray[np.float64] | None = None,
) -> Linked:
    """Match references with the detections, and give identities by all of them together.

    Each reference is moved smoothly onto the detections, starting from pairs whose surroundings
    are alike; references then vote, those that fit better more; each is moved once more, from what
    all said; and one assignment is made. Where one fits perfectly, those after it are not asked.

    Parameters
    ----------
    seen : (detection, 3)
        Detections without identity, (z, y, x) in a unit that is the same along all axes.
    references : of each (keypoint, 3)
        Known positions in that unit; NaN where missing. At least one.
    context : of each reference (point, 3)
        What else was detected there, whatever it is: it explains detections that are no keypoint.
    turns : (angle,)
        About z, radians, that surroundings may be turned by.
    fixed
        Where a person put keypoints in this frame, by number. They steer all others; the nearest
        detection is theirs if it is near.
    likeness : (keypoint, detection) or None
        How alike they are by what else is known, 0 to 1; such as brightness.
    """
    count = len(references[0])
    given = np.full((count, 3), np.nan)
    for keypoint, place in (fixed or {}).items():
        given[keypoint] = place
    others = list(context) or [np.empty((0, 3))] * len(references)
    width = _WIDTH * usual_gap(seen)
    asked = [
        _Asked(positions, around, known(positions), given)
        for positions, around in zip(references, others, strict=True)
    ]
    first: list[_Word] = []
    for place, one in enumerate(asked):
        first += _first_words(one, seen, turns)
        if first[-1].fit >= _ENOUGH and not _news(asked, place):
            break
    likely = np.ones((count, len(seen))) if likeness is None else likeness.copy()
    likely[:, _taken(given, seen, width)] = 0
    votes = _votes(first, seen, width) * likely
    if votes.any():
        second = [
            _second_word(one, seen, votes, word)
            for one, word in zip(asked, first[::2], strict=False)
        ]
        votes = (votes + _votes(second, seen, width) * likely) / 2
        first = first + second
    detection, posterior = _assign(votes)
    moved = np.where(known(given)[:, None], given, _consensus(first, width))
    detection, posterior = _hold(detection, posterior, given, seen, width)
    return Linked(detection, posterior, moved)


def usual_gap(places: NDArray[np.float64]) -> float:
    """Median distance to the nearest other; 1 where there is none."""
    if len(places) < 2:
        return 1.0
    return float(np.median(KDTree(places).query(places, 2)[0][:, 1])) or 1.0


@dataclass(frozen=True)
class _Word:
    """What one match of one reference says.

    Parameters
    ----------
    moved : (keypoint, 3)
        Where it puts its points; NaN where it has none.
    belief : (keypoint, detection)
        What surroundings say, before any motion.
    fit
        As of `PointMatch`.
    """

    moved: NDArray[np.float64]
    belief: NDArray[np.float64]
    fit: float


@dataclass(frozen=True)
class _Asked:
    """A reference: its keypoints (NaN where missing), its other points, which keypoints it has.

    ``given`` is what a person said of the keypoints in the frame that is linked.
    """

    positions: NDArray[np.float64]
    around: NDArray[np.float64]
    there: NDArray[np.bool_]
    given: NDArray[np.float64]

    @property
    def points(self) -> NDArray[np.float64]:
        """Keypoints it has, then the others."""
        return np.concatenate([self.positions[self.there], self.around])

    @property
    def fixed(self) -> NDArray[np.float64]:
        """Where a person put these points; NaN elsewhere."""
        return np.concatenate([self.given[self.there], np.full(self.around.shape, np.nan)])

    def word(self, match: PointMatch, belief: NDArray[np.float64]) -> _Word:
        """What a match of these points says of the keypoints."""
        moved = np.full(self.positions.shape, np.nan)
        moved[self.there] = match.moved[: self.there.sum()]
        return _Word(moved, belief, match.fit)


def _news(asked: Sequence[_Asked], place: int) -> bool:
    """Whether references after a place have keypoints that none up to it has."""
    before = np.any([one.there for one in asked[: place + 1]], axis=0)
    return bool(any((one.there & ~before).any() for one in asked[place + 1 :]))


def _first_words(
    asked: _Asked, seen: NDArray[np.float64], turns: NDArray[np.float64]
) -> tuple[_Word, _Word]:
    """A reference is matched from each of two starts, by likeness and by belief."""
    points, there = asked.points, asked.there
    belief = np.zeros((len(there), len(seen)))
    if min(len(points), len(seen)) < FEWEST:
        word = asked.word(match_points(points, seen, fixed=asked.fixed), belief)
        return word, word
    held = np.flatnonzero(known(asked.fixed))
    sure = np.full(len(points), -1)
    sure[held] = len(seen) + np.arange(len(held))
    places = np.concatenate([seen, asked.fixed[held]])
    alike = compare_surroundings(points, places, turns, sure)
    belief[there] = alike.belief[: there.sum(), : len(seen)]
    one, other = (
        asked.word(match_points(points, seen, likeness=start, fixed=asked.fixed), belief)
        for start in (alike.likeness[:, : len(seen)], alike.belief[:, : len(seen)])
    )
    return one, other


def _second_word(
    asked: _Asked, seen: NDArray[np.float64], votes: NDArray[np.float64], before: _Word
) -> _Word:
    """A reference is matched again, from what all of them said."""
    start = np.concatenate([votes[asked.there], np.zeros((len(asked.around), len(seen)))])
    stages = STARTED[-1:]
    match = match_points(asked.points, seen, stages=stages, likeness=start, fixed=asked.fixed)
    return asked.word(match, before.belief)


def _weights(words: Sequence[_Word]) -> NDArray[np.float64]:
    """(word,) how much each counts; 1 in all."""
    weight = np.exp(_BELIEF * np.array([one.fit for one in words]))
    return weight / weight.sum()


def _votes(words: Sequence[_Word], seen: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """(keypoint, detection) 0 to 1: half what surroundings say, half where motion puts it."""
    votes = np.zeros(words[0].belief.shape)
    for word, one in zip(words, _weights(words), strict=True):
        there = known(word.moved)
        apart = cdist(word.moved[there], seen, "sqeuclidean")
        votes[there] += one * 0.5 * np.exp(-apart / (2 * width**2))
        votes += one * 0.5 * word.belief
    return votes


def _assign(votes: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The assignment of most votes; the share it has of what its row and column got."""
    detection, posterior = np.full(len(votes), -1), np.zeros(len(votes))
    rows, columns = linear_sum_assignment(-votes)
    mine = votes[rows, columns]
    near = mine > _FAR
    rival = np.maximum(votes.sum(axis=1)[rows], votes.sum(axis=0)[columns])
    detection[rows[near]] = columns[near]
    posterior[rows[near]] = mine[near] * mine[near] / rival[near]
    return detection, posterior


def _consensus(words: Sequence[_Word], width: float) -> NDArray[np.float64]:
    """(keypoint, 3) mean of where the references put a point, the outlying counting little."""
    moved, weight = np.stack([one.moved for one in words]), _weights(words)
    there = known(moved)
    places = np.where(there[..., None], moved, 0)
    share = weight[:, None] * there
    mean = np.zeros(places.shape[1:])
    for _ in range(4):
        total = share.sum(axis=0)
        mean = (share[..., None] * places).sum(axis=0) / np.where(total > 0, total, 1)[:, None]
        apart = ((places - mean) ** 2).sum(axis=2)
        share = weight[:, None] * there / (1 + apart / width**2) ** 2
    return np.where(np.any(there, axis=0)[:, None], mean, np.nan)


def _taken(
    given: NDArray[np.float64], seen: NDArray[np.float64], width: float
) -> NDArray[np.int64]:
    """Detections that are what a person placed."""
    held = known(given)
    if not held.any() or not len(seen):
        return np.empty(0, np.int64)
    found = KDTree(seen).query(given[held])
    return np.asarray(found[1])[np.asarray(found[0]) < width]


def _hold(
    detection: NDArray[np.int64],
    posterior: NDArray[np.float64],
    given: NDArray[np.float64],
    seen: NDArray[np.float64],
    width: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """What a person placed has the nearest detection, if it is near."""
    held = np.flatnonzero(known(given))
    if not len(held) or not len(seen):
        return detection, posterior
    found = KDTree(seen).query(given[held])
    near, nearest = np.asarray(found[0]) < width, np.asarray(found[1])
    detection[held] = np.where(near, nearest, -1)
    posterior[held] = 1
    return detection, posterior
