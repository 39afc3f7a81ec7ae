"""Gradient descent of the published method: a frame's points, from where a parent has them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.track.located import known
from sightline.track.paper.coordinates import to_pixels, to_unit
from sightline.track.paper.detection import detection_cost, detection_loss
from sightline.track.paper.flow import spread
from sightline.track.paper.foveated import FoveatedGrid, blur_level, intensities
from sightline.track.paper.references import PaperReferences, Sought, check_frame
from sightline.track.paper.registration import (
    Likeness,
    Target,
    correlation,
    cut_patches,
    likeness,
    target_at,
)
from sightline.track.paper.settings import PaperSettings
from sightline.track.paper.springs import spring_loss

_HALVED_EVERY = 10  # steps


def follow_paper(  # noqa: PLR0913, PLR0917 -- what a frame is followed with, each of a kind
    frame: NDArray[np.float32],
    references: PaperReferences,
    nearest: int | Sequence[int],
    parent: NDArray[np.float64],
    distance: float,
    settings: PaperSettings,
    fixed: NDArray[np.float64] | None = None,
    window: Sequence[NDArray[np.float32]] = (),
    probability: NDArray[np.floating] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the points of a frame as the paper does (Methods; Yu et al. 2022).

    Parameters
    ----------
    frame : (channel, z, y, x) float32
    references
        Of `prepare_paper`, with the same settings.
    nearest
        Which of them looks most like the frame: its patches are looked for, its ties hold. Of
        several, the most similar first, the others serve for keypoints that those before lack.
    parent : (keypoint, 3) float64
        Positions in the frame that this one is tracked from, (z, y, x) pixels; NaN where missing.
    distance
        From that frame to this one (`frame_distance`); it sets the step size.
    fixed : (keypoint, 3) float64 or None
        Positions a person gave in this frame, never moved; NaN elsewhere.
    window
        The frames around this one that brightness is compared with, this one left out.
    probability : (z, y, x) or None
        That there is something to track; needed where there is a detection loss.

    Returns
    -------
    positions : (keypoint, 3) float64
        (z, y, x) pixels. NaN of a keypoint that has no start, neither in the parent nor fixed.
    score : (keypoint,) float64
        `correlation` with the reference's patch, 0 to 1; NaN where there is no position or none of
        the nearest references has the keypoint.

    Raises
    ------
    SettingError
        If frames differ in size, or a detection loss has no probability.
    """
    for one in (frame, *window):
        check_frame(one, references.shape, settings)
    shape = references.shape[1:]
    given = np.full(parent.shape, np.nan) if fixed is None else np.asarray(fixed, np.float64)
    held = known(given)
    pinned = to_unit(np.where(held[:, None], given, np.nan), shape)
    start = to_unit(np.asarray(parent, np.float64), shape)
    if settings.spread_corrections:
        start = spread(start, pinned)
    start = np.where(held[:, None], pinned, start)
    sought = references.sought(np.atleast_1d(nearest).tolist())
    begin = np.where((known(start) & (sought.holds | held))[:, None], start, np.nan)
    images = tuple(intensities(one, settings) for one in (frame, *window))
    cost = _cost(probability, shape, settings)
    descent = _Descent(images, shape, references.grid, sought, pinned, cost, settings)
    found, score = descent.run(begin, distance)
    positions = to_pixels(found, shape)
    return np.where(held[:, None], given, positions), score


def _cost(
    probability: NDArray[np.floating] | None, shape: tuple[int, ...], settings: PaperSettings
) -> NDArray[np.float32] | None:
    if not settings.detects:
        return None
    if probability is None or probability.shape != shape:
        had = "none" if probability is None else f"one of {probability.shape}"
        raise SettingError(
            f"detection_weight needs a probability of the frame's size {shape} (z, y, x) and has "
            f"{had}; give one, or set detection_weight to 0."
        )
    return detection_cost(probability)


