"""A learning rate for a data set: tried from tiny to far too large, in one short training."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.segment.networks import (
    Weights,
    device,
    make_network,
    output_channels,
    set_weights,
)
from sightline.segment.optimisers import make_optimiser, set_pace
from sightline.segment.paper.intensity import measure_inputs
from sightline.segment.patches import draw_batch, prepare
from sightline.segment.settings import SegmentSettings
from sightline.segment.train import Step, take_step
from sightline.segment.training_image import TrainingImage

_LOWEST, _HIGHEST = 1e-7, 1.0
_MOMENTUM: Final = 0.9
_MEMORY: Final = 0.9  # of the running mean of losses
_TOO_FAR: Final = 4.0  # times the best loss, at which it ends


@dataclass(frozen=True)
class RateCurve:
    """How the loss went as the learning rate rose.

    Parameters
    ----------
    rates : (step,) float64
        Each so many times the one before.
    losses : (step,) float64
        As they were; it ended where they were four times the best.
    """

    rates: NDArray[np.float64] = field(repr=False)
    losses: NDArray[np.float64] = field(repr=False)

    @property
    def smooth(self) -> NDArray[np.float64]:
        """(step,) running mean of the losses, each step's weight .9 of the next one's."""
        weight = total = 0.0
        found = np.empty_like(self.losses)
        for step, loss in enumerate(self.losses.tolist()):
            weight, total = _MEMORY * weight + 1, _MEMORY * total + loss
            found[step] = total / weight
        return found

    @property
    def steepest(self) -> float:
        """Learning rate at which the smoothed loss falls fastest, by the rate's logarithm."""
        return float(self.rates[np.gradient(self.smooth, np.log(self.rates)).argmin()])

    @property
    def valley(self) -> float:
        """The suggestion: two thirds down the longest descent of the smoothed loss."""
        descent = _longest_descent(self.smooth)
        return float(self.rates[descent[len(descent) * 2 // 3]])


def find_rate(
    images: Sequence[TrainingImage],
    classes: int,
    settings: SegmentSettings,
    seed: int,
    *,
    steps: int = 100,
    encoder: Any = None,
    start: Weights | None = None,
    tell: Callable[[Step], bool] = lambda _: True,
) -> RateCurve:
    """Train a network that is thrown away, while the learning rate rises exponentially.

    Parameters
    ----------
    images, classes, settings, seed, encoder, start
        As of `sightline.segment.train.train_member`; all of the network learns.
    steps
        From 1e-7 to 1.
    tell
        Told each step; False ends it.

    Raises
    ------
    SettingError
        If there is no image, a setting is unknown, fewer than 10 steps are wanted, or it ended
        before there were as many.

    References
    ----------
    Smith, Cyclical learning rates (2017), section 3.3.
    """
    if not images or steps < 10:
        raise SettingError("Finding a learning rate takes at least one image and 10 steps.")
    inputs = [prepare(image, settings, classes) for image in images]
    outputs = output_channels(settings, classes)
    network = make_network(settings, images[0].image.channels, outputs, seed, encoder)
    if start is None:
        measure_inputs(network, [image.inputs for image in inputs])
    else:
        set_weights(network, start)
    network.to(device()).train()
    optimiser = make_optimiser(network.parameters(), settings)
    random = np.random.default_rng([seed, 1])
    rates = np.geomspace(_LOWEST, _HIGHEST, steps)
    losses: list[float] = []
    for step, rate in enumerate(rates.tolist()):
        set_pace(optimiser, rate, _MOMENTUM)
        batch = draw_batch(inputs, (), settings, random)
        losses.append(take_step(network, optimiser, batch, settings, classes))
        if not losses[-1] < _TOO_FAR * min(losses):  # not a number is too far, too
            break
        if not tell(Step(step + 1, steps, losses[-1], rate, network)):
            break
    known = [loss for loss in losses if np.isfinite(loss)]
    if len(known) < 10:
        raise SettingError("It ended after fewer than 10 steps, too few to find a learning rate.")
    return RateCurve(rates[: len(known)], np.array(known))


def _longest_descent(values: NDArray[np.float64]) -> list[int]:
    """Places of the longest subsequence of which each value is below the one before."""
    length = np.ones(len(values), int)
    before = np.full(len(values), -1)
    for here in range(1, len(values)):
        higher = np.flatnonzero(values[:here] > values[here])
        if len(higher):
            best = higher[length[higher].argmax()]
            length[here], before[here] = length[best] + 1, best
    descent, here = [], int(length.argmax())
    while here >= 0:
        descent.append(here)
        here = int(before[here])
    return descent[::-1]
