"""A soft body that crawls: nuclei at rest, and where they are at any time."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from sightline.errors import SettingError
from sightline.simulate.deforming_settings import DeformingSettings, Stream
from sightline.simulate.division import Lineage, draw_lineage
from sightline.simulate.omega_turn import OmegaTurn, omega_turn_at
from sightline.simulate.waves import Waves, draw_waves, waves_at

_LENGTH, _DEPTH = 0.8, 0.7  # of the view
_STEPS: Final = 400  # along the axis
_TRIES: Final = 400  # draws a nucleus


@dataclass(frozen=True)
class Lobe:
    """A part of each nucleus.

    Parameters
    ----------
    offset_um : (nucleus, 3) float64
        From the nucleus's centre where the body is straight.
    sigma_um : (nucleus,) float64
        Size.
    share : (nucleus,) float64
        Brightness, as share of the nucleus's.
    """

    offset_um: NDArray[np.float64]
    sigma_um: NDArray[np.float64]
    share: NDArray[np.float64]

    def of(self, who: NDArray[np.int64]) -> "Lobe":
        """The same of some nuclei."""
        return Lobe(self.offset_um[who], self.sigma_um[who], self.share[who])

    def turned(self, angle: NDArray[np.float64]) -> NDArray[np.float64]:
        """The offsets where the body has turned by (nucleus,) ``angle`` in the plane of y and x."""
        z, y, x = self.offset_um.T
        cosine, sine = np.cos(angle), np.sin(angle)
        return np.stack([z, cosine * y + sine * x, cosine * x - sine * y], axis=1)


@dataclass(frozen=True)
class Body:
    """Nuclei of a body at rest, and what changes them.

    Parameters
    ----------
    rest : (nucleus, 3) float64
        (z, y, x) um from the body's middle.
    lobes
        Of which nuclei consist.
    brightness : (channel, nucleus) float64
        Relative, mean about 1.
    dim : (nucleus,) bool
        Which are dim throughout.
    activity, wander, sway, heave : Waves
        Log brightness of each nucleus; its own way along each axis (3 x nucleus items); that of the
        body (y, x and the bias of its bend; z).
    phase
        Of the crawling wave, radians.
    lineage
        Who divides. The arrays above are of all nuclei, daughters included.
    """

    rest: NDArray[np.float64]
    lobes: tuple[Lobe, ...]
    brightness: NDArray[np.float64]
    dim: NDArray[np.bool_]
    activity: Waves
    wander: Waves
    sway: Waves
    heave: Waves
    phase: float
    lineage: Lineage


def lay_out_body(settings: DeformingSettings, random: np.random.Generator) -> Body:
    """Draw the nuclei of a body.

    Raises
    ------
    SettingError
        If they do not fit into it.
    """
    count = settings.points + settings.others
    rest = _scatter(settings, count, random)
    dim = random.random(count) < settings.dim_share
    spread = 0.3 * settings.texture + 0.1
    brightness = np.exp(random.normal(0, spread, (settings.channels, count)))
    lineage = draw_lineage(settings)
    who = lineage.origin
    return Body(
        rest=rest[who],
        lobes=tuple(lobe.of(who) for lobe in _lobes(settings, count, random)),
        brightness=brightness[:, who],
        dim=dim[who],
        activity=draw_waves(count, 15.0, random).of(who),
        wander=draw_waves(3 * count, settings.frames_per_wave, random).of(_each_axis(who)),
        sway=draw_waves(3, 3 * settings.frames_per_wave, random),
        heave=draw_waves(1, 3 * settings.frames_per_wave, settings.random(Stream.HEAVE)),
        phase=float(random.uniform(0, 2 * np.pi)),
        lineage=lineage,
    )


def nuclei_at(
    body: Body, settings: DeformingSettings, frame: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the nuclei are at a frame.

    Returns
    -------
    positions : (nucleus, 3) float64
        (z, y, x) pixels.
    angle : (nucleus,) float64
        By which the body has turned at each, in the plane of y and x.
    """
    view = _view_um(settings)
    sway = waves_at(body.sway, frame)
    turn = omega_turn_at(settings, frame)
    rest = body.rest + body.lineage.moved_apart_um(frame)
    along = rest[:, 2] / (_LENGTH * view[2]) + 0.5
    middle, angle = _midline(settings, frame, body.phase, float(sway[2]), along, turn)
    across = np.stack([np.cos(angle), -np.sin(angle)], axis=1)  # (y, x) of the axis's normal
    aside = rest[:, 1] if turn is None else _pressed(rest[:, 1], turn, along, _LENGTH * view[2])
    placed = np.empty_like(rest)
    placed[:, 0] = rest[:, 0] + settings.heave * view[0] * waves_at(body.heave, frame)[0] / 1.5
    placed[:, 1:] = middle + aside[:, None] * across
    placed[:, 1:] += settings.sway * view[1:] * sway[:2] / 1.5
    placed += settings.jitter_um * waves_at(body.wander, frame).reshape(-1, 3)
    if settings.planes == 1:
        placed[:, 0] = 0.0
    centre = (np.array([settings.planes, settings.height, settings.width]) - 1) / 2
    return placed / settings.voxel_size_um + centre, angle


