import numpy as np
import pytest

from sightline.segment.normalise import (
    averaged,
    measure_scale,
    noise_to_add,
    normalise,
    pixel_noise,
)


def _image(seed: int = 0, noise: float = 5.0) -> np.ndarray:
    """Blobs on an uneven background, in noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:192, :224].astype(np.float64)
    image = 100 + y / 4
    for centre in random.uniform(10, 180, (25, 2)):
        image += 40 * np.exp(-((y - centre[0]) ** 2 + (x - centre[1]) ** 2) / 32)
    return (image + random.normal(0, noise, image.shape))[None].astype(np.float32)


@pytest.mark.parametrize("noise", [2.0, 5.0, 11.0])
def test_pixel_noise_is_that_which_was_added(noise: float) -> None:
    assert pixel_noise(_image(noise=noise)[0]) == pytest.approx(noise, rel=0.1)


def test_neither_gain_nor_offset_of_a_camera_is_left_in_the_input() -> None:
    image = _image()
    other = image * 7 + 300
    ours, theirs = (normalise(one, measure_scale(one), "contrast") for one in (image, other))
    assert np.abs(ours - theirs).max() < 1e-3


def test_the_input_is_standardised_and_a_slope_of_the_background_is_gone() -> None:
    image = _image()
    found = normalise(image, measure_scale(image), "contrast")
    assert found.mean() == pytest.approx(0, abs=1e-5)
    assert found.std() == pytest.approx(1, abs=1e-5)
    middle = found[0, 48:-48]
    assert abs(np.median(middle[:20]) - np.median(middle[-20:])) < 0.2


@pytest.mark.parametrize("roughness", [4.0, 7.0])
def test_added_noise_gives_an_image_the_roughness_that_was_asked_for(roughness: float) -> None:
    image = _image(noise=1.0)
    noise = noise_to_add(measure_scale(image), roughness)
    noisy = image + np.random.default_rng(1).normal(0, noise[0], image.shape)
    assert measure_scale(noisy).roughness[0] == pytest.approx(roughness, rel=0.15)


def test_nothing_is_added_to_an_image_that_is_rough_enough() -> None:
    scale = measure_scale(_image(noise=30.0))
    assert noise_to_add(scale, float(scale.roughness[0]) * 0.9).tolist() == [0.0]


def test_averaging_is_the_mean_of_blocks_and_repeats_the_edge() -> None:
    found = averaged(np.arange(15.0).reshape(1, 3, 5), 2)
    assert found[0].tolist() == [[3.0, 5.0, 6.5], [10.5, 12.5, 14.0]]


def test_a_constant_image_gives_zeros() -> None:
    flat = np.full((2, 64, 64), 7, np.uint16)
    found = normalise(flat, measure_scale(flat), "contrast")
    assert np.abs(found).max() == 0


def test_an_image_of_a_few_pixels_is_no_error() -> None:
    tiny = np.random.default_rng(0).integers(0, 255, (1, 2, 3)).astype(np.uint8)
    assert np.isfinite(normalise(tiny, measure_scale(tiny), "contrast")).all()
