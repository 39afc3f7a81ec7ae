"""Images of stained cells as laboratories have them, down to those of which nobody can be sure."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.data.image import Image
from sightline.data.mask import FOREGROUND, Mask
from sightline.errors import SettingError
from sightline.simulate.ambiguous_settings import AmbiguousSettings, Draw

_APART: Final = 1.25  # of the radii of two cells, how far apart those are that do not touch
_TOUCHING: Final = 0.9  # and those that do
_MOST_FAILURES: Final = 2000
_LARGER: Final = 1.2  # each class than the one before
_DEBRIS: Final = 0.45  # radius, as share of a cell's
_EDGE: Final = 0.08  # of the radius, over which a cell's border fades before any blur
_ELSEWHERE: Final = 0.05  # of a cell's light in a channel that is of another class


@dataclass(frozen=True)
class Shapes:
    """Things in an image: cells, or what is none.

    Parameters
    ----------
    labels : (y, x) int32
        Number of the thing at each pixel, from 1; 0 for none.
    visibility : (thing,) float64
        Mean light of its pixels above the background, in standard deviations of a pixel there:
        below about 1 nobody can be sure.
    class_of : (thing,) int16
        Its class, from 1.
    """

    labels: NDArray[np.int32] = field(repr=False)
    visibility: NDArray[np.float64]
    class_of: NDArray[np.int16]


@dataclass(frozen=True)
class AmbiguousImage:
    """An image and what is in it.

    Parameters
    ----------
    image : Image
        (channel, y, x), as a camera gives it.
    cells, debris
        What to find, and specks that only look like it.
    class_names
        Of classes 1, 2, ...
    """

    image: Image
    cells: Shapes
    debris: Shapes
    class_names: tuple[str, ...]

    @property
    def truth(self) -> Mask:
        """All cells, also those that nobody can see."""
        classes = np.concatenate([[np.int16(0)], self.cells.class_of])[self.cells.labels]
        return Mask(classes.astype(np.int16), self.cells.labels, self.class_names, "the simulation")


@dataclass(frozen=True)
class _Places:
    """Where things lie and how they are seen; lengths in pixels.

    Parameters
    ----------
    centres : (thing, 2) float64
    radii, brightness, defocus : (thing,) float64
    class_of : (thing,) int16
    """

    centres: NDArray[np.float64]
    radii: NDArray[np.float64]
    brightness: NDArray[np.float64]
    defocus: NDArray[np.float64]
    class_of: NDArray[np.int16]


def simulate_ambiguous_image(settings: AmbiguousSettings, number: int = 0) -> AmbiguousImage:
    """Make one of a laboratory's images.

    Parameters
    ----------
    settings
        What they are like.
    number
        Which, from 0; it is the same whichever others are made.

    Raises
    ------
    SettingError
        If so many cells do not fit beside each other.
    """
    random = settings.random(Draw.CELLS, number)
    cells, light = _paint(settings, _lay_out(settings, random), random)
    random = settings.random(Draw.DEBRIS, number)
    debris, specks = _paint(settings, _scatter(settings, random), random)
    debris = np.where(cells[0] > 0, 0, debris[0]).astype(np.int32), *debris[1:]
    shown = [_in_channel(light, specks, channel) for channel in range(settings.channels)]
    random = settings.random(Draw.LIGHT, number)
    back = np.stack([_background(settings, random) for _ in range(settings.channels)])
    expected = settings.photons * (back + np.stack(shown))
    pixels = _taken(settings, expected, settings.random(Draw.NOISE, number))
    size = (settings.pixel_size_um, settings.pixel_size_um)
    image = Image(f"{settings.name}{number + 1:03d}", pixels, size, "the simulation")
    names = (FOREGROUND,)
    if settings.classes > 1:
        names = tuple(f"kind {kind + 1}" for kind in range(settings.classes))
    clear = settings.photons * settings.counts_per_photon / settings.noise_counts
    return AmbiguousImage(
        image, _shapes(*cells, light.sum(axis=0) * clear), _shapes(*debris, specks * clear), names
    )


def simulate_ambiguous_images(settings: AmbiguousSettings, count: int) -> list[AmbiguousImage]:
    """Make the first images of a laboratory.

    Raises
    ------
    SettingError
        If so many cells do not fit beside each other.
    """
    return [simulate_ambiguous_image(settings, number) for number in range(count)]


def _lay_out(settings: AmbiguousSettings, random: np.random.Generator) -> _Places:
    """Cells apart from each other, but for those that touch."""
    area = settings.height * settings.width * settings.pixel_size_um**2 / 1e6
    count = int(random.poisson(settings.cells_per_mm2 * area))
    class_of = random.integers(1, settings.classes + 1, count).astype(np.int16)
    median = settings.radius_um / settings.pixel_size_um
    radii = median * random.lognormal(0, settings.spread, count) * _LARGER ** (class_of - 1.0)
    partner = np.full(count, -1)  # every other one of the first belongs to the one before it
    paired = 2 * round(settings.touching * count / 2 - 0.25)
    partner[1:paired:2] = np.arange(0, paired, 2)
    centres = np.empty((count, 2))
    for cell in range(count):
        centres[cell] = _placed(settings, centres[:cell], radii[: cell + 1], partner[cell], random)
    brightness = settings.contrast * random.lognormal(0, settings.faintness, count)
    blurred = random.random(count) < settings.out_of_focus
    defocus = np.where(blurred, random.uniform(0.3, 1, count), 0) * settings.defocus_um
    return _Places(centres, radii, brightness, defocus / settings.pixel_size_um, class_of)


def _placed(
    settings: AmbiguousSettings,
    centres: NDArray[np.float64],
    radii: NDArray[np.float64],
    partner: int,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """(y, x) of the next cell: beside its partner if it has one, and apart from all others."""
    own, others = radii[-1], radii[:-1]
    for _ in range(_MOST_FAILURES):
        centre = random.uniform((0, 0), (settings.height - 1, settings.width - 1))
        if partner >= 0:
            angle = random.uniform(0, 2 * np.pi)
            way = np.array([np.sin(angle), np.cos(angle)])
            centre = centres[partner] + _TOUCHING * (own + others[partner]) * way
        near = np.hypot(*(centres - centre).T) < _APART * (own + others)
        if not np.delete(near, [partner] if partner >= 0 else []).any():
            return centre
        if partner >= 0 and random.random() < 0.05:
            partner = -1  # no room beside it
    raise SettingError(
        f"cells_per_mm2 is {settings.cells_per_mm2:g}, but only {len(centres)} cells of "
        f"{settings.radius_um:g} um fit into {settings.height} x {settings.width} pixels of "
        f"{settings.pixel_size_um:g} um; take fewer or smaller cells."
    )


def _scatter(settings: AmbiguousSettings, random: np.random.Generator) -> _Places:
    """Specks anywhere."""
    area = settings.height * settings.width * settings.pixel_size_um**2 / 1e6
    count = int(random.poisson(settings.debris_per_mm2 * area))
    centres = random.uniform((0, 0), (settings.height - 1, settings.width - 1), (count, 2))
    median = _DEBRIS * settings.radius_um / settings.pixel_size_um
    radii = median * random.lognormal(0, 0.3, count)
    brightness = settings.contrast * random.lognormal(0, settings.faintness, count)
    defocus = random.uniform(0, 0.5, count) * settings.defocus_um / settings.pixel_size_um
    return _Places(centres, radii, brightness, defocus, np.ones(count, np.int16))


def _paint(
    settings: AmbiguousSettings, places: _Places, random: np.random.Generator
) -> tuple[tuple[NDArray[np.int32], NDArray[np.int16]], NDArray[np.float64]]:
    """Labels and classes, and the light (class, y, x) as share of the background."""
    shape = (settings.height, settings.width)
    labels = np.zeros(shape, np.int32)
    depth = np.zeros(shape)
    light = np.zeros((settings.classes, *shape))
    for number, (centre, radius) in enumerate(zip(places.centres, places.radii, strict=True)):
        kind = int(places.class_of[number])
        blur = float(np.hypot(settings.blur_um / settings.pixel_size_um, places.defocus[number]))
        reach = int(np.ceil(1.6 * radius + 3 * blur)) + 1
        y, x = (np.arange(int(at) - reach, int(at) + reach + 1) for at in centre)
        away = _away(y[:, None] - centre[0], x - centre[1], radius, random)
        body = np.clip((1 - away) / _EDGE + 0.5, 0, 1)
        body *= 1 - 0.3 * (kind - 1) * np.exp(-((away / 0.5) ** 2))
        seen = ndimage.gaussian_filter(body, blur) * places.brightness[number]
        inside = np.ix_((y >= 0) & (y < shape[0]), (x >= 0) & (x < shape[1]))
        there = np.ix_(y[(y >= 0) & (y < shape[0])], x[(x >= 0) & (x < shape[1])])
        light[kind - 1][there] += seen[inside]
        mine = (away <= 1)[inside] & ((1 - away)[inside] > depth[there])
        labels[there] = np.where(mine, number + 1, labels[there])
        depth[there] = np.where(mine, (1 - away)[inside], depth[there])
    return (labels, places.class_of), light


def _away(
    dy: NDArray[np.float64], dx: NDArray[np.float64], radius: float, random: np.random.Generator
) -> NDArray[np.float64]:
    """Distance from the centre, as share of an uneven outline's there."""
    angle = np.arctan2(dy, dx)
    outline = np.full(angle.shape, radius)
    for bumps in (2, 3, 4):
        wave = np.cos(bumps * angle + random.uniform(0, 2 * np.pi))
        outline += radius * random.normal(0, 0.15 / bumps) * wave
    return np.hypot(dy, dx) / np.maximum(outline, 0.3 * radius)


