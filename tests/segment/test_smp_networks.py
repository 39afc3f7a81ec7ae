"""Networks of segmentation-models-pytorch by name, and one word where it cannot be had."""

import sys
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
import torch

from sightline.errors import SettingError
from sightline.segment.networks import make_network, weights_of
from sightline.segment.settings import SegmentSettings
from sightline.segment.smp_networks import ARCHITECTURES, make_smp

SETTINGS = replace(SegmentSettings(), network="smp:Unet/resnet18")


@pytest.fixture
def smp(torchvision_schemas: object) -> ModuleType:
    return pytest.importorskip("segmentation_models_pytorch", exc_type=ImportError)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.usefixtures("smp")
def test_every_architecture_scores_every_pixel(architecture: str) -> None:
    network = make_network(replace(SETTINGS, network=f"smp:{architecture}/resnet18"), 2, 3, 0)
    with torch.inference_mode():
        assert network.eval()(torch.zeros(1, 2, 128, 160)).shape == (1, 3, 128, 160)


@pytest.mark.usefixtures("smp")
@pytest.mark.parametrize("prefix", ["", "encoder."])
def test_an_encoder_starts_from_weights_of_the_same_kind(prefix: str) -> None:
    encoder = weights_of(make_smp("smp:Unet/resnet18", 3, 1).encoder)
    start = {prefix + name: values for name, values in encoder.items()}
    found = weights_of(make_network(SETTINGS, 1, 2, 5, start))
    assert np.array_equal(found["encoder.layer2.0.conv1.weight"], encoder["layer2.0.conv1.weight"])
    first = encoder["conv1.weight"].sum(axis=1, keepdims=True)
    assert found["encoder.conv1.weight"] == pytest.approx(first, abs=1e-6)
    with pytest.raises(SettingError, match="do not fit the encoder of 'smp:Unet/resnet18'"):
        make_network(SETTINGS, 1, 2, 5, {"layer1.weight": np.zeros(3, np.float32)})


@pytest.mark.usefixtures("smp")
def test_an_unknown_encoder_is_refused() -> None:
    with pytest.raises(SettingError, match="cannot be built on the encoder 'resnet7'"):
        make_smp("smp:Unet/resnet7", 1, 2)


@pytest.mark.parametrize("name", ["smp:Unet", "smp:Vnet/resnet18", "smp:/resnet18"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(SettingError, match="expected smp:ARCHITECTURE/ENCODER with one of Unet"):
        make_smp(name, 1, 2)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segmentation_models_pytorch", None)
    with pytest.raises(SettingError, match="pip install segmentation-models-pytorch"):
        make_network(SETTINGS, 1, 2, 0)


def test_a_torchvision_of_another_build_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_name: str) -> ModuleType:
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr("sightline.segment.smp_networks.import_module", broken)
    with pytest.raises(SettingError, match=r"nms does not exist\. Install the torchvision that"):
        make_network(SETTINGS, 1, 2, 0)
