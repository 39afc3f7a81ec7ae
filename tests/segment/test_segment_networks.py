"""Networks by name, and as they are when they learn no more."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

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
