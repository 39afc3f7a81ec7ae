"""A network by name, with what it starts from."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from sightline.errors import SettingError
from sightline.segment.filters import FilterNet
from sightline.segment.lite0 import LiteUNet, start_encoder
from sightline.segment.paper.intensity import standardise_inputs
from sightline.segment.paper.resnet_unet import RESNETS, ResNetUNet, start_resnet
from sightline.segment.settings import SegmentSettings
from sightline.segment.smp_networks import PREFIX, make_smp, start_smp
from sightline.segment.unet import SmallUNet

NETWORKS: Final = ("lite-unet", "unet", "filters", *RESNETS, f"{PREFIX}ARCHITECTURE/ENCODER")

Weights = Mapping[str, NDArray[Any]]


def make_network(
    settings: SegmentSettings, channels: int, outputs: int, seed: int, start: Any = None
) -> nn.Module:
    """Give a network with random numbers of a seed, or an encoder that starts from weights.

    Parameters
    ----------
    settings
        Its name.
    channels
        Of the images, each an input.
    outputs
        Classes with the background, and what else it learns.
    seed
        Of the random numbers; the global state is left as it was.
    start
        Encoder's weights, as `sightline.workflows.segment_weights` reads them; None: from nothing.

    Raises
    ------
    SettingError
        If there is no such network, or the weights are not its encoder's.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = _made(settings.network, channels, outputs)
        if settings.input == "intensity":
            standardise_inputs(network, channels)
        for parameter in network.parameters():
            if parameter.ndim == 4:  # a fifth faster on a CPU
                parameter.data = parameter.data.to(memory_format=torch.channels_last)
        if start is not None:
            try:
                with torch.no_grad():
                    _start(network, settings, start)
            except ValueError as odd:
                raise SettingError(
                    f"The weights {settings.weights!r} do not fit the encoder of "
                    f"{settings.network!r} ({odd}). Choose others, or none."
                ) from None
    return network


def output_channels(settings: SegmentSettings, classes: int) -> int:
    """How many scores a network gives: one a class with the background, and what else it learns."""
    votes = classes - 1 if settings.votes_weight else 0
    return classes + votes + (1 if settings.middle_weight else 0)


def set_weights(network: nn.Module, weights: Weights) -> None:
    """Give a network the weights of one of its kind; SettingError if they are of another."""
    tensors = {name: torch.from_numpy(np.array(values)) for name, values in weights.items()}
    try:
        network.load_state_dict(tensors)
    except RuntimeError as odd:
        raise SettingError(
            f"A trained model's weights do not fit its network ({str(odd).splitlines()[-1].strip()}"
            "). Copy the model folder again."
        ) from None


def weights_of(network: nn.Module) -> dict[str, NDArray[Any]]:
    """The weights of a network, by name."""
    return {
        name: tensor.detach().cpu().numpy().copy() for name, tensor in network.state_dict().items()
    }


def fused(network: nn.Module) -> nn.Module:
    """Change a network that learns no more: each normalisation becomes part of its convolution."""
    for block in network.modules():
        if not isinstance(block, nn.Sequential):
            continue
        for place, (layer, after) in enumerate(pairwise(list(block))):
            if isinstance(layer, nn.Conv2d) and isinstance(after, nn.BatchNorm2d):
                block[place] = fuse_conv_bn_eval(layer, after)
                block[place + 1] = nn.Identity()
    return network


def device() -> torch.device:
    """A GPU where torch finds one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _made(name: str, inputs: int, outputs: int) -> nn.Module:
    if name == "lite-unet":
        return LiteUNet(inputs, outputs)
    if name == "unet":
        return SmallUNet(inputs, outputs)
    if name == "filters":
        return FilterNet(inputs, outputs)
    if name in RESNETS:
        return ResNetUNet(inputs, outputs, name)
    if name.startswith(PREFIX):
        return make_smp(name, inputs, outputs)
    raise SettingError(f"Unknown network {name!r}; expected {', '.join(NETWORKS)}. Choose one.")


def _start(network: nn.Module, settings: SegmentSettings, start: Any) -> None:
    if isinstance(network, LiteUNet):
        start_encoder(network, start)
    elif isinstance(network, ResNetUNet):
        start_resnet(network, start)
    elif settings.network.startswith(PREFIX):
        start_smp(network, start)
    else:
        raise ValueError("it has no encoder that starts from weights")
