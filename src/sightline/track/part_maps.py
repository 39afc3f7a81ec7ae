"""Maps of how likely each part of an animal is where, learned from references in its own frame.

Each pixel of a crop, turned with the body, is described by brightness and directed slopes around
it, coarser farther away (after DAISY: Tola, Lepetit and Fua 2010). A map of each part is a ridge
regression on these, or on random combinations of them cut off at zero (random features: Rahimi and
Recht 2008), which is fitted at once and to few references.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.track.body_frame import Body, Pose

_DIRECTIONS: Final = 8
_RINGS: Final = ((0, 1, 0.7), (3, 6, 1.2), (7, 8, 2.2), (14, 8, 4.0))  # radius, samples, blur
_MARGIN: Final = 16  # crop's pixels around the mean shape
_FINER: Final = 6  # of a crop's pixels go into the radius of a part
_NOWHERE: Final = -10.0
_STRAYS: Final = 4.5  # spreads from its place in the shape, at which a part is still sought
_COMBINATIONS: Final = 1000
_RIDGE: Final = 1e-3  # of the samples' number
_CROPS: Final = 30  # of all references together, at least two of each
_TURNED: Final = 0.14  # radians, and
_SHIFTED: Final = 0.3  # of the radius: how far off a pose the crops are
_WIDTH: Final = 2.0  # standard deviation of a part in a map, crop's pixels
_ELSEWHERE: Final = 0.15  # share of pixels away from parts that is learned from


@dataclass(frozen=True)
class PartMaps:
    """What finds parts in a crop.

    Parameters
    ----------
    step
        Side of a crop's pixel, pixels of the frame.
    places : (y, x, 2) float64
        Where the crop's pixels are, in pixels of the body's frame.
    near : (y, x) bool
        Pixels at which a part may be.
    mean, deviation : (feature,) float32
        Of the features.
    combine : (feature + 1, combination) float32
        What is cut off at zero; the last row is added.
    plain, combined : (feature + 1, part), (combination + 1, part) float32
        What makes maps of features and of combinations; NaN where no reference has the part.
    """

    step: float
    places: NDArray[np.float64]
    near: NDArray[np.bool_]
    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    combine: NDArray[np.float32]
    plain: NDArray[np.float32]
    combined: NDArray[np.float32]

    def of(
        self, image: NDArray[np.float32], pose: Pose, quick: bool = False
    ) -> NDArray[np.float32]:
        """(part, y, x) about 1 at a part and 0 elsewhere; without combinations if ``quick``.

        Where no part may be it is far below 0.
        """
        features = _features(_crop(image, pose, self.places), self.near)
        features = (features - self.mean) / self.deviation
        if quick:
            found = features @ self.plain[:-1] + self.plain[-1]
        else:
            found = self._combined(features) @ self.combined[:-1] + self.combined[-1]
        maps = np.full((found.shape[1], *self.near.shape), _NOWHERE, np.float32)
        maps[:, self.near] = found.T
        return maps

    def _combined(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.maximum(features @ self.combine[:-1] + self.combine[-1], 0)


def crop_step(radius: float) -> float:
    """Side of a crop's pixel; parts have this radius, all in pixels of the frame."""
    return max(radius / _FINER, 0.5)


