"""Patches of training images: where they are cut, turned, magnified, made brighter and noisier."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform, gaussian_filter

from sightline.segment.distance_head import middle_map
from sightline.segment.instances import components
from sightline.segment.normalise import averaged, measure_scale, normalise, pixel_noise
from sightline.segment.paper.augment import draw_turn, draw_warp, shaded, warped
from sightline.segment.paper.centres import draw_centre
from sightline.segment.settings import SegmentSettings
from sightline.segment.training_image import TrainingImage

NOISE_LEFT: Final = 0.25  # of the noise from pixel to pixel, in an image that was smoothed


@dataclass(frozen=True)
class Prepared:
    """A training image as the network sees it.

    Parameters
    ----------
    inputs : (input, y, x) float32
    target : (y, x) int16
        Class, -1 ignored.
    soft : (layer, y, x) float32 or None
        Share of votes for each class, if they are learnt, and middles of objects, if they are.
    places : of each class, (pixel,) int64
        Where it occurs, as flat numbers; classes that do not occur are left out.
    spans : (input, 2) float32
        Darkest and brightest value.
    """

    inputs: NDArray[np.float32] = field(repr=False)
    target: NDArray[np.int16] = field(repr=False)
    soft: NDArray[np.float32] | None = field(repr=False)
    places: tuple[NDArray[np.int64], ...] = field(repr=False)
    spans: NDArray[np.float32] = field(repr=False)


def prepare(
    image: TrainingImage, settings: SegmentSettings, classes: int, smoothed_px: float = 0.0
) -> Prepared:
    """Normalise an image, smoothed before, and bring it and masks to the network's resolution."""
    factor = settings.downscale
    small = averaged(image.image.pixels, factor)
    if smoothed_px > 0:
        small = quieter(small, smoothed_px)
    inputs = normalise(small, measure_scale(small), settings.input)
    shape = inputs.shape[-2:]
    target = _thinned(image.target, factor, shape)
    soft = _soft(image, settings, classes)
    places = tuple(np.flatnonzero(target == label) for label in range(1, classes))
    spans = np.stack([inputs.min(axis=(1, 2)), inputs.max(axis=(1, 2))], axis=1)
    return Prepared(
        inputs,
        target,
        None if soft is None else averaged(soft, factor),
        tuple(found for found in places if len(found)),
        spans,
    )


def _soft(
    image: TrainingImage, settings: SegmentSettings, classes: int
) -> NDArray[np.float32] | None:
    """(layer, y, x) shares of votes, and middles of objects, where they are learnt."""
    layers = []
    if settings.soft_labels or settings.votes_weight:
        one_hot = (np.arange(classes)[:, None, None] == image.target).astype(np.float32)
        layers.append(one_hot if image.share is None else np.nan_to_num(image.share))
    if settings.middle_weight:
        objects = components(image.target) if image.objects is None else image.objects
        layers.append(middle_map(objects)[None])
    return np.concatenate(layers) if layers else None


def quieter(pixels: NDArray[np.float32], smoothed_px: float) -> NDArray[np.float32]:
    """An image (channel, y, x) as a camera of less noise has it: smoothed, and a little noise."""
    noise = [NOISE_LEFT * pixel_noise(channel) for channel in pixels]
    white = np.random.default_rng(0).standard_normal(pixels.shape, np.float32)
    smooth = gaussian_filter(pixels, (0, smoothed_px, smoothed_px))
    return smooth + np.array(noise, np.float32)[:, None, None] * white


@dataclass(frozen=True)
class Batch:
    """Patches of one step.

    Parameters
    ----------
    inputs : (patch, input, y, x) float32
    target : (patch, y, x) int64
        Class, -1 ignored.
    soft : (patch, layer, y, x) float32 or None
    """

    inputs: NDArray[np.float32]
    target: NDArray[np.int64]
    soft: NDArray[np.float32] | None


def draw_batch(
    images: Sequence[Prepared],
    smoothed: Sequence[Prepared],
    settings: SegmentSettings,
    random: np.random.Generator,
) -> Batch:
    """Draw the patches of one step, half of them of smoothed images if there are any."""
    drawn = []
    for _ in range(settings.batch):
        kind = smoothed if len(smoothed) and random.random() < 0.5 else images
        drawn.append(_draw(kind[int(random.integers(len(kind)))], settings, random))
    inputs, target, soft = zip(*drawn, strict=True)
    stacked = None if soft[0] is None else np.stack(soft)
    return Batch(np.stack(inputs), np.stack(target).astype(np.int64), stacked)


def _draw(
    image: Prepared, settings: SegmentSettings, random: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int16], NDArray[np.float32] | None]:
    centre = _centre(image, settings, random)
    matrix = _turn(settings, random)
    layers = [(image.inputs, 1), (image.target[None], 0)]
    layers += [] if image.soft is None else [(image.soft, 1)]
    cut = [_cut(values, centre, matrix, settings.tile, order) for values, order in layers]
    if settings.warp and random.random() < 0.5:
        where = draw_warp(settings.tile, settings.warp, random)
        cut = [warped(values, where, order) for values, (_, order) in zip(cut, layers, strict=True)]
    inputs = shaded(cut[0].astype(np.float32), image.spans, settings, random)
    inputs = _shaded(inputs, settings, random)
    soft = cut[2].astype(np.float32) if len(cut) > 2 else None
    return inputs, cut[1][0].astype(np.int16), soft


