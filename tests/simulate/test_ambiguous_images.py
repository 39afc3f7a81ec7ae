"""Simulated images of stained cells: what is in them is told, and a laboratory is as asked."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from sightline.data.image import check_image
from sightline.data.mask import check_mask
from sightline.errors import SettingError
from sightline.simulate.ambiguous_images import (
    AmbiguousImage,
    simulate_ambiguous_image,
    simulate_ambiguous_images,
)
from sightline.simulate.ambiguous_settings import FOREIGN, HOME, NAMED_LABORATORIES, PLAIN

EMPTY = replace(HOME, cells_per_mm2=0, debris_per_mm2=0, unevenness=0, texture=0)


def pixels(made: AmbiguousImage, channel: int = 0) -> NDArray[np.float64]:
    return made.image.pixels[channel].astype(float)


def noise_of(image: NDArray[np.float64]) -> float:
    """Standard deviation of a pixel's noise, from second differences that smooth light has not."""
    across = image[:, 2:] - 2 * image[:, 1:-1] + image[:, :-2]
    return float(1.4826 * np.median(np.abs(across)) / np.sqrt(6))


@pytest.mark.parametrize("name", NAMED_LABORATORIES)
def test_images_and_truths_are_valid(name: str) -> None:
    made = simulate_ambiguous_image(NAMED_LABORATORIES[name])
    image, truth = check_image(made.image), check_mask(made.truth)
    assert image.shape == truth.shape == (256, 256)
    assert image.pixels.dtype == np.uint8
    assert image.pixel_size_um == (NAMED_LABORATORIES[name].pixel_size_um,) * 2
    assert truth.objects is not None
    numbers = np.unique(truth.objects)
    np.testing.assert_array_equal(numbers, np.arange(len(made.cells.visibility) + 1))
    assert len(made.cells.class_of) == len(made.cells.visibility) > 5


def test_an_image_is_the_same_whichever_others_are_made() -> None:
    several = simulate_ambiguous_images(HOME, 3)
    alone = simulate_ambiguous_image(HOME, 2)
    np.testing.assert_array_equal(several[2].image.pixels, alone.image.pixels)
    np.testing.assert_array_equal(several[2].cells.labels, alone.cells.labels)
    assert (several[1].image.pixels != alone.image.pixels).mean() > 0.5
    other = simulate_ambiguous_image(replace(HOME, seed=1), 2)
    assert (other.image.pixels != alone.image.pixels).mean() > 0.5
    assert len({made.image.name for made in several}) == 3


def test_cells_are_bright_where_the_truth_has_them() -> None:
    made = simulate_ambiguous_image(PLAIN)
    cells, found = made.cells.labels > 0, pixels(made)
    # Half way between cell and background divides them, but for the blur at their borders.
    level = (np.median(found[cells]) + np.median(found[~cells])) / 2
    assert ((ndimage.gaussian_filter(found, 1) > level) == cells).mean() > 0.99


def test_cells_are_as_many_and_as_large_as_asked() -> None:
    few = replace(PLAIN, height=512, width=512)
    made = simulate_ambiguous_images(few, 2)
    area_mm2 = 2 * (512 * 0.6 / 1000) ** 2
    count = sum(len(one.cells.visibility) for one in made)
    assert count == pytest.approx(800 * area_mm2, abs=4 * np.sqrt(800 * area_mm2))
    sizes = np.concatenate([np.bincount(one.cells.labels.ravel())[1:] for one in made])
    radius_um = np.sqrt(np.median(sizes) * 0.36 / np.pi)
    assert radius_um == pytest.approx(5.0, rel=0.08)


def test_visibility_is_brightness_in_units_of_the_noise() -> None:
    made = simulate_ambiguous_image(replace(HOME, height=512, width=512, seed=4))
    found, noise = pixels(made), noise_of(pixels(simulate_ambiguous_image(EMPTY)))
    around = ndimage.binary_dilation(made.cells.labels + made.debris.labels > 0, iterations=8)
    seen = ndimage.mean(found, made.cells.labels, np.arange(1, len(made.cells.visibility) + 1))
    above = (np.asarray(seen) - np.median(found[~around])) / noise
    assert np.corrcoef(above, made.cells.visibility)[0, 1] > 0.95
    assert np.median(above - made.cells.visibility) == pytest.approx(0, abs=0.5)


