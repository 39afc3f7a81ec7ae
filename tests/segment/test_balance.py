from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sightline.data.image import Image  # noqa: E402
from sightline.segment.balance import balanced  # noqa: E402
from sightline.segment.model import Model  # noqa: E402
from sightline.segment.predict import segment_image  # noqa: E402
from sightline.segment.settings import PRESETS, changed  # noqa: E402
from sightline.segment.train import train_member  # noqa: E402
from sightline.segment.training_image import TrainingImage  # noqa: E402
from sightline.trust.mask_scores import dice  # noqa: E402


def _discs(seed: int) -> TrainingImage:
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:96, :96]
    mask = np.zeros((96, 96), bool)
    for centre in random.uniform(8, 88, (5, 2)):
        mask |= (y - centre[0]) ** 2 + (x - centre[1]) ** 2 < 30
    pixels = 100 + 8 * mask + random.normal(0, 8, mask.shape)
    return TrainingImage(Image(str(seed), pixels[None]), mask.astype(np.int16))


@pytest.fixture(scope="module")
def model() -> Model:
    settings = changed(PRESETS["first"], {"iterations": "50", "tile": "64", "batch": "4"})
    member = train_member([_discs(seed) for seed in range(3)], 2, settings, 0)
    return Model((member.weights,), settings, ("disc",), 1)


def _dice(model: Model, seeds: range) -> float:
    images = [_discs(seed) for seed in seeds]
    return float(np.mean([dice(segment_image(model, one.image).classes, one.target)
                          for one in images]))  # fmt: skip


@pytest.mark.parametrize("shift", [-2.0, 2.0])
def test_a_network_that_marks_too_much_or_too_little_is_set_right(
    model: Model, shift: float
) -> None:
    bias = model.members[0]["head.bias"].copy()
    bias[0] += shift
    wrong = replace(model, members=(dict(model.members[0]) | {"head.bias": bias},))
    right = replace(wrong, members=(balanced(wrong, [_discs(5), _discs(6)]),))
    assert _dice(right, range(7, 10)) > _dice(wrong, range(7, 10)) + 0.005
    assert _dice(right, range(7, 10)) > _dice(model, range(7, 10)) - 0.02


def test_nothing_but_the_balance_is_changed(model: Model) -> None:
    found = balanced(model, [_discs(5)])
    assert found.keys() == model.members[0].keys()
    same = [name for name in found if np.array_equal(found[name], model.members[0][name])]
    assert set(found) - set(same) <= {"head.bias"}


def test_images_of_nothing_leave_a_network_as_it_is(model: Model) -> None:
    flat = TrainingImage(Image("flat", np.zeros((1, 64, 64))), np.full((64, 64), -1, np.int16))
    found = balanced(model, [flat])
    assert np.array_equal(found["head.bias"], model.members[0]["head.bias"])
