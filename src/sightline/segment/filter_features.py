"""What filters of several widths say of each pixel, as pixel classifiers take it."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.segment.difference_of_gaussians import blurred, finite_channel

SIGMAS_PX: Final = (0.7, 1.0, 1.6, 3.5, 5.0, 10.0)
PER_SIGMA: Final = 7


def filter_features(
    pixels: NDArray[Any], sigmas_px: tuple[float, ...] = SIGMAS_PX
) -> NDArray[np.float32]:
    """Filter an image.

    For each channel and width: Gaussian, Laplacian of the Gaussian, length of its gradient, the two
    eigenvalues of its second derivatives (Hessian) and those of the structure tensor, whose
    products of first derivatives are averaged over half the width more.

    Parameters
    ----------
    pixels : (channel, y, x)
    sigmas_px
        Standard deviations of the Gaussians in pixels.

    Returns
    -------
    (y, x, channel * width * 7) float32
    """
    _, height, width = pixels.shape
    found = np.empty((height, width, len(pixels) * len(sigmas_px) * PER_SIGMA), np.float32)
    place = 0
    for number in range(len(pixels)):
        channel = finite_channel(pixels, number)
        for sigma in sigmas_px:
            for feature in _of_one_width(channel, sigma):
                found[..., place] = feature
                place += 1
    return found


def _of_one_width(channel: NDArray[np.float32], sigma: float) -> list[NDArray[np.float32]]:
    smooth = blurred(channel, sigma)
    down = blurred(channel, sigma, (1, 0))
    right = blurred(channel, sigma, (0, 1))
    hessian = [blurred(channel, sigma, order) for order in ((2, 0), (1, 1), (0, 2))]
    around = 0.5 * sigma
    tensor = [blurred(product, around) for product in (down**2, down * right, right**2)]
    return [
        smooth,
        hessian[0] + hessian[2],
        np.hypot(down, right),
        *_eigenvalues(*hessian),
        *_eigenvalues(*tensor),
    ]


def _eigenvalues(
    yy: NDArray[np.float32], yx: NDArray[np.float32], xx: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The larger and the smaller one of each pixel's symmetric 2 x 2 matrix."""
    middle = np.asarray((yy + xx) / 2, np.float32)
    apart = np.asarray(np.hypot((yy - xx) / 2, yx), np.float32)
    return middle + apart, middle - apart
