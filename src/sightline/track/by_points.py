"""Points followed as a set: blobs are detected, matched with references' and registered."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from sightline.track.detect import detect_blobs
from sightline.track.detector import Detector, detect
from sightline.track.follow_settings import FollowSettings
from sightline.track.image_channels import summed_channels
from sightline.track.linking import TURNS, link_points
from sightline.track.located import Located, known
from sightline.track.patches import pyramid
from sightline.track.polish import polish
from sightline.track.register import (
    Patches,
    Pyramid,
    RegisterSettings,
    cut_patches,
    register_points,
)

_LEVELS: Final = 3  # of the pyramid, for points that are registered from where they were
_CONVINCING: Final = 0.9  # mean correlation from which nothing else is tried
_RELIABLE: Final = 0.8  # mean correlation that registration does not reach at wrong places
_ALIKE: Final = 0.8  # correlation from which a point is seen without a detection
_SURE: Final = 0.15  # posterior from which a detection is taken for a point
_MOST: Final = 3  # detections kept for each keypoint
_BLOB: Final = 0.6  # radii: size of the blobs looked for, which must not merge with neighbours
_FINE: Final = 1.3  # pixels: standard deviation of a blob that is still fine enough to be found


@dataclass(frozen=True)
class PointReference:
    """An annotated frame whose points are looked for as a set.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        NaN where missing.
    patches
        What it looks like around them.
    context : (point, 3) float64
        Pixels of what else was detected, near keypoints.
    """

    positions: NDArray[np.float64]
    patches: Patches = field(repr=False)
    context: NDArray[np.float64] = field(repr=False)


def prepare_points(
    frame: NDArray[np.float32],
    positions: NDArray[np.float64],
    settings: FollowSettings,
    detector: Detector | None = None,
) -> PointReference:
    """Cut a reference's patches; the frame (channel, z, y, x) is not kept."""
    levels = pyramid(frame, settings.voxel_size, _LEVELS)
    patches = cut_patches(levels, positions, settings.voxel_size, _registration(settings))
    size = np.array(settings.voxel_size)
    points = positions[known(positions)]
    seen = _detected(frame, len(points), settings, detector)
    apart = KDTree(points * size).query(seen * size)[0]
    nearest = np.argsort(np.where(apart > settings.radius, apart, np.inf))[: len(points)]
    return PointReference(positions, patches, seen[nearest[apart[nearest] > settings.radius]])


def follow_points(
    frame: NDArray[np.float32],
    references: Sequence[PointReference],
    settings: FollowSettings,
    parent: NDArray[np.float64] | None,
    given: NDArray[np.float64],
    detector: Detector | None = None,
) -> Located:
    """Detect, link with references and the parent, polish; or go on from the parent.

    Where the linked points look little like the references, patches are registered from where the
    points were in the parent as well, and kept where that looks more alike, and alike enough.

    Parameters
    ----------
    frame : (channel, z, y, x) float32
    references
        The most similar first, at least one.
    parent : (keypoint, 3) or None
        Positions in a frame like this one.
    given : (keypoint, 3)
        What a person said; NaN elsewhere.
    detector
        Finds the blobs; plain ones are looked for if not given.
    """
    with ThreadPoolExecutor(1) as beside:  # both smooth the whole frame, without Python's lock
        smoothed = beside.submit(pyramid, frame, settings.voxel_size, 1)  # coarser: seldom needed
        seen = _detected(frame, len(given), settings, detector)
        levels = smoothed.result()
    patches = _patches(references)
    linked = _linked(seen, levels, references, patches, settings, parent, given)
    if _likeness(linked, patches) >= _CONVINCING:
        return linked.located
    start = references[0].positions
    if parent is not None:
        start = np.where(known(parent)[:, None], parent, start)
    levels = pyramid(frame, settings.voxel_size, _LEVELS)
    gone_on = _registered(levels, patches, start, given, settings)
    likeness = _likeness(gone_on, patches)
    better = likeness >= _RELIABLE and likeness > _likeness(linked, patches)
    return gone_on.located if better else linked.located


@dataclass(frozen=True)
class _Tried:
    """Points of a frame, and how alike each looks, (keypoint,)."""

    located: Located
    correlation: NDArray[np.float64]


