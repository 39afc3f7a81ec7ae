"""What an ensemble says of an image: in tiles, flipped and turned, band after band of rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sightline.data.image import Image
from sightline.data.segmentation import Segmentation
from sightline.errors import InputError
from sightline.segment.model import Model
from sightline.segment.networks import device, make_network, output_channels, set_weights
from sightline.segment.normalise import (
    Scale,
    averaged,
    margin_px,
    measure_scale,
    noise_to_add,
    normalise,
)
from sightline.segment.settings import SegmentSettings

_LARGEST: Final = 1024  # rows and columns of what a network sees at once
_OVERLAP: Final = 64  # around it, whose result is thrown away
_MEASURED: Final = 2048  # rows and columns that an image's scale is measured on

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Predictor:
    """A model's networks, built once, for many images.

    Parameters
    ----------
    model
        Whose they are.
    networks
        One a member.
    """

    model: Model
    networks: tuple[nn.Module, ...] = field(repr=False)

    @classmethod
    def of(cls, model: Model) -> "Predictor":
        """Build a model's networks; SettingError if its weights are not theirs."""
        return cls(model, tuple(_network(model, number) for number in range(len(model.members))))

    def image(
        self, image: Image, *, progress: Progress = lambda _done, _total: None
    ) -> Segmentation:
        """Segment a whole image in memory; see `bands`."""
        parts = [part for _, part in self.bands(image, progress=progress)]
        if len(parts) == 1:
            return parts[0]
        return Segmentation(
            np.concatenate([part.probability for part in parts], axis=1),
            np.concatenate([part.between_members for part in parts]),
            np.concatenate([part.between_flips for part in parts]),
            np.concatenate([part.data for part in parts]),
        )

    def bands(
        self, image: Image, *, progress: Progress = lambda _done, _total: None
    ) -> Iterator[tuple[slice, Segmentation]]:
        """Segment an image band after band, from top to bottom, in bounded memory.

        Parameters
        ----------
        image
            Of as many channels as the model's; read in parts if it lies on disk.
        progress
            Told tiles done and all.

        Yields
        ------
        tuple
            Rows, and what is said of them. Bands are cut at multiples of what the network halves,
            and seen with their surroundings, so that nothing shows where they meet.

        Raises
        ------
        InputError
            If the image has other channels, or values that are no numbers.
        """
        self._check(image)
        source = _Source.of(image, self.model)
        factor = source.factor
        shape = -(-image.shape[0] // factor), -(-image.shape[1] // factor)
        rows, columns = (_cuts(length, _LARGEST) for length in shape)
        done, total = 0, (len(rows) - 1) * (len(columns) - 1)
        for top, bottom in pairwise(rows):
            row: list[Segmentation] = []
            for left, right in pairwise(columns):
                row.append(self._part(source, (slice(top, bottom), slice(left, right)), shape))
                done += 1
                progress(done, total)
            band = slice(top * factor, min(bottom * factor, image.shape[0]))
            yield band, _trimmed(_beside(row), band.stop - band.start, image.shape[1])

    def _check(self, image: Image) -> None:
        if image.channels != self.model.channels:
            raise InputError(
                image.source or image.name, f"{image.channels} channels",
                f"{self.model.channels}, as the model was trained on",
                "Choose the channel, or a model of such images.",
            )  # fmt: skip

    def _part(
        self, source: "_Source", where: tuple[slice, slice], shape: tuple[int, int]
    ) -> Segmentation:
        """A part of an image, seen with its surroundings, at the image's own resolution."""
        inputs, inside = _inputs(source, self.model.settings, where, shape)
        size = [(along.stop - along.start) * source.factor for along in where]
        return _cropped(self._said(inputs), inside, source.factor, (size[0], size[1]))

    def _said(self, inputs: NDArray[np.float32]) -> Segmentation:
        """Mean and parts of the variance over networks and orientations of inputs (input, y, x)."""
        orientations = _ORIENTATIONS[: self.model.settings.flips_at_prediction]
        classes = self.model.classes
        means: list[Tensor] = []
        flips, data = torch.zeros(()), torch.zeros(())
        with torch.inference_mode():
            padded, size = _padded(torch.from_numpy(inputs))
            for network in self.networks:
                said = torch.stack(
                    [_oriented(network, padded, turn, classes) for turn in orientations]
                )[:, :, : size[0], : size[1]]
                means.append(said.mean(dim=0))
                flips = flips + said.var(dim=0, correction=0).mean(dim=0)
                data = data + (said * (1 - said)).mean(dim=(0, 1))
            every = torch.stack(means)
        members = len(self.networks)
        return Segmentation(
            every.mean(dim=0).numpy(),
            every.var(dim=0, correction=0).mean(dim=0).numpy(),
            (flips / members).numpy(),
            (data / members).numpy(),
        )


def segment_image(model: Model, image: Image) -> Segmentation:
    """Segment one image; for many, build a `Predictor` once."""
    return Predictor.of(model).image(image)


# (turned by a quarter, mirrored down, mirrored across); the first is the image as it is
_ORIENTATIONS: Final = tuple(
    (turned, down, across) for turned in (False, True) for down in (False, True)
    for across in (False, True)
)  # fmt: skip


def _oriented(
    network: nn.Module, inputs: Tensor, turn: tuple[bool, bool, bool], classes: int
) -> Tensor:
    """(class, y, x) probabilities of inputs (input, y, x), turned there and back."""
    turned, down, across = turn
    axes = [axis for axis, mirrored in ((1, down), (2, across)) if mirrored]
    seen = inputs.transpose(1, 2) if turned else inputs
    scores = network(seen.flip(axes)[None].to(device()))[0, :classes]
    found = torch.softmax(scores, dim=0).cpu().flip(axes)
    return found.transpose(1, 2) if turned else found


def _padded(inputs: Tensor, multiple: int = 32) -> tuple[Tensor, tuple[int, int]]:
    """Inputs grown to multiples of what networks halve, by repeating their edge; their size."""
    height, width = inputs.shape[-2:]
    more = (0, (-width) % multiple, 0, (-height) % multiple)
    return nn.functional.pad(inputs[None], more, mode="replicate")[0], (height, width)


@dataclass(frozen=True)
class _Source:
    """An image at the network's resolution, as noisy as those of the training."""

    pixels: NDArray[Any] = field(repr=False)
    factor: int
    noise: NDArray[np.float64]
    scale: Scale

    @classmethod
    def of(cls, image: Image, model: Model) -> "_Source":
        factor = model.settings.downscale
        whole = slice(0, -(-image.shape[0] // factor)), slice(0, -(-image.shape[1] // factor))
        middle = tuple(_middle(along) for along in whole)
        still = cls(image.pixels, factor, np.zeros(image.channels), _NO_SCALE)
        scale = measure_scale(still.window(*middle))
        known = model.statistics.get("roughness", [])
        if model.settings.match_noise and known:
            noise = noise_to_add(scale, float(np.exp(np.median(known))))
            noisy = cls(image.pixels, factor, noise, _NO_SCALE)
            if noise.any():
                scale = measure_scale(noisy.window(*middle))
            still = noisy
        return cls(image.pixels, factor, still.noise, scale)

    def window(self, rows: slice, columns: slice) -> NDArray[np.float32]:
        """(channel, y, x) of a part, in the network's pixels."""
        own = tuple(slice(along.start * self.factor, along.stop * self.factor)
                    for along in (rows, columns))  # fmt: skip
        found = averaged(np.asarray(self.pixels[:, own[0], own[1]]), self.factor)
        for channel, deviation in enumerate(self.noise.tolist()):
            if deviation > 0:
                found[channel] += deviation * _white(rows, columns, channel)
        return found


_NO_SCALE: Final = Scale(*(np.zeros(0) for _ in range(4)))


def _white(rows: slice, columns: slice, channel: int) -> NDArray[np.float32]:
    """White noise of a part: that of a place is the same whatever the part."""
    draws = [
        np.random.default_rng([row, channel]).standard_normal(columns.stop, np.float32)
        for row in range(rows.start, rows.stop)
    ]
    return np.stack(draws)[:, columns]


def _inputs(
    source: _Source, settings: SegmentSettings, where: tuple[slice, slice], shape: tuple[int, int]
) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """What a network sees of a part and its surroundings, and where the part begins in it."""
    far = [_grown(along, _OVERLAP + margin_px(), length)
           for along, length in zip(where, shape, strict=True)]  # fmt: skip
    near = [_grown(along, _OVERLAP, length) for along, length in zip(where, shape, strict=True)]
    inputs = normalise(source.window(far[0], far[1]), source.scale, settings.input)
    # surroundings beyond the overlap matter to the normalisation only
    inner = [slice(less.start - more.start, less.stop - more.start)
             for less, more in zip(near, far, strict=True)]  # fmt: skip
    top, left = (along.start - less.start for along, less in zip(where, near, strict=True))
    return inputs[:, inner[0], inner[1]], (top, left)


def _grown(along: slice, by: int, length: int) -> slice:
    return slice(max(0, along.start - by), min(length, along.stop + by))


def _cropped(
    found: Segmentation, inside: tuple[int, int], factor: int, shape: tuple[int, int]
) -> Segmentation:
    """The part itself, at the image's own resolution."""

    def own(values: NDArray[np.float32]) -> NDArray[np.float32]:
        if factor > 1:
            layers = torch.from_numpy(values).reshape(1, -1, *values.shape[-2:])
            size = [length * factor for length in values.shape[-2:]]
            raised = nn.functional.interpolate(layers, size=size, mode="bilinear",
                                               align_corners=False)[0].numpy()  # fmt: skip
            values = raised.reshape(*values.shape[:-2], *size)
        top, left = (start * factor for start in inside)
        return np.ascontiguousarray(values[..., top : top + shape[0], left : left + shape[1]])

    return Segmentation(
        own(found.probability), own(found.between_members), own(found.between_flips),
        own(found.data),
    )  # fmt: skip


def _network(model: Model, number: int) -> nn.Module:
    weights = model.members[number]
    outputs = output_channels(model.settings, model.classes)
    network = make_network(model.settings, model.channels, outputs, 0)
    set_weights(network, weights)
    return network.to(device()).eval()


def _beside(parts: list[Segmentation]) -> Segmentation:
    if len(parts) == 1:
        return parts[0]
    return Segmentation(
        np.concatenate([part.probability for part in parts], axis=2),
        np.concatenate([part.between_members for part in parts], axis=1),
        np.concatenate([part.between_flips for part in parts], axis=1),
        np.concatenate([part.data for part in parts], axis=1),
    )


def _cuts(length: int, most: int) -> list[int]:
    """Where a length is cut into equal parts of at most so much, at multiples of 32."""
    parts = -(-length // most)
    each = -(-length // parts // 32) * 32 if parts > 1 else length
    return [*range(0, length, each), length]


def _trimmed(found: Segmentation, height: int, width: int) -> Segmentation:
    """Without what a coarser grid has beyond the image's edges."""
    if found.shape == (height, width):
        return found
    return Segmentation(
        found.probability[:, :height, :width], found.between_members[:height, :width],
        found.between_flips[:height, :width], found.data[:height, :width],
    )  # fmt: skip


def _middle(along: slice) -> slice:
    """As much of an axis's middle as an image's scale is measured on."""
    start = max(0, (along.stop - _MEASURED) // 2)
    return slice(start, min(along.stop, start + _MEASURED))
