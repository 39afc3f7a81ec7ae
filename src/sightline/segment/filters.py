"""A pixel classifier as a network: fixed filters at several sizes, and a few learnt layers."""

import math
from typing import Final

import torch
from torch import Tensor, nn

_SIZES_PX: Final = (1.0, 2.0, 4.0, 8.0)
_EACH: Final = 5  # responses a size and input: blurred, gradient, Laplacian, two curvatures


class FilterNet(nn.Module):
    """Images (image, input, y, x) to scores (image, output, y, x) of any width.

    As ilastik's pixel classification, with a small perceptron in place of the forest.
    """

    def __init__(self, inputs: int, outputs: int, width: int = 32) -> None:
        super().__init__()
        responses = inputs * (1 + _EACH * len(_SIZES_PX))
        self.learnt = nn.Sequential(
            nn.BatchNorm2d(responses),
            nn.Conv2d(responses, width, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 1),
            nn.ReLU(inplace=True),
        )
        self.head = nn.Conv2d(width, outputs, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Scores of each pixel."""
        return self.head(self.learnt(filter_responses(images)))


def filter_responses(images: Tensor) -> Tensor:
    """(image, input, y, x) to the inputs and, at each size, five responses of each."""
    found = [images]
    for size in _SIZES_PX:
        blurred = _blur(images, size)
        # derivatives in units of the filter's size, so that all sizes are comparable
        down, across = _slope(blurred, -2) * size, _slope(blurred, -1) * size
        yy, xx, yx = _slope(down, -2) * size, _slope(across, -1) * size, _slope(down, -1) * size
        half = (yy + xx) / 2
        root = torch.sqrt(((yy - xx) / 2) ** 2 + yx**2 + 1e-12)
        gradient = torch.sqrt(down**2 + across**2 + 1e-12)
        found += [blurred, gradient, yy + xx, half + root, half - root]
    return torch.cat(found, dim=1)


def _blur(images: Tensor, size: float) -> Tensor:
    reach = min(math.ceil(3 * size), images.shape[-1] - 1, images.shape[-2] - 1)
    offsets = torch.arange(-reach, reach + 1, dtype=images.dtype, device=images.device)
    kernel = torch.exp(-(offsets**2) / (2 * size**2))
    kernel = kernel / kernel.sum()
    height, width = images.shape[-2:]
    rows = images.reshape(-1, 1, height, width)
    rows = nn.functional.pad(rows, (reach, reach, reach, reach), mode="reflect")
    rows = nn.functional.conv2d(rows, kernel.view(1, 1, -1, 1))
    return nn.functional.conv2d(rows, kernel.view(1, 1, 1, -1)).reshape(images.shape)


def _slope(images: Tensor, axis: int) -> Tensor:
    """Central differences; one-sided at the edges."""
    return torch.gradient(images, dim=axis)[0]