def _in_channel(
    light: NDArray[np.float64], specks: NDArray[np.float64], channel: int
) -> NDArray[np.float64]:
    """(y, x) what shines in a channel: in the first everything, in another its own class."""
    everything = light.sum(axis=0) + specks.sum(axis=0)
    if channel == 0:
        return everything
    own = light[channel] if channel < len(light) else 0.0
    return _ELSEWHERE * everything + (1 - _ELSEWHERE) * own


def _background(settings: AmbiguousSettings, random: np.random.Generator) -> NDArray[np.float64]:
    """(y, x) of mean 1: slow changes, and patches about half as wide as a cell."""
    shape = (settings.height, settings.width)
    slow = _smooth_noise(shape, max(shape) / 5, random)
    patches = _smooth_noise(shape, 0.5 * settings.radius_um / settings.pixel_size_um, random)
    light = np.maximum(1 + settings.unevenness * slow + settings.texture * patches, 0.1)
    return light / light.mean()


def _smooth_noise(
    shape: tuple[int, int], width: float, random: np.random.Generator
) -> NDArray[np.float64]:
    """Random image of mean 0 and standard deviation 1, smooth over a width in pixels."""
    image = ndimage.gaussian_filter(random.standard_normal(shape), min(width, min(shape) / 3))
    return (image - image.mean()) / image.std()


def _taken(
    settings: AmbiguousSettings, expected: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.uint8 | np.uint16]:
    """What the camera makes of so many photons."""
    counts = settings.counts_per_photon * random.poisson(expected) + settings.offset
    counts += settings.read_noise * random.standard_normal(expected.shape)
    kept = np.clip(np.rint(counts), 0, 2**settings.bits - 1)
    return kept.astype(np.uint8 if settings.bits == 8 else np.uint16)


def _shapes(
    labels: NDArray[np.int32], class_of: NDArray[np.int16], clear: NDArray[np.float64]
) -> Shapes:
    """Things of which something is in the image, numbered without gaps."""
    found = np.unique(labels[labels > 0])
    place = np.zeros(len(class_of) + 1, np.int32)
    place[found] = np.arange(1, len(found) + 1)
    light = clear if clear.ndim == 2 else clear.sum(axis=0)
    visibility = np.asarray(ndimage.mean(light, labels, found)).reshape(-1)
    return Shapes(place[labels], visibility.astype(np.float64), class_of[found - 1])