def _view_um(settings: DeformingSettings) -> NDArray[np.float64]:
    size = np.array([settings.planes, settings.height, settings.width])
    return size * np.array(settings.voxel_size_um)


def _each_axis(who: NDArray[np.int64]) -> NDArray[np.int64]:
    """Items along (z, y, x) of nuclei."""
    return (3 * who[:, None] + np.arange(3)).ravel()


def _pressed(
    aside_um: NDArray[np.float64], turn: OmegaTurn, along: NDArray[np.float64], length_um: float
) -> NDArray[np.float64]:
    """Distances from the axis; on a turn's inner side less, so that none passes its centre."""
    inside = np.maximum(turn.curvature(along) * aside_um / length_um, 0)
    return aside_um / (1 + inside)


def _midline(
    settings: DeformingSettings,
    frame: int,
    phase: float,
    bias: float,
    along: NDArray[np.float64],
    turn: OmegaTurn | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points (y, x) um and direction of the body's axis at shares ``along`` of its length."""
    share = np.linspace(0, 1, _STEPS)
    time = 2 * np.pi * frame / settings.frames_per_wave
    wave = np.sin(2 * np.pi * share - time + phase)
    angle = settings.bend / 2 * (wave + 0.5 * bias * (share - 0.5))
    if turn is not None:
        angle = angle + turn.angle(share)
    step = _LENGTH * _view_um(settings)[2] / (_STEPS - 1)
    way = np.cumsum(np.stack([np.sin(angle), np.cos(angle)], axis=1) * step, axis=0)
    way -= way.mean(axis=0)
    middle = np.stack([np.interp(along, share, way[:, k]) for k in range(2)], axis=1)
    return middle, np.interp(along, share, angle)


def _scatter(
    settings: DeformingSettings, count: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """(nucleus, 3) um places in an ellipsoid, none too near to another, keypoints first."""
    half = _view_um(settings) * (_DEPTH, settings.breadth, _LENGTH) / 2
    if settings.planes == 1:
        half[0] = 0.0
    drawn = random.normal(size=(_TRIES * count, 3))
    if settings.planes == 1:
        drawn[:, 0] = 0.0
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    flat = 2 if settings.planes == 1 else 3
    drawn *= random.random((len(drawn), 1)) ** (1 / flat) * half
    kept = _first_apart(drawn, settings.spacing * settings.radius_um, count)
    if len(kept) < count:
        raise SettingError(
            f"points and others are {count} together, of which only {len(kept)} fit into the body; "
            "make the image larger or radius_um smaller."
        )
    return kept


def _first_apart(places: NDArray[np.float64], apart: float, count: int) -> NDArray[np.float64]:
    """The first ``count`` places that keep their distance from those before."""
    near = KDTree(places)
    free = np.ones(len(places), bool)
    kept: list[int] = []
    for place in range(len(places)):
        if free[place]:
            kept.append(place)
            free[near.query_ball_point(places[place], apart)] = False
            if len(kept) == count:
                break
    return places[kept]


def _lobes(
    settings: DeformingSettings, count: int, random: np.random.Generator
) -> tuple[Lobe, ...]:
    """A round middle, and two small lobes where nuclei are textured."""
    radius = settings.radius_um * random.uniform(0.9, 1.1, count)
    middle = Lobe(np.zeros((count, 3)), radius, np.ones(count))
    if settings.texture == 0:
        return (middle,)
    sides = []
    for _ in range(2):
        offset = random.normal(size=(count, 3))
        offset *= 1.1 * settings.radius_um / np.linalg.norm(offset, axis=1, keepdims=True)
        share = settings.texture * random.uniform(0, 1, count)
        sides.append(Lobe(offset, radius * 0.5, share))
    return (middle, *sides)
