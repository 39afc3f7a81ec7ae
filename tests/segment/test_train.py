import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

torch = pytest.importorskip("torch")

from sightline.data.image import Image  # noqa: E402
from sightline.errors import SettingError  # noqa: E402
from sightline.segment.instances import separate_objects  # noqa: E402
from sightline.segment.model import Model  # noqa: E402
from sightline.segment.predict import segment_image  # noqa: E402
from sightline.segment.settings import PRESETS, SegmentSettings, changed  # noqa: E402
from sightline.segment.train import TrainingState, train_member  # noqa: E402
from sightline.segment.training_image import TrainingImage  # noqa: E402
from sightline.trust.mask_scores import dice, object_scores  # noqa: E402


def _discs(seed: int) -> TrainingImage:
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:96, :96]
    mask = np.zeros((96, 96), bool)
    for centre in random.uniform(8, 88, (6, 2)):
        mask |= (y - centre[0]) ** 2 + (x - centre[1]) ** 2 < 30
    pixels = 100 + 30 * mask + random.normal(0, 8, mask.shape)
    share = np.stack([1 - 0.8 * mask, 0.8 * mask]).astype(np.float32)
    return TrainingImage(Image(str(seed), pixels[None].astype(np.float32)),
                         mask.astype(np.int16), share)  # fmt: skip


def _settings(**changes: str) -> SegmentSettings:
    small = {"iterations": "8", "tile": "64", "batch": "2"}
    return changed(PRESETS["first"], small | changes)


def _same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(one[name], other[name]) for name in one
    )


@pytest.mark.parametrize("network", ["unet", "lite-unet", "filters"])
def test_a_network_learns_to_find_discs(network: str) -> None:
    rate = {"filters": "0.02"}.get(network, "0.005")
    settings = _settings(network=network, iterations="50", batch="4", learning_rate=rate)
    member = train_member([_discs(seed) for seed in range(3)], 2, settings, 0)
    model = Model((member.weights,), settings, ("disc",), 1)
    test = _discs(9)
    assert dice(segment_image(model, test.image).classes, test.target) > 0.8


def test_what_was_killed_goes_on_to_the_same_result() -> None:
    images, settings = [_discs(0), _discs(1)], _settings(network="unet", iterations="120")
    settings = changed(settings, {"tile": "32", "zoom_range": "0.9,1.1", "noise_range": "0,0.2"})
    kept: list[TrainingState] = []
    whole = train_member(images, 2, settings, 3, keep=kept.append)
    assert len(kept) == 1
    gone_on = train_member(images, 2, settings, 3, state=kept[0])
    assert _same(whole.weights, gone_on.weights)
    assert whole.losses.tolist() == gone_on.losses.tolist()


def test_the_same_seed_gives_the_same_network_and_another_seed_another() -> None:
    images = [_discs(0)]
    one, same, other = (train_member(images, 2, _settings(), seed) for seed in (0, 0, 1))
    assert _same(one.weights, same.weights)
    assert not _same(one.weights, other.weights)


def test_torchs_own_random_numbers_are_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    train_member([_discs(0)], 2, _settings(), 0)
    assert torch.equal(torch.rand(1), expected)


def test_stopping_gives_a_usable_network() -> None:
    member = train_member([_discs(0)], 2, _settings(), 0, tell=lambda step: step.step < 3)
    assert (len(member.losses), member.steps, member.stopped) == (3, 8, True)
    model = Model((member.weights,), _settings(), ("disc",), 1)
    assert segment_image(model, _discs(1).image).shape == (96, 96)


def test_ignored_pixels_teach_nothing() -> None:
    """A network that is told nothing of one half is the same whatever that half holds."""
    image = _discs(0)
    halves = []
    for wrong in (0, 1):
        target = image.target.copy()
        target[:, 48:] = wrong
        # ignored by the loss, and centres of patches are drawn from what is known alone
        target[:, 48:] = -1
        halves.append(TrainingImage(image.image, target))
    one, other = (train_member([half], 2, _settings(), 0) for half in halves)
    assert _same(one.weights, other.weights)
    assert np.isfinite(one.losses).all()


def test_votes_can_be_learnt_beside_the_classes() -> None:
    settings = _settings(iterations="60", batch="4", votes_weight="0.5")
    member = train_member([_discs(seed) for seed in range(3)], 2, settings, 0)
    test = _discs(9)
    found = segment_image(Model((member.weights,), settings, ("disc",), 1), test.image)
    assert found.probability.shape[0] == 2
    assert dice(found.classes, test.target) > 0.7


def test_who_learns_votes_of_four_in_five_is_less_sure() -> None:
    test, sure = _discs(9), []
    for share in ("0", "1"):
        settings = _settings(iterations="60", batch="4", soft_labels=share)
        member = train_member([_discs(seed) for seed in range(3)], 2, settings, 0)
        found = segment_image(Model((member.weights,), settings, ("disc",), 1), test.image)
        sure.append(float(found.probability[1][test.target > 0].mean()))
    assert sure[1] < sure[0] - 0.03


def test_nothing_to_learn_from_and_an_unknown_network_are_refused() -> None:
    with pytest.raises(SettingError, match="no image to learn from"):
        train_member([], 2, _settings(), 0)
    with pytest.raises(SettingError, match="Unknown network 'vgg'"):
        train_member([_discs(0)], 2, changed(_settings(), {"network": "vgg"}), 0)


@pytest.mark.slow
def test_touching_objects_come_apart_where_their_middles_are_learnt() -> None:
    """Pairs of discs that overlap so far that the outline alone has hardly a neck."""

    def pairs(seed: int) -> TrainingImage:
        random = np.random.default_rng(seed)
        y, x = np.mgrid[:96, :96]
        objects = np.zeros((96, 96), np.int32)
        for number, row in enumerate((20, 50, 78)):
            column = random.uniform(25, 60)
            one, other = (np.hypot(y - row, x - column - apart) for apart in (0, 11))
            objects[(one < 8) & (one <= other)] = 2 * number + 1
            objects[(other < 8) & (other < one)] = 2 * number + 2
        nearest = np.minimum.reduce([_from_border(objects == k) for k in range(1, 7)])
        nearest = np.where(objects > 0, nearest, 0)
        pixels = 100 + 40 * (objects > 0) * (0.4 + nearest / 8) + random.normal(0, 3, objects.shape)
        image = Image(str(seed), pixels[None].astype(np.float32))
        return TrainingImage(image, (objects > 0).astype(np.int16), None, objects)

    settings = _settings(network="unet", iterations="150", batch="4", middle_weight="5",
                         learning_rate="0.01")  # fmt: skip
    member = train_member([pairs(seed) for seed in range(4)], 2, settings, 0)
    test = pairs(9)
    assert test.objects is not None
    found = segment_image(Model((member.weights,), settings, ("disc",), 1), test.image)
    assert found.middle is not None
    middles = separate_objects(found, method="middles", min_area=20)
    whole = separate_objects(found, method="components", min_area=20)
    ours, theirs = (object_scores(one, test.objects).precision[0] for one in (middles, whole))
    assert ours > 0.7 > theirs


def _from_border(inside: np.ndarray) -> np.ndarray:
    found = distance_transform_edt(inside)
    return np.where(inside, found, 99.0)


def test_middles_that_were_not_learnt_are_not_made_up() -> None:
    member = train_member([_discs(0)], 2, _settings(), 0)
    found = segment_image(Model((member.weights,), _settings(), ("disc",), 1), _discs(1).image)
    with pytest.raises(SettingError, match="has not learnt"):
        separate_objects(found, method="middles")
