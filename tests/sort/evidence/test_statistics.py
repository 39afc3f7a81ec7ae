"""Sums over frames: projections and noise as NumPy gives them, in any division into blocks."""

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.sort.evidence.statistics import (
    FrameSums,
    Projections,
    add_sums,
    fill_gaps,
    no_sums,
    project,
    sum_frames,
)

DTYPES = (np.uint8, np.uint16, np.int16, np.float16, np.float32, np.float64)


def movie_of(dtype: type, seed: int = 0, shape: tuple[int, ...] = (120, 19, 23)) -> NDArray:
    """Correlated noise on an uneven background, over the range of the type."""
    rng = np.random.default_rng(seed)
    noise = (
        rng.normal(size=shape)
        + np.roll(rng.normal(size=shape), 1, 2)
        + rng.normal(size=(shape[0], 1, 1))
    )
    image = 100 + 20 * rng.random(shape[1:]) + 8 * noise
    if dtype == np.int16:
        image -= 100
    if dtype == np.float16:
        return image.round(1).astype(np.float32)  # as the pass over a movie hands it over
    return image.astype(dtype)


def summed(movie: NDArray, bounds: list[int], origin: NDArray | None = None) -> FrameSums:
    origin = typical(movie) if origin is None else origin
    sums = no_sums(movie.shape[1:])
    for start, stop in pairwise(bounds):
        sums = add_sums(sums, sum_frames(movie[start:stop], origin))
    return sums


def typical(movie: NDArray) -> NDArray[np.float32]:
    return movie[:16].mean(0, dtype=np.float64).astype(np.float32)


def projected(movie: NDArray, bounds: list[int] | None = None) -> Projections:
    return project(summed(movie, bounds or [0, len(movie)]), typical(movie))


def plain_correlation(movie: NDArray) -> NDArray[np.float64]:
    """Mean of ``corrcoef`` with each of the eight neighbours."""
    frames, height, width = movie.shape
    every = np.corrcoef(movie.reshape(frames, -1).T)
    y, x = np.divmod(np.arange(height * width), width)
    apart = np.maximum(np.abs(y[:, None] - y), np.abs(x[:, None] - x))
    near = apart == 1
    return ((every * near).sum(1) / near.sum(1)).reshape(height, width)


@pytest.mark.parametrize("dtype", DTYPES)
def test_projections_are_numpys(dtype: type) -> None:
    movie = movie_of(dtype)
    images = projected(movie, [0, 50, 51, 120])
    exact = movie.astype(np.float64)
    np.testing.assert_allclose(images.maximum, exact.max(0), rtol=1e-6, atol=1e-5)
    np.testing.assert_allclose(images.mean, exact.mean(0), rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(images.correlation, plain_correlation(exact), atol=1e-4)


def test_noise_is_half_the_mean_square_of_the_steps() -> None:
    movie = movie_of(np.float64)
    steps = np.diff(movie, axis=0)
    expected = np.sqrt((steps**2).mean(0) / 2)
    np.testing.assert_allclose(projected(movie).noise, expected, rtol=1e-5)


def test_the_noise_of_white_noise_is_its_standard_deviation_whatever_the_slow_drift() -> None:
    rng = np.random.default_rng(0)
    drift = np.linspace(0, 500, 2000)[:, None, None]
    movie = (1000 + drift + rng.normal(0, 12, (2000, 16, 16))).astype(np.float32)
    noise = projected(movie, list(range(0, 2001, 250))).noise
    assert np.median(noise) == pytest.approx(12, rel=0.02)


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
@pytest.mark.parametrize("length", [1, 2, 7, 64])
def test_any_division_into_blocks_gives_the_same(dtype: type, length: int) -> None:
    movie = movie_of(dtype)
    whole = summed(movie, [0, len(movie)])
    parts = summed(movie, [*range(0, len(movie), length), len(movie)])
    assert (parts.frames, parts.pairs) == (120, 120 - len(range(0, 120, length)))
    for name in ("maximum", "total", "squares", "products"):
        scale = np.abs(getattr(whole, name)).max()
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), atol=3e-6 * scale)
    np.testing.assert_allclose(parts.brightness, whole.brightness, rtol=1e-6)


