"""The difference of two Gaussians above a threshold: what any learner must do better than."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sightline.errors import InputError

SIGMAS_PX: Final = (0.7, 1.0, 1.5, 2.1, 3.0, 4.2, 6.0, 8.5, 12.0, 17.0, 24.0)  # half octaves
_STEPS: Final = range(1, 6)  # from the narrow to the wide Gaussian
_NARROWEST_LEFT_OUT: Final = 8.0  # pixels: wider ones are only ever the wide one
_LOOKED_AT: Final = 2**18  # pixels of an image while tuning
THRESHOLDS: Final = tuple(np.round(np.geomspace(0.5, 40.0, 61), 4).tolist())  # in robust s.d.


@dataclass(frozen=True)
class DifferenceOfGaussians:
    """Where an image is brighter (or darker) than its surroundings by so much.

    Parameters
    ----------
    narrow_px, wide_px
        Standard deviations of the two Gaussians, in pixels.
    threshold
        In robust standard deviations of the difference over the image (1.4826 times the median
        absolute deviation).
    channel
        That is looked at.
    sign
        1 for bright objects, -1 for dark ones.
    label
        Class of what is above the threshold.
    """

    narrow_px: float
    wide_px: float
    threshold: float
    channel: int = 0
    sign: int = 1
    label: int = 1

    def mark(self, pixels: NDArray[Any], zoom: float = 1.0) -> NDArray[np.int16]:
        """(y, x) the class where the difference is above the threshold, 0 elsewhere.

        Parameters
        ----------
        pixels : (channel, y, x)
            Any numbers; what is not finite counts as the median.
        zoom
            Pixels of this image along a pixel of those it was tuned on.
        """
        channel = finite_channel(pixels, min(self.channel, len(pixels) - 1))
        narrow = blurred(channel, self.narrow_px * zoom)
        wide = blurred(channel, self.wide_px * zoom)
        above = in_robust_deviations(self.sign * (narrow - wide)) > self.threshold
        return above.astype(np.int16) * np.int16(self.label)


def tune(
    images: Sequence[NDArray[Any]],
    truths: Sequence[NDArray[Any]],
    sigmas_px: Sequence[float] = SIGMAS_PX,
    thresholds: Sequence[float] = THRESHOLDS,
) -> DifferenceOfGaussians:
    """Choose Gaussians, threshold, channel and sign by the mean Dice over images.

    All are tried on all images, on large ones at every second (third, ...) pixel; of several
    classes, the one with the most pixels is looked for.

    Parameters
    ----------
    images : of each (channel, y, x)
    truths : of each (y, x)
        Class numbers, 0 for the background, negative where nothing is said.
    sigmas_px
        Rising standard deviations; pairs of up to five steps apart are tried.
    thresholds
        To try, in robust standard deviations.

    Raises
    ------
    InputError
        If there is no pixel of any class in the images.
    """
    label = commonest_class(truths)
    limits = np.sort(np.asarray(thresholds, np.float64))
    total: dict[tuple[float, float, int, int], NDArray[np.float64]] = {}
    for pixels, truth in zip(images, truths, strict=True):
        step = max(1, round((truth.size / _LOOKED_AT) ** 0.5))
        looked_at = truth[::step, ::step]
        for channel in range(min(len(each) for each in images)):
            smooth = finite_channel(pixels, channel)
            for pair, difference in _differences(smooth, sigmas_px, step):
                for sign in (1, -1):
                    scores = _dice_above(sign * difference, looked_at, label, limits)
                    key = (*pair, channel, sign)
                    total[key] = total.get(key, np.zeros(len(limits))) + scores
    narrow, wide, channel, sign = best = max(total, key=lambda key: float(total[key].max()))
    threshold = float(limits[int(total[best].argmax())])
    return DifferenceOfGaussians(narrow, wide, threshold, channel, sign, label)


def commonest_class(truths: Sequence[NDArray[Any]]) -> int:
    """The class, not the background, with the most pixels.

    Raises
    ------
    InputError
        If there is none.
    """
    counts = np.zeros(1, np.int64)
    for truth in truths:
        own = np.bincount(truth[truth > 0].astype(np.int64), minlength=len(counts))
        own[: len(counts)] += counts
        counts = own
    if not counts.any():
        raise InputError(
            "consensus masks", "no pixel of any class", "objects in some of the images",
            "Check that the masks are of these images and not empty.",
        )  # fmt: skip
    return int(counts.argmax())


def finite_channel(pixels: NDArray[Any], channel: int) -> NDArray[np.float32]:
    """(y, x) of one channel; what is not finite is replaced by the median of the rest."""
    found = np.asarray(pixels[channel], np.float32)
    finite = np.isfinite(found)
    if finite.all():
        return found
    return np.where(finite, found, np.median(found[finite]) if finite.any() else np.float32(0))


def blurred(
    channel: NDArray[np.float32], sigma_px: float, order: int | tuple[int, int] = 0
) -> NDArray[np.float32]:
    """(y, x) filtered with a Gaussian, or with its derivative of an order along each axis."""
    found = np.empty_like(channel)
    gaussian_filter(channel, sigma_px, order=order, output=found)  # pyright: ignore[reportArgumentType]
    return found


def in_robust_deviations(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same, less the median, in units of 1.4826 times the median absolute deviation.

    Where more than half of the values are equal, in units of the standard deviation; of a constant
    image, zeros.
    """
    middle = np.median(values)
    unit = 1.4826 * float(np.median(np.abs(values - middle))) or float(values.std())
    return (values - middle) / np.float32(unit) if unit else np.zeros_like(values)


def _differences(
    channel: NDArray[np.float32], sigmas_px: Sequence[float], step: int
) -> Iterator[tuple[tuple[float, float], NDArray[np.float32]]]:
    """Each pair of Gaussians and their difference at every so many pixels, in robust deviations."""
    each = [blurred(channel, sigma)[::step, ::step] for sigma in sigmas_px]
    for first, narrow in enumerate(sigmas_px):
        for second in (first + steps for steps in _STEPS):
            if narrow < _NARROWEST_LEFT_OUT and second < len(sigmas_px):
                difference = in_robust_deviations(each[first] - each[second])
                yield (narrow, sigmas_px[second]), difference


def _dice_above(
    values: NDArray[np.float32], truth: NDArray[Any], label: int, limits: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(threshold,) Dice of what lies above each; 1 where nothing is and nothing should be."""
    known = truth >= 0
    wanted = truth[known] == label
    place = np.searchsorted(limits.astype(np.float32), values[known], side="left")
    above, right = (
        np.bincount(some, minlength=len(limits) + 1)[::-1].cumsum()[::-1][1:]
        for some in (place, place[wanted])
    )
    whole = above + np.count_nonzero(wanted)
    return np.divide(2 * right, whole, out=np.ones(len(limits)), where=whole > 0)
