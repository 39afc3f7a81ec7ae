"""The paper's tiles are laid and blended as it says: against each pixel's own weighted mean."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sightline.data.image import Image
from sightline.segment.model import Model
from sightline.segment.networks import make_network, set_weights, weights_of
from sightline.segment.paper.tiles import blended, tile_starts, tile_weight
from sightline.segment.predict import Predictor, segment_image
from sightline.segment.settings import PRESETS

PAPER = PRESETS["paper"]
SETTINGS = replace(PAPER, network="unet", tile=32)


def model_of(members: int, **changes: object) -> Model:
    """Networks with random weights, sharp enough to say something."""
    settings = replace(SETTINGS, **changes)
    weights = []
    for seed in range(members):
        network = make_network(settings, 1, 3, seed)
        found = weights_of(network)
        weights.append(found | {"head.weight": 60 * found["head.weight"]})
    return Model(tuple(weights), settings, ("a", "b"), 1)


@pytest.fixture(scope="module")
def image() -> Image:
    return Image("i", np.random.default_rng(0).normal(0, 1, (1, 50, 71)).astype(np.float32))


@pytest.mark.parametrize("length", [256, 300, 512, 777, 1024, 5000])
def test_tiles_lie_as_the_reference_lays_them(length: int) -> None:
    """Centres from a quarter of a tile inside to its mirror, floor((L + t/2) / (t/2)) + 1."""
    centres = tile_starts(length, 512, 0.5) + 256
    assert len(centres) == (1 if length <= 256 else (length + 256) // 256 + 1)
    if length > 256:
        assert (centres[0], centres[-1]) == (128, length - 128)
        assert np.diff(centres).max() <= 256


@pytest.mark.parametrize("length", [1, 20, 100, 128])
def test_a_short_axis_has_one_tile_in_its_middle(length: int) -> None:
    (start,) = tile_starts(length, 512, 0.5)
    assert abs((start + 256) - length / 2) <= 0.5


def test_the_weight_is_a_gaussian_of_an_eighth_of_a_tile() -> None:
    weight = tile_weight(64, 0.125)
    assert weight[32, 32] == pytest.approx(weight.max())
    assert weight[40, 32] / weight[32, 32] == pytest.approx(np.exp(-(8.5**2 - 0.5**2) / 2 / 64))
    assert weight == pytest.approx(weight.T)


@pytest.mark.parametrize("shape", [(50, 71), (5, 40), (9, 7)])
@pytest.mark.parametrize("grain", [1, 3])
def test_a_pixel_is_the_weighted_mean_of_all_tiles_that_hold_it(
    shape: tuple[int, int], grain: int
) -> None:
    random = np.random.default_rng(1)
    seen: dict[tuple[int, int], np.ndarray] = {}

    def see(top: int, left: int) -> np.ndarray:
        seen[top, left] = random.random((2, 16, 16)).astype(np.float32)
        return seen[top, left]

    bands = list(blended(shape, 16, 0.5, 0.125, grain, see))
    assert [rows.start for rows, _ in bands] == [0, *(rows.stop for rows, _ in bands[:-1])]
    found = np.concatenate([layers for _, layers in bands], axis=1)
    assert found.shape == (2, *shape)
    for y, x in list(np.ndindex(shape))[::11]:
        total = weights = 0.0
        for (top, left), layers in seen.items():
            if 0 <= y - top < 16 and 0 <= x - left < 16:
                weight = np.exp(-((y - top - 7.5) ** 2 + (x - left - 7.5) ** 2) / 2 / 2**2)
                total, weights = total + weight * layers[:, y - top, x - left], weights + weight
        assert found[:, y, x] == pytest.approx(total / weights, rel=1e-4)


def test_a_prediction_is_the_mean_over_members_flips_and_tiles(image: Image) -> None:
    """Every tile is cut from the mirrored image, flipped and seen on its own, and put in place."""
    model = model_of(2)
    mirrored = np.pad(image.pixels[0], 32, mode="reflect")
    weight = tile_weight(32, 0.125)
    total, weights = np.zeros((3, 114, 135)), np.zeros((114, 135))
    for top in tile_starts(50, 32, 0.5) + 32:
        for left in tile_starts(71, 32, 0.5) + 32:
            tile = mirrored[top : top + 32, left : left + 32]
            said = []
            for weights_of_member in model.members:
                network = make_network(model.settings, 1, 3, 0).eval()
                set_weights(network, weights_of_member)
                for turn in (np.s_[:, :], np.s_[::-1, :], np.s_[:, ::-1], np.s_[::-1, ::-1]):
                    seen = torch.from_numpy(tile[turn].copy())[None, None]
                    with torch.inference_mode():
                        chance = torch.softmax(network(seen)[0], 0).numpy()
                    said.append(chance[(slice(None), *turn)])
            place = np.s_[top : top + 32, left : left + 32]
            total[(slice(None), *place)] += weight * np.mean(said, axis=0)
            weights[place] += weight
    expected = (total / np.where(weights > 0, weights, 1))[:, 32:-32, 32:-32]
    found = segment_image(model, image)
    assert found.probability == pytest.approx(expected, abs=1e-4)
    assert expected.std(axis=(1, 2)).min() > 0.01


@pytest.mark.parametrize("downscale", [1, 2])
def test_its_parts_are_the_papers_map_in_every_tile(image: Image, downscale: int) -> None:
    model = model_of(2, downscale=downscale)
    progress: list[tuple[int, int]] = []
    bands = list(Predictor.of(model).bands(image, progress=lambda *done: progress.append(done)))
    assert progress[-1][0] == progress[-1][1] == len(progress)
    assert bands[-1][0].stop == 50
    for _, part in bands:
        assert part.probability.sum(axis=0) == pytest.approx(np.ones(part.shape), abs=1e-5)
        highest = (part.probability * (1 - part.probability)).mean(axis=0)
        # blending tiles that differ leaves out what they differ by
        assert (part.uncertainty <= highest + 1e-6).all()
        assert part.uncertainty.mean() > 0.5 * highest.mean()
