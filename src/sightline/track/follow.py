"""Follow points into one frame, from references and perhaps a parent, by any method."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sightline.data.tracks import Visibility
from sightline.errors import SettingError
from sightline.track.by_points import PointReference, follow_points, prepare_points
from sightline.track.by_templates import TemplateReference, follow_templates, prepare_templates
from sightline.track.follow_settings import FollowSettings
from sightline.track.located import Located, known

ReferenceFrame = PointReference | TemplateReference


@dataclass(frozen=True)
class Known:
    """What is known of a recording before a frame of it is followed.

    Parameters
    ----------
    settings
        The same for all.
    references
        Of `reference_frame`; at least one.
    background : (1, y, x) or None
        Of a flat recording, see `median_background`.
    """

    settings: FollowSettings
    references: tuple[ReferenceFrame, ...] = field(repr=False)
    background: NDArray[np.float32] | None = field(default=None, repr=False)


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
        See `sightline.data.tracks.Visibility`.
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
    """Make an annotated frame ready to be followed from.

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
    if not known(positions).any():
        raise SettingError("A reference frame has no annotated point; annotate at least one.")
    frame = np.nan_to_num(np.asarray(frame, np.float32))
    if settings.method == "points":
        return prepare_points(frame, positions, settings)
    return prepare_templates(frame, positions, settings, background)


def follow_frame(
    frame: NDArray[np.float32],
    about: Known,
    nearest: Sequence[int] = (),
    parent: NDArray[np.float64] | None = None,
    fixed: NDArray[np.float64] | None = None,
) -> Followed:
    """Find the points of references in a frame.

    Parameters
    ----------
    frame : (channel, z, y, x) float32
    about
        Settings and references.
    nearest
        Places of the references to use, the most similar first; all, as they come, if empty.
    parent : (keypoint, 3) or None
        Positions in a frame like this one, tracked before.
    fixed : (keypoint, 3) or None
        Positions a person gave in this frame; NaN elsewhere. They are returned as they are.

    Raises
    ------
    SettingError
        If there is no reference.
    """
    if not about.references:
        raise SettingError("There is no reference frame; annotate at least one.")
    chosen = [about.references[place] for place in nearest or range(len(about.references))]
    frame = np.nan_to_num(np.asarray(frame, np.float32))
    given = np.full(chosen[0].positions.shape, np.nan) if fixed is None else fixed
    return _followed(_locate(frame, about, chosen, parent, given), given, frame.shape[1:])


def _locate(
    frame: NDArray[np.float32],
    about: Known,
    chosen: list[ReferenceFrame],
    parent: NDArray[np.float64] | None,
    given: NDArray[np.float64],
) -> Located:
    points = [one for one in chosen if isinstance(one, PointReference)]
    if points:
        return follow_points(frame, points, about.settings, parent, given)
    templates = [one for one in chosen if isinstance(one, TemplateReference)]
    return follow_templates(frame, templates, about.settings, parent, given, about.background)


def _followed(located: Located, given: NDArray[np.float64], shape: tuple[int, ...]) -> Followed:
    """A person's points where they are; what lies outside has no position."""
    held = known(given)
    positions = np.where(held[:, None], given, located.positions)
    tracked = known(positions)
    inside = np.all((positions >= -0.5) & (positions < np.array(shape) - 0.5), axis=1)
    visibility = np.where(located.found, Visibility.SEEN, Visibility.HIDDEN)
    visibility = np.where(inside, visibility, Visibility.LEFT_THE_VIEW)
    visibility = np.where(held, Visibility.SEEN, visibility)
    visibility = np.where(tracked, visibility, Visibility.NOT_TRACKED).astype(np.int8)
    kept = tracked & (inside | held)
    score = np.where(held, 1.0, np.clip(located.score, 0, 1))
    return Followed(
        np.where(kept[:, None], positions, np.nan), np.where(kept, score, np.nan), visibility
    )
