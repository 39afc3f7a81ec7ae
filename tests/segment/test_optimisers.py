"""Optimisers by name, and the one-cycle pace they are given."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from sightline.errors import SettingError
from sightline.segment.optimisers import OPTIMISERS, hold_encoder, make_optimiser, pace, set_pace
from sightline.segment.settings import PRESETS, SegmentSettings

PAPER = PRESETS["paper"]


def paces(settings: SegmentSettings) -> np.ndarray:
    """(step, 2) learning rate and momentum."""
    steps = settings.frozen_iterations + settings.iterations
    return np.array([pace(settings, step) for step in range(steps)])


@pytest.mark.parametrize("name", OPTIMISERS)
def test_every_optimiser_goes_downhill(name: str) -> None:
    place = nn.Parameter(torch.tensor([1.0, -0.7]))
    settings = replace(SegmentSettings(), optimizer=name, learning_rate=0.02, iterations=400)
    optimiser = make_optimiser([place], settings)
    for step in range(400):
        set_pace(optimiser, *pace(settings, step))
        optimiser.zero_grad()
        (place**2).sum().backward()
        optimiser.step()
    assert float(place.detach().norm()) < 0.2


def test_decay_is_decoupled_from_the_gradient() -> None:
    place = nn.Parameter(torch.tensor([5.0]))
    settings = replace(SegmentSettings(), learning_rate=0.1, weight_decay=0.5)
    optimiser = make_optimiser([place], settings)
    place.grad = torch.zeros(1)
    optimiser.step()
    assert place.item() == pytest.approx(5 * (1 - 0.1 * 0.5))


def test_an_unknown_optimiser_is_refused() -> None:
    with pytest.raises(SettingError, match="Unknown optimizer 'Best'; expected AdamW"):
        make_optimiser([], replace(SegmentSettings(), optimizer="Best"))


@pytest.mark.parametrize("frozen", [0, 100])
def test_a_cycle_is_that_of_torch(frozen: int) -> None:
    """torch's one-cycle ends a step before its last; ours, as fastai's, would at the next one."""
    settings = replace(PAPER, frozen_iterations=frozen, iterations=500)
    start, rate = (5, 5e-4) if frozen else (25, 1e-3)
    theirs = torch.optim.AdamW([nn.Parameter(torch.zeros(1))], rate, betas=(0.95, 0.99))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        theirs, rate, total_steps=501, pct_start=151 / 501, div_factor=start,
        final_div_factor=1e5 / start,
    )  # fmt: skip
    expected = []
    for _ in range(500):
        group = theirs.param_groups[0]
        expected.append((group["lr"], group["betas"][0]))
        theirs.step()
        schedule.step()
    found = paces(settings)[frozen:]
    assert found[:, 0] == pytest.approx(np.array(expected)[:, 0], abs=0.02 * rate)
    assert found[:, 1] == pytest.approx(np.array(expected)[:, 1], abs=0.005)


def test_the_papers_two_cycles_have_its_figures() -> None:
    found = paces(PAPER)
    rates, momenta = found[:, 0], found[:, 1]
    assert len(found) == 2600
    assert rates[0] == pytest.approx(1e-3 / 25)
    assert rates[:100].argmax() == 99
    assert rates[99] == pytest.approx(1e-3)
    assert rates[100] == pytest.approx(1e-4)
    assert (rates[100:].argmax(), rates[100:].max()) == (750, pytest.approx(5e-4))
    assert 5e-9 <= rates[-1] < 1e-8
    assert momenta[[0, 99, 100, 850, -1]] == pytest.approx([0.95, 0.85, 0.95, 0.85, 0.95], abs=1e-4)


def test_a_held_encoder_does_not_change_and_the_rest_does() -> None:
    network = nn.Sequential()
    network.encoder, network.head = nn.Linear(2, 2), nn.Linear(2, 1)
    optimiser = make_optimiser(network.parameters(), PAPER)
    for held in (True, False):
        before = {name: one.clone() for name, one in network.state_dict().items()}
        hold_encoder(network, held)
        optimiser.zero_grad(set_to_none=True)
        network.head(network.encoder(torch.ones(1, 2))).sum().backward()
        optimiser.step()
        after = network.state_dict()
        changed = {name for name, one in before.items() if not torch.equal(one, after[name])}
        assert {"head.weight", "head.bias"} <= changed
        assert ("encoder.weight" in changed) is not held
