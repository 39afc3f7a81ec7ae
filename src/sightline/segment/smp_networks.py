"""Networks of segmentation-models-pytorch by name, where that is installed and can be imported."""

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sightline.errors import SettingError
from sightline.segment.paper.resnet_unet import colours_to_inputs

PREFIX: Final = "smp:"
ARCHITECTURES: Final = (
    "Unet", "UnetPlusPlus", "FPN", "PAN", "PSPNet", "Linknet", "DeepLabV3", "DeepLabV3Plus",
)  # fmt: skip


def make_smp(name: str, inputs: int, outputs: int) -> nn.Module:
    """Give a network such as ``"smp:Unet/resnet34"``, without weights; nothing is fetched.

    Parameters
    ----------
    name
        ``smp:ARCHITECTURE/ENCODER``; encoders of timm are written ``tu-NAME``.
    inputs, outputs
        Channels.

    Raises
    ------
    SettingError
        If the package cannot be imported, or has no such architecture or encoder.
    """
    architecture, _, encoder = name.removeprefix(PREFIX).partition("/")
    if architecture not in ARCHITECTURES or not encoder:
        raise SettingError(
            f"network is {name!r}; expected {PREFIX}ARCHITECTURE/ENCODER with one of "
            f"{', '.join(ARCHITECTURES)}, such as {PREFIX}Unet/resnet34."
        )
    make = getattr(_package(name), architecture)
    try:
        return make(encoder, encoder_weights=None, in_channels=inputs, classes=outputs)
    except (KeyError, RuntimeError, TypeError, ValueError) as odd:
        reason = str(odd).splitlines()[0].strip("'\"")[:200]
        raise SettingError(
            f"{architecture} cannot be built on the encoder {encoder!r} ({reason}). "
            "Choose another encoder of segmentation-models-pytorch or timm."
        ) from None


def start_smp(network: Any, weights: Mapping[str, NDArray[Any]]) -> None:
    """Start the encoder from weights as segmentation-models-pytorch names them.

    Raises
    ------
    ValueError
        If they are of another encoder.
    """
    tensors = {
        name.removeprefix("encoder."): torch.from_numpy(np.array(values))
        for name, values in weights.items()
    }
    first = next((name for name, values in tensors.items() if values.ndim == 4), None)
    wanted = dict(network.encoder.named_parameters()).get(first or "")
    if first is not None and wanted is not None:
        tensors[first] = colours_to_inputs(tensors[first], wanted.shape[1])
    try:
        network.encoder.load_state_dict(tensors)
    except RuntimeError as odd:
        raise ValueError(" ".join(str(odd).split())[:300]) from None


def _package(name: str) -> ModuleType:
    try:
        return import_module("segmentation_models_pytorch")
    except ImportError as missing:
        raise SettingError(
            f"network {name!r} needs segmentation-models-pytorch, which cannot be imported "
            f"({missing}). Install it with: pip install segmentation-models-pytorch; "
            "or choose resnet34-unet, which needs nothing more."
        ) from None
    except (AttributeError, RuntimeError) as broken:  # torchvision built for another torch
        raise SettingError(
            f"network {name!r} needs segmentation-models-pytorch, which cannot be imported here: "
            f"{str(broken).splitlines()[0]}. Install the torchvision that belongs to this torch "
            f"({torch.__version__}); or choose resnet34-unet, which needs nothing more."
        ) from None