def test_some_cells_are_plain_and_some_cannot_be_told() -> None:
    visibility = np.concatenate(
        [made.cells.visibility for made in simulate_ambiguous_images(HOME, 6)]
    )
    assert (visibility < 2).mean() > 0.1
    assert (visibility > 6).mean() > 0.1
    plain = simulate_ambiguous_image(PLAIN).cells.visibility
    assert np.quantile(plain, 0.1) > 5


def test_cells_touch_as_often_as_asked() -> None:
    share = {}
    for touching in (0.0, 0.5):
        made = simulate_ambiguous_images(replace(HOME, touching=touching), 4)
        joined = sum(ndimage.label(one.cells.labels > 0)[1] for one in made)
        share[touching] = 1 - joined / sum(len(one.cells.visibility) for one in made)
    assert share[0.0] < 0.02
    assert share[0.5] > 0.1


def test_a_laboratorys_noise_is_as_asked() -> None:
    for laboratory in (HOME, FOREIGN, replace(HOME, photons=40.0), replace(HOME, read_noise=12.0)):
        plain = replace(laboratory, cells_per_mm2=0, debris_per_mm2=0, unevenness=0, texture=0)
        found = pixels(simulate_ambiguous_image(plain))
        expected = np.hypot(
            laboratory.counts_per_photon * np.sqrt(laboratory.photons), laboratory.read_noise
        )
        assert noise_of(found) == pytest.approx(expected, rel=0.06)
        mean = laboratory.counts_per_photon * laboratory.photons + laboratory.offset
        assert found.mean() == pytest.approx(mean, rel=0.03)
        assert laboratory.noise_counts == pytest.approx(expected)


def test_the_foreign_laboratory_has_less_noise_less_sharpness_and_more_cells() -> None:
    home, foreign = simulate_ambiguous_image(HOME), simulate_ambiguous_image(FOREIGN)
    relative = [noise_of(pixels(one)) / pixels(one).mean() for one in (home, foreign)]
    assert relative[1] < 0.6 * relative[0]
    assert len(foreign.cells.visibility) > 2 * len(home.cells.visibility)


def test_blur_takes_fine_structure_away() -> None:
    sharp, blurred = (
        pixels(simulate_ambiguous_image(replace(PLAIN, blur_um=blur))) for blur in (0.1, 2.0)
    )
    steepest = [np.quantile(np.abs(np.diff(ndimage.gaussian_filter(one, 1), axis=0)), 0.999)
                for one in (sharp, blurred)]  # fmt: skip
    assert steepest[1] < 0.7 * steepest[0]


def test_twelve_bits_are_stored_as_sixteen_and_cut_at_4095() -> None:
    bright = replace(HOME, bits=12, counts_per_photon=60.0)
    made = simulate_ambiguous_image(bright)
    assert made.image.pixels.dtype == np.uint16
    assert made.image.pixels.max() == 4095


def test_classes_have_names_and_channels_of_their_own() -> None:
    made = simulate_ambiguous_image(
        replace(PLAIN, classes=2, channels=3, cells_per_mm2=1500, seed=3)
    )
    assert made.image.channels == 3
    assert made.class_names == ("kind 1", "kind 2")
    first, second = (made.truth.classes == kind for kind in (1, 2))
    assert first.any()
    assert second.any()
    shown = [np.median(pixels(made, channel)[second]) / np.median(pixels(made, channel)[first])
             for channel in (0, 1)]  # fmt: skip
    assert shown[1] > 1.5 * shown[0]
    sizes = np.bincount(made.cells.labels.ravel())[1:]
    assert np.median(sizes[made.cells.class_of == 2]) > np.median(sizes[made.cells.class_of == 1])
    none = pixels(made, 2)
    assert none[first | second].mean() < 1.3 * none[~(first | second)].mean()


def test_an_image_may_be_empty() -> None:
    made = simulate_ambiguous_image(EMPTY)
    assert not made.truth.foreground.any()
    assert made.cells.visibility.shape == made.debris.visibility.shape == (0,)


@pytest.mark.parametrize(
    "wrong",
    [{"height": 8}, {"bits": 20}, {"touching": 1.2}, {"photons": 0}, {"name": "a/b"},
     {"classes": 1.5}],
)  # fmt: skip
def test_settings_outside_of_their_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        replace(HOME, **wrong)


def test_more_cells_than_fit_are_refused() -> None:
    with pytest.raises(SettingError, match=r"cells_per_mm2 is 90000, but only \d+ cells"):
        simulate_ambiguous_image(replace(HOME, cells_per_mm2=90_000))
