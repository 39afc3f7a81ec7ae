"""A small U-Net: halved and widened a few times, and back up beside what was seen on the way."""

import torch
from torch import Tensor, nn


class SmallUNet(nn.Module):
    """Images (image, input, y, x) to scores (image, output, y, x), any multiple of 2^depth wide.

    Parameters
    ----------
    inputs, outputs
        Channels.
    width
        Channels at full resolution; they double with each level.
    depth
        Levels below it.

    References
    ----------
    Ronneberger, Fischer and Brox, U-Net (2015), with batch normalisation and padding.
    """

    def __init__(self, inputs: int, outputs: int, width: int = 16, depth: int = 3) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(depth + 1)]
        self.down = nn.ModuleList(
            twice(before, after) for before, after in zip([inputs, *widths], widths, strict=False)
        )
        self.up = nn.ModuleList(
            twice(below + beside, beside) for below, beside in zip(widths[:0:-1], widths[-2::-1],
                                                                   strict=True)
        )  # fmt: skip
        self.head = nn.Conv2d(width, outputs, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Scores of each pixel."""
        seen: list[Tensor] = []
        for level, block in enumerate(self.down):
            images = block(nn.functional.max_pool2d(images, 2) if level else images)
            seen.append(images)
        found = seen.pop()
        for block in self.up:
            beside = seen.pop()
            raised = nn.functional.interpolate(found, size=beside.shape[-2:], mode="nearest")
            found = block(torch.cat([raised, beside], dim=1))
        return self.head(found)


def twice(inputs: int, outputs: int) -> nn.Sequential:
    """Two 3x3 convolutions, each normalised and cut at zero."""
    return nn.Sequential(*once(inputs, outputs), *once(outputs, outputs))


def once(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    """One of them."""
    return (
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )
