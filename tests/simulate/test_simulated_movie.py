"""Simulated movies: the same in any chunks, with noise, cells, motion and bleaching as asked."""

import pickle
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import fft

from sightline.data.recording import Recording
from sightline.errors import InputError, SettingError
from sightline.simulate.activity import REPEATS_AFTER
from sightline.simulate.calcium_movie import SimulatedMovie, simulate_movie
from sightline.simulate.movie_settings import ONE_PHOTON, MovieSettings

SMALL = MovieSettings(frames=120, height=70, width=90, cells=12, event_rate_hz=0.3, seed=3)
STILL = replace(
    SMALL, cells=0, neuropil=0.0, vessels=0, drift_px=0.0, jitter_px=0.0, bleaching=0.0, frames=400
)


@pytest.fixture(scope="module")
def movie() -> SimulatedMovie:
    return simulate_movie(SMALL)


@pytest.fixture(scope="module")
def frames(movie: SimulatedMovie) -> NDArray[np.uint16]:
    return movie.read(0, SMALL.frames)


def test_it_is_a_recording_of_raw_counts(movie: SimulatedMovie) -> None:
    recording: Recording = movie
    with recording as opened:
        info = opened.info
        assert opened.read(3, 5).shape == (2, 70, 90)
    assert (info.axes, info.shape) == (("time", "y", "x"), (120, 70, 90))
    assert (info.dtype, info.units) == (np.dtype(np.uint16), "raw")
    assert (info.frame_rate_hz, info.pixel_size_um) == (10.0, (2.0, 2.0))


@pytest.mark.parametrize("step", [1, 7, 64])
def test_chunks_of_any_size_in_any_order_hold_the_same_frames(
    movie: SimulatedMovie, frames: NDArray[np.uint16], step: int
) -> None:
    for start in reversed(range(0, SMALL.frames, step)):
        stop = min(start + step, SMALL.frames)
        np.testing.assert_array_equal(movie.read(start, stop), frames[start:stop])


def test_the_same_settings_give_the_same_movie_and_another_seed_another(
    frames: NDArray[np.uint16],
) -> None:
    np.testing.assert_array_equal(simulate_movie(SMALL).read(50, 60), frames[50:60])
    other = simulate_movie(replace(SMALL, seed=4))
    assert (other.read(50, 60) != frames[50:60]).mean() > 0.9
    assert not np.allclose(other.truth.centres, simulate_movie(SMALL).truth.centres)


def test_a_pickled_movie_reads_the_same(movie: SimulatedMovie, frames: NDArray[np.uint16]) -> None:
    copy = pickle.loads(pickle.dumps(movie))  # noqa: S301
    np.testing.assert_array_equal(copy.read(20, 24), frames[20:24])


def test_a_given_buffer_is_filled_and_returned(
    movie: SimulatedMovie, frames: NDArray[np.uint16]
) -> None:
    out = np.empty((5, 70, 90), np.uint16)
    assert movie.read(10, 15, out) is out
    np.testing.assert_array_equal(out, frames[10:15])


@pytest.mark.parametrize("asked", [(-1, 2), (5, 5), (6, 5), (119, 121)])
def test_frames_that_are_not_there_are_refused(
    movie: SimulatedMovie, asked: tuple[int, int]
) -> None:
    with pytest.raises(InputError, match="frames between 0 and 120"):
        movie.read(*asked)


@pytest.mark.parametrize(
    "out", [np.empty((5, 70, 90), np.float32), np.empty((4, 70, 90), np.uint16)]
)
def test_a_buffer_that_does_not_fit_is_refused(
    movie: SimulatedMovie, out: NDArray[np.generic]
) -> None:
    with pytest.raises(InputError, match="buffer"):
        movie.read(0, 5, out)


@pytest.mark.parametrize(("gain", "read_noise"), [(8.0, 0.0), (2.0, 30.0)])
def test_noise_follows_the_photon_transfer_curve(gain: float, read_noise: float) -> None:
    settings = replace(STILL, counts_per_photon=gain, read_noise=read_noise, photons=60.0, bits=16)
    still = simulate_movie(replace(settings, look="one-photon"))
    frames = still.read(0, 400).astype(float)
    mean, variance = frames.mean(0), frames.var(0, ddof=1)
    np.testing.assert_allclose(mean, still.truth.background + 100, rtol=0.05)
    expected = gain * (mean - 100) + read_noise**2 + 1 / 12
    assert (variance / expected).mean() == pytest.approx(1, abs=0.01)
    slope = np.polyfit(mean.ravel(), variance.ravel(), 1)[0]
    assert slope == pytest.approx(gain, rel=0.15)


