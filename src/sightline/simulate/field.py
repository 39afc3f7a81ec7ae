"""What a simulated field of view holds: cells, blood vessels, neuropil, and the light at rest."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse

from sightline.errors import SettingError
from sightline.simulate.activity import NEUROPIL_PATCHES
from sightline.simulate.movie_settings import Look, MovieSettings

_FAINTEST_WEIGHT: Final = 0.03
_MOST_FAILURES: Final = 1000


@dataclass(frozen=True)
class _Optics:
    """How a microscope shows things; lengths in micrometres, the rest as share of the background.

    Parameters
    ----------
    radius
        Of a cell.
    edge
        Width over which its border fades.
    nucleus
        How much darker than the ring its middle is.
    rest
        Brightness of a cell that does not fire.
    vessel_depth, vessel_blur
        How much light a vessel takes away, and over which width.
    texture, patch
        Strength of the fine texture, and size of the patches of neuropil.
    vignette
        Light lost at the corners.
    """

    radius: float
    edge: float
    nucleus: float
    rest: float
    vessel_depth: float
    vessel_blur: float
    texture: float
    patch: float
    vignette: float


_OPTICS: Final[dict[Look, _Optics]] = {
    "two-photon": _Optics(7, 1.0, 0.65, 0.7, 0.75, 4, 0.15, 40, 0.2),
    "one-photon": _Optics(10, 4.0, 0.0, 0.06, 0.35, 12, 0.02, 80, 0.6),
}


@dataclass(frozen=True)
class Field:
    """The scene, with a margin around the image so that it can move.

    Parameters
    ----------
    margin
        Pixels on each side.
    background : (component, height, width) float32
        Counts: the still image, patches of neuropil, and the vessels; with margin. A frame sees a
        weighted sum.
    footprints : (cell, pixel) float32 CSR
        Weights of the pixels of the image with margin, largest 1.
    centres : (cell, 2) float64
        (y, x) in the image without margin, pixels.
    vessels : (height, width) bool
        Where vessels are; with margin.
    """

    margin: int
    background: NDArray[np.float32]
    footprints: sparse.csr_array
    centres: NDArray[np.float64]
    vessels: NDArray[np.bool_]

    @cached_property
    def lit(self) -> tuple[NDArray[np.intp], sparse.csr_array]:
        """Pixels that any cell lights, and the weight (lit pixel, cell) of each cell there."""
        pixels = np.unique(self.footprints.indices).astype(np.intp)
        return pixels, sparse.csr_array(self.footprints[:, pixels].T)


def lay_out_field(settings: MovieSettings, margin: int, rng: np.random.Generator) -> Field:
    """Draw vessels, then cells beside them, then the light they give at rest.

    Raises
    ------
    SettingError
        If the cells do not fit into the image.
    """
    optics = _OPTICS[settings.look]
    shape = (settings.height + 2 * margin, settings.width + 2 * margin)
    vessels = _vessels(settings, optics, shape, rng)
    centres = _place_cells(settings, optics, vessels, margin, rng)
    footprints = _cell_footprints(settings, optics, centres + margin, shape, rng)
    still = _light(settings, optics, shape, rng) * (1 - optics.vessel_depth * vessels)
    resting = optics.rest * rng.lognormal(-0.125, 0.5, settings.cells)
    still += np.reshape(footprints.T @ resting, shape)
    still *= settings.photons * settings.counts_per_photon
    patches = [_smooth_noise(settings, shape, optics.patch, rng) for _ in range(NEUROPIL_PATCHES)]
    shares = np.exp(patches) / np.exp(patches).sum(0)
    background = np.stack([still, *(shares * still), vessels * still])
    return Field(margin, background.astype(np.float32), footprints, centres, vessels > 0.5)


def _light(
    settings: MovieSettings, optics: _Optics, shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Background without vessels and cells, of mean 1."""
    y, x = (np.linspace(-1, 1, length) for length in shape)
    vignette = 1 - optics.vignette * (y[:, None] ** 2 + x**2) / 2
    broad = 0.15 * _smooth_noise(settings, shape, 40, rng)
    fine = optics.texture * _smooth_noise(settings, shape, 2, rng)
    light = np.maximum(vignette * (1 + broad + fine), 0.1)
    return light / light.mean()


