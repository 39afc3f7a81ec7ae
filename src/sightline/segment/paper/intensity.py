"""Plain intensities as input, standardised within the network by what it was trained on."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


def standardise_inputs(network: nn.Module, inputs: int) -> None:
    """Let a network subtract a mean from its inputs and divide by a deviation, kept in its weights.

    They are 0 and 1 until `measure_inputs` gives others.
    """
    network.register_buffer("input_mean", torch.zeros(inputs, 1, 1))
    network.register_buffer("input_deviation", torch.ones(inputs, 1, 1))
    network.register_forward_pre_hook(_standardised)


def measure_inputs(network: nn.Module, images: Sequence[NDArray[np.float32]]) -> None:
    """Measure images (input, y, x) for a network of `standardise_inputs`; others are left alone.

    One mean and deviation of each input for all: the mean of the images' means, and the root of
    the mean of their variances, as the paper's program has them.
    """
    buffers = dict(network.named_buffers())
    if "input_mean" not in buffers:
        return
    means = np.mean([image.mean(axis=(1, 2), dtype=np.float64) for image in images], axis=0)
    variances = np.mean([image.var(axis=(1, 2), dtype=np.float64) for image in images], axis=0)
    deviations = np.where(variances > 0, np.sqrt(variances), 1)
    for name, values in (("input_mean", means), ("input_deviation", deviations)):
        buffers[name].copy_(torch.from_numpy(values).reshape(-1, 1, 1))


def _standardised(network: nn.Module, given: tuple[Tensor, ...]) -> Tensor:
    buffers = dict(network.named_buffers(recurse=False))
    return (given[0] - buffers["input_mean"]) / buffers["input_deviation"]
