"""Each loss is its published formula, for several classes, and pixels that count for nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from sightline.errors import SettingError
from sightline.segment.losses import cross_entropy, foreground_dice
from sightline.segment.paper.losses import (
    LOSSES,
    class_loss,
    focal,
    lovasz,
    poly1,
    smoothed,
    tversky,
)
from sightline.segment.settings import SegmentSettings

SETTINGS = SegmentSettings()


def shares(classes: Tensor, count: int) -> Tensor:
    """(patch, class, y, x) of classes (patch, y, x), -1 ignored."""
    hot = nn.functional.one_hot(classes.clamp(min=0), count).movedim(-1, 1).float()
    return hot * (classes >= 0)[:, None]


@pytest.fixture
def drawn() -> tuple[Tensor, Tensor]:
    """Scores of three classes, and classes with some ignored."""
    some = torch.Generator().manual_seed(3)
    return torch.randn(2, 3, 8, 6, generator=some), torch.randint(-1, 3, (2, 8, 6), generator=some)


@pytest.fixture
def two_pixels() -> tuple[Tensor, Tensor]:
    """Foreground with probability .8 and .4, where the first is and the second is not; .5 ignored.

    Class probabilities (background, foreground) are given as logarithms, which a softmax undoes.
    """
    chance = torch.tensor([[0.2, 0.8], [0.6, 0.4], [0.5, 0.5]]).T.reshape(1, 2, 1, 3)
    return chance.log(), shares(torch.tensor([[[1, 0, -1]]]), 2)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_cross_entropy_is_torchs(drawn: tuple[Tensor, Tensor], smoothing: float) -> None:
    scores, classes = drawn
    theirs = nn.functional.cross_entropy(
        scores, classes, ignore_index=-1, label_smoothing=smoothing
    )
    assert cross_entropy(scores, smoothed(shares(classes, 3), smoothing)).item() == pytest.approx(
        theirs.item()
    )


def test_tversky_weighs_false_positives_and_negatives(two_pixels: tuple[Tensor, Tensor]) -> None:
    hit, over, under = 0.8, 0.4, 0.2  # half a pixel is added to what is hit and to the size
    expected = 1 - (hit + 0.5) / (hit + 0.3 * over + 0.7 * under + 0.5)
    assert tversky(*two_pixels, 0.3, 0.7).item() == pytest.approx(expected)


def test_dice_and_jaccard_count_overlap(two_pixels: tuple[Tensor, Tensor]) -> None:
    dice = class_loss(*two_pixels, replace(SETTINGS, loss="Dice")).item()
    assert dice == pytest.approx(1 - (2 * 0.8 + 1) / (1.2 + 1 + 1))
    jaccard = class_loss(*two_pixels, replace(SETTINGS, loss="Jaccard")).item()
    assert jaccard == pytest.approx(1 - (0.8 + 0.5) / (1.2 + 1 - 0.8 + 0.5))


def test_dice_is_tversky_of_equal_weights(drawn: tuple[Tensor, Tensor]) -> None:
    scores, target = drawn[0], shares(drawn[1], 3)
    found = foreground_dice(scores, target).item()
    assert found == pytest.approx(tversky(scores, target, 0.5, 0.5).item())


def test_focal_loss_gives_what_is_known_little_weight(two_pixels: tuple[Tensor, Tensor]) -> None:
    expected = (0.75 * 0.2**2 * -np.log(0.8) + 0.25 * 0.4**2 * -np.log(0.6)) / 2
    assert focal(*two_pixels, 0.75, 2).item() == pytest.approx(expected)


def test_poly1_adds_what_is_missing_to_one(two_pixels: tuple[Tensor, Tensor]) -> None:
    expected = (-np.log(0.8) - np.log(0.6) + 0.2 + 0.4) / 2
    assert poly1(*two_pixels).item() == pytest.approx(expected)


def test_lovasz_of_certain_predictions_is_one_minus_jaccard(drawn: tuple[Tensor, Tensor]) -> None:
    _, classes = drawn
    said = (classes + torch.arange(6) % 2).clamp(min=0) % 3  # right in every other column
    indices = []
    for label in range(3):
        mine, truth = (said == label) & (classes >= 0), classes == label
        indices.append(((mine & truth).sum() / (mine | truth).sum()).item())
    found = lovasz(shares(said, 3) * 100, shares(classes, 3)).item()
    assert found == pytest.approx(1 - np.mean(indices), abs=1e-5)


def test_lovasz_of_two_pixels_by_hand(two_pixels: tuple[Tensor, Tensor]) -> None:
    # of both classes the larger error, .4, comes first. Foreground: a false positive, which lowers
    # the index by 1/2, and then .2 by the other half; background: the miss lowers it by 1
    assert lovasz(*two_pixels).item() == pytest.approx(((0.4 + 0.2) / 2 + 0.4) / 2)


@pytest.mark.usefixtures("torchvision_schemas")
def test_lovasz_is_that_of_segmentation_models_pytorch(drawn: tuple[Tensor, Tensor]) -> None:
    theirs = pytest.importorskip("segmentation_models_pytorch.losses", exc_type=ImportError)
    scores, classes = drawn
    expected = theirs.LovaszLoss("multiclass", ignore_index=-1)(scores, classes)
    assert lovasz(scores, shares(classes, 3)).item() == pytest.approx(expected.item())


def test_the_paper_has_the_mean_of_what_its_program_adds_up(drawn: tuple[Tensor, Tensor]) -> None:
    scores, target = drawn[0], shares(drawn[1], 3)
    total, mean = (
        class_loss(scores, target, replace(SETTINGS, loss=name)).item()
        for name in ("CrossEntropyDice", "MeanCrossEntropyDice")
    )
    parts = cross_entropy(scores, target) + foreground_dice(scores, target)
    assert total == pytest.approx(2 * mean)
    assert total == pytest.approx(parts.item())


@pytest.mark.parametrize("name", LOSSES)
def test_ignored_pixels_change_nothing(name: str, drawn: tuple[Tensor, Tensor]) -> None:
    scores, classes = drawn
    settings = replace(SETTINGS, loss=name, loss_smoothing=0.1)
    other = torch.where((classes < 0)[:, None], scores + 7 * torch.randn(3, 1, 1), scores)
    target = shares(classes, 3)
    assert class_loss(other, target, settings).item() == pytest.approx(
        class_loss(scores, target, settings).item(), rel=1e-5
    )


@pytest.mark.parametrize("name", LOSSES)
def test_where_all_is_ignored_nothing_is_learnt(name: str) -> None:
    scores = torch.randn(1, 2, 4, 4, requires_grad=True)
    class_loss(scores, torch.zeros(1, 2, 4, 4), replace(SETTINGS, loss=name)).backward()
    assert scores.grad is not None
    assert not scores.grad.any()


@pytest.mark.parametrize("name", LOSSES)
def test_going_down_a_loss_finds_the_classes(name: str, drawn: tuple[Tensor, Tensor]) -> None:
    classes = drawn[1]
    scores = drawn[0].clone().requires_grad_()
    settings = replace(SETTINGS, loss=name, loss_smoothing=0.1)
    descent = torch.optim.Adam([scores], 0.2)
    for _ in range(60):
        descent.zero_grad()
        class_loss(scores, shares(classes, 3), settings).backward()
        descent.step()
    said = classes >= 0
    assert float((scores.argmax(1)[said] == classes[said]).float().mean()) > 0.95


def test_an_unknown_loss_is_refused() -> None:
    with pytest.raises(SettingError, match="Unknown loss 'Hinge'; expected CrossEntropyDice"):
        class_loss(torch.zeros(1, 2, 1, 1), torch.zeros(1, 2, 1, 1),
                   replace(SETTINGS, loss="Hinge"))  # fmt: skip