def test_noise_of_neighbouring_pixels_and_frames_is_independent() -> None:
    still = simulate_movie(STILL)
    residual = still.read(0, 200).astype(float) - still.truth.background
    residual -= residual.mean(0)
    for lagged in (residual[1:] * residual[:-1], residual[:, 1:] * residual[:, :-1]):
        assert abs(lagged.mean() / residual.var()) < 0.02


def test_the_mean_of_the_background_is_the_photons_asked_for() -> None:
    background = simulate_movie(
        replace(STILL, photons=50.0, counts_per_photon=3.0)
    ).truth.background
    assert background.mean() == pytest.approx(150, rel=0.02)


@pytest.mark.parametrize("look", [MovieSettings(), ONE_PHOTON])
def test_what_follows_a_cells_trace_is_seen_where_truth_says(look: MovieSettings) -> None:
    changes = {"frames": 600, "height": 80, "width": 80, "cells": 10, "silent_share": 0.0}
    changes |= {"neuropil": 0.0, "drift_px": 0.0, "jitter_px": 0.0}
    movie = simulate_movie(replace(look, event_rate_hz=0.4, **changes))
    truth, frames = movie.truth, movie.read(0, 600).reshape(600, -1).astype(float)
    courses = np.vstack([truth.traces, np.ones(600), np.linspace(0, 1, 600)]).T
    maps = np.linalg.lstsq(courses, frames, rcond=None)[0]
    alike, scale = [], []
    for cell, centre in enumerate(truth.centres):
        near = (np.hypot(*(np.indices((80, 80)) - centre[:, None, None])) < 10).ravel()
        seen, footprint = maps[cell, near], truth.footprints[[cell]].toarray()[0, near]
        alike.append(np.corrcoef(seen, footprint)[0, 1])
        scale.append(np.polyfit(footprint, seen, 1)[0])
    assert np.median(alike) > 0.95
    assert min(alike) > 0.7
    assert np.median(scale) == pytest.approx(1, abs=0.1)


def test_frames_are_background_plus_footprints_times_traces_faded_by_bleaching() -> None:
    settings = replace(
        SMALL, neuropil=0.0, drift_px=0.0, jitter_px=0.0, bleaching=0.5, read_noise=0.0, bits=16,
        photons=1e5, counts_per_photon=0.01,
    )  # fmt: skip
    movie = simulate_movie(settings)
    truth = movie.truth
    fading = 0.5 ** (np.arange(120) / 119)
    light = truth.background.ravel() + (truth.footprints.T @ truth.traces).T
    expected = fading[:, None] * light + settings.offset
    error = movie.read(0, 120).reshape(120, -1) - expected
    assert np.abs(error).max() < 6 * np.sqrt(0.01 * expected.max())
    assert abs(error.mean()) < 0.03


def test_truth_is_of_one_shape_and_cells_are_where_their_centres_are(
    movie: SimulatedMovie,
) -> None:
    truth = movie.truth
    assert truth.footprints.shape == (12, 70 * 90)
    assert truth.traces.shape == (12, 120)
    assert truth.motion.shape == (120, 2)
    assert truth.footprints.dtype == truth.traces.dtype == np.float32
    assert truth.footprints.max() == 1
    y, x = np.indices((70, 90)).reshape(2, -1)
    weights = truth.footprints.toarray()
    middle = np.stack([weights @ y, weights @ x], axis=1) / weights.sum(1)[:, None]
    assert np.abs(middle - truth.centres).max() < 3