def _centre(
    image: Prepared, settings: SegmentSettings, random: np.random.Generator
) -> NDArray[np.int64]:
    """(y, x) on a pixel of a class that occurs, each class alike, or anywhere."""
    if settings.centres != "share":
        as_program = settings.centres == "program"
        return np.array(draw_centre(image.target, random, as_program=as_program))
    height, width = image.target.shape
    if image.places and random.random() < settings.foreground_share:
        places = image.places[random.integers(len(image.places))]
        return np.array(divmod(int(places[random.integers(len(places))]), width))
    return np.array([random.integers(height), random.integers(width)])


def _turn(settings: SegmentSettings, random: np.random.Generator) -> NDArray[np.float64]:
    """(2, 2) from a patch's y, x to the image's: turned, mirrored, magnified."""
    if settings.rotate != 90:
        turn = draw_turn(settings, random)
        return turn / np.exp(random.uniform(*np.log(settings.zoom_range)))
    angle = float(random.integers(4)) * np.pi / 2
    zoom = np.exp(random.uniform(*np.log(settings.zoom_range)))
    mirror = -1.0 if settings.flip and random.random() < 0.5 else 1.0
    cosine, sine = round(np.cos(angle)), round(np.sin(angle))
    return np.array([[cosine, -sine], [sine * mirror, cosine * mirror]]) / zoom


def _cut(
    values: NDArray[np.float32] | NDArray[np.int16],
    centre: NDArray[np.int64],
    matrix: NDArray[np.float64],
    tile: int,
    order: int,
) -> NDArray[np.float32] | NDArray[np.int16]:
    """(layer, tile, tile) around a pixel; beyond the image it is mirrored."""
    plain = bool((np.abs(matrix) == np.round(np.abs(matrix))).all())
    reach = tile // 2 + 1 if plain else ceil(tile / 2 * float(np.abs(matrix).sum(axis=1).max())) + 2
    window = _window(values, centre, reach)
    if plain:
        return _quarter(window, matrix, tile)
    middle = np.array([reach, reach], np.float64)
    offset = middle - matrix @ np.full(2, (tile - 1) / 2)
    turned = [
        affine_transform(layer, matrix, offset, (tile, tile), order=order, mode="nearest")  # pyright: ignore[reportArgumentType] -- an offset for each axis is meant
        for layer in window
    ]
    found = np.stack(turned)
    return found.astype(np.int16) if values.dtype == np.int16 else found.astype(np.float32)


def _window(
    values: NDArray[np.float32] | NDArray[np.int16], centre: NDArray[np.int64], reach: int
) -> NDArray[np.float32] | NDArray[np.int16]:
    """(layer, 2 reach + 1, 2 reach + 1) around a pixel."""
    picks = [
        _mirrored(np.arange(middle - reach, middle + reach + 1), length)
        for middle, length in zip(centre.tolist(), values.shape[1:], strict=True)
    ]
    first = [int(pick[0]) for pick in picks]
    if all(pick[-1] - pick[0] == 2 * reach and pick[1] > pick[0] for pick in picks):
        size = 2 * reach + 1
        return values[:, first[0] : first[0] + size, first[1] : first[1] + size]
    return values[:, picks[0][:, None], picks[1]]


def _mirrored(places: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Places inside 0 to length - 1, mirrored at both ends as often as needed."""
    if length == 1:
        return np.zeros_like(places)
    period = 2 * (length - 1)
    inside = np.abs(places) % period
    return np.where(inside < length, inside, period - inside)


def _quarter(
    window: NDArray[np.float32] | NDArray[np.int16], matrix: NDArray[np.float64], tile: int
) -> NDArray[np.float32] | NDArray[np.int16]:
    """A window mirrored and turned by quarters, as the matrix has it."""
    if matrix[0, 0] == 0:
        window = window.swapaxes(1, 2)
    steps = [-1 if row.sum() < 0 else 1 for row in (matrix if matrix[0, 0] else matrix[::-1])]
    turned = window[:, :: steps[0], :: steps[1]]
    if matrix[0, 0] == 0:
        turned = window[:, :: steps[1], :: steps[0]]
    return turned[:, :tile, :tile]


def _shaded(
    inputs: NDArray[np.float32], settings: SegmentSettings, random: np.random.Generator
) -> NDArray[np.float32]:
    """Blurred, brighter or darker, and noisier, as other days and cameras are."""
    blur = random.uniform(*settings.blur_range_px)
    if blur > 0:
        inputs = np.asarray(gaussian_filter(inputs, (0, blur, blur)), np.float32)
    gain = np.float32(np.exp(random.uniform(*np.log(settings.gain_range))))
    inputs = inputs * gain
    noise = random.uniform(*settings.noise_range)
    if noise > 0:
        inputs = inputs + random.normal(0, noise, inputs.shape).astype(np.float32)
    return np.ascontiguousarray(inputs)


def _thinned(target: NDArray[np.int16], factor: int, shape: tuple[int, int]) -> NDArray[np.int16]:
    """Classes on a coarser grid: the commonest of each block, ignored where any pixel is."""
    if factor == 1:
        return target
    labels = np.arange(-1, int(target.max(initial=0)) + 1)
    shares = averaged((labels[:, None, None] == target).astype(np.float32), factor)
    found = labels[1:][shares[1:].argmax(axis=0)]
    return np.where(shares[0] > 0, -1, found).astype(np.int16)[: shape[0], : shape[1]]
