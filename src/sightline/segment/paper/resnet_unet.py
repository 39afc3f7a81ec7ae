"""A U-Net on a ResNet, as segmentation-models-pytorch builds it and the paper trains it."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sightline.segment.unet import twice

RESNETS: Final[Mapping[str, tuple[bool, tuple[int, ...]]]] = {  # bottlenecks; blocks of each stage
    "resnet18-unet": (False, (2, 2, 2, 2)),
    "resnet34-unet": (False, (3, 4, 6, 3)),
    "resnet50-unet": (True, (3, 4, 6, 3)),
}
_WIDTHS: Final = (64, 128, 256, 512)
_DECODER: Final = (256, 128, 64, 32, 16)
_SHOWN: Final = 5  # names in a message


class ResNetUNet(nn.Module):
    """Images (image, input, y, x) to scores (image, output, y, x), any multiple of 32 wide.

    Parameters
    ----------
    inputs, outputs
        Channels.
    name
        One of ``RESNETS``.

    References
    ----------
    deepflash2, Methods 2.1; He et al., Deep residual learning (2016). What no weights are given
    for starts from a truncated normal distribution whose variance is 2 / fan-in (He et al.,
    Delving deep into rectifiers, 2015).
    """

    def __init__(self, inputs: int, outputs: int, name: str = "resnet34-unet") -> None:
        super().__init__()
        self.encoder = ResNet(inputs, *RESNETS[name])
        skips = [*self.encoder.outputs[-2::-1], 0]
        below = [self.encoder.outputs[-1], *_DECODER[:-1]]
        self.up = nn.ModuleList(
            twice(under + skip, width)
            for under, skip, width in zip(below, skips, _DECODER, strict=True)
        )
        self.head = nn.Conv2d(_DECODER[-1], outputs, 3, padding=1)
        self.apply(_start_normal)

    def forward(self, images: Tensor) -> Tensor:
        """Scores of each pixel."""
        *seen, found = self.encoder(images)
        for block in self.up:
            beside = seen.pop() if seen else None
            size = images.shape[-2:] if beside is None else beside.shape[-2:]
            raised = nn.functional.interpolate(found, size=size, mode="nearest")
            found = block(raised if beside is None else torch.cat([raised, beside], dim=1))
        return self.head(found)


class ResNet(nn.Module):
    """Features at 1/2, 1/4, 1/8, 1/16 and 1/32 of the resolution; names as torchvision's."""

    def __init__(self, inputs: int, bottlenecks: bool, blocks: tuple[int, ...]) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        before, grows = 64, 4 if bottlenecks else 1
        stages: list[nn.Module] = []
        for width, repeats in zip(_WIDTHS, blocks, strict=True):
            layers: list[nn.Module] = []
            for repeat in range(repeats):
                stride = 2 if stages and not repeat else 1
                layers.append(_Block(before, width, stride, bottlenecks))
                before = width * grows
            stages.append(nn.Sequential(*layers))
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.outputs = (64, *(width * grows for width in _WIDTHS))

    def forward(self, images: Tensor) -> list[Tensor]:
        """Features, finest first."""
        seen = [nn.functional.relu(self.bn1(self.conv1(images)))]
        found = nn.functional.max_pool2d(seen[0], 3, stride=2, padding=1)
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            found = stage(found)
            seen.append(found)
        return seen


class _Block(nn.Module):
    """Two 3x3 convolutions, or one between two that narrow and widen; added to the input."""

    def __init__(self, inputs: int, width: int, stride: int, bottleneck: bool) -> None:
        super().__init__()
        outputs = 4 * width if bottleneck else width
        kernel, first, second = (1, 1, stride) if bottleneck else (3, stride, 1)
        self.conv1 = nn.Conv2d(inputs, width, kernel, first, kernel // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, second, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.bottleneck = bottleneck
        if bottleneck:
            self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
            self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module | None = None
        if stride > 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, images: Tensor) -> Tensor:
        """The same, convolved."""
        found = self.bn2(self.conv2(nn.functional.relu(self.bn1(self.conv1(images)))))
        if self.bottleneck:
            found = self.bn3(self.conv3(nn.functional.relu(found)))
        kept = images if self.downsample is None else self.downsample(images)
        return nn.functional.relu(found + kept)


def start_resnet(network: ResNetUNet, weights: Mapping[str, NDArray[Any]]) -> None:
    """Start the encoder from weights, by their names.

    The first layer sees red, green and blue. One input gets their sum; other numbers take turns,
    scaled so that the sum stays.

    Parameters
    ----------
    network
        To be changed.
    weights
        As torchvision and timm name them, or with ``encoder.`` before; the last layer, that names
        what is in a photograph, is not needed.

    Raises
    ------
    ValueError
        If any is missing, unknown or of another shape; all of them are listed.
    """
    state = network.encoder.state_dict()
    given = {
        name.removeprefix("encoder."): torch.from_numpy(np.array(values))
        for name, values in weights.items()
        if not name.removeprefix("encoder.").startswith("fc.")
    }
    counters = {name for name in state if name.endswith("num_batches_tracked")}
    if "conv1.weight" in given and given["conv1.weight"].ndim == 4:
        given["conv1.weight"] = colours_to_inputs(
            given["conv1.weight"], state["conv1.weight"].shape[1]
        )
    faults = _listed("missing", set(state) - counters - set(given))
    faults += _listed("unknown", set(given) - set(state))
    faults += _listed(
        "of another shape",
        {name for name in set(given) & set(state) if given[name].shape != state[name].shape},
    )
    if faults:
        raise ValueError("; ".join(faults))
    with torch.no_grad():
        for name, tensor in given.items():
            state[name].copy_(tensor)


def colours_to_inputs(kernel: Tensor, inputs: int) -> Tensor:
    """First layer (output, colour, y, x) for other inputs; sums over them stay.

    One input gets the sum of colours; other numbers take colours in turns.
    """
    colours = kernel.shape[1]
    if inputs == colours:
        return kernel
    if inputs == 1:
        return kernel.sum(dim=1, keepdim=True)
    return kernel[:, [number % colours for number in range(inputs)]] * (colours / inputs)


def _listed(what: str, names: set[str]) -> list[str]:
    if not names:
        return []
    shown = sorted(names)[:_SHOWN]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return [f"{what}: {', '.join(shown)}{more}"]


def _start_normal(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        fan_in = module.weight[0].numel()
        deviation = (2 / fan_in) ** 0.5
        nn.init.trunc_normal_(module.weight, 0, deviation, -2 * deviation, 2 * deviation)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