def test_a_trace_jumps_at_its_onsets_and_decays_as_asked() -> None:
    settings = replace(SMALL, height=200, width=200, cells=150, frames=2000, silent_share=0.0)
    settings = replace(settings, decay_s=1.5, event_rate_hz=0.02)
    truth = simulate_movie(settings).truth
    decays = []
    for trace, onsets in zip(truth.traces, truth.onsets, strict=True):
        rises = trace - np.roll(trace, 1)
        assert (rises[onsets] > 0).all()
        apart = [t for t in onsets if not ((onsets > t) & (onsets < t + 40)).any() and t < 1950]
        decays += [10 / np.log(trace[t + 15] / trace[t + 25]) / 10 for t in apart]
    assert np.median(decays) == pytest.approx(1.5, rel=0.1)


def test_silent_cells_are_as_many_as_asked_and_the_others_fire() -> None:
    truth = simulate_movie(replace(SMALL, cells=20, silent_share=0.25, event_rate_hz=0.001)).truth
    assert [onsets.size > 0 for onsets in truth.onsets].count(False) == 5
    np.testing.assert_array_equal(truth.traces.any(1), [o.size > 0 for o in truth.onsets])


def test_cells_fire_at_the_rate_asked_for() -> None:
    settings = replace(SMALL, height=160, width=160, cells=60, frames=5000, silent_share=0.0)
    counts = [onsets.size for onsets in simulate_movie(settings).truth.onsets]
    assert np.median(counts) / 500 == pytest.approx(0.3, rel=0.3)


def _displacement(
    frame: NDArray[np.float64], reference: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(y, x) by phase correlation, to a fraction of a pixel by the peak's centre of mass."""
    product = fft.fft2(frame) * np.conj(fft.fft2(reference))
    correlation = np.real(fft.ifft2(product / np.maximum(np.abs(product), 1e-9)))
    shape = np.array(correlation.shape)
    peak = np.array(np.unravel_index(correlation.argmax(), correlation.shape))
    around = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1], indexing="ij"))
    heights = np.maximum(
        correlation[tuple((peak[:, None, None] + around) % shape[:, None, None])], 0
    )
    shift = peak + (around * heights).sum((1, 2)) / heights.sum()
    return (shift + shape / 2) % shape - shape / 2


def test_the_image_moves_as_truth_says_and_as_far_as_asked() -> None:
    settings = replace(SMALL, frames=400, drift_px=6.0, jitter_px=0.5, neuropil=0.0, photons=500.0)
    settings = replace(settings, counts_per_photon=1.0, height=128, width=128)
    movie = simulate_movie(settings)
    motion = movie.truth.motion
    reference = movie.truth.background.astype(float)
    reference -= reference.mean()
    window = np.hanning(128)[:, None] * np.hanning(128)
    chosen = range(0, 400, 8)
    frames = [movie.read(t, t + 1)[0].astype(float) for t in chosen]
    measured = [_displacement((f - f.mean()) * window, reference * window) for f in frames]
    error = np.array(measured) - motion[list(chosen)]
    assert np.median(np.abs(error)) < 0.25
    still = simulate_movie(replace(settings, jitter_px=0.0)).truth.motion
    assert np.hypot(*still.T).max() == pytest.approx(6)
    fast = simulate_movie(replace(settings, drift_px=0.0)).truth.motion
    assert fast.std() == pytest.approx(0.5, rel=0.01)


def test_light_fades_by_the_bleaching_asked_for() -> None:
    movie = simulate_movie(replace(STILL, bleaching=0.3, photons=500.0, counts_per_photon=1.0))
    brightness = movie.read(0, 400).mean((1, 2)) - 100
    assert brightness[-1] / brightness[0] == pytest.approx(0.7, abs=0.01)
    assert brightness[200] / brightness[0] == pytest.approx(np.sqrt(0.7), abs=0.01)


def test_neuropil_flickers_by_the_share_asked_for() -> None:
    settings = replace(STILL, neuropil=0.1, photons=500.0, counts_per_photon=1.0, frames=1500)
    frames = simulate_movie(settings).read(0, 1500)[:, ::10, ::10].astype(float) - 100
    flicker = np.sqrt(frames.var(0) - frames.mean(0)) / frames.mean(0)
    assert 0.06 < np.median(flicker) < 0.12


def test_vessels_are_darker_than_what_is_around_them_and_absent_where_none_are_asked() -> None:
    truth = simulate_movie(replace(SMALL, vessels=2, cells=0)).truth
    assert truth.vessels.any()
    assert truth.background[truth.vessels].mean() < 0.6 * truth.background[~truth.vessels].mean()
    assert not simulate_movie(replace(SMALL, vessels=0)).truth.vessels.any()