@dataclass(frozen=True)
class _Descent:
    """What does not change while a frame is tracked; positions are -1 to 1, the frame's first."""

    images: tuple[NDArray[np.float32], ...]
    shape: tuple[int, ...]
    grid: FoveatedGrid
    sought: Sought
    pinned: NDArray[np.float64]
    cost: NDArray[np.float32] | None
    settings: PaperSettings

    def run(
        self, start: NDArray[np.float64], distance: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Positions and scores after all steps; each image has points and angles of its own."""
        positions = np.repeat(start[None], len(self.images), axis=0)
        angles = np.zeros(positions.shape[:2])
        size = self.settings.first_step(distance)
        held = known(self.pinned)
        longer = np.array([1 + self.settings.z_step, 1, 1])
        patches = self._patches(start)
        target, level = target_at(patches, 0), blur_level(0)
        for step in range(self.settings.total_steps):
            if blur_level(step) != level:
                target, level = target_at(patches, step), blur_level(step)
            slope, turn = self._gradient(positions, angles, target, step)
            now = size * 0.5 ** (step // _HALVED_EVERY)
            positions = positions - now * longer * self._capped(slope)
            positions[0, held] = self.pinned[held]
            if self.settings.rotate_patches:
                angles = angles - now * self._capped(turn)
        return positions[0], self._score(positions[0], angles[0])

    def _capped(self, gradient: NDArray[np.float64]) -> NDArray[np.float64]:
        cap = self.settings.gradient_cap
        return gradient if cap is None else np.clip(gradient, -cap, cap)

    def _matched(self, positions: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(keypoint,) which have both a position and a patch to look for."""
        return known(positions) & self.sought.holds

    def _patches(self, positions: NDArray[np.float64]) -> NDArray[np.float32]:
        """Of those."""
        there = known(positions)[self.sought.holds]
        return self.sought.patches[there]

    def _gradient(
        self,
        positions: NDArray[np.float64],
        angles: NDArray[np.float64],
        target: Target,
        step: int,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of all losses, by positions (image, keypoint, 3) and angles; means over images."""
        registration, stiffness, detection, smoothness = self.settings.weights(step)
        looks = self._looks(positions, angles, target, (registration, smoothness))
        there = known(positions[0])
        if detection and self.cost is not None and there.any():
            places = to_pixels(positions[0, there], self.shape)
            looks[0, there, :3] += detection * detection_loss(self.cost, places)[1]
        slope = looks[..., :3] * (np.array(self.shape) / 2)  # pixels a unit
        if stiffness:
            springs, law = self.sought.springs, self.settings.spring_law
            for image, places in enumerate(positions):
                slope[image] += stiffness * spring_loss(springs, places, law)[1]
        return slope / len(positions), looks[..., 3] / len(positions)

    def _looks(
        self,
        positions: NDArray[np.float64],
        angles: NDArray[np.float64],
        target: Target,
        weights: tuple[float, float],
    ) -> NDArray[np.float64]:
        """(image, keypoint, 4) gradient of registration and smoothness, a pixel and a radian."""
        registration, smoothness = weights
        gradient = np.zeros((*positions.shape[:2], 4))
        matched = self._matched(positions[0])
        if not matched.any() or not (registration or smoothness):
            return gradient
        alike = [
            likeness(
                image, to_pixels(places[matched], self.shape), turned[matched], self.grid, target
            )
            for image, places, turned in zip(self.images, positions, angles, strict=True)
        ]
        slopes = np.array([one.slope for one in alike])
        change = smoothness * _smooth(alike) - registration * slopes
        gradient[:, matched] = change / matched.sum()
        return gradient

    def _score(
        self, positions: NDArray[np.float64], angles: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        score = np.full(len(positions), np.nan)
        matched = self._matched(positions)
        places = to_pixels(positions[matched], self.shape)
        mine = cut_patches(self.images[0], places, self.grid, angles[matched])
        score[matched] = np.clip(
            correlation(mine, self._patches(positions), self.grid.weights), 0, 1
        )
        return score


def _smooth(found: list[Likeness]) -> NDArray[np.float64]:
    """(image, point, 4) gradient of how much points differ in brightness from the first image's.

    Channels add up; images, and the points outside, are averaged (Methods, L_T).
    """
    gradient = np.zeros((len(found), *found[0].slope.shape))
    for image, alike in enumerate(found[1:], 1):
        brighter = np.sign(alike.brightness - found[0].brightness)[..., None]
        gradient[image] = (brighter * alike.brightness_slope).sum(axis=1)
        gradient[0] -= (brighter * found[0].brightness_slope).sum(axis=1)
    return gradient
