"""Networks by name, and as they are when they learn no more."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sightline.errors import SettingError  # noqa: E402
from sightline.segment.networks import fused, make_network  # noqa: E402
from sightline.segment.settings import SegmentSettings  # noqa: E402


@pytest.mark.parametrize("name", ["lite-unet", "unet", "resnet34-unet"])
def test_a_fused_network_says_the_same(name: str) -> None:
    network = make_network(SegmentSettings(network=name, weights=""), 2, 3, 0)
    inputs = torch.from_numpy(np.random.default_rng(0).normal(size=(1, 2, 64, 96))).float()
    with torch.no_grad():
        network(3 * inputs + 1)  # so that normalising changes something
        before = network.eval()(inputs)
        after = fused(network)(inputs)
    assert before.std() > 0
    torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-4)


def test_nothing_is_left_to_normalise() -> None:
    network = fused(make_network(SegmentSettings(weights=""), 1, 2, 0).eval())
    assert not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in network.modules())


@pytest.mark.parametrize("channels", [1, 3])
def test_weights_in_another_order_are_refused(channels: int) -> None:
    by_name = [np.zeros(shape, np.float32) for shape in [(32,), (32, 1, 3, 3)] * 200]
    with pytest.raises(SettingError, match="do not fit the encoder of 'lite-unet'"):
        make_network(SegmentSettings(weights="sorted.safetensors"), channels, 2, 0, by_name)
