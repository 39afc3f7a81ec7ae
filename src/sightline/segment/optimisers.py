"""Optimisers by name, and the pace they are given step by step."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np
import torch
from torch import nn

from sightline.errors import SettingError
from sightline.segment.settings import SegmentSettings

Parameters = Iterable[nn.Parameter]
Make = Callable[[Parameters, float, float], torch.optim.Optimizer]

_SLOW, _FAST = 0.95, 0.85  # momentum at the lowest and highest learning rate
_SQUARES: Final = 0.99  # memory of squared gradients
_EPSILON: Final = 1e-5
_START: Final = 1 / 25  # of the peak, where a cycle begins
_RISING: Final = 0.3  # share of a cycle's steps in which the learning rate rises

# the paper's two cycles, as fastai's fine-tuning has them
_FROZEN_RISING: Final = 0.99
_UNFROZEN_START: Final = 1 / 5
_UNFROZEN_PEAK: Final = 0.5  # of the settings' learning rate
_END: Final = 1e-5  # of the peak, where a cycle ends

OPTIMISERS: Final[Mapping[str, Make]] = {
    # decay is decoupled from the gradient; in Adam and SGD it is part of it, as torch has them
    "AdamW": lambda p, rate, decay: torch.optim.AdamW(
        p, rate, betas=(_SLOW, _SQUARES), eps=_EPSILON, weight_decay=decay
    ),
    "Adam": lambda p, rate, decay: torch.optim.Adam(
        p, rate, betas=(_SLOW, _SQUARES), eps=_EPSILON, weight_decay=decay
    ),
    "RAdam": lambda p, rate, decay: torch.optim.RAdam(
        p, rate, betas=(_SLOW, _SQUARES), eps=_EPSILON, weight_decay=decay,
        decoupled_weight_decay=True,
    ),
    "SGD": lambda p, rate, decay: torch.optim.SGD(p, rate, momentum=_SLOW, weight_decay=decay),
    "RMSprop": lambda p, rate, decay: torch.optim.RMSprop(
        p, rate, alpha=_SQUARES, eps=_EPSILON, momentum=_SLOW, weight_decay=decay
    ),
}  # fmt: skip


def make_optimiser(parameters: Parameters, settings: SegmentSettings) -> torch.optim.Optimizer:
    """Give the optimiser of the settings' name; SettingError if there is none."""
    if settings.optimizer not in OPTIMISERS:
        raise SettingError(
            f"Unknown optimizer {settings.optimizer!r}; expected {', '.join(OPTIMISERS)}. "
            "Choose one."
        )
    make = OPTIMISERS[settings.optimizer]
    return make(parameters, settings.learning_rate, settings.weight_decay)


def pace(settings: SegmentSettings, step: int) -> tuple[float, float]:
    """Learning rate and momentum of a step, from 0.

    Without frozen steps: one cycle, up along a cosine and down to almost nothing, momentum the
    other way round (Smith 2018). With them the paper's two cycles: one that rises nearly to its
    end while the encoder stays as it was, then one of half the rate for the whole network.
    """
    peak, frozen = settings.learning_rate, settings.frozen_iterations
    if not frozen:
        rate, _ = _cycle((step + 0.5) / settings.iterations, peak, _START, 0, _RISING)
        return rate, _SLOW - (_SLOW - _FAST) * rate / peak
    if step < frozen:
        return _cycle(step / frozen, peak, _START, _END, _FROZEN_RISING)
    done = (step - frozen) / settings.iterations
    return _cycle(done, peak * _UNFROZEN_PEAK, _UNFROZEN_START, _END, _RISING)


def set_pace(optimiser: torch.optim.Optimizer, rate: float, momentum: float) -> None:
    """Give an optimiser the learning rate and momentum of its next step."""
    for group in optimiser.param_groups:
        group["lr"] = rate
        if "betas" in group:
            group["betas"] = (momentum, group["betas"][1])
        else:
            group["momentum"] = momentum


def hold_encoder(network: nn.Module, held: bool) -> None:
    """Keep the encoder's weights as they are, or let them learn; without an encoder nothing.

    Its running means and variances go on: they describe images, and photographs are others.
    """
    encoder = getattr(network, "encoder", None)
    if isinstance(encoder, nn.Module):
        encoder.requires_grad_(not held)


def _cycle(
    done: float, peak: float, start: float, end: float, rising: float
) -> tuple[float, float]:
    if done < rising:
        height, low = (1 - np.cos(np.pi * done / rising)) / 2, start
    else:
        height, low = (1 + np.cos(np.pi * (done - rising) / (1 - rising))) / 2, end
    rate = peak * (low + (1 - low) * height)
    return float(rate), float(_SLOW - (_SLOW - _FAST) * height)
