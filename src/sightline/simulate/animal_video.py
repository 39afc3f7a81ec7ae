"""A flat video of animals seen from above, with known truth, painted frame by frame when asked."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from sightline.data.closing import Closing
from sightline.data.keypoints import SEPARATOR, Pair
from sightline.data.recording import RecordingInfo
from sightline.simulate.animal_pose import (
    EDGES,
    PARTS,
    SYMMETRIES,
    Gait,
    Pose,
    draw_gait,
    pose_at,
)
from sightline.simulate.animal_settings import AnimalSettings
from sightline.simulate.room_for_frames import room_for_frames
from sightline.simulate.truth import FrameTruth
from sightline.simulate.waves import Waves, draw_waves, waves_at

_BEDDING, _DARK = 165.0, 130.0  # grey levels: of the bedding, and what an animal lacks of it
_FUR: Final = (64, 32)  # pixels of a fur's pattern, along and across
_EAR, _EYE = 0.065, 0.018  # radius, as share of the length
_MARGIN: Final = 8  # pixels around an animal, for its shadow

# Streams of randomness that come from one seed.
_GAITS, _SCENE, _NOISE = range(3)


@dataclass(frozen=True)
class AnimalVideo(Closing):
    """A `Recording` of axes (time, y, x), uint8, that holds no frame in memory.

    Parameters
    ----------
    settings
        What it was made with.
    gaits
        How each animal goes about; later ones are above earlier ones.
    furs : (animal, along, across) float32
        Grey levels.
    bedding : (y, x) float32
        Without animals.
    boxes : (box, 4) int64
        Shelters: top, left, bottom, right, exclusive.
    light : Waves
        Flicker.
    """

    settings: AnimalSettings
    gaits: tuple[Gait, ...]
    furs: NDArray[np.float32]
    bedding: NDArray[np.float32]
    boxes: NDArray[np.int64]
    light: Waves

    @property
    def info(self) -> RecordingInfo:
        """Size and units."""
        made = self.settings
        return RecordingInfo(
            name=made.name,
            source=f"simulated video {made.name!r} (seed {made.seed})",
            axes=("time", "y", "x"),
            shape=(made.frames, made.height, made.width),
            dtype=np.dtype(np.uint8),
            units="raw",
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Of the keypoints: part, or animal/part where there are several."""
        return tuple(part for animal in self._animals for part in _of(animal, PARTS))

    @property
    def edges(self) -> tuple[Pair, ...]:
        """Skeleton of each animal."""
        return self._pairs(EDGES)

    @property
    def symmetries(self) -> tuple[Pair, ...]:
        """Left and right of each animal."""
        return self._pairs(SYMMETRIES)

    @property
    def parents(self) -> tuple[Pair, ...]:
        """Animals do not divide."""
        return ()

    @property
    def _animals(self) -> tuple[str, ...]:
        count = self.settings.animals
        return tuple(f"mouse{number + 1}" for number in range(count)) if count > 1 else ("",)

    def _pairs(self, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple(
            (one, other)
            for animal in self._animals
            for one, other in (_of(animal, pair) for pair in pairs)
        )

    def truth(self, frame: int) -> FrameTruth:
        """Where the parts of a frame really are, and which another or a shelter covers."""
        made = self.settings
        poses = [pose_at(gait, made, frame) for gait in self.gaits]
        parts = np.array([pose.parts for pose in poses])
        covered = self._sheltered(parts)
        for above, pose in enumerate(poses):
            for below in range(above):
                covered[below] |= _depth(pose, parts[below]) > 0
        places = parts.reshape(-1, 2)
        size = np.array([made.height, made.width])
        in_view = np.all((places >= -0.5) & (places < size - 0.5), axis=1)
        positions = np.concatenate([np.zeros((len(places), 1)), places], axis=1)
        return FrameTruth(positions, in_view, in_view & ~covered.ravel())

    def frame(self, frame: int) -> NDArray[np.float32]:
        """Paint one frame: (1, 1, y, x) float32, whole grey levels from 0 to 255.

        Raises
        ------
        InputError
            If there is no such frame.
        """
        return self.read(frame, frame + 1)[None].astype(np.float32)

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Paint frames ``start`` to ``stop``, exclusive; see `Recording.read`.

        Raises
        ------
        InputError
            If there are no such frames, or ``out`` does not fit them.
        """
        out = room_for_frames(self.info, start, stop, out)
        for row, frame in enumerate(range(start, stop)):
            out[row] = self._painted(frame)
        return out

    def _painted(self, frame: int) -> NDArray[np.uint8]:
        made = self.settings
        image = self.bedding.copy()
        for gait, fur in zip(self.gaits, self.furs, strict=True):
            _paint_animal(image, pose_at(gait, made, frame), fur, made)
        for top, left, bottom, right in self.boxes:
            image[top:bottom, left:right] = _box(bottom - top, right - left)
        image *= 1 + made.flicker * waves_at(self.light, frame)[0]
        random = np.random.default_rng([made.seed, _NOISE, frame])
        image += made.noise * random.standard_normal(image.shape, np.float32)
        return np.clip(np.rint(image), 0, 255).astype(np.uint8)

    def _sheltered(self, parts: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(animal, part) what lies under a box."""
        places = parts[:, :, None] + 0.5
        inside = (places >= self.boxes[:, :2]) & (places < self.boxes[:, 2:])
        return np.asarray(inside.all(axis=-1).any(axis=-1))


def simulate_animal_video(settings: AnimalSettings) -> AnimalVideo:
    """Draw animals and their arena; no frame is painted before it is asked for."""
    random = np.random.default_rng([settings.seed, _SCENE])
    return AnimalVideo(
        settings,
        tuple(
            draw_gait(settings, np.random.default_rng([settings.seed, _GAITS, animal]))
            for animal in range(settings.animals)
        ),
        _draw_furs(settings, random),
        _draw_bedding(settings, random),
        _draw_boxes(settings, random),
        draw_waves(1, 8.0, random),
    )


def _of(animal: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{animal}{SEPARATOR}{part}" if animal else part for part in parts)


def _draw_furs(settings: AnimalSettings, random: np.random.Generator) -> NDArray[np.float32]:
    """Patches of darker and lighter hair, other for each animal, and hairs."""
    drawn = random.standard_normal((2, settings.animals, *_FUR))
    patches, hairs = (gaussian_filter(drawn[k], (0, width, width)) for k, width in ((0, 6), (1, 1)))
    pattern = 14 * patches / patches.std() + 6 * hairs / hairs.std()
    return (_BEDDING - settings.contrast * _DARK + pattern).astype(np.float32)


def _draw_bedding(settings: AnimalSettings, random: np.random.Generator) -> NDArray[np.float32]:
    """Grains of several sizes, lit from the middle."""
    shape = (settings.height, settings.width)
    grain = settings.length_px * _EAR
    noise = np.zeros(shape)
    for width, share in ((grain / 3, 0.5), (grain, 0.4), (6 * grain, 0.3)):
        layer = gaussian_filter(random.standard_normal(shape), width, mode="wrap")
        noise += share * layer / layer.std()
    y, x = (np.linspace(-1, 1, side) for side in shape)
    lit = 1.05 - 0.12 * (y[:, None] ** 2 + x**2)
    return (_BEDDING * lit + 60 * settings.clutter * noise).astype(np.float32)


def _draw_boxes(settings: AnimalSettings, random: np.random.Generator) -> NDArray[np.int64]:
    side = settings.length_px * random.uniform(0.8, 1.3, (settings.shelters, 2))
    room = np.maximum(np.array([settings.height, settings.width]) - side, 1)
    first = random.uniform(0, 1, (settings.shelters, 2)) * room
    return np.concatenate([first, first + side], axis=1).astype(np.int64)


def _box(height: int, width: int) -> NDArray[np.float32]:
    """A wooden lid, light along its edges."""
    y, x = np.indices((height, width), np.float32)
    edge = np.minimum(np.minimum(y, height - 1 - y), np.minimum(x, width - 1 - x))
    return (95 + 8 * np.sin(y / 2.5 + np.sin(x / 15)) + 25 * np.exp(-edge / 2)).astype(np.float32)


def _paint_animal(
    image: NDArray[np.float32], pose: Pose, fur: NDArray[np.float32], settings: AnimalSettings
) -> None:
    """Paint shadow, tail, body, ears, eyes and nose over what is there."""
    every = np.concatenate([pose.spine, pose.tail])
    reach = pose.thick.max() + _MARGIN
    first = np.maximum(np.floor(every.min(axis=0) - reach), 0).astype(int)
    last = np.minimum(np.ceil(every.max(axis=0) + reach) + 1, image.shape).astype(int)
    if (first >= last).any():
        return
    grid = np.moveaxis(np.indices(tuple(last - first)), 0, -1) + first.astype(np.float64)
    window = image[first[0] : last[0], first[1] : last[1]]
    body = _depth_along(pose.spine, pose.thick, grid)
    tail = _depth_along(pose.tail, pose.tail_thick, grid)
    inside, on_tail = _inside(body.depth), _inside(tail.depth)
    window *= 1 - 0.3 * gaussian_filter(np.maximum(inside, on_tail), 3)
    length, dark = settings.length_px, _BEDDING - settings.contrast * _DARK
    _blend(window, on_tail, 0.5 * (dark + _BEDDING))
    at = np.stack([body.along * (fur.shape[0] - 1), (body.aside + 1) / 2 * (fur.shape[1] - 1)])
    hair = map_coordinates(fur, at, order=1, mode="nearest")
    _blend(window, inside, hair * (1 - 0.35 * body.aside**2))
    nose, left, right = pose.parts[:3]
    for ear in (left, right):
        _blend(window, _disc(grid, ear, _EAR * length), dark + 45)
        _blend(window, _disc(grid, ear, 0.6 * _EAR * length), dark + 15)
    for ear in (left, right):
        _blend(window, _disc(grid, 0.45 * ear + 0.55 * nose, _EYE * length), 15.0)
    _blend(window, _disc(grid, nose, 1.3 * _EYE * length), dark + 70)


@dataclass(frozen=True)
class _Depth:
    """How deep points lie in a limb.

    Parameters
    ----------
    depth : (...)
        Pixels from its outline; negative outside.
    along, aside : (...)
        Share of its length, and of its half breadth to either side, -1 to 1.
    """

    depth: NDArray[np.float64]
    along: NDArray[np.float64]
    aside: NDArray[np.float64]


def _depth_along(
    line: NDArray[np.float64], thick: NDArray[np.float64], places: NDArray[np.float64]
) -> _Depth:
    """Find where (..., 2) places lie in a limb of (point, 2) line and (point,) half breadths."""
    shape = places.shape[:-1]
    found = _Depth(np.full(shape, -np.inf), np.zeros(shape), np.zeros(shape))
    for number in range(len(line) - 1):
        way = line[number + 1] - line[number]
        from_first = places - line[number]
        share = np.clip(from_first @ way / (way @ way), 0, 1)
        breadth = thick[number] + share * (thick[number + 1] - thick[number])
        away = np.linalg.norm(from_first - share[..., None] * way, axis=-1)
        better = breadth - away > found.depth
        side = from_first[..., 0] * way[1] - from_first[..., 1] * way[0]
        aside = np.clip(np.sign(side) * away / breadth, -1, 1)
        np.copyto(found.depth, breadth - away, where=better)
        np.copyto(found.along, (number + share) / (len(line) - 1), where=better)
        np.copyto(found.aside, aside, where=better)
    return found


def _depth(pose: Pose, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """(...) pixels that places lie inside of an animal; negative outside."""
    body = _depth_along(pose.spine, pose.thick, places).depth
    return np.maximum(body, _depth_along(pose.tail, pose.tail_thick, places).depth)


def _disc(
    grid: NDArray[np.float64], centre: NDArray[np.float64], radius: float
) -> NDArray[np.float64]:
    return _inside(radius - np.linalg.norm(grid - centre, axis=-1))


def _inside(depth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of a pixel that lies inside, from the depth of its centre."""
    return np.clip(depth + 0.5, 0, 1)


def _blend(
    window: NDArray[np.float32], share: NDArray[np.float64], grey: NDArray[np.float64] | float
) -> None:
    window += (share * (grey - window)).astype(np.float32)
