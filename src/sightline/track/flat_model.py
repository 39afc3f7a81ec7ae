"""What a flat recording's animals look like, learned from all references at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sightline.track.body_frame import Body, fit_pose, learn_body
from sightline.track.body_search import BodyLooks, learn_looks
from sightline.track.follow_settings import FollowSettings
from sightline.track.located import known
from sightline.track.part_maps import PartMaps, crop_step, learn_part_maps

_STANDS_OUT: Final = 0.5  # of the contrast around parts that is left without the background
_SEED: Final = 0


@dataclass(frozen=True)
class AnimalModel:
    """One animal: which keypoints are its parts, its shape, its looks, and maps of its parts."""

    keypoints: NDArray[np.int64]
    body: Body
    looks: BodyLooks = field(repr=False)
    maps: PartMaps = field(repr=False)


@dataclass(frozen=True)
class FlatModel:
    """All animals of a recording.

    Parameters
    ----------
    background : (y, x) float32
        What is taken off frames; a level if parts do not stand out from the median image.
    brightness
        What they are then divided by.
    radius
        Of a part, pixels.
    animals
        Those of which a part is annotated anywhere.
    """

    background: NDArray[np.float32] = field(repr=False)
    brightness: float
    radius: float
    animals: tuple[AnimalModel, ...]

    def image(self, frame: NDArray[np.float32]) -> NDArray[np.float32]:
        """(y, x) what is sought in a frame (y, x)."""
        left = (frame - self.background) / self.brightness
        smooth = np.empty_like(left, np.float32)
        gaussian_filter(left, crop_step(self.radius) / 2.5, output=smooth, mode="nearest")
        return smooth


def learn_flat(
    frames: Sequence[NDArray[np.float32]],
    positions: Sequence[NDArray[np.float64]],
    settings: FollowSettings,
    background: NDArray[np.float32] | None,
) -> FlatModel:
    """Learn animals from reference frames.

    Parameters
    ----------
    frames : (y, x)
        At least one.
    positions : (keypoint, 3)
        In each; NaN where missing.
    settings
        Its ``groups`` say which keypoints are one animal's.
    background : (1, y, x) or None
        The recording's median.

    Notes
    -----
    The median is taken off only if half of the contrast around parts stays: an animal that hardly
    moved is in it.
    """
    radius = settings.radius / settings.voxel_size[2]
    still = _background(frames, positions, background, radius)
    brightness = float(np.sqrt(np.mean([((one - still) ** 2).mean() for one in frames]))) or 1.0
    nothing = FlatModel(still, brightness, radius, ())
    images = [nothing.image(frame) for frame in frames]
    groups = settings.groups or (tuple(range(len(positions[0]))),)
    animals = (_animal(images, positions, np.array(group), settings, radius) for group in groups)
    found = tuple(animal for animal in animals if animal is not None)
    return FlatModel(still, brightness, radius, found)


def _animal(
    images: Sequence[NDArray[np.float32]],
    positions: Sequence[NDArray[np.float64]],
    group: NDArray[np.int64],
    settings: FollowSettings,
    radius: float,
) -> AnimalModel | None:
    """None if no reference has any of its parts."""
    shown = [k for k, one in enumerate(positions) if known(one[group]).any()]
    if not shown:
        return None
    mine = [images[k] for k in shown]
    parts = [positions[k][group, 1:] for k in shown]
    body = learn_body(parts, radius)
    poses = [fit_pose(body.shape, one) for one in parts]
    random = np.random.default_rng(_SEED)
    return AnimalModel(
        group,
        body,
        learn_looks(mine, poses, body, radius, settings.angles),
        learn_part_maps(mine, parts, poses, body, radius, random),
    )


def _background(
    frames: Sequence[NDArray[np.float32]],
    positions: Sequence[NDArray[np.float64]],
    background: NDArray[np.float32] | None,
    radius: float,
) -> NDArray[np.float32]:
    """(y, x) the median if the animals are not in it, else its level."""
    still = np.median(frames, axis=0) if background is None else background[0]
    left, contrast = [], []
    for frame, there in zip(frames, positions, strict=True):
        near = _near(there[known(there)][:, 1:], frame.shape, radius)
        left.append(np.sqrt(((frame - still)[near] ** 2).mean()))
        contrast.append(frame[near].std())
    if background is not None and np.median(left) > _STANDS_OUT * np.median(contrast):
        return still.astype(np.float32)
    return np.full_like(frames[0], np.median(still))


def _near(places: NDArray[np.float64], shape: tuple[int, ...], radius: float) -> NDArray[np.bool_]:
    """(y, x) pixels within two radii of a place, in the square; at least one."""
    near = np.zeros(shape, bool)
    for place in places:
        low = np.clip((place - 2 * radius).astype(int), 0, np.array(shape) - 1)
        high = np.clip((place + 2 * radius).astype(int), 0, np.array(shape) - 1)
        near[low[0] : high[0] + 1, low[1] : high[1] + 1] = True
    return near
