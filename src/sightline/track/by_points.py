"""Points followed as a set: blobs are detected, matched with a reference's and registered."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sightline.track.detect import detect_blobs
from sightline.track.follow_settings import FollowSettings
from sightline.track.located import Located, known
from sightline.track.neighbourhood import surroundings_likeness
from sightline.track.patches import pyramid
from sightline.track.point_drift import PointMatch, match_points
from sightline.track.polish import polish
from sightline.track.register import Patches, RegisterSettings, cut_patches

_TURNS = np.linspace(-1.2, 1.2, 13)
_SURE = 0.3  # posterior from which a detection is taken for a point
_PARENT = 0.05  # by how much a parent must fit better than a reference: chains add up errors


@dataclass(frozen=True)
class PointReference:
    """An annotated frame whose points are looked for as a set.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        NaN where missing.
    patches
        What it looks like around them.
    """

    positions: NDArray[np.float64]
    patches: Patches = field(repr=False)


def prepare_points(
    frame: NDArray[np.float32], positions: NDArray[np.float64], settings: FollowSettings
) -> PointReference:
    """Cut a reference's patches; the frame (channel, z, y, x) is not kept."""
    how = _registration(settings)
    levels = pyramid(frame, settings.voxel_size, how.levels)
    return PointReference(positions, cut_patches(levels, positions, settings.voxel_size, how))


def follow_points(
    frame: NDArray[np.float32],
    references: Sequence[PointReference],
    settings: FollowSettings,
    parent: NDArray[np.float64] | None,
    given: NDArray[np.float64],
) -> Located:
    """Detect, match from each reference and the parent, keep the best fit, polish.

    Parameters
    ----------
    frame : (channel, z, y, x) float32
    references
        The most similar first, at least one.
    parent : (keypoint, 3) or None
        Positions in a frame like this one.
    given : (keypoint, 3)
        What a person said; NaN elsewhere.
    """
    size = np.array(settings.voxel_size)
    count = len(references[0].positions)
    how = _registration(settings)
    levels = pyramid(frame, settings.voxel_size, how.levels)
    seen = detect_blobs(
        frame.mean(axis=0), settings.voxel_size, (0.6 * settings.radius,), most=3 * count
    ).positions
    matches = [(_match(one.positions, seen, settings), one) for one in references]
    match, source = max(matches, key=lambda one: one[0].fit)
    there = known(source.positions)
    if parent is not None and known(parent).sum() >= 4:
        chained = _match(parent, seen, settings)
        if chained.fit > match.fit + _PARENT:
            match, there = chained, known(parent)
    positions = np.full((count, 3), np.nan)
    posterior = np.zeros(count)
    sure = match.posterior >= _SURE
    start = match.moved / size
    start[sure] = seen[match.detection[sure]]
    positions[there] = start
    posterior[there] = match.posterior
    positions, correlation = polish(levels, source.patches, positions, given, how, settings)
    found = (posterior >= _SURE) | (correlation >= max(settings.least_score, 0.8))
    return Located(positions, posterior * np.clip(correlation, 0, 1), found)


def _registration(settings: FollowSettings) -> RegisterSettings:
    return RegisterSettings(patch_sigma=settings.radius, levels=1, stiffness=0.02)


def _match(
    positions: NDArray[np.float64], seen: NDArray[np.float64], settings: FollowSettings
) -> PointMatch:
    """The match of points that are there."""
    size = np.array(settings.voxel_size)
    turns = _TURNS if settings.angles is None else np.array(settings.angles)
    points = positions[known(positions)] * size
    likeness = surroundings_likeness(points, seen * size, turns)
    if likeness.min(initial=1) == 1:
        return match_points(points, seen * size)
    return match_points(points, seen * size, likeness=likeness)
