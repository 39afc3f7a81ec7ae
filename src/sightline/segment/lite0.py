"""A U-Net whose encoder is EfficientNet-Lite0, which may start from what photographs taught it."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sightline.segment.unet import once

_STEM: Final = 32
# expansion, outputs, repeats, stride, kernel of each stage; the last two are left out, for they
# look at more than the surroundings of a cell
_STAGES: Final = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
)
_SKIPS: Final = (0, 1, 2)  # stages whose output the decoder sees; the last is its start
_DECODER: Final = (64, 32, 24, 16)


class LiteUNet(nn.Module):
    """Images (image, input, y, x) to scores (image, output, y, x), any multiple of 16 wide.

    References
    ----------
    Tan and Le, EfficientNet (2019); Lite0 is its smallest without squeeze-and-excitation, cut at
    six.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.encoder = _Encoder(inputs)
        beside = [*(_STAGES[stage][1] for stage in reversed(_SKIPS)), inputs]
        below = [_STAGES[-1][1], *_DECODER[:-1]]
        self.up = nn.ModuleList(
            nn.Sequential(*once(under + skip, width))
            for under, skip, width in zip(below, beside, _DECODER, strict=True)
        )
        self.head = nn.Conv2d(_DECODER[-1], outputs, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Scores of each pixel."""
        *beside, found = self.encoder(images)
        for block, skip in zip(self.up, [*reversed(beside), images], strict=True):
            raised = nn.functional.interpolate(found, size=skip.shape[-2:], mode="nearest")
            found = block(torch.cat([raised, skip], dim=1))
        return self.head(found)


class _Encoder(nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(inputs, _STEM, 3, stride=2, padding=1, bias=False), _norm(_STEM), nn.ReLU6()
        )
        before, stages = _STEM, []
        for expansion, outputs, repeats, stride, kernel in _STAGES:
            blocks = []
            for repeat in range(repeats):
                blocks.append(_Block(before, outputs, expansion, 1 if repeat else stride, kernel))
                before = outputs
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)

    def forward(self, images: Tensor) -> list[Tensor]:
        found, seen = self.stem(images), []
        for stage in self.stages:
            found = stage(found)
            seen.append(found)
        return [*(seen[stage] for stage in _SKIPS), found]


class _Block(nn.Module):
    """Widened, convolved within each channel, narrowed; added to its input where that fits."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int, kernel: int) -> None:
        super().__init__()
        wide = inputs * expansion
        widen = (nn.Conv2d(inputs, wide, 1, bias=False), _norm(wide), nn.ReLU6())
        self.layers = nn.Sequential(
            *(widen if expansion > 1 else ()),
            nn.Conv2d(wide, wide, kernel, stride, kernel // 2, groups=wide, bias=False),
            _norm(wide),
            nn.ReLU6(),
            nn.Conv2d(wide, outputs, 1, bias=False),
            _norm(outputs),
        )
        self.adds = stride == 1 and inputs == outputs

    def forward(self, images: Tensor) -> Tensor:
        found = self.layers(images)
        return images + found if self.adds else found


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


def start_encoder(network: LiteUNet, weights: Sequence[NDArray[np.float32]]) -> None:
    """Start the encoder from the tensors of an EfficientNet-Lite0, in their order.

    The first layer sees red, green and blue; other numbers of inputs get their mean.

    Parameters
    ----------
    network
        To be changed.
    weights
        As published, without counters of batches; later ones are not needed.

    Raises
    ------
    ValueError
        If they are of another network.
    """
    state = network.encoder.state_dict()
    names = [name for name in state if not name.endswith("num_batches_tracked")]
    if len(weights) < len(names):
        raise ValueError(f"{len(weights)} tensors; expected {len(names)} or more")
    taken: Mapping[str, Tensor] = {
        name: torch.from_numpy(np.array(weight))
        for name, weight in zip(names, weights, strict=False)
    }
    stem = taken[names[0]]
    inputs = state[names[0]].shape[1]
    if stem.ndim == 4 and inputs != stem.shape[1]:  # of others, the shape is told below
        stem = stem.mean(dim=1, keepdim=True).repeat(1, inputs, 1, 1) * stem.shape[1] / inputs
    for name, tensor in {**taken, names[0]: stem}.items():
        if state[name].shape != tensor.shape:
            found, expected = tuple(tensor.shape), tuple(state[name].shape)
            raise ValueError(f"{name} of shape {found}; expected {expected}")
        state[name].copy_(tensor)
