"""Rescaled images show the same field: places, brightness and areas stay."""

import numpy as np
import pytest

from sightline.data.image import Image
from sightline.errors import InputError
from sightline.segment.rescale import rescaled_image, rescaled_labels, rescaled_maps, zoom_to


def image(shape=(60, 80), size=(0.5, 0.5)):
    y, x = np.mgrid[: shape[0], : shape[1]]
    ramp = (y * size[0] + 2 * x * size[1])[None].astype(np.float32)
    return Image("a", ramp, size)


def test_brightness_at_a_place_stays_whatever_the_pixel_size():
    found = rescaled_image(image(), (2.0, 0.5), (0.25, 1.0))
    assert found.shape == (120, 40)
    y, x = (np.arange(120) + 0.5) * 0.25 - 0.25, (np.arange(40) + 0.5) * 1.0 - 0.25
    there = y[:, None] + 2 * x[None]
    inside = (slice(6, -6), slice(6, -6))
    assert np.allclose(found.pixels[0][inside], there[inside], atol=1e-3)


def test_there_and_back_is_where_it_was():
    smooth = image().pixels
    back = rescaled_maps(rescaled_maps(smooth, (150, 200)), (60, 80))
    assert np.allclose(back[0, 3:-3, 3:-3], smooth[0, 3:-3, 3:-3], atol=0.05)


def test_labels_stay_whole_numbers_of_the_same_area():
    labels = np.zeros((60, 80), np.int32)
    labels[10:30, 20:60] = 7
    for shape in ((120, 160), (30, 40), (45, 200)):
        found = rescaled_labels(labels, shape)
        assert set(np.unique(found)) == {0, 7}
        assert (found == 7).mean() == pytest.approx((labels == 7).mean(), abs=0.01)


def test_the_same_size_and_an_unknown_one_need_nothing():
    assert zoom_to(image(), (0.502, 0.5)) is None
    assert zoom_to(image(), None) is None
    assert zoom_to(Image("a", image().pixels), (1.0, 1.0)) is None
    assert zoom_to(image(), (1.0, 0.25)) == (0.5, 2.0)


def test_a_mistaken_unit_is_told():
    with pytest.raises(InputError, match="500 um"):
        zoom_to(image(size=(500.0, 500.0)), (0.5, 0.5))
