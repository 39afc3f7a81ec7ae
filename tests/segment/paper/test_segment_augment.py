"""The paper's augmentations, and that they keep classes whole and treat every bit depth alike."""

from dataclasses import replace

import numpy as np
import pytest

from sightline.segment.paper.augment import draw_turn, draw_warp, equalised, shaded, warped
from sightline.segment.settings import SegmentSettings

OFF = replace(SegmentSettings(), rotate=0.0, flip=False)


def turns(settings: SegmentSettings, count: int = 2000) -> np.ndarray:
    random = np.random.default_rng(0)
    return np.stack([draw_turn(settings, random) for _ in range(count)])


def test_turns_keep_distances() -> None:
    found = turns(replace(OFF, rotate=360.0, flip=True))
    assert np.allclose(found @ found.swapaxes(1, 2), np.eye(2))


def test_half_of_the_patches_are_turned_by_any_angle() -> None:
    found = turns(replace(OFF, rotate=360.0))
    angles = np.rad2deg(np.arctan2(found[:, 1, 0], found[:, 0, 0])) % 360
    turned = angles[angles > 0]
    assert len(turned) / len(angles) == pytest.approx(0.5, abs=0.04)
    assert np.histogram(turned, 4, (0, 360))[0] == pytest.approx([len(turned) / 4] * 4, rel=0.2)


def test_each_axis_is_mirrored_in_half_of_the_patches() -> None:
    found = turns(replace(OFF, flip=True))
    shares = [(np.sign(found[:, axis, axis]) < 0).mean() for axis in range(2)]
    assert shares == pytest.approx([0.5, 0.5], abs=0.04)
    assert np.all(turns(OFF, 5) == np.eye(2))


def test_a_warp_keeps_edges_and_order_and_stretches_within_its_limit() -> None:
    rows, columns = draw_warp(101, 0.3, np.random.default_rng(0))
    for places in (rows, columns):
        assert places[[0, -1]] == pytest.approx([0, 100])
        stretch = np.diff(places)
        assert 0.7 / 1.3 <= stretch.min() < 1 < stretch.max() <= 1.3 / 0.7
    assert np.abs(rows - columns).max() > 1


def test_a_linear_ramp_is_read_where_the_warp_says() -> None:
    where = draw_warp(40, 0.3, np.random.default_rng(1))
    ramp = (np.arange(40)[:, None] + 100 * np.arange(40)).astype(np.float32)[None]
    expected = where[0][:, None] + 100 * where[1]
    assert warped(ramp, where, 1)[0] == pytest.approx(expected, abs=1e-2)


def test_no_class_appears_between_two_others() -> None:
    mask = np.zeros((1, 40, 40), np.int16)
    mask[0, 10:30, 10:30] = 2
    mask[0, :4] = -1
    found = warped(mask, draw_warp(40, 0.4, np.random.default_rng(2)), 0)
    assert found.dtype == np.int16
    assert set(np.unique(found).tolist()) == {-1, 0, 2}


def test_gamma_is_of_the_span_whatever_the_bit_depth() -> None:
    settings = replace(OFF, gamma_range=(0.5, 0.5))
    unit = np.random.default_rng(0).random((1, 8, 8)).astype(np.float32)
    spans = np.array([[100.0, 4195.0]])
    patch = (100 + 4095 * unit).astype(np.float32)
    found = {
        (shaded(patch, spans, settings, np.random.default_rng(seed))[0, 0, 0]).item()
        for seed in range(20)
    }
    expected = [patch[0, 0, 0], 100 + 4095 * np.sqrt(unit[0, 0, 0])]
    assert sorted(found) == pytest.approx(sorted(expected), rel=1e-4)


def test_brightness_and_contrast_stay_within_their_limits() -> None:
    settings = replace(OFF, brightness=0.2, contrast=0.1)
    patch = np.array([[[0.0, 10.0]]], np.float32)
    spans, random = np.array([[0.0, 10.0]]), np.random.default_rng(0)
    found = np.stack([shaded(patch, spans, settings, random)[0, 0] for _ in range(2000)])
    dark, size = found[:, 0], found[:, 1] - found[:, 0]
    assert np.abs(dark).max() == pytest.approx(2, abs=0.1)
    assert (size.min(), size.max()) == pytest.approx((9, 11), abs=0.1)
    assert (found == patch[0]).all(axis=1).mean() == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("spans", [[[0.0, 1.0]], [[3.0, 3.0]]])
def test_what_is_off_or_constant_stays_as_it_is(spans: list[list[float]]) -> None:
    patch = np.full((1, 16, 16), 3, np.float32)
    random = np.random.default_rng(0)
    before = random.bit_generator.state
    assert shaded(patch, np.array(spans), OFF, random) == pytest.approx(patch)
    assert random.bit_generator.state == before


def test_equalising_spreads_a_faint_image_and_leaves_no_value_outside() -> None:
    faint = np.random.default_rng(0).normal(0.3, 0.02, (1, 64, 64)).astype(np.float32)
    found = equalised(faint, 4.0)
    assert found.std() > 2 * faint.std()
    assert 0 <= found.min() <= found.max() <= 1
