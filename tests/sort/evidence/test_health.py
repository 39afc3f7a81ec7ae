"""Each fault of a recording gives its warning, and a sound recording none."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.simulate.calcium_movie import simulate_movie
from sightline.simulate.movie_settings import MovieSettings
from sightline.sort.evidence.health import Health, find_warnings, footprints_on_image
from sightline.sort.evidence.motion import estimate_shifts
from sightline.sort.evidence.statistics import sum_frames

SOUND = MovieSettings(frames=250, height=72, width=72, cells=12, seed=5)


def health_of(movie: NDArray, **known: object) -> Health:
    """What is measured of a movie, as the pass over it measures."""
    origin = np.nan_to_num(movie[:16].astype(np.float32)).mean(0)
    sums = sum_frames(movie, origin)
    whole = [image for image in movie[::3].astype(np.float32) if np.isfinite(image).all()]
    shifts = estimate_shifts(np.stack(whole)) if whole else np.zeros((0, 2), np.float32)
    return replace(Health(sums.brightness, sums.change, shifts), **known)  # type: ignore[arg-type]


def frames_of(**change: float) -> NDArray[np.uint16]:
    settings = replace(SOUND, **change)  # type: ignore[arg-type]
    return simulate_movie(settings).read(0, settings.frames)


def the_only(warnings: tuple[str, ...]) -> str:
    assert len(warnings) == 1, warnings
    return warnings[0]


@pytest.fixture(scope="module")
def sound() -> NDArray[np.uint16]:
    return frames_of()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sound_movie_gives_no_warning(seed: int) -> None:
    times = np.arange(250) / 10 + np.random.default_rng(seed).normal(0, 0.004, 250)
    assert find_warnings(health_of(frames_of(seed=seed), frame_times_s=times)) == ()


def test_nothing_measured_gives_no_warning() -> None:
    nothing = np.zeros(0)
    assert find_warnings(Health(nothing, nothing, np.zeros((0, 2), np.float32))) == ()


def test_motion_is_told_with_its_size() -> None:
    said = the_only(find_warnings(health_of(frames_of(drift_px=4.0, jitter_px=1.0))))
    assert said.startswith("Residual motion: in 5 % of the frames")
    assert 2 <= float(said.split("shifted by ")[1].split()[0]) <= 6


def test_bleaching_is_told_with_its_size() -> None:
    said = the_only(find_warnings(health_of(frames_of(bleaching=0.6))))
    assert said.startswith("Bleaching: brightness falls by")
    # 60 % are lost of what is above the camera's offset, which is 100 of about 260
    assert 25 <= int(said.split("falls by ")[1].split("%")[0]) <= 45


def test_brightness_of_dff_means_nothing() -> None:
    movie = frames_of(bleaching=0.6).astype(np.float32)
    assert find_warnings(health_of(movie, units="dF/F")) == ()


def test_a_movie_whose_brightness_is_mostly_noise_does_not_bleach() -> None:
    noise = np.tile([-1.0, 0.0, 1.0], 100)
    level = np.repeat([0.5, 0.3], 150)
    nothing = np.zeros(0), np.zeros((0, 2), np.float32)
    assert find_warnings(Health(level + noise, *nothing)) == ()
    faded = the_only(find_warnings(Health(level + noise / 100, *nothing)))
    assert faded.startswith("Bleaching: brightness falls by 40%")


def test_dropped_frames_that_repeat_the_one_before_are_counted() -> None:
    said = the_only(find_warnings(health_of(frames_of(dropped_frames=6))))
    assert said.startswith("6 frames repeat the one before exactly (first: frame ")
    first = int(simulate_movie(replace(SOUND, dropped_frames=6)).truth.dropped[0])
    assert f"first: frame {first})" in said


def test_dark_frames_are_counted(sound: NDArray[np.uint16]) -> None:
    movie = sound.copy()
    movie[[40, 41, 90]] //= 3
    said = the_only(find_warnings(replace(health_of(movie), change=np.zeros(0))))
    assert said.startswith("3 frames are far darker than the others (first: frame 40)")


def test_frames_that_are_not_numbers_are_counted(sound: NDArray[np.uint16]) -> None:
    movie = sound.astype(np.float32)
    movie[17:19] = np.nan
    said = the_only(find_warnings(health_of(movie)))
    assert said.startswith("2 frames hold values that are not numbers (first: frame 17)")


def test_gaps_of_the_frame_times_are_counted(sound: NDArray[np.uint16]) -> None:
    times = np.arange(250) / 10.0
    times[100:] += 0.3
    times[200:] += 0.1
    said = the_only(find_warnings(health_of(sound, frame_times_s=times)))
    assert said.startswith(
        "4 frames were dropped in 2 gaps of the frame times (first: after frame 99)"
    )


def test_frame_times_that_go_back_are_told(sound: NDArray[np.uint16]) -> None:
    times = np.arange(250) / 10.0
    times[100:] -= 5
    said = the_only(find_warnings(health_of(sound, frame_times_s=times)))
    assert said.startswith("The frame times do not increase")


@pytest.mark.parametrize(("share", "warned"), [(0.0005, False), (0.02, True)])
def test_saturation_is_told(sound: NDArray[np.uint16], share: float, warned: bool) -> None:
    assert bool(find_warnings(health_of(sound, saturated=share))) == warned


@pytest.mark.parametrize(("share", "warned"), [(0.03, False), (0.2, True)])
def test_many_duplicates_are_told(sound: NDArray[np.uint16], share: float, warned: bool) -> None:
    said = find_warnings(health_of(sound, duplicates=share))
    assert bool(said) == warned
    assert all(one.startswith("20% of the candidates") for one in said)


def test_footprints_that_are_transposed_are_told() -> None:
    image = np.zeros((40, 40))
    for y, x in ((5, 30), (20, 8), (33, 25), (12, 12)):
        image[y - 3 : y + 3, x - 2 : x + 2] = 1
    upright = footprints_on_image(image, image + np.random.default_rng(0).normal(0, 0.3, (40, 40)))
    assert upright[0] > 0.5 > upright[1]
    nothing = Health(np.zeros(0), np.zeros(0), np.zeros((0, 2), np.float32))
    assert find_warnings(replace(nothing, upright=upright[0], turned=upright[1])) == ()
    said = the_only(find_warnings(replace(nothing, upright=upright[1], turned=upright[0])))
    assert said.startswith("The footprints look transposed")


def test_images_that_are_not_square_or_show_nothing_tell_no_axes_apart() -> None:
    assert footprints_on_image(np.eye(4, 5), np.eye(4, 5)) == (0, 0)
    assert footprints_on_image(np.zeros((4, 4)), np.eye(4)) == (0, 0)


def test_all_faults_at_once_give_all_warnings() -> None:
    movie = frames_of(drift_px=4.0, bleaching=0.6, dropped_frames=3).astype(np.float32)
    movie[9], movie[150] = np.nan, 0
    said = find_warnings(health_of(movie, saturated=0.5, duplicates=0.5))
    assert [one.split()[0] for one in said] == [
        "Residual",
        "1",
        "3",
        "1",
        "Bleaching:",
        "50.0%",
        "50%",
    ]