def test_dropped_frames_hold_the_frame_before_once_more() -> None:
    movie = simulate_movie(replace(SMALL, dropped_frames=30))
    frames, dropped = movie.read(0, 120), movie.truth.dropped
    repeats = np.flatnonzero((frames[1:] == frames[:-1]).all((1, 2))) + 1
    np.testing.assert_array_equal(repeats, dropped)
    assert dropped.size == 30
    for frame in dropped:
        np.testing.assert_array_equal(movie.read(frame, frame + 1)[0], frames[frame])


def test_counts_are_cut_at_the_cameras_largest() -> None:
    bright = simulate_movie(replace(SMALL, bits=8, photons=300.0))
    frames = bright.read(0, 3)
    assert frames.dtype == np.uint8
    assert (frames == 255).mean() > 0.5
    frames = simulate_movie(replace(SMALL, bits=12, photons=600.0)).read(0, 3)
    assert (frames.dtype, frames.max()) == (np.dtype(np.uint16), 4095)


@pytest.mark.parametrize(
    "settings",
    [
        replace(SMALL, frames=1, event_rate_hz=100.0),
        replace(SMALL, height=16, width=200, cells=3),
        replace(SMALL, cells=0, photons=0.1, read_noise=0.0, offset=0.0),
        replace(SMALL, pixel_size_um=10.0),
        replace(SMALL, drift_px=30.0),
        replace(SMALL, neuropil=0.5, bleaching=0.95, decay_s=100.0, read_noise=0.0),
        replace(SMALL, vessels=60, cells=0),
        replace(SMALL, silent_share=1.0),
    ],
)
def test_extremes_give_frames_too(settings: MovieSettings) -> None:
    movie = simulate_movie(settings)
    frames = movie.read(0, min(settings.frames, 5))
    assert frames.any()
    assert np.isfinite(movie.truth.traces).all()
    assert (movie.truth.background > 0).all()
    assert (movie.truth.traces >= 0).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("frames", 0), ("frames", 2.5), ("frames", True), ("height", 8), ("width", 10**6),
        ("cells", -1), ("look", "three-photon"), ("frame_rate_hz", 0.0), ("photons", float("nan")),
        ("photons", "many"), ("read_noise", -1.0), ("bits", 17), ("decay_s", float("inf")),
        ("silent_share", 1.1), ("bleaching", 1.0), ("seed", -1), ("dropped_frames", 120),
        ("rise_s", 0.8), ("drift_px", 35.0), ("jitter_px", 8.0), ("neuropil", 0.6),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused_by_name(name: str, value: object) -> None:
    changes: dict[str, object] = {name: value}
    with pytest.raises(SettingError, match=name):
        replace(SMALL, **changes)


def test_more_cells_than_fit_are_refused() -> None:
    with pytest.raises(SettingError, match="cells is 3000, but only"):
        simulate_movie(replace(SMALL, cells=3000))


def _peak_memory(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_terabyte_is_made_and_its_ends_read_in_little_memory() -> None:
    settings = MovieSettings(frames=2_000_000, height=512, width=512, cells=100)
    assert settings.frames * settings.height * settings.width * 2 > 10**12

    def work() -> None:
        movie = simulate_movie(settings)
        ends = movie.read(0, 2), movie.read(1_999_998, 2_000_000)
        assert ends[0].mean() - 100 == pytest.approx(1.1 * (ends[1].mean() - 100), rel=0.1)

    assert _peak_memory(work) < 60e6


def test_activity_of_a_very_long_movie_repeats_but_its_noise_does_not() -> None:
    settings = replace(SMALL, frames=REPEATS_AFTER + 100, bleaching=0.0)
    movie = simulate_movie(settings)
    assert movie.truth.repeats_after == movie.truth.traces.shape[1] == REPEATS_AFTER
    first, again = movie.read(40, 60), movie.read(REPEATS_AFTER + 40, REPEATS_AFTER + 60)
    assert (first != again).mean() > 0.9
    difference = first.mean(0) - again.mean(0)
    noise = np.sqrt(2 * first.var(0).mean() / 20)
    assert difference.std() < 1.2 * noise
