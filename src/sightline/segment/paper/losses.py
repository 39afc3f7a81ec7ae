"""The losses that the paper names, for several classes, shares of votes and ignored pixels.

All take scores (patch, class, y, x) before the softmax, and targets of that shape: shares of the
classes that add up to 1, or 0 of every class where a pixel is ignored. Background comes first.
"""

from collections.abc import Callable, Mapping
from typing import Final

import torch
from torch import Tensor, nn

from sightline.errors import SettingError
from sightline.segment.losses import cross_entropy, foreground_dice
from sightline.segment.settings import SegmentSettings

Loss = Callable[[Tensor, Tensor, SegmentSettings], Tensor]

_POLY: Final = 1.0  # what the first term of the logarithm's series weighs more
_SMOOTH: Final = 0.5  # pixels added to overlap and size, so that an absent class costs little


def class_loss(scores: Tensor, target: Tensor, settings: SegmentSettings) -> Tensor:
    """Loss by the settings' ``loss``; SettingError if there is none of that name."""
    if settings.loss not in LOSSES:
        raise SettingError(
            f"Unknown loss {settings.loss!r}; expected {', '.join(LOSSES)}. Choose one."
        )
    return LOSSES[settings.loss](scores, target, settings)


def smoothed(target: Tensor, smoothing: float) -> Tensor:
    """Targets of which a part is spread evenly over all classes."""
    said = target.sum(dim=1, keepdim=True)
    return (1 - smoothing) * target + smoothing * said / target.shape[1]


def tversky(scores: Tensor, target: Tensor, alpha: float, beta: float) -> Tensor:
    """1 - TP / (TP + alpha FP + beta FN), mean over all classes but the background.

    Pixels of all patches are counted together, in shares. Dice is alpha = beta = 1/2, Jaccard
    alpha = beta = 1 (Salehi et al. 2017, equation 4).
    """
    said = target.sum(dim=1, keepdim=True)
    chance = torch.softmax(scores, dim=1) * said
    hit = (chance * target).sum(dim=(0, 2, 3))[1:]
    over = chance.sum(dim=(0, 2, 3))[1:] - hit
    under = target.sum(dim=(0, 2, 3))[1:] - hit
    return 1 - ((hit + _SMOOTH) / (hit + alpha * over + beta * under + _SMOOTH)).mean()


def focal(scores: Tensor, target: Tensor, alpha: float, gamma: float) -> Tensor:
    """Mean of -a (1 - p)^gamma log p, with a = alpha for classes and 1 - alpha for background.

    Lin et al. 2017, equation 5, with the softmax of several classes for their sigmoid.
    """
    logs = nn.functional.log_softmax(scores, dim=1)
    weights = torch.full((1, target.shape[1], 1, 1), alpha, dtype=scores.dtype)
    weights[:, 0] = 1 - alpha
    hard = (1 - logs.exp()) ** gamma
    return _mean(-(weights.to(scores.device) * target * hard * logs).sum(dim=1), target)


def lovasz(scores: Tensor, target: Tensor) -> Tensor:
    """The Lovász extension of the Jaccard index, mean over classes that occur (Berman et al. 2018).

    Errors of all pixels, largest first, weighted by how much each lowers the index.
    """
    said = target.sum(dim=1) > 0
    chance = torch.softmax(scores, dim=1).movedim(1, -1)[said]
    truth = target.movedim(1, -1)[said]
    losses = [
        _lovasz_of(chance[:, label], truth[:, label])
        for label in range(truth.shape[1])
        if bool((truth[:, label] > 0).any())
    ]
    return torch.stack(losses).mean() if losses else scores.sum() * 0


def poly1(scores: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy + 1 - p, mean over pixels (Leng et al., PolyLoss, 2022, with epsilon 1)."""
    missed = 1 - (target * torch.softmax(scores, dim=1)).sum(dim=1)
    return cross_entropy(scores, target) + _POLY * _mean(missed, target)


def _lovasz_of(chance: Tensor, truth: Tensor) -> Tensor:
    errors, order = torch.sort((truth - chance).abs(), descending=True, stable=True)
    sorted_truth = truth[order]
    both = sorted_truth.sum() - sorted_truth.cumsum(0)
    either = sorted_truth.sum() + (1 - sorted_truth).cumsum(0)
    lost = 1 - both / either
    return (errors * torch.diff(lost, prepend=lost.new_zeros(1))).sum()


def _mean(values: Tensor, target: Tensor) -> Tensor:
    """Over the pixels (patch, y, x) that are not ignored; 0 where all are."""
    said = target.sum(dim=1)
    return (values * said).sum() / said.sum().clamp(min=1)


LOSSES: Final[Mapping[str, Loss]] = {
    # the reference adds cross-entropy and Dice up; the paper has their mean
    "CrossEntropyDice": lambda s, t, _: cross_entropy(s, t) + foreground_dice(s, t),
    "MeanCrossEntropyDice": lambda s, t, _: (cross_entropy(s, t) + foreground_dice(s, t)) / 2,
    "CrossEntropy": lambda s, t, _: cross_entropy(s, t),
    "SoftCrossEntropy": lambda s, t, how: cross_entropy(s, smoothed(t, how.loss_smoothing)),
    "Dice": lambda s, t, _: foreground_dice(s, t),
    "Jaccard": lambda s, t, _: tversky(s, t, 1, 1),
    "Focal": lambda s, t, how: focal(s, t, how.loss_alpha, how.loss_gamma),
    "Lovasz": lambda s, t, _: lovasz(s, t),
    "Tversky": lambda s, t, how: tversky(s, t, how.loss_alpha, how.loss_beta),
    "Poly1": lambda s, t, _: poly1(s, t),
}
