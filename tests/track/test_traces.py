"""Brightness of points: above the surround, without the neighbour's light, against a baseline."""

import numpy as np
import pytest

from sightline.errors import SettingError
from sightline.track.traces import read_brightness, relative_change

SIZE = (1.5, 0.5, 0.5)
RADIUS = 1.0
SHAPE = (12, 50, 60)


def blob(place: tuple[float, float, float], height: float) -> np.ndarray:
    """A Gaussian of the radius, in um."""
    axes = np.meshgrid(*(np.arange(side) for side in SHAPE), indexing="ij")
    away = sum(((axis - at) * by) ** 2 for axis, at, by in zip(axes, place, SIZE, strict=True))
    return height * np.exp(-away / (2 * RADIUS**2))


ONE, OTHER = (5.0, 20.0, 20.0), (6.0, 30.0, 40.0)


def test_brightness_is_proportional_to_the_blob_whatever_the_background() -> None:
    places = np.array([ONE, OTHER])
    for background in (0.0, 500.0):
        frame = (blob(ONE, 100) + blob(OTHER, 40) + background)[None].astype(np.float32)
        found = read_brightness(frame, places, SIZE, RADIUS)[:, 0]
        assert found[0] / found[1] == pytest.approx(2.5, rel=0.02)
        assert 50 < found[0] < 100


def test_channels_are_read_each_for_itself() -> None:
    frame = np.stack([blob(ONE, 100), blob(ONE, 30)]).astype(np.float32)
    found = read_brightness(frame, np.array([ONE]), SIZE, RADIUS)
    assert found[0, 0] / found[0, 1] == pytest.approx(100 / 30, rel=1e-4)


def test_a_bright_neighbour_hardly_counts() -> None:
    near = (5.0, 20.0, 25.0)  # 2.5 um away
    places = np.array([ONE, near])
    alone = read_brightness(blob(ONE, 100)[None].astype(np.float32), places, SIZE, RADIUS)[0, 0]
    both = blob(ONE, 100) + blob(near, 100)
    beside = read_brightness(both[None].astype(np.float32), places, SIZE, RADIUS)[0, 0]
    assert beside == pytest.approx(alone, rel=0.15)
    unaware = read_brightness(both[None].astype(np.float32), places[:1], SIZE, RADIUS)[0, 0]
    assert abs(beside - alone) <= abs(unaware - alone)


def test_what_has_no_position_or_lies_outside_has_no_brightness() -> None:
    places = np.array([ONE, (np.nan,) * 3, (5.0, -40.0, 20.0)])
    found = read_brightness(blob(ONE, 100)[None].astype(np.float32), places, SIZE, RADIUS)
    assert np.isfinite(found[:, 0]).tolist() == [True, False, False]


def test_of_a_flat_recording_it_is_the_same() -> None:
    frame = blob((0.0, 20.0, 20.0), 100)[:1][None].astype(np.float32)
    found = read_brightness(frame, np.array([[0.0, 20.0, 20.0]]), SIZE, RADIUS)
    assert 50 < found[0, 0] < 100


def test_relative_change_is_that_of_a_case_done_by_hand() -> None:
    trace = np.array([10.0, 10, 10, 10, 20, np.nan, 15, 10, 10, 10])
    found = relative_change(trace)
    np.testing.assert_allclose(found, [0, 0, 0, 0, 1, np.nan, 0.5, 0, 0, 0])


def test_a_window_follows_bleaching() -> None:
    frames = np.arange(400)
    trace = 100 * np.exp(-frames / 300) * (1 + (frames % 50 == 0))
    found = relative_change(trace, window=41)
    np.testing.assert_allclose(found[50:350][frames[50:350] % 50 == 0], 1, atol=0.2)
    assert np.abs(np.median(found[50:350])) < 0.1


def test_dark_or_missing_points_have_none() -> None:
    found = relative_change(np.stack([np.zeros(5), np.full(5, np.nan), np.full(5, -3.0)], axis=1))
    assert np.isnan(found).all()


def test_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="percentile"):
        relative_change(np.ones(4), percentile=101)
    with pytest.raises(SettingError, match="window"):
        relative_change(np.ones(4), window=0)
