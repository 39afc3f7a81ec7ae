"""What a network is to make small: cross-entropy and Dice, by pixels that are not ignored."""

import torch
from torch import Tensor, nn


def cross_entropy(scores: Tensor, target: Tensor) -> Tensor:
    """Mean over pixels that are not ignored."""
    said = target.sum(dim=1)
    found = -(target * nn.functional.log_softmax(scores, dim=1)).sum(dim=1)
    return found.sum() / said.sum().clamp(min=1)


def foreground_dice(scores: Tensor, target: Tensor) -> Tensor:
    """1 less the mean over classes but the background of Dice over all patches together.

    With a pixel's worth added above and below, so that nothing at all is no loss.
    """
    said = target.sum(dim=1, keepdim=True)
    chance = torch.softmax(scores, dim=1) * said
    both = (chance * target).sum(dim=(0, 2, 3))[1:]
    whole = (chance + target).sum(dim=(0, 2, 3))[1:]
    return 1 - ((2 * both + 1) / (whole + 1)).mean()


def share_loss(scores: Tensor, share: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy of scores (patch, layer, y, x) and shares, of votes or of a distance."""
    said = target.sum(dim=1, keepdim=True)
    found = nn.functional.binary_cross_entropy_with_logits(scores, share, reduction="none") * said
    return found.sum() / (said.sum() * share.shape[1]).clamp(min=1)
