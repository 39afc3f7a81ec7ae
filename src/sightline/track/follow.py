"""Follow points into one frame, from references and perhaps a parent, by any method."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sightline.data.tracks import Visibility
from sightline.errors import SettingError
from sightline.track.by_paper import follow_by_paper
from sightline.track.by_points import PointReference, follow_points, prepare_points
from sightline.track.by_templates import (
    TemplateReference,
    follow_templates,
    learn_templates,
    prepare_templates,
)
from sightline.track.detector import Detector
from sightline.track.flat_model import FlatModel
from sightline.track.follow_settings import FollowSettings
from sightline.track.located import Located, known
from sightline.track.paper.references import (
    PaperReference,
    PaperReferences,
    cut_reference,
    join_references,
)
from sightline.track.probability_map import probability_map

ReferenceFrame = PointReference | TemplateReference | PaperReference
Together = FlatModel | PaperReferences


@dataclass(frozen=True)
class Known:
    """What is known of a recording before a frame of it is followed; see `know`.

    Parameters
    ----------
    settings
        The same for all.
    references
        Of `reference_frame`.
    together
        What all references teach together, where the method asks for that.
    detector
        Of what is followed, where one is asked for.
    """

    settings: FollowSettings
    references: tuple[ReferenceFrame, ...] = field(repr=False)
    together: Together | None = field(default=None, repr=False)
    detector: Detector | None = field(default=None, repr=False)


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
    detector: Detector | None = None,
) -> ReferenceFrame:
    """Make an annotated frame ready to be followed from.

    Parameters
    ----------
    frame : (channel, z, y, x)
    positions : (keypoint, 3)
        NaN where missing.
    detector
        Finds the blobs of ``"points"``; plain ones are looked for if not given.

    Raises
    ------
    SettingError
        If no point is annotated, or templates are asked for in more than one plane.
    """
    if not known(positions).any():
        raise SettingError("A reference frame has no annotated point; annotate at least one.")
    frame = np.nan_to_num(np.asarray(frame, np.float32))
    if settings.method == "points":
        return prepare_points(frame, positions, settings, detector)
    if settings.method == "paper":
        return cut_reference(frame, positions, settings.paper)
    return prepare_templates(frame, positions)


def know(
    settings: FollowSettings,
    references: Sequence[ReferenceFrame],
    background: NDArray[np.float32] | None = None,
    detector: Detector | None = None,
) -> Known:
    """Put references together; models of animals are learned here, in seconds.

    Parameters
    ----------
    settings
        With which the references were made.
    references
        Of `reference_frame`.
    background : (1, y, x) or None
        Of a flat recording (`median_background`); None: nothing is known.
    """
    shown = [one for one in references if isinstance(one, TemplateReference)]
    cut = [one for one in references if isinstance(one, PaperReference)]
    together: Together | None = None
    if shown:
        together = learn_templates(shown, settings, background)
    elif cut:
        together = join_references(cut, settings.paper)
    return Known(settings, tuple(references), together, detector)


def follow_frame(
    frame: NDArray[np.float32],
    about: Known,
    nearest: Sequence[int] = (),
    parent: NDArray[np.float64] | None = None,
    fixed: NDArray[np.float64] | None = None,
    distance: float = 0.0,
    window: Sequence[NDArray[np.float32]] = (),
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
    distance
        Of the parent frame, see `frame_distance`; it sets the paper's step size.
    window
        The frames around this one that the paper compares brightness with.

    Raises
    ------
    SettingError
        If there is no reference.
    """
    if not about.references:
        raise SettingError("There is no reference frame; annotate at least one.")
    places = list(nearest) or list(range(len(about.references)))
    frame = np.nan_to_num(np.asarray(frame, np.float32))
    first = about.references[places[0]].positions
    given = np.full(first.shape, np.nan) if fixed is None else fixed
    if isinstance(about.together, PaperReferences):
        start = first if parent is None else np.where(known(parent)[:, None], parent, first)
        likely = None if about.detector is None else probability_map(frame, about.detector)
        located = follow_by_paper(
            frame, about.together, places, start, given, about.settings, distance, window, likely
        )
    else:
        located = _locate(frame, about, places, parent, given)
    if frame.min() == frame.max():  # a constant frame shows nothing, whatever fits it
        nothing = np.zeros(len(given))
        located = replace(located, score=nothing, found=nothing > 0)
    return _followed(located, given, frame.shape[1:])


def _locate(
    frame: NDArray[np.float32],
    about: Known,
    places: Sequence[int],
    parent: NDArray[np.float64] | None,
    given: NDArray[np.float64],
) -> Located:
    chosen = [about.references[place] for place in places]
    shown = [one for one in chosen if isinstance(one, TemplateReference)]
    if isinstance(about.together, FlatModel):
        return follow_templates(frame, about.together, shown[0], parent, given)
    points = [one for one in chosen if isinstance(one, PointReference)]
    return follow_points(frame, points, about.settings, parent, given, about.detector)


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
