"""Place the parts of an animal where their maps are high and its shape lets them be."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.track.body_frame import Body, Pose, fit_pose
from sightline.track.part_maps import PartMaps

_STRAYING: Final = 0.015  # of a map's height: what one spread away from the shape costs
_LOWEST: Final = -0.5  # that a part can lower the fit of its body to


@dataclass(frozen=True)
class Start:
    """Where a body may be.

    Parameters
    ----------
    pose
        Place and turn.
    shape : (part, 2) float64
        What it is like there, (y, x) pixels of the body's frame; NaN where unknown.
    bonus
        What it counts more than another start.
    """

    pose: Pose
    shape: NDArray[np.float64]
    bonus: float = 0.0


@dataclass(frozen=True)
class Placed:
    """Parts of a body in a frame.

    Parameters
    ----------
    start
        From where they were sought, turned and moved to the parts.
    positions : (part, 2) float64
        (y, x) pixels; NaN where no reference has the part.
    height : (part,) float64
        Of the parts' maps there: about 1 where it looks like the part.
    margin : (part,) float64
        By how much the next best place, a radius away at least, is worse.
    fit
        Mean over the parts, of height less the cost of straying; the start's bonus is in it.
    """

    start: Start
    positions: NDArray[np.float64]
    height: NDArray[np.float64]
    margin: NDArray[np.float64]
    fit: float


def place_parts(
    image: NDArray[np.float32],
    maps: PartMaps,
    body: Body,
    start: Start,
    given: NDArray[np.float64],
    radius: float,
    quick: bool = False,
) -> Placed:
    """Take the best place of every part's map near to where the shape has it.

    Parameters
    ----------
    image : (y, x)
        As the maps were learned from.
    maps, body
        Of the animal.
    start
        Where to look; one of its parts is known at least.
    given : (part, 2)
        Where a person put a part; NaN elsewhere.
    radius
        Of a part, pixels.
    quick
        By the plainer maps.
    """
    shape = np.where(np.isfinite(start.shape), start.shape, body.shape)
    known = np.flatnonzero(np.isfinite(body.shape).all(axis=1))
    heights = maps.of(image, start.pose, quick)[known]
    away = ((maps.places - shape[known, None, None]) ** 2).sum(axis=-1)
    worth = heights - _STRAYING * away / body.spread[known, None, None] ** 2
    best, places = _peaks(worth, maps)
    each = np.arange(len(known))
    positions = np.full(body.shape.shape, np.nan)
    positions[known] = start.pose.to_frame(places)
    height, margin = np.zeros(len(positions)), np.zeros(len(positions))
    height[known] = heights.reshape(len(known), -1)[each, best]
    margin[known] = _margins(worth, best, maps, radius)
    held = np.asarray(np.isfinite(given).all(axis=1))
    value = worth.reshape(len(known), -1)[each, best]
    value = np.where(held[known], _at_given(worth, maps, start.pose, given[known]), value)
    positions[held] = given[held]
    weights = np.where(held, 10.0, np.clip(height, 0.02, 1))
    pose = fit_pose(shape, positions, weights, start.pose.angle)
    fit = float(np.clip(value, _LOWEST, 1).mean()) + start.bonus
    return Placed(Start(pose, start.shape, start.bonus), positions, height, margin, fit)


def _peaks(
    worth: NDArray[np.float64], maps: PartMaps
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(part,) the highest pixel, and (part, 2) its place, finer by parabolas through it."""
    count, height, width = worth.shape
    best = worth.reshape(count, -1).argmax(axis=1)
    y, x = np.divmod(best, width)
    inner_y, inner_x = np.clip(y, 1, height - 2), np.clip(x, 1, width - 2)
    each = np.arange(count)
    middle = worth[each, inner_y, inner_x]
    moves = []
    for down, right in ((1, 0), (0, 1)):
        before = worth[each, inner_y - down, inner_x - right]
        after = worth[each, inner_y + down, inner_x + right]
        bend = before - 2 * middle + after
        moves.append(np.where(bend < 0, (before - after) / 2 / np.where(bend < 0, bend, 1), 0))
    inside = (y == inner_y) & (x == inner_x)
    move = np.where(inside[:, None], np.clip(np.stack(moves, axis=1), -0.5, 0.5), 0)
    return best, maps.places[y, x] + move * maps.step


def _margins(
    worth: NDArray[np.float64], best: NDArray[np.int64], maps: PartMaps, radius: float
) -> NDArray[np.float64]:
    """(part,) how much worse the best place is that is not near to the best."""
    places = maps.places.reshape(-1, 2)
    flat = worth.reshape(len(worth), -1)
    far = ((places - places[best][:, None]) ** 2).sum(axis=-1) > radius**2
    other = np.where(far, flat, -np.inf).max(axis=1)
    return flat[np.arange(len(flat)), best] - other


def _at_given(
    worth: NDArray[np.float64], maps: PartMaps, pose: Pose, given: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(part,) what the places that a person gave are worth; little outside the crop."""
    origin = maps.places[0, 0]
    at = np.rint((pose.to_body(np.nan_to_num(given)) - origin) / maps.step).astype(int)
    inside = np.all((at >= 0) & (at < worth.shape[1:]), axis=1)
    y, x = np.clip(at, 0, np.array(worth.shape[1:]) - 1).T
    return np.where(inside, worth[np.arange(len(worth)), y, x], _LOWEST)
