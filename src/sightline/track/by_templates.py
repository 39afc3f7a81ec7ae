"""Parts of animals in a flat video: found by what references taught, each animal as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.track.body_frame import Pose, fit_pose
from sightline.track.body_search import find_bodies
from sightline.track.flat_model import AnimalModel, FlatModel, learn_flat
from sightline.track.follow_settings import FollowSettings
from sightline.track.located import Located
from sightline.track.place_parts import Placed, Start, place_parts

_SOUGHT: Final = 6  # places at which a body is looked for
_KEPT: Final = 3  # of them that are looked at closely, and one more for each other animal
_CLOSE: Final = 0.3  # radii, and
_ALIKE: Final = 0.1  # radians: poses that differ by less are one
_SEEN: Final = 0.4  # score from which a part is seen
_CONTINUED: Final = 0.1  # what going on from a frame like this one counts
_APART: Final = 0.3  # of their sizes: two bodies nearer than about this are one
_OVERLAP: Final = 0.5  # what it costs if they are


@dataclass(frozen=True)
class TemplateReference:
    """An annotated flat frame.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        NaN where missing.
    image : (y, x) float32
        Its channels' mean.
    """

    positions: NDArray[np.float64]
    image: NDArray[np.float32] = field(repr=False)


def prepare_templates(
    frame: NDArray[np.float32], positions: NDArray[np.float64]
) -> TemplateReference:
    """Keep a reference's frame (channel, 1, y, x), its channels averaged.

    Raises
    ------
    SettingError
        If the frame has several planes.
    """
    if frame.shape[1] != 1:
        raise SettingError('method is "templates" and the frame has planes; use "points".')
    return TemplateReference(positions, frame.mean(axis=0)[0])


def learn_templates(
    references: Sequence[TemplateReference],
    settings: FollowSettings,
    background: NDArray[np.float32] | None,
) -> FlatModel:
    """Learn the animals from all references (at least one); see `learn_flat`."""
    frames, positions = [one.image for one in references], [one.positions for one in references]
    return learn_flat(frames, positions, settings, background)


def follow_templates(
    frame: NDArray[np.float32],
    model: FlatModel,
    nearest: TemplateReference,
    parent: NDArray[np.float64] | None,
    given: NDArray[np.float64],
) -> Located:
    """Find every animal, no two in one place, and its parts.

    An animal is sought in the whole frame, and where it is in the parent and in the nearest
    reference. Where its parts are most like what references taught, less what strays from its
    shape, it is taken to be.

    Parameters
    ----------
    frame : (channel, 1, y, x) float32
    model
        Of `learn_templates`.
    nearest
        The most similar reference.
    parent : (keypoint, 3) or None
        Positions in a frame like this one.
    given : (keypoint, 3)
        What a person said; NaN elsewhere.
    """
    image = model.image(frame.mean(axis=0)[0])
    before = (parent, nearest.positions)
    many = len(model.animals)
    tries = [_candidates(image, one, model.radius, before, given, many) for one in model.animals]
    chosen = _no_two_in_one_place(tries, model.animals)
    positions = np.full(given.shape, np.nan)
    score = np.zeros(len(given))
    for animal, placed in zip(model.animals, chosen, strict=True):
        positions[animal.keypoints, 0] = np.where(np.isfinite(placed.positions[:, 0]), 0, np.nan)
        positions[animal.keypoints, 1:] = placed.positions
        score[animal.keypoints] = _score(placed)
    return Located(positions, score, score >= _SEEN)


def _candidates(
    image: NDArray[np.float32],
    animal: AnimalModel,
    radius: float,
    others: tuple[NDArray[np.float64] | None, NDArray[np.float64]],
    given: NDArray[np.float64],
    animals: int,
) -> list[Placed]:
    """Where an animal may be, looked at closely."""
    held = given[animal.keypoints, 1:]
    starts = _starts(image, animal, others, held)
    rough = [
        place_parts(image, animal.maps, animal.body, start, held, radius, quick=True)
        for start in starts
    ]
    close = radius * _CLOSE
    found = []
    for one in _distinct(rough, close)[: _KEPT + animals - 1]:
        placed = place_parts(image, animal.maps, animal.body, one.start, held, radius)
        found.append(placed)
        if not _near(placed.start.pose, one.start.pose, close):
            found.append(place_parts(image, animal.maps, animal.body, placed.start, held, radius))
    return found


def _distinct(placed: list[Placed], close: float) -> list[Placed]:
    """Best first, without those that are where a better one is."""
    kept: list[Placed] = []
    for one in sorted(placed, key=lambda each: -each.fit):
        if not any(_near(one.start.pose, other.start.pose, close) for other in kept):
            kept.append(one)
    return kept


def _near(one: Pose, other: Pose, close: float) -> bool:
    apart = float(np.linalg.norm(one.centre - other.centre))
    return apart < close and np.cos(one.angle - other.angle) > np.cos(_ALIKE)


def _starts(
    image: NDArray[np.float32],
    animal: AnimalModel,
    others: tuple[NDArray[np.float64] | None, NDArray[np.float64]],
    held: NDArray[np.float64],
) -> list[Start]:
    """From the parent, the nearest reference, the whole frame; turned and moved to what is held."""
    shape = animal.body.shape
    starts = []
    for positions in others:
        there = shape * np.nan if positions is None else positions[animal.keypoints, 1:]
        if np.isfinite(shape + there).all(axis=1).any():
            pose = fit_pose(shape, there)
            starts.append(Start(pose, pose.to_body(there)))
        else:
            starts.append(None)
    before = starts[0]
    starts = [one for one in starts if one is not None]
    starts += [Start(pose, shape) for pose in find_bodies(image, animal.looks, _SOUGHT)]
    if before is not None:
        size = animal.body.size
        starts = [replace(one, bonus=_going_on(one.pose, before.pose, size)) for one in starts]
    pins = np.asarray(np.isfinite(shape + held).all(axis=1))
    if not pins.any():
        return starts
    return [replace(start, pose=_through(start, held, pins, shape)) for start in starts]


def _going_on(pose: Pose, before: Pose, size: float) -> float:
    """What it counts that an animal is where it was."""
    away = float(((pose.centre - before.centre) ** 2).sum()) / (2 * (_APART * size) ** 2)
    return _CONTINUED * float(np.exp(-away - 4 * (1 - np.cos(pose.angle - before.angle))))


def _through(
    start: Start, held: NDArray[np.float64], pins: NDArray[np.bool_], shape: NDArray[np.float64]
) -> Pose:
    """A start's pose moved to one pinned part; that of the pins if there are several."""
    if pins.sum() > 1:
        return fit_pose(shape, np.where(pins[:, None], held, np.nan), None, start.pose.angle)
    there = np.where(np.isfinite(start.shape), start.shape, shape)
    off = held[pins] - start.pose.to_frame(there[pins])
    return Pose(start.pose.angle, start.pose.centre + off[0])


