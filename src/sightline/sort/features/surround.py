"""The candidate against what surrounds it, in the movie: features 51-66."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_NEAR: Final = (2.4, 6)
_WIDE: Final = (4.8, 12)
_EDGE: Final = 0.01
OUTSTANDING: Final = 3 * np.sqrt(2)
ACTIVE: Final = 0.5


class Responses(NamedTuple):
    """How a footprint or its surround answers in each frame.

    Parameters
    ----------
    norm : (frame,) float64
        The movie's product with the weights, over the weights' norm.
    peak : (frame,) float64
        The same at the weights' maximum: what the brightest pixel should show, in movie units.
    """

    norm: NDArray[np.float64]
    peak: NDArray[np.float64]


def neighbourhood(footprint: NDArray[np.float64], wide: bool = False) -> NDArray[np.bool_]:
    """Pixels around a footprint: where it is not negligible after smoothing.

    Parameters
    ----------
    footprint : (height, width) float64
    wide
        Smooth by 4.8 instead of 2.4 pixels (standard deviation).
    """
    sd, radius = _WIDE if wide else _NEAR
    smooth = ndimage.gaussian_filter(footprint, sd, mode="constant", radius=radius)
    return smooth > _EDGE * smooth.max(initial=0)


def activity_image(
    movie: NDArray[np.float64], trace: NDArray[np.float64], level: float
) -> NDArray[np.float64]:
    """Sum of the frames, weighted by the trace's excess over a level.

    Parameters
    ----------
    movie : (frame, pixel) float64
    trace : (frame,) float64
    level
        In the trace's units: 3 sqrt 2 times its noise in the reference.

    Returns
    -------
    (pixel,) float64
    """
    return np.maximum(trace - level, 0) @ movie


def activity_image_similarity(
    image: NDArray[np.float64], footprint: NDArray[np.float64], near: NDArray[np.bool_]
) -> float:
    """Feature 51: cosine of the image near the footprint with the footprint; all (pixel,)."""
    image = np.where(near, image, 0)
    norms = np.sqrt(np.square(image).sum() * np.square(footprint).sum())
    return float(image @ footprint / norms) if norms > 0 else float("nan")


def surround(
    image: NDArray[np.float64],
    footprint: NDArray[np.float64],
    wide: NDArray[np.bool_],
    least: float = 0.0,
) -> NDArray[np.float64]:
    """What is active around the footprint together with it: weights up to 1, (pixel,).

    Parameters
    ----------
    image, footprint : (pixel,) float64
        The activity image and the candidate's weights.
    wide : (pixel,) bool
        Where the surround may lie.
    least
        The image's maximum counts as at least this; without any activity the weights are zero.
    """
    around = np.where(wide & (footprint <= _EDGE), np.maximum(image, 0), 0)
    top = max(around.max(initial=0), least)
    return around / top if top > 0 else around


def responses(movie: NDArray[np.float64], weights: NDArray[np.float64]) -> Responses:
    """Responses of the weights (pixel,) to the movie (frame, pixel); zero for zero weights."""
    norm = np.sqrt(np.square(weights).sum())
    if norm == 0:
        return Responses(np.zeros(len(movie)), np.zeros(len(movie)))
    product = movie @ weights / norm
    return Responses(product, product * weights.max() / norm)


def in_movie_units(
    trace: NDArray[np.float64], response: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The trace (frame,) scaled and shifted to follow the response by least squares.

    Never turned over: a trace that runs against the movie becomes the response's mean.
    """
    centred = trace - trace.mean()
    spread = centred @ centred
    gain = max(0.0, centred @ (response - response.mean()) / spread) if spread > 0 else 0.0
    return gain * centred + response.mean()


def active_runs(
    trace: NDArray[np.float64], window: NDArray[np.intp] | None = None
) -> NDArray[np.intp]:
    """Number the runs of consecutive frames above half the trace's maximum.

    Parameters
    ----------
    trace : (frame,) float64
    window : (frame,) int
        Which snapshot each frame is of; a run ends with it. None: frames follow each other.

    Returns
    -------
    (frame,) int
        0 in no run, else the run's number from 1.
    """
    if trace.max(initial=0) <= 0:
        return np.zeros(len(trace), np.intp)
    active = trace > ACTIVE * trace.max()
    starts = active.copy()
    starts[1:] &= ~active[:-1] if window is None else ~active[:-1] | (np.diff(window) != 0)
    return np.where(active, np.cumsum(starts), 0)


def excess(
    part: NDArray[np.float64],
    other: NDArray[np.float64],
    whole: NDArray[np.float64],
    runs: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Over each run, how far ``part`` exceeds ``other``, as a share of ``whole``.

    Parameters
    ----------
    part, other, whole : (frame,) float64
    runs : (frame,) int
        As `active_runs` numbers them.

    Returns
    -------
    (run,) float64
        NaN for a run in which the whole is not above zero.
    """
    over = np.bincount(runs, np.maximum(part - other, 0))[1:]
    of = np.bincount(runs, whole)[1:]
    return np.where(of > 0, over / np.where(of > 0, of, 1), np.nan)
