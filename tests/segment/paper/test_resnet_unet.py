"""The paper's network is the published one, weight for weight."""

import numpy as np
import pytest
import torch
from torch import nn

from sightline.segment.paper.resnet_unet import (
    RESNETS,
    ResNetUNet,
    colours_to_inputs,
    start_resnet,
)


def parameters(module: nn.Module) -> int:
    return sum(one.numel() for one in module.parameters())


@pytest.fixture(scope="module")
def network() -> ResNetUNet:
    torch.manual_seed(0)
    return ResNetUNet(3, 1, "resnet18-unet").eval()


def encoder_weights(network: ResNetUNet) -> dict[str, np.ndarray]:
    """As torchvision's file has them, with a last layer."""
    random = np.random.default_rng(0)
    found = {name: one.numpy().copy() for name, one in network.encoder.state_dict().items()}
    moved = {
        name: values + random.normal(0, 0.1, values.shape).astype(values.dtype)
        for name, values in found.items()
        if values.ndim
    }
    return found | moved | {"fc.weight": np.zeros((1000, 512), np.float32)}


@pytest.mark.parametrize(
    ("name", "published"),
    # torchvision's table of models, less the last layer of 1000 classes
    [
        ("resnet18-unet", 11_689_512 - 513_000),
        ("resnet34-unet", 21_797_672 - 513_000),
        ("resnet50-unet", 25_557_032 - 2_049_000),
    ],
)
def test_encoder_has_as_many_parameters_as_published(name: str, published: int) -> None:
    with torch.device("meta"):
        assert parameters(ResNetUNet(3, 1, name).encoder) == published


def test_network_has_as_many_parameters_as_segmentation_models_pytorch_states() -> None:
    with torch.device("meta"):
        assert parameters(ResNetUNet(3, 1)) == 24_436_369  # their documentation's own example


@pytest.mark.parametrize("inputs", [1, 4])
def test_scores_have_the_images_size(inputs: int) -> None:
    found = ResNetUNet(inputs, 3, "resnet18-unet").eval()(torch.zeros(1, inputs, 64, 96))
    assert found.shape == (1, 3, 64, 96)


@pytest.mark.parametrize("name", RESNETS)
@pytest.mark.usefixtures("torchvision_schemas")
def test_same_weights_give_the_output_of_segmentation_models_pytorch(name: str) -> None:
    theirs_package = pytest.importorskip("segmentation_models_pytorch", exc_type=ImportError)
    theirs = theirs_package.Unet(
        name.removesuffix("-unet"), encoder_weights=None, in_channels=2, classes=3
    ).eval()
    ours = ResNetUNet(2, 3, name).eval()
    weights = zip(ours.state_dict(), theirs.state_dict().values(), strict=True)
    ours.load_state_dict(dict(weights))
    images = torch.randn(1, 2, 64, 96, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.allclose(ours(images), theirs(images), atol=1e-5)


def test_what_starts_from_nothing_is_a_truncated_normal_of_its_fan_in(network: ResNetUNet) -> None:
    weight = network.up[0][0].weight.detach()
    deviation = (2 / (weight.shape[1] * 9)) ** 0.5
    assert float(weight.abs().max()) <= 2 * deviation
    assert float(weight.std()) == pytest.approx(0.8796 * deviation, rel=0.01)  # s.d. cut at two


def test_encoder_starts_from_weights_by_name(network: ResNetUNet) -> None:
    weights = encoder_weights(network)
    start_resnet(network, {f"encoder.{name}": values for name, values in weights.items()})
    assert np.array_equal(network.encoder.layer3[1].bn2.weight.detach().numpy(),
                          weights["layer3.1.bn2.weight"])  # fmt: skip


def test_every_fault_of_weights_is_listed(network: ResNetUNet) -> None:
    weights = encoder_weights(network)
    del weights["layer1.0.conv1.weight"]
    weights["layer9.weight"] = np.zeros(3, np.float32)
    weights["bn1.bias"] = np.zeros(5, np.float32)
    before = network.encoder.bn1.weight.detach().clone()
    with pytest.raises(ValueError, match="missing") as fault:
        start_resnet(network, weights)
    assert str(fault.value) == (
        "missing: layer1.0.conv1.weight; unknown: layer9.weight; of another shape: bn1.bias"
    )
    assert torch.equal(network.encoder.bn1.weight, before)


@pytest.mark.parametrize("inputs", [1, 2, 3, 5])
def test_a_grey_image_is_seen_alike_with_any_number_of_inputs(inputs: int) -> None:
    kernel = torch.ones(4, 3, 7, 7)
    seen = colours_to_inputs(kernel, inputs)
    assert seen.shape == (4, inputs, 7, 7)
    assert torch.allclose(seen.sum(dim=1), kernel.sum(dim=1))