def _likeness(tried: _Tried, patches: Patches) -> float:
    """Mean over the points that there are patches of."""
    some = tried.correlation[patches.known]
    return float(some.mean()) if len(some) else 1.0


def _linked(
    seen: NDArray[np.float64],
    levels: Pyramid,
    references: Sequence[PointReference],
    patches: Patches,
    settings: FollowSettings,
    parent: NDArray[np.float64] | None,
    given: NDArray[np.float64],
) -> _Tried:
    """Wherever the points may have gone: as a set, among what was detected."""
    size = np.array(settings.voxel_size)
    sources = [one.positions * size for one in references]
    context = [one.context * size for one in references]
    if parent is not None and known(parent).any():
        sources.append(parent * size)
        context.append(np.empty((0, 3)))
    turns = TURNS if settings.angles is None else np.array(settings.angles)
    fixed = {int(one): given[one] * size for one in np.flatnonzero(known(given))}
    linked = link_points(seen * size, sources, context=context, turns=turns, fixed=fixed)
    sure = linked.posterior >= _SURE
    start = linked.moved / size
    taken = sure & (linked.detection >= 0)
    start[taken] = seen[linked.detection[taken]]
    how = _registration(settings)
    positions, correlation = polish(levels, patches, start, given, how, settings)
    found = sure | (correlation >= max(settings.least_score, _ALIKE))
    score = linked.posterior * np.where(patches.known, np.clip(correlation, 0, 1), 1)
    return _Tried(Located(positions, score, found), correlation)


def _registered(
    levels: Pyramid,
    patches: Patches,
    start: NDArray[np.float64],
    given: NDArray[np.float64],
    settings: FollowSettings,
) -> _Tried:
    """Not far from where they were, coarse to fine."""
    held = known(given)
    positions = np.where(held[:, None], given, start)
    use = known(positions) & patches.known
    correlation = np.zeros(len(start))
    if use.any():
        how = RegisterSettings(patch_sigma=settings.radius, levels=_LEVELS, stiffness=0.02)
        moved = register_points(
            levels, patches.of(use), positions[use], settings.voxel_size, how, held[use]
        )
        positions[use], correlation[use] = moved.positions, moved.score
    found = correlation >= max(settings.least_score, _ALIKE)
    return _Tried(Located(positions, np.clip(correlation, 0, 1), found), correlation)


def _patches(references: Sequence[PointReference]) -> Patches:
    """Of each keypoint, those of the first reference that has it."""
    values = [level.copy() for level in references[0].patches.values]
    for one in references[1:]:
        missing = ~Patches(tuple(values)).known & one.patches.known
        for level, other in zip(values, one.patches.values, strict=True):
            level[missing] = other[missing]
    return Patches(tuple(values))


def _detected(
    frame: NDArray[np.float32], count: int, settings: FollowSettings, detector: Detector | None
) -> NDArray[np.float64]:
    """(detection, 3) pixels; where pixels are fine, several are taken together."""
    most = _MOST * count
    if detector is not None:
        return detect(frame, detector, most=most).positions
    size, radius = np.array(settings.voxel_size), _BLOB * settings.radius
    step = np.maximum((radius / size / _FINE).astype(int), 1)
    step = np.minimum(step, frame.shape[1:])
    image = _binned(summed_channels(frame), step)
    coarse = (float(size[0] * step[0]), float(size[1] * step[1]), float(size[2] * step[2]))
    found = detect_blobs(image, coarse, (radius,), most=most).positions
    return found * step + (step - 1) / 2


def _binned(image: NDArray[np.float32], step: NDArray[np.int64]) -> NDArray[np.float32]:
    """Means of blocks; what is left over at the far ends is left out."""
    for axis, some in enumerate(step.tolist()):
        if some > 1:
            whole = image.shape[axis] // some * some
            parts = [np.take(image, range(k, whole, some), axis=axis) for k in range(some)]
            image = np.asarray(np.mean(parts, axis=0), np.float32)
    return image


def _registration(settings: FollowSettings) -> RegisterSettings:
    return RegisterSettings(
        patch_sigma=settings.radius, levels=1, stiffness=0.02, iterations=8, settled_px=0.05
    )
