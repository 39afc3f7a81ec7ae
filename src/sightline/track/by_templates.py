"""Parts of animals in a flat video: the frame is searched for what references look like."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.track.follow_settings import FollowSettings
from sightline.track.located import Located
from sightline.track.patches import pyramid
from sightline.track.polish import polish
from sightline.track.register import Pyramid, RegisterSettings, cut_patches
from sightline.track.template_search import (
    Found,
    SearchReference,
    SearchSettings,
    prepare_reference,
    search_points,
)


@dataclass(frozen=True)
class TemplateReference:
    """An annotated flat frame whose points are looked for one by one and as a constellation.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        NaN where missing.
    levels
        Its pyramid.
    search
        Its templates.
    """

    positions: NDArray[np.float64]
    levels: Pyramid = field(repr=False)
    search: SearchReference = field(repr=False)


def prepare_templates(
    frame: NDArray[np.float32],
    positions: NDArray[np.float64],
    settings: FollowSettings,
    background: NDArray[np.float32] | None,
) -> TemplateReference:
    """Cut a reference's templates from its frame (channel, 1, y, x).

    ``background`` (1, y, x) is the recording's (`median_background`); None: nothing is known.

    Raises
    ------
    SettingError
        If the frame has several planes.
    """
    if frame.shape[1] != 1:
        raise SettingError('method is "templates" and the frame has planes; use "points".')
    levels = pyramid(frame, settings.voxel_size, _registration(settings).levels)
    search = prepare_reference(frame, positions, _or_nothing(background, frame), _search(settings))
    return TemplateReference(positions, levels, search)


def follow_templates(
    frame: NDArray[np.float32],
    references: Sequence[TemplateReference],
    settings: FollowSettings,
    parent: NDArray[np.float64] | None,
    given: NDArray[np.float64],
    background: NDArray[np.float32] | None,
) -> Located:
    """Search, polish each constellation, and keep for each point the most alike.

    Parameters
    ----------
    frame : (channel, 1, y, x) float32
    references
        The most similar first, at least one.
    parent : (keypoint, 3) or None
        Positions in a frame like this one.
    given : (keypoint, 3)
        What a person said; NaN elsewhere.
    background : (1, y, x) or None
        The same as the references'.
    """
    how = _registration(settings)
    levels = pyramid(frame, settings.voxel_size, how.levels)
    found = search_points(
        frame, [one.search for one in references], _or_nothing(background, frame), _search(settings)
    )
    tries = [(one, one.positions) for one in found]
    if parent is not None:
        tries.append((found[0], parent))
    polished = []
    for one, start in tries:
        source = references[one.reference]
        patches = cut_patches(source.levels, source.positions, settings.voxel_size, how, one.angle)
        polished.append(polish(levels, patches, start, given, how, settings))
    positions = np.array([one[0] for one in polished])
    correlation = np.array([one[1] for one in polished])
    trust = correlation + np.array([_trust(one, found) for one, _ in tries])[:, None]
    trust[~np.isfinite(positions).all(axis=2)] = -np.inf
    best = trust.argmax(axis=0)
    every = np.arange(len(best))
    alike = correlation[best, every]
    return Located(positions[best, every], np.clip(alike, 0, 1), alike >= settings.least_score)


def _registration(settings: FollowSettings) -> RegisterSettings:
    return RegisterSettings(patch_sigma=settings.radius, levels=2, stiffness=0.02)


def _search(settings: FollowSettings) -> SearchSettings:
    """Of the templates; their patches in pixels."""
    sigma = settings.radius / settings.voxel_size[2]
    if settings.angles is None:
        return SearchSettings(sigma)
    return SearchSettings(sigma, settings.angles)


def _or_nothing(
    background: NDArray[np.float32] | None, frame: NDArray[np.float32]
) -> NDArray[np.float32]:
    return np.zeros(frame.shape[1:], np.float32) if background is None else background


def _trust(one: Found, found: list[Found]) -> float:
    """The best constellation first; points of others only where it is all but as good."""
    return 100 * (one.score - found[0].score)
