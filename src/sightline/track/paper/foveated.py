"""Foveated patches: where they are sampled, how samples are dimmed, and how they are blurred."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.track.paper.settings import PaperSettings

_OUTER: Final = 0.4  # share of half a side whose samples lie twice as far apart and are dimmed
_BLURS: Final = ((9, 4.0), (7, 3.0), (5, 2.0))  # samples and deviation, one after the other
_BLUR_STEPS: Final = 5  # from one to the next; the first is in force for four


@dataclass(frozen=True)
class FoveatedGrid:
    """Where a patch is sampled.

    Parameters
    ----------
    z, y, x : (sample,) float64
        Pixels from the point, along each axis.
    weights : (z, y, x) float64
        By which brightness is multiplied.
    """

    z: NDArray[np.float64]
    y: NDArray[np.float64]
    x: NDArray[np.float64]
    weights: NDArray[np.float64]


def foveated_grid(settings: PaperSettings, planes: int) -> FoveatedGrid:
    """Samples of a patch, dense at its centre.

    The outer ones are pushed out by one pixel more each, and dimmed to ``edge_weight``; all are
    dimmed by a Gaussian (Methods, "Image registration").
    """
    most = min(planes, settings.patch_depth)
    sides = (most - (most + 1) % 2, settings.patch_size, settings.patch_size)
    (z, edge_z), (y, edge_y), (x, edge_x) = (_axis(side, settings.edge_weight) for side in sides)
    edge = edge_z[:, None, None] * edge_y[:, None] * edge_x
    weights = np.maximum(edge, settings.edge_weight)
    if settings.patch_sigma is not None:
        sigmas = (1.0, settings.patch_sigma, settings.patch_sigma)
        bells = [_bell(side, sigma) for side, sigma in zip(sides, sigmas, strict=True)]
        weights = weights * (bells[0][:, None, None] * bells[1][:, None] * bells[2])
    return FoveatedGrid(z, y, x, np.clip(weights, settings.edge_weight, 1))


def blur_kernels(step: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Along z, and along y and x, at a step of the descent; one tap each when it is over."""
    level = blur_level(step)
    if level == len(_BLURS):
        return np.ones(1), np.ones(1)
    taps, sigma = _BLURS[level]
    across, along = _bell(3, 1.0), _bell(taps, sigma)
    return across / across.sum(), along / along.sum()


def blur_level(step: int) -> int:
    """0 is the widest blur; the last is none."""
    return min((step + 1) // _BLUR_STEPS, len(_BLURS))


def intensities(frame: NDArray[np.float32], settings: PaperSettings) -> NDArray[np.float32]:
    """(channel, z, y, x) share of the brightest value, to the power 1 / gamma; the channels asked.

    What is not finite or below 0 counts as 0. A frame without light stays 0.
    """
    light = np.nan_to_num(np.asarray(frame, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    top = float(light.max(initial=0.0))
    if isinstance(settings.channel, int):
        light = light[settings.channel : settings.channel + 1]
    elif settings.channel == "brightest":
        light = light.max(axis=0, keepdims=True)
    share = np.maximum(light, 0) / np.float32(top if top > 0 else 1.0)
    root = np.sqrt(share) if settings.gamma == 2 else share ** np.float32(1 / settings.gamma)
    return np.ascontiguousarray(root, np.float32)


def _axis(side: int, edge_weight: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Offsets, pixels, and dimming of the samples along one side."""
    outer = int(_OUTER * side / 2)
    spread = np.linspace(-1, 1, side) * side / 2 if side > 1 else np.zeros(1)
    pushed = np.maximum(outer - np.arange(side), 0.0)
    dim = np.ones(side)
    if outer > 0:
        dim[: outer + 1] = edge_weight
        dim[-(outer + 1) :] = edge_weight
    return spread - pushed + pushed[::-1], dim


def _bell(side: int, sigma: float) -> NDArray[np.float64]:
    """Gaussian of ``side`` samples, 1 at its middle."""
    return np.exp(-((np.arange(side) - (side - 1) / 2) ** 2) / (2 * sigma**2))
