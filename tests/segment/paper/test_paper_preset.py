"""The preset ``paper`` is what the paper states, and trains."""

from dataclasses import replace

import numpy as np
import pytest

from sightline.data.image import Image
from sightline.errors import SettingError
from sightline.segment.model import Model
from sightline.segment.networks import make_network, weights_of
from sightline.segment.normalise import INPUTS
from sightline.segment.optimisers import OPTIMISERS
from sightline.segment.paper.losses import LOSSES
from sightline.segment.predict import segment_image
from sightline.segment.settings import CHOICES, PRESETS, changed
from sightline.segment.train import Step, TrainingState, train_member
from sightline.segment.training_image import TrainingImage

PAPER = PRESETS["paper"]
QUICK = replace(
    PAPER, network="lite-unet", weights="", tile=32, batch=2, iterations=2, frozen_iterations=2
)


@pytest.fixture(scope="module")
def images() -> list[TrainingImage]:
    """Bright squares, in 12 bits of 16, in two channels of which one is constant."""
    random = np.random.default_rng(0)
    found = []
    for number in range(2):
        target = np.zeros((64, 80), np.int16)
        target[20:40, 10 + 20 * number : 30 + 20 * number] = 1
        bright = 300 + 2500 * target + random.normal(0, 100, target.shape)
        pixels = np.stack([bright.astype(np.uint16), np.full(target.shape, 7, np.uint16)])
        found.append(TrainingImage(Image(f"i{number}", pixels), target))
    return found


def test_its_values_are_the_papers() -> None:
    """Methods 2.1 and 2.2; what it leaves open is the reference's default."""
    stated = {
        "network": "resnet34-unet", "weights": "imagenet", "members": 5, "folds": 5,
        "frozen_iterations": 100, "iterations": 2500, "batch": 4, "tile": 512,
        "learning_rate": 1e-3, "weight_decay": 1e-3, "optimizer": "AdamW",
        "loss": "MeanCrossEntropyDice", "centres": "classes", "flips_at_prediction": 4,
        "rotate": 360.0, "flip": True, "gamma_range": (0.8, 1.2), "tile_step": 0.5,
        "tile_weight": 0.125, "clahe": 0.0, "brightness": 0.0, "contrast": 0.0, "warp": 0.0,
        "input": "intensity",
    }  # fmt: skip
    assert {name: getattr(PAPER, name) for name in stated} == stated


def test_it_adds_nothing_of_ours() -> None:
    ours = {
        "gain_range": (1.0, 1.0), "zoom_range": (1.0, 1.0), "noise_range": (0.0, 0.0),
        "blur_range_px": (0.0, 0.0), "match_noise": False, "soft_labels": 0.0, "votes_weight": 0.0,
        "quiet_members": 0, "balance": False,
    }  # fmt: skip
    assert {name: getattr(PAPER, name) for name in ours} == ours


def test_it_trains_and_predicts_probabilities(images: list[TrainingImage]) -> None:
    told: list[Step] = []
    settings = replace(
        QUICK, network="resnet18-unet", frozen_iterations=1, clahe=2.0, brightness=0.1,
        contrast=0.1, warp=0.2,
    )  # fmt: skip
    member = train_member(images, 2, settings, 0, tell=lambda step: not told.append(step))
    assert np.isfinite(member.losses).all()
    assert [step.learning_rate for step in told][:2] == pytest.approx([4e-5, 1e-4])
    model = Model((member.weights,), settings, ("square",), 2)
    found = segment_image(model, images[0].image)
    assert found.probability.shape == (2, 64, 80)
    assert found.probability.sum(axis=0) == pytest.approx(np.ones((64, 80)), abs=1e-5)


def test_the_encoder_stays_for_its_frozen_steps_and_then_learns(
    images: list[TrainingImage],
) -> None:
    start = weights_of(make_network(QUICK, 2, 2, 0))
    kept = {}

    def tell(step: Step) -> bool:
        kept[step.step] = weights_of(step.network)
        return True

    train_member(images, 2, QUICK, 0, tell=tell)
    for name, before in start.items():
        if name.endswith((".weight", ".bias")):
            inside = name.startswith("encoder.")
            assert np.array_equal(before, kept[2][name]) is inside, name
            assert not np.array_equal(before, kept[3][name]), name


def test_a_stopped_training_goes_on_to_the_same_result(images: list[TrainingImage]) -> None:
    settings = replace(QUICK, frozen_iterations=101, iterations=2)  # stopped while it is frozen
    states: list[TrainingState] = []
    whole = train_member(images, 2, settings, 3, keep=states.append)
    resumed = train_member(images, 2, settings, 3, state=states[0])
    assert np.array_equal(whole.losses, resumed.losses)
    assert all(np.array_equal(one, resumed.weights[name]) for name, one in whole.weights.items())


def test_intensities_are_standardised_by_all_images(images: list[TrainingImage]) -> None:
    member = train_member(images, 2, QUICK, 0, tell=lambda _: False)
    bright = [image.image.pixels[0].astype(float) for image in images]
    mean, deviation = member.weights["input_mean"], member.weights["input_deviation"]
    assert mean[:, 0, 0] == pytest.approx([np.mean([one.mean() for one in bright]), 7])
    expected = np.sqrt(np.mean([one.var() for one in bright]))
    assert deviation[:, 0, 0] == pytest.approx([expected, 1])


@pytest.mark.parametrize("optimizer", ["SGD", "RMSprop", "RAdam"])
def test_other_optimisers_train(images: list[TrainingImage], optimizer: str) -> None:
    member = train_member(images, 2, replace(QUICK, optimizer=optimizer), 0)
    assert np.isfinite(member.losses).all()
    assert len(member.losses) == 4


def test_mixed_precision_trains_alike(images: list[TrainingImage]) -> None:
    exact, mixed = (
        train_member(images, 2, replace(QUICK, precision=precision), 0).losses
        for precision in ("float32", "mixed")
    )
    assert mixed == pytest.approx(exact, rel=0.1)
    assert not np.array_equal(mixed, exact)


def test_too_little_for_batch_normalisation_is_refused() -> None:
    with pytest.raises(SettingError, match="batch is 1 and tile 32"):
        changed(PAPER, {"batch": "1", "tile": "32"})


def test_every_name_that_settings_allow_is_there() -> None:
    assert CHOICES["loss"] == tuple(LOSSES)
    assert CHOICES["optimizer"] == tuple(OPTIMISERS)
    assert CHOICES["input"] == INPUTS


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"loss": "Hinge"}, "Unknown loss 'Hinge'; expected CrossEntropyDice, "),
        ({"optimizer": "ranger"}, "Unknown optimizer 'ranger'; expected AdamW, "),
        ({"centres": "all"}, "Unknown centres 'all'; expected share, classes, program"),
        ({"warp": "1.5"}, "warp is 1.5; it must be below 1"),
        ({"frozen_iterations": "-1"}, "frozen_iterations is -1; it must not be below 0"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(change: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        changed(PAPER, change)