def test_the_origin_does_not_matter() -> None:
    movie = movie_of(np.float32)
    other = np.full(movie.shape[1:], 60, np.float32)
    near = projected(movie)
    far = project(summed(movie, [0, 120], other), other)
    for part in fields(Projections):
        near_image, far_image = getattr(near, part.name), getattr(far, part.name)
        np.testing.assert_allclose(far_image, near_image, rtol=1e-3, atol=1e-3)


def test_brightness_and_change_are_means_over_each_frame() -> None:
    movie = movie_of(np.uint16)
    sums = summed(movie, [0, 40, 120])
    exact = movie.astype(np.float64)
    np.testing.assert_allclose(sums.brightness, exact.mean((1, 2)), rtol=1e-6)
    change = (np.diff(exact, axis=0) ** 2).mean((1, 2))
    assert np.isnan(sums.change[[0, 40]]).all()
    np.testing.assert_allclose(np.delete(sums.change, [0, 40]), np.delete(change, 39), rtol=1e-5)


def test_a_repeated_frame_changes_nothing_at_all() -> None:
    movie = movie_of(np.float32)
    movie[31] = movie[30]
    assert (np.flatnonzero(summed(movie, [0, 120]).change == 0)).tolist() == [31]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_frames_with_a_value_that_is_not_finite_are_left_out(bad: float) -> None:
    movie = movie_of(np.float32)
    holed = movie.copy()
    holed[50, 3, 4] = bad
    holed[51, 0, 0], holed[51, 5, 5] = np.inf, -np.inf
    sums = summed(holed, [0, 60, 120])
    assert (sums.frames, sums.pairs) == (118, 118 - 3)
    assert np.flatnonzero(np.isnan(sums.brightness)).tolist() == [50, 51]
    assert np.flatnonzero(np.isnan(sums.change)).tolist() == [0, 50, 51, 52, 60]
    kept = np.delete(movie, [50, 51], 0)
    np.testing.assert_allclose(project(sums, typical(movie)).mean, kept.mean(0), rtol=1e-5)
    np.testing.assert_allclose(project(sums, typical(movie)).maximum, kept.max(0), rtol=1e-6)


def test_a_pixel_that_never_changes_correlates_with_nothing() -> None:
    movie = movie_of(np.uint8)
    movie[:, 4, 5] = 7
    image = projected(movie).correlation
    assert image[4, 5] == 0
    assert np.isfinite(image).all()


@pytest.mark.parametrize("shape", [(30, 1, 1), (30, 1, 9), (30, 9, 1), (30, 2, 2), (1, 5, 5)])
def test_images_of_one_row_or_pixel_and_movies_of_one_frame_are_summed_too(
    shape: tuple[int, int, int],
) -> None:
    movie = movie_of(np.float64, shape=shape)
    images = projected(movie)
    np.testing.assert_allclose(images.mean, movie.mean(0), rtol=1e-6)
    assert all(np.isfinite(getattr(images, part.name)).all() for part in fields(Projections))


def test_a_movie_of_no_whole_frame_gives_zeros() -> None:
    movie = np.full((5, 4, 4), np.nan, np.float32)
    images = project(summed(movie, [0, 5], np.zeros((4, 4), np.float32)), np.zeros((4, 4)))
    assert all((getattr(images, part.name) == 0).all() for part in fields(Projections))


def test_gaps_of_a_frame_get_the_typical_value_and_worse_frames_stay() -> None:
    movie = movie_of(np.float32)
    origin = typical(movie)
    holed = movie.copy()
    holed[2, 0], holed[3, :, -1], holed[4] = np.nan, np.inf, np.nan
    holed[5, :10] = np.nan  # 10 of 19 rows
    assert fill_gaps(holed, origin) == 2
    np.testing.assert_array_equal(holed[2, 0], origin[0])
    np.testing.assert_array_equal(holed[2, 1:], movie[2, 1:])
    np.testing.assert_array_equal(holed[3, :, -1], origin[:, -1])
    assert np.isnan(holed[4]).all()
    assert np.isnan(holed[5, :10]).all()
    np.testing.assert_array_equal(holed[6:], movie[6:])