def _no_two_in_one_place(tries: list[list[Placed]], animals: Sequence[AnimalModel]) -> list[Placed]:
    """Each animal's best candidate, given the others'; in turns, until none changes."""
    chosen = [max(options, key=lambda one: one.fit) for options in tries]
    for _ in range(len(chosen)):
        before = list(chosen)
        for k, options in enumerate(tries):
            rest = [(chosen[j], animals[j]) for j in range(len(chosen)) if j != k]
            worth = [one.fit - _crowding(one, animals[k], rest) for one in options]
            chosen[k] = options[int(np.argmax(worth))]
        if before == chosen:
            break
    return chosen


def _crowding(one: Placed, animal: AnimalModel, rest: list[tuple[Placed, AnimalModel]]) -> float:
    """What lying on others costs."""
    cost = 0.0
    for other, its in rest:
        near = _APART * (animal.body.size + its.body.size) / 2
        away = float(((one.start.pose.centre - other.start.pose.centre) ** 2).sum())
        cost += _OVERLAP * float(np.exp(-away / (2 * near**2)))
    return cost


def _score(placed: Placed) -> NDArray[np.float64]:
    """(part,) how sure: high where it looks like the part, and no other place does."""
    return np.sqrt(np.clip(placed.margin, 0, 1) * np.clip(placed.fit, 0, 1))
