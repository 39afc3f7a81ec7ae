"""The default way to follow points into one frame, from references and perhaps a parent."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.track.detect import detect_blobs
from sightline.track.neighbourhood import surroundings_likeness
from sightline.track.patches import pyramid
from sightline.track.point_drift import PointMatch, match_points
from sightline.track.register import (
    Pyramid,
    RegisterSettings,
    cut_patches,
    register_points,
    scores,
)
from sightline.track.template_search import (
    Found,
    SearchReference,
    SearchSettings,
    prepare_reference,
    search_points,
)

_TURNS = np.linspace(-1.2, 1.2, 13)
_SURE = 0.3  # posterior from which a detection is taken for a point
_PARENT = 0.05  # by how much a parent must fit better than a reference: chains add up errors


class Visibility(IntEnum):
    """What became of a point in a frame."""

    SEEN = 0
    HIDDEN = 1
    LEFT_THE_VIEW = 2
    NOT_TRACKED = 3


@dataclass(frozen=True)
class FollowSettings:
    """How points are followed; lengths in the unit of the voxel size.

    Parameters
    ----------
    voxel_size
        Along (z, y, x).
    radius
        Standard deviation of a nucleus's brightness, or of the Gaussian patch around a part of an
        animal.
    start
        ``"points"``: blobs are detected and matched as a set of points. ``"template"``: the whole
        frame is searched for what references look like (one plane only).
    angles
        Turns about z that are tried; None: all round for ``"template"``, up to 1.2 radians either
        way for ``"points"``.
    farthest
        Farthest that registration may move a point from there, in radii.
    least_score
        Correlation below which a point without a detection counts as hidden.
    """

    voxel_size: tuple[float, float, float]
    radius: float
    start: Literal["points", "template"]
    angles: tuple[float, ...] | None = None
    farthest: float = 1.5
    least_score: float = 0.3

    def __post_init__(self) -> None:
        if not (self.radius > 0 and min(self.voxel_size) > 0):
            raise SettingError(
                f"radius is {self.radius} and voxel_size {self.voxel_size}; all must be above 0."
            )

    @property
    def registration(self) -> RegisterSettings:
        """Of the polish after the start."""
        if self.start == "template":
            return RegisterSettings(patch_sigma=self.radius, levels=2, stiffness=0.02)
        return RegisterSettings(patch_sigma=self.radius, levels=1, stiffness=0.02)

    @property
    def search(self) -> SearchSettings:
        """Of the templates; their patches in pixels."""
        sigma = self.radius / self.voxel_size[2]
        return SearchSettings(sigma) if self.angles is None else SearchSettings(sigma, self.angles)

    @property
    def turns(self) -> NDArray[np.float64]:
        """Of the surroundings of points."""
        return _TURNS if self.angles is None else np.array(self.angles)


@dataclass(frozen=True)
class ReferenceFrame:
    """An annotated frame, ready to be followed from.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        NaN where missing.
    levels
        Its pyramid.
    search
        Its templates, where they are searched for.
    """

    positions: NDArray[np.float64]
    levels: Pyramid = field(repr=False)
    search: SearchReference | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Followed:
    """Where the points of a frame are.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        (z, y, x) pixels; NaN where a point left the view or was not tracked. Of a hidden point,
        where its neighbours put it.
    score : (keypoint,) float64
        0 to 1; NaN where there is no position, 1 where a person put the point.
    visibility : (keypoint,) int8
        See `Visibility`.
    """

    positions: NDArray[np.float64]
    score: NDArray[np.float64]
    visibility: NDArray[np.int8]


def reference_frame(
    frame: NDArray[np.float32],
    positions: NDArray[np.float64],
    settings: FollowSettings,
    background: NDArray[np.float32] | None = None,
) -> ReferenceFrame:
    """Make an annotated frame ready.

    Parameters
    ----------
    frame : (channel, z, y, x)
    positions : (keypoint, 3)
        NaN where missing.
    background : (1, y, x) or None
        Of a flat recording (`median_background`); None: nothing is known.

    Raises
    ------
    SettingError
        If no point is annotated, or templates are asked for in more than one plane.
    """
    if not _known(positions).any():
        raise SettingError("A reference frame has no annotated point; annotate at least one.")
    if settings.start == "template" and frame.shape[1] != 1:
        raise SettingError('start is "template" and the frame has planes; use "points".')
    levels = pyramid(frame, settings.voxel_size, settings.registration.levels)
    if settings.start == "points":
        return ReferenceFrame(positions, levels)
    empty = np.zeros(frame.shape[1:], np.float32) if background is None else background
    return ReferenceFrame(
        positions, levels, prepare_reference(frame, positions, empty, settings.search)
    )


def follow_frame(
    frame: NDArray[np.float32],
    references: list[ReferenceFrame],
    settings: FollowSettings,
    parent: NDArray[np.float64] | None = None,
    fixed: NDArray[np.float64] | None = None,
    background: NDArray[np.float32] | None = None,
) -> Followed:
    """Find the points of references in a frame.

    Parameters
    ----------
    frame : (channel, z, y, x) float32
    references
        Of `reference_frame`; the most similar first, at least one.
    parent : (keypoint, 3) or None
        Positions in a frame like this one, tracked before.
    fixed : (keypoint, 3) or None
        Positions a person gave in this frame; NaN elsewhere. They are returned as they are.
    background : (1, y, x) or None
        The same as the references'.

    Raises
    ------
    SettingError
        If there is no reference.
    """
    if not references:
        raise SettingError("There is no reference frame; annotate at least one.")
    frame = np.nan_to_num(np.asarray(frame, np.float32))
    given = np.full(references[0].positions.shape, np.nan) if fixed is None else fixed
    levels = pyramid(frame, settings.voxel_size, settings.registration.levels)
    if settings.start == "points":
        positions, score, found = _by_points(frame, levels, references, settings, parent, given)
    else:
        empty = np.zeros(frame.shape[1:], np.float32) if background is None else background
        positions, score, found = _by_templates(
            frame, levels, references, settings, parent, given, empty
        )
    return _followed(positions, score, found, given, frame.shape[1:])


def _known(positions: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(positions).all(axis=1))


def _followed(
    positions: NDArray[np.float64],
    score: NDArray[np.float64],
    found: NDArray[np.bool_],
    given: NDArray[np.float64],
    shape: tuple[int, ...],
) -> Followed:
    held = _known(given)
    positions = np.where(held[:, None], given, positions)
    tracked = _known(positions)
    inside = np.all((positions >= -0.5) & (positions < np.array(shape) - 0.5), axis=1)
    visibility = np.where(found, Visibility.SEEN, Visibility.HIDDEN)
    visibility = np.where(inside, visibility, Visibility.LEFT_THE_VIEW)
    visibility = np.where(held, Visibility.SEEN, visibility)
    visibility = np.where(tracked, visibility, Visibility.NOT_TRACKED).astype(np.int8)
    kept = tracked & (inside | held)
    score = np.where(held, 1.0, np.clip(score, 0, 1))
    return Followed(
        np.where(kept[:, None], positions, np.nan), np.where(kept, score, np.nan), visibility
    )


def _by_points(
    frame: NDArray[np.float32],
    levels: Pyramid,
    references: list[ReferenceFrame],
    settings: FollowSettings,
    parent: NDArray[np.float64] | None,
    given: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Detect, match from each reference and the parent, keep the best fit, polish."""
    size = np.array(settings.voxel_size)
    count = len(references[0].positions)
    seen = detect_blobs(
        frame.mean(axis=0), settings.voxel_size, (0.6 * settings.radius,), most=3 * count
    ).positions
    matches = [(_match(one.positions, seen, settings), one) for one in references]
    match, source = max(matches, key=lambda one: one[0].fit)
    known = _known(source.positions)
    if parent is not None:
        like = np.where(_known(parent)[:, None], parent, np.nan)
        if _known(like).sum() >= 4:
            chained = _match(like, seen, settings)
            if chained.fit > match.fit + _PARENT:
                match, known = chained, _known(like)
    positions = np.full((count, 3), np.nan)
    posterior = np.zeros(count)
    sure = match.posterior >= _SURE
    start = match.moved / size
    start[sure] = seen[match.detection[sure]]
    positions[known] = start
    posterior[known] = match.posterior
    positions, correlation = _polish(levels, source, positions, given, 0.0, settings)
    found = (posterior >= _SURE) | (correlation >= max(settings.least_score, 0.8))
    return positions, posterior * np.clip(correlation, 0, 1), found