def learn_part_maps(
    images: Sequence[NDArray[np.float32]],
    positions: Sequence[NDArray[np.float64]],
    poses: Sequence[Pose],
    body: Body,
    radius: float,
    random: np.random.Generator,
) -> PartMaps:
    """Fit maps to references, each shown several times somewhat turned and shifted.

    Parameters
    ----------
    images : (y, x)
        Smoothed to the crop's pixels.
    positions : (part, 2)
        (y, x); NaN where missing. A part is learned from the references that have it.
    poses
        Of the body in each.
    body
        Which way the parts lie.
    radius
        Of a part, pixels.
    random
        What is drawn from.
    """
    step = crop_step(radius)
    places = _places(body, step)
    near = _near(places, body)
    shown = [
        _samples(image, there, pose, places, near, radius, random, max(_CROPS // len(images), 2))
        for image, there, pose in zip(images, positions, poses, strict=True)
    ]
    some = np.concatenate([features[::4] for features, _ in shown])
    mean, deviation = some.mean(axis=0), some.std(axis=0) + 1e-6
    combine = random.standard_normal((some.shape[1], _COMBINATIONS)) * 2 / np.sqrt(some.shape[1])
    combine = np.concatenate([combine, 0.5 * random.standard_normal((1, _COMBINATIONS))])
    empty = np.zeros((0, 0), np.float32)
    maps = PartMaps(step, places, near, mean, deviation, combine.astype(np.float32), empty, empty)
    plain, combined = [], []
    for features, wanted in shown:
        standard = (features - mean) / deviation
        plain.append(_normal(standard, wanted))
        combined.append(_normal(maps._combined(standard), wanted))
    return replace(maps, plain=_solve(plain), combined=_solve(combined))


def _places(body: Body, step: float) -> NDArray[np.float64]:
    """(y, x, 2) of a crop that holds the mean shape, and parts that stray from it."""
    margin = max(_MARGIN, 2.5 * float(body.spread.max()) / step)
    half = (np.nanmax(np.abs(body.shape), axis=0) / step + margin).astype(int)
    lines = [np.arange(-one, one + 1.0) * step for one in half]
    return np.stack(np.meshgrid(*lines, indexing="ij"), -1)


def _near(places: NDArray[np.float64], body: Body) -> NDArray[np.bool_]:
    """(y, x) pixels that are near to a part of the mean shape, for how far it strays."""
    shape, reach = body.shape, _STRAYS * body.spread
    known = np.flatnonzero(np.isfinite(shape).all(axis=1))
    away = [((places - shape[part]) ** 2).sum(axis=-1) < reach[part] ** 2 for part in known]
    return np.any(away, axis=0)


def _crop(
    image: NDArray[np.float32], pose: Pose, places: NDArray[np.float64]
) -> NDArray[np.float32]:
    at = np.moveaxis(pose.to_frame(places), -1, 0)
    crop = np.empty(places.shape[:2], np.float32)
    ndimage.map_coordinates(image, at, crop, order=1, mode="nearest")
    return crop


def _features(crop: NDArray[np.float32], near: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(pixel, feature) brightness and slopes around each pixel of some."""
    down = ndimage.gaussian_filter1d(ndimage.gaussian_filter1d(crop, 1, 1), 1, 0, order=1)
    right = ndimage.gaussian_filter1d(ndimage.gaussian_filter1d(crop, 1, 0), 1, 1, order=1)
    angles = np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS
    slopes = [2 * np.maximum(np.cos(a) * right + np.sin(a) * down, 0) for a in angles]
    channels = np.stack([crop, *slopes])
    height, width = crop.shape
    found = []
    for radius, count, blur in _RINGS:
        smooth = ndimage.gaussian_filter(channels, (0, blur, blur), mode="nearest", truncate=3)
        padded = np.pad(smooth, ((0, 0), (radius, radius), (radius, radius)), mode="edge")
        for angle in np.arange(count) * 2 * np.pi / count:
            y = radius + round(radius * np.sin(angle))
            x = radius + round(radius * np.cos(angle))
            found.append(padded[:, y : y + height, x : x + width][:, near])
    return np.concatenate(found).T


def _samples(
    image: NDArray[np.float32],
    positions: NDArray[np.float64],
    pose: Pose,
    places: NDArray[np.float64],
    near: NDArray[np.bool_],
    radius: float,
    random: np.random.Generator,
    crops: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(sample, feature) of a reference, and (sample, part) what its maps should be."""
    features, wanted = [], []
    width = _WIDTH * crop_step(radius)
    for _ in range(crops):
        angle = pose.angle + random.normal(0, _TURNED)
        about = Pose(angle, pose.centre + random.normal(0, _SHIFTED * radius, 2))
        away = places[:, :, None] - about.to_body(positions)
        goal = np.exp(-(away**2).sum(axis=-1) / (2 * width**2)).astype(np.float32)
        at_part = np.nan_to_num(goal).max(axis=-1) > 0.05
        used = near & (at_part | (random.random(near.shape) < _ELSEWHERE))
        features.append(_features(_crop(image, about, places), used))
        wanted.append(goal[used])
    return np.concatenate(features), np.concatenate(wanted)


def _normal(
    inputs: NDArray[np.float32], wanted: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """One reference's part in the equations of least squares, and its samples' number."""
    inputs = np.concatenate([inputs, np.ones((len(inputs), 1), np.float32)], axis=1)
    gram = (inputs.T @ inputs).astype(np.float64)
    return gram, (inputs.T @ wanted).astype(np.float64), len(inputs)


def _solve(
    terms: Sequence[tuple[NDArray[np.float64], NDArray[np.float64], int]],
) -> NDArray[np.float32]:
    """(input, part) least squares, each part from the references that have it."""
    have = np.array([np.isfinite(product).all(axis=0) for _, product, _ in terms])
    solved = np.full(terms[0][1].shape, np.nan, np.float32)
    for pattern in np.unique(have.T, axis=0):
        parts = np.flatnonzero((pattern == have.T).all(axis=1))
        chosen = [term for term, one in zip(terms, pattern, strict=True) if one]
        if chosen:
            gram = np.sum([term[0] for term in chosen], axis=0)
            product = np.sum([term[1][:, parts] for term in chosen], axis=0)
            ridge = _RIDGE * sum(term[2] for term in chosen) * np.eye(len(gram))
            solved[:, parts] = np.linalg.solve(gram + ridge, product)
    return solved
