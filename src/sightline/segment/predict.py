"""What an ensemble says of an image: in tiles, flipped and turned, band after band of rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
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
from sightline.segment.networks import device, fused, make_network, output_channels, set_weights
from sightline.segment.normalise import (
    Scale,
    averaged,
    margin_px,
    measure_scale,
    noise_to_add,
    normalise,
)
from sightline.segment.paper.tiles import blended, tile_starts
from sightline.segment.patches import NOISE_LEFT
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
        layers = [found for _, found in self._layers(image, progress)]
        return self._segmentation(np.concatenate(layers, axis=1))

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
            If the image has other channels.
        """
        for rows, layers in self._layers(image, progress):
            yield rows, self._segmentation(layers)

    def _segmentation(self, layers: NDArray[np.float32]) -> Segmentation:
        """Of layers (layer, y, x): classes, the parts of the uncertainty, middles if learnt."""
        parts = layers[self.model.classes :]
        middle = parts[3] if len(parts) > 3 else None
        return Segmentation(layers[: self.model.classes], parts[0], parts[1], parts[2], middle)

    def _layers(
        self, image: Image, progress: Progress
    ) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        self._check(image)
        sources = _sources(image, self.model)
        if self.model.settings.tile_weight:
            yield from self._blended(sources, image.shape, progress)
            return
        factor = self.model.settings.downscale
        shape = -(-image.shape[0] // factor), -(-image.shape[1] // factor)
        rows, columns = (_cuts(length, _LARGEST) for length in shape)
        done, total = 0, (len(rows) - 1) * (len(columns) - 1)
        for top, bottom in pairwise(rows):
            row: list[NDArray[np.float32]] = []
            for left, right in pairwise(columns):
                row.append(self._part(sources, (slice(top, bottom), slice(left, right)), shape))
                done += 1
                progress(done, total)
            band = slice(top * factor, min(bottom * factor, image.shape[0]))
            height = band.stop - band.start  # a coarser grid may reach beyond the image
            yield band, np.concatenate(row, axis=2)[:, :height, : image.shape[1]]

    def _blended(
        self, sources: "Sequence[_Source]", shape: tuple[int, int], progress: Progress
    ) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """The same in the paper's overlapping tiles."""
        settings, factor = self.model.settings, self.model.settings.downscale
        tile = settings.tile * factor
        total = int(np.prod([len(tile_starts(one, tile, settings.tile_step)) for one in shape]))
        seen = 0

        def see(top: int, left: int) -> NDArray[np.float32]:
            nonlocal seen
            start = top // factor, left // factor
            inputs = {source: _tile(source, settings, start, shape) for source in set(sources)}
            found = self._said([inputs[source] for source in sources])
            seen += 1
            progress(seen, total)
            return _cropped(found, (0, 0), factor, (tile, tile))

        yield from blended(shape, tile, settings.tile_step, settings.tile_weight, factor, see)

    def _check(self, image: Image) -> None:
        if image.channels != self.model.channels:
            raise InputError(
                image.source or image.name, f"{image.channels} channels",
                f"{self.model.channels}, as the model was trained on",
                "Choose the channel, or a model of such images.",
            )  # fmt: skip

    def _part(
        self, sources: "Sequence[_Source]", where: tuple[slice, slice], shape: tuple[int, int]
    ) -> NDArray[np.float32]:
        """A part of an image, seen with its surroundings, at the image's own resolution."""
        settings = self.model.settings
        inside = 0, 0
        inputs = {}
        for source in set(sources):
            inputs[source], inside = _inputs(source, settings, where, shape)
        size = [(along.stop - along.start) * settings.downscale for along in where]
        found = self._said([inputs[source] for source in sources])
        return _cropped(found, inside, settings.downscale, (size[0], size[1]))

    def _said(self, inputs: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Mean and parts of the variance over networks, each of its input, and orientations."""
        orientations = _ORIENTATIONS[: self.model.settings.flips_at_prediction]
        classes, middles = self.model.classes, self.model.settings.middle_weight > 0
        means: list[Tensor] = []
        flips, data = torch.zeros(()), torch.zeros(())
        with torch.inference_mode():
            for network, own in zip(self.networks, inputs, strict=True):
                padded, size = _padded(torch.from_numpy(own))
                every = torch.stack(
                    [_oriented(network, padded, turn, classes, middles) for turn in orientations]
                )[:, :, : size[0], : size[1]]
                means.append(every.mean(dim=0))
                said = every[:, :classes]
                flips = flips + _variance(said).mean(dim=0)
                data = data + (said * (1 - said)).mean(dim=(0, 1))
            stacked = torch.stack(means)
            mean = stacked.mean(dim=0)
            between = _variance(stacked[:, :classes]).mean(dim=0)
            parts = torch.stack([between, flips / len(means), data / len(means)])
            layers = torch.cat([mean[:classes], parts, mean[classes:]])
        return layers.numpy()


def _variance(values: Tensor) -> Tensor:
    """Over the first axis; torch's own takes a pixel at a time there, many times as long."""
    return (values - values.mean(dim=0)).square_().mean(dim=0)


def segment_image(model: Model, image: Image) -> Segmentation:
    """Segment one image; for many, build a `Predictor` once."""
    return Predictor.of(model).image(image)


# (turned by a quarter, mirrored down, mirrored across); the first is the image as it is
_ORIENTATIONS: Final = tuple(
    (turned, down, across) for turned in (False, True) for down in (False, True)
    for across in (False, True)
)  # fmt: skip


def _oriented(
    network: nn.Module,
    inputs: Tensor,
    turn: tuple[bool, bool, bool],
    classes: int,
    middles: bool,
) -> Tensor:
    """(class, y, x) probabilities of inputs (input, y, x), turned there and back, and middles."""
    turned, down, across = turn
    axes = [axis for axis, mirrored in ((1, down), (2, across)) if mirrored]
    seen = inputs.transpose(1, 2) if turned else inputs
    batch = seen.flip(axes)[None].to(device(), memory_format=torch.channels_last)
    scores = network(batch)[0]
    chance, middle = torch.softmax(scores[:classes], dim=0), torch.sigmoid(scores[-1:])
    found = torch.cat([chance, middle] if middles else [chance]).cpu().flip(axes)
    return found.transpose(1, 2) if turned else found


def _padded(inputs: Tensor, multiple: int = 32) -> tuple[Tensor, tuple[int, int]]:
    """Inputs grown to multiples of what networks halve, by repeating their edge; their size."""
    height, width = inputs.shape[-2:]
    more = (0, (-width) % multiple, 0, (-height) % multiple)
    return nn.functional.pad(inputs[None], more, mode="replicate")[0], (height, width)


def _sources(image: Image, model: Model) -> "list[_Source]":
    """What each network sees of an image: as noisy as the quietest that it has learnt from."""
    still = _Source.of(image, model.settings)
    known = model.statistics.get("roughness", [])
    if not (model.settings.match_noise and known):
        return [still] * len(model.members)
    lowest = float(np.exp(min(known)))
    kinds = {False: still.rougher(lowest), True: still.rougher(NOISE_LEFT * lowest)}
    first_quiet = len(model.members) - model.settings.quiet_members
    return [kinds[number >= first_quiet] for number in range(len(model.members))]


@dataclass(frozen=True, eq=False)
class _Source:
    """An image at the network's resolution, with noise that was added to it."""

    pixels: NDArray[Any] = field(repr=False)
    factor: int
    noise: NDArray[np.float64]
    scale: Scale

    @classmethod
    def of(cls, image: Image, settings: SegmentSettings) -> "_Source":
        unknown = Scale(*(np.zeros(0) for _ in range(4)))
        return cls(image.pixels, settings.downscale, np.zeros(image.channels), unknown).measured()

    def rougher(self, roughness: float) -> "_Source":
        """The same with noise up to a roughness; itself if it has that already."""
        noise = noise_to_add(self.scale, roughness)
        return replace(self, noise=noise).measured() if noise.any() else self

    def measured(self) -> "_Source":
        """The same with its scale."""
        lengths = [-(-length // self.factor) for length in self.pixels.shape[-2:]]
        rows, columns = (_middle(length) for length in lengths)
        return replace(self, scale=measure_scale(self.window(rows, columns)))

    def window(self, rows: slice, columns: slice) -> NDArray[np.float32]:
        """(channel, y, x) of a part, in the network's pixels."""
        own = tuple(slice(along.start * self.factor, along.stop * self.factor)
                    for along in (rows, columns))  # fmt: skip
        found = averaged(np.asarray(self.pixels[:, own[0], own[1]]), self.factor)
        if not self.noise.any():
            return found
        white = [_white(rows, columns, channel) for channel in range(len(found))]
        deviation = self.noise.astype(np.float32)[:, None, None]
        return np.asarray(found + deviation * np.stack(white), np.float32)


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


def _tile(
    source: _Source, settings: SegmentSettings, start: tuple[int, int], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """What a network sees of a tile; beyond the image it is mirrored."""
    lengths = [-(-length // source.factor) for length in shape]
    where = [slice(max(0, first), min(length, first + settings.tile))
             for first, length in zip(start, lengths, strict=True)]  # fmt: skip
    far = [_grown(along, margin_px(), length)
           for along, length in zip(where, lengths, strict=True)]  # fmt: skip
    inputs = normalise(source.window(far[0], far[1]), source.scale, settings.input)
    rows, columns = (slice(less.start - more.start, less.stop - more.start)
                     for less, more in zip(where, far, strict=True))  # fmt: skip
    beyond = [(along.start - first, first + settings.tile - along.stop)
              for along, first in zip(where, start, strict=True)]  # fmt: skip
    return np.pad(inputs[:, rows, columns], ((0, 0), *beyond), mode="reflect")


def _grown(along: slice, by: int, length: int) -> slice:
    return slice(max(0, along.start - by), min(length, along.stop + by))


def _cropped(
    layers: NDArray[np.float32], inside: tuple[int, int], factor: int, shape: tuple[int, int]
) -> NDArray[np.float32]:
    """The part itself, at the image's own resolution."""
    if factor > 1:
        size = [length * factor for length in layers.shape[1:]]
        coarse = torch.from_numpy(layers)[None]
        layers = nn.functional.interpolate(
            coarse, size=size, mode="bilinear", align_corners=False
        )[0].numpy()  # fmt: skip
    top, left = (start * factor for start in inside)
    return np.ascontiguousarray(layers[:, top : top + shape[0], left : left + shape[1]])


def _network(model: Model, number: int) -> nn.Module:
    weights = model.members[number]
    outputs = output_channels(model.settings, model.classes)
    network = make_network(model.settings, model.channels, outputs, 0)
    set_weights(network, weights)
    return fused(network.eval()).to(device())


def _cuts(length: int, most: int) -> list[int]:
    """Where a length is cut into equal parts of at most so much, at multiples of 32."""
    parts = -(-length // most)
    each = -(-length // parts // 32) * 32 if parts > 1 else length
    return [*range(0, length, each), length]


def _middle(length: int) -> slice:
    """As much of an axis's middle as an image's scale is measured on."""
    start = max(0, (length - _MEASURED) // 2)
    return slice(start, min(length, start + _MEASURED))