def _match(
    positions: NDArray[np.float64], seen: NDArray[np.float64], settings: FollowSettings
) -> PointMatch:
    """The match of points that are there."""
    size = np.array(settings.voxel_size)
    points = positions[_known(positions)] * size
    likeness = surroundings_likeness(points, seen * size, settings.turns)
    if likeness.min(initial=1) == 1:
        return match_points(points, seen * size)
    return match_points(points, seen * size, likeness=likeness)


def _polish(
    levels: Pyramid,
    source: ReferenceFrame,
    start: NDArray[np.float64],
    given: NDArray[np.float64],
    angle: float,
    settings: FollowSettings,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Register; a point keeps its start unless it gets more alike and stays near. Correlations."""
    held = _known(given)
    begin = np.where(held[:, None], given, start)
    use = _known(begin) & _known(source.positions)
    correlation = np.zeros(len(start))
    if not use.any():
        return begin, correlation
    how, size = settings.registration, settings.voxel_size
    patches = cut_patches(source.levels, source.positions[use], size, how, angle)
    before = scores(levels, patches, begin[use], size, how)
    moved = register_points(levels, patches, begin[use], size, how, held[use])
    away = np.linalg.norm((moved.positions - begin[use]) * np.array(size), axis=1)
    better = (moved.score > before) & (away <= settings.farthest * settings.radius)
    polished = begin.copy()
    polished[use] = np.where(better[:, None], moved.positions, begin[use])
    correlation[use] = np.where(better, moved.score, before)
    return polished, correlation


def _by_templates(
    frame: NDArray[np.float32],
    levels: Pyramid,
    references: list[ReferenceFrame],
    settings: FollowSettings,
    parent: NDArray[np.float64] | None,
    given: NDArray[np.float64],
    background: NDArray[np.float32],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Search, polish each constellation, and keep for each point the most alike."""
    searched = [one.search for one in references if one.search is not None]
    found = search_points(frame, searched, background, settings.search)
    tries = [(one, references[one.reference], one.positions) for one in found]
    if parent is not None:
        tries.append((found[0], references[found[0].reference], parent))
    polished = [
        _polish(levels, source, start, given, one.angle, settings) for one, source, start in tries
    ]
    positions = np.array([one[0] for one in polished])
    correlation = np.array([one[1] for one in polished])
    trust = correlation + np.array([_trust(one, found) for one, _, _ in tries])[:, None]
    trust[~np.isfinite(positions).all(axis=2)] = -np.inf
    best = trust.argmax(axis=0)
    every = np.arange(len(best))
    alike = correlation[best, every]
    return positions[best, every], alike, alike >= settings.least_score


def _trust(one: Found, found: list[Found]) -> float:
    """The best constellation first; points of others only where it is all but as good."""
    return 100 * (one.score - found[0].score)
