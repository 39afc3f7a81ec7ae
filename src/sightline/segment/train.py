"""Train one network of an ensemble: a step at a time, to be stopped, and to be gone on with."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sightline.errors import SettingError
from sightline.segment.losses import share_loss
from sightline.segment.networks import (
    Weights,
    device,
    make_network,
    output_channels,
    set_weights,
    weights_of,
)
from sightline.segment.optimisers import hold_encoder, make_optimiser, pace, set_pace
from sightline.segment.paper.intensity import measure_inputs
from sightline.segment.paper.losses import class_loss
from sightline.segment.patches import Batch, Prepared, draw_batch, prepare
from sightline.segment.settings import SegmentSettings
from sightline.segment.training_image import TrainingImage

_KEEP_EVERY: Final = 100  # steps


@dataclass(frozen=True)
class Step:
    """How far a training has come.

    Parameters
    ----------
    step, steps
        Steps done, and wanted.
    loss
        Of this step.
    learning_rate
        Of this step.
    network
        As it stands, to be looked at; never changed.
    """

    step: int
    steps: int
    loss: float
    learning_rate: float
    network: nn.Module = field(repr=False)


@dataclass(frozen=True)
class TrainingState:
    """All that is needed to go on to the same result.

    Parameters
    ----------
    arrays
        Weights and what the optimiser remembers, by name.
    about
        Step, losses and the state of random numbers, as JSON values.
    """

    arrays: dict[str, NDArray[Any]] = field(repr=False)
    about: dict[str, Any]


@dataclass(frozen=True)
class Member:
    """One trained network.

    Parameters
    ----------
    weights
        By name.
    losses : (step,) float32
    steps
        Wanted.
    stopped
        Whether it was stopped before.
    """

    weights: dict[str, NDArray[Any]] = field(repr=False)
    losses: NDArray[np.float32] = field(repr=False)
    steps: int
    stopped: bool


def train_member(  # noqa: PLR0913 -- what is learnt, how, from where, and who is told
    images: Sequence[TrainingImage],
    classes: int,
    settings: SegmentSettings,
    seed: int,
    *,
    encoder: Any = None,
    start: Weights | None = None,
    state: TrainingState | None = None,
    keep: Callable[[TrainingState], None] | None = None,
    tell: Callable[[Step], bool] = lambda _: True,
) -> Member:
    """Train a network.

    Parameters
    ----------
    images
        All that it may learn from; at least one, of equal numbers of channels.
    classes
        With the background.
    settings
        How.
    seed
        Of the network's random numbers and of the patches.
    encoder
        Weights that the encoder starts from.
    start
        Weights of a whole network to go on from, as an earlier model's; instead of ``encoder``.
    state
        Of an earlier, stopped run of the same arguments: the result is that of one run.
    keep
        Told the state every hundred steps.
    tell
        Told each step; if it returns False, the training ends with the network as it stands.

    Raises
    ------
    SettingError
        If a setting is unknown, or the weights do not fit.
    """
    if not images:
        raise SettingError("There is no image to learn from; give at least one with a mask.")
    outputs = output_channels(settings, classes)
    network = make_network(settings, images[0].image.channels, outputs, seed, encoder)
    if start is not None:
        set_weights(network, start)
    network.to(device()).train()
    optimiser = make_optimiser(network.parameters(), settings)
    random = np.random.default_rng([seed, 1])
    losses: list[float] = []
    if state is not None:
        losses = _go_on(state, network, optimiser, random)
    prepared = _prepared(images, settings, classes, [0.0])
    widths = [width for width in settings.smoothed_px if width > 0 and settings.quiet_members]
    smoothed = _prepared(images, settings, classes, widths)
    if start is None and state is None:
        measure_inputs(network, [image.inputs for image in prepared])
    steps = settings.frozen_iterations + settings.iterations
    for step in range(len(losses), steps):
        rate, momentum = pace(settings, step)
        set_pace(optimiser, rate, momentum)
        hold_encoder(network, step < settings.frozen_iterations)
        batch = draw_batch(prepared, smoothed, settings, random)
        losses.append(take_step(network, optimiser, batch, settings, classes))
        if keep is not None and (step + 1) % _KEEP_EVERY == 0:
            keep(_state(network, optimiser, random, losses))
        if not tell(Step(step + 1, steps, losses[-1], rate, network)):
            break
    found = np.array(losses, np.float32)
    return Member(weights_of(network), found, steps, len(losses) < steps)


def _prepared(
    images: Sequence[TrainingImage],
    settings: SegmentSettings,
    classes: int,
    widths_px: Sequence[float],
) -> list[Prepared]:
    """Images smoothed by each of the widths, on as many threads as torch computes with."""

    def one(smoothed: tuple[float, TrainingImage]) -> Prepared:
        width, image = smoothed
        return prepare(image, settings, classes, width)

    with ThreadPoolExecutor(torch.get_num_threads(), "prepare") as threads:
        return list(threads.map(one, product(widths_px, images)))


def take_step(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    settings: SegmentSettings,
    classes: int,
) -> float:
    """Learn from a batch of patches once; the loss before it."""
    where = next(network.parameters()).device
    inputs = torch.from_numpy(batch.inputs).to(where, memory_format=torch.channels_last)
    hard = torch.from_numpy(batch.target).to(where)
    target = _shares(hard, classes)
    share = None if batch.soft is None else torch.from_numpy(batch.soft).to(where)
    wanted = target
    if share is not None and settings.soft_labels:
        said = target.sum(dim=1, keepdim=True)
        wanted = (1 - settings.soft_labels) * target + settings.soft_labels * share[
            :, :classes
        ] * said
    optimiser.zero_grad(set_to_none=True)
    with torch.autocast(where.type, torch.bfloat16, enabled=settings.precision == "mixed"):
        scores = network(inputs).float()
    loss = class_loss(scores[:, :classes], wanted, settings)
    if share is not None and settings.votes_weight:
        more = share_loss(scores[:, classes : 2 * classes - 1], share[:, 1:classes], target)
        loss = loss + settings.votes_weight * more
    if share is not None and settings.middle_weight:
        loss = loss + settings.middle_weight * share_loss(scores[:, -1:], share[:, -1:], target)
    loss.backward()
    optimiser.step()
    return float(loss.detach())


def _shares(target: Tensor, classes: int) -> Tensor:
    """(patch, class, y, x) 1 for the class of each pixel; all 0 where ignored."""
    said = target >= 0
    hot = nn.functional.one_hot(target.clamp(min=0), classes).movedim(-1, 1).float()
    return hot * said[:, None]


def _state(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    random: np.random.Generator,
    losses: list[float],
) -> TrainingState:
    arrays = {f"network.{name}": values for name, values in weights_of(network).items()}
    for number, memory in optimiser.state_dict()["state"].items():
        for name, value in memory.items():
            arrays[f"optimiser.{number}.{name}"] = torch.as_tensor(value).cpu().numpy().copy()
    about = {"losses": losses.copy(), "random": random.bit_generator.state}
    return TrainingState(arrays, about)


def _go_on(
    state: TrainingState,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    random: np.random.Generator,
) -> list[float]:
    """Put everything where it was; the losses so far."""
    prefix = "network."
    weights = {name: values for name, values in state.arrays.items() if name.startswith(prefix)}
    set_weights(network, {name.removeprefix(prefix): values for name, values in weights.items()})
    memory: dict[int, dict[str, Tensor]] = {}
    for name, values in state.arrays.items():
        kind, _, rest = name.partition(".")
        if kind == "optimiser":
            number, _, what = rest.partition(".")
            memory.setdefault(int(number), {})[what] = torch.from_numpy(values.copy())
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": memory, "param_groups": groups})
    random.bit_generator.state = state.about["random"]
    return list(state.about["losses"])