def _smooth_noise(
    settings: MovieSettings, shape: tuple[int, int], size_um: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Random image of mean 0 and standard deviation 1, smooth over a size."""
    sigma = min(size_um / settings.pixel_size_um, min(shape) / 4)
    image = ndimage.gaussian_filter(rng.standard_normal(shape), sigma)
    return (image - image.mean()) / image.std()


def _vessels(
    settings: MovieSettings, optics: _Optics, shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    """How much of each pixel is vessel, 0 to 1."""
    covered = np.zeros(shape)
    for _ in range(settings.vessels):
        course = _vessel_course(shape, rng)
        away = np.ones(shape, bool)
        away[course[:, 0], course[:, 1]] = False
        distance = np.asarray(ndimage.distance_transform_edt(away)) * settings.pixel_size_um
        radius = rng.lognormal(np.log(8), 0.4)
        inside = (radius - distance) / optics.vessel_blur + 0.5
        covered = np.maximum(covered, np.clip(inside, 0, 1))
    return covered


def _vessel_course(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.int64]:
    """Pixels (point, 2) of a winding line from one border through the field."""
    steps = 2 * sum(shape)
    angle = rng.uniform(-0.6, 0.6) + np.cumsum(rng.normal(0, 1, steps)) / np.sqrt(steps)
    along, across = np.cumsum(np.cos(angle)), np.cumsum(np.sin(angle))
    if rng.random() < 0.5:
        points = np.stack([along, rng.uniform(0, shape[1]) + across], axis=1)
    else:
        points = np.stack([rng.uniform(0, shape[0]) + across, along], axis=1)
    points = points.astype(np.int64)
    outside = np.flatnonzero(((points < 0) | (points >= shape)).any(1))
    return points[: outside[0]] if outside.size else points


def _place_cells(
    settings: MovieSettings,
    optics: _Optics,
    vessels: NDArray[np.float64],
    margin: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Centres (cell, 2) that are not in vessels and not nearer to each other than 1.4 radii."""
    distance = 1.4 * optics.radius / settings.pixel_size_um
    size = (settings.height - 1, settings.width - 1)
    centres = np.empty((settings.cells, 2))
    placed = failed = 0
    while placed < settings.cells:
        centre = rng.uniform((0, 0), size)
        y, x = np.rint(centre).astype(int) + margin
        near = ((centres[:placed] - centre) ** 2).sum(1) < distance**2
        if vessels[y, x] < 0.2 and not near.any():
            centres[placed] = centre
            placed, failed = placed + 1, 0
        else:
            failed += 1
        if failed == _MOST_FAILURES:
            raise SettingError(
                f"cells is {settings.cells}, but only {placed} fit into {settings.height} x "
                f"{settings.width} pixels of {settings.pixel_size_um} um beside {settings.vessels} "
                "vessels; take fewer cells or a larger image."
            )
    return centres


def _cell_footprints(
    settings: MovieSettings,
    optics: _Optics,
    centres: NDArray[np.float64],
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> sparse.csr_array:
    """Footprints (cell, pixel), largest weight 1; centres are in the image with margin."""
    height, width = shape
    pixels, weights = [], []
    for y, x in centres:
        radius = optics.radius * rng.lognormal(0, 0.12) / settings.pixel_size_um
        reach = int(np.ceil(2.5 * radius)) + 1
        rows = np.arange(max(int(y) - reach, 0), min(int(y) + reach + 1, height))
        columns = np.arange(max(int(x) - reach, 0), min(int(x) + reach + 1, width))
        patch = _cell_shape(rows[:, None] - y, columns - x, radius, settings, rng)
        inside = patch >= _FAINTEST_WEIGHT * patch.max()
        pixels.append((rows[:, None] * width + columns)[inside])
        weights.append(patch[inside] / patch.max())
    starts = np.cumsum([0, *map(len, pixels)])
    values = np.concatenate([np.empty(0), *weights]).astype(np.float32)
    indices = np.concatenate([np.empty(0, np.int64), *pixels])
    return sparse.csr_array((values, indices, starts), shape=(len(centres), height * width))


def _cell_shape(
    dy: NDArray[np.float64],
    dx: NDArray[np.float64],
    radius: float,
    settings: MovieSettings,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """A round body with bumps, whose border fades; in two-photon with a dark nucleus."""
    optics = _OPTICS[settings.look]
    # Cells are more or less in focus, and cut through their nucleus or beside it.
    edge = optics.edge * rng.lognormal(0, 0.3) / settings.pixel_size_um
    darker = optics.nucleus * rng.uniform(0.2, 1.2)
    angle = np.arctan2(dy, dx)
    outline = np.full(angle.shape, radius)
    for bumps in (2, 3, 4):
        outline += radius * rng.normal(0, 0.16 / bumps) * np.cos(bumps * angle + rng.uniform(0, 7))
    from_centre = np.hypot(dy, dx)
    body = 1 / (1 + np.exp((from_centre - outline) / edge))
    nucleus = 1 / (1 + np.exp((from_centre - 0.55 * outline) / edge))
    return body - darker * nucleus
