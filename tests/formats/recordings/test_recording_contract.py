"""What every format keeps of the protocol `Recording`: one set of tests, one movie, all formats."""

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from movies_made import FRAMES, HEIGHT, MAKERS, WIDTH, MadeMovie
from numpy.typing import NDArray

from sightline.data.recording import Recording
from sightline.errors import InputError
from sightline.formats.recordings.file_recording import FileRecording
from sightline.formats.recordings.open_recording import as_movie, open_recording


@pytest.fixture(scope="module", params=MAKERS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MadeMovie:
    return MAKERS[request.param](tmp_path_factory.mktemp("movie"))


@pytest.fixture
def recording(made: MadeMovie) -> Iterator[Recording]:
    with open_recording(made.path, **made.options) as opened:
        yield opened


@pytest.fixture(scope="module")
def other_process() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


def read_elsewhere(opening: Callable[[], Recording]) -> NDArray[np.generic]:
    with opening() as opened:
        return opened.read(3, 11)


def test_what_it_is_is_known_without_reading_a_frame(
    made: MadeMovie, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_reading(*arguments: object) -> None:
        raise AssertionError("a frame was read")

    monkeypatch.setattr(FileRecording, "read", no_reading)
    with open_recording(made.path, **made.options) as opened:
        info = opened.info
    assert info.axes == ("time", "y", "x")
    assert info.shape == (FRAMES, HEIGHT, WIDTH)
    assert info.frames == FRAMES
    assert info.dtype == made.truth.dtype
    assert info.dtype.isnative
    assert info.units == "raw"
    assert 1 <= info.frames_at_once <= FRAMES
    assert str(made.path) in info.source
    assert info.name


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 1), (FRAMES - 1, FRAMES), (0, FRAMES), (4, 5), (3, 17), (6, 15)]
)
def test_any_stretch_is_what_was_written(
    made: MadeMovie, recording: Recording, start: int, stop: int
) -> None:
    read = recording.read(start, stop)
    assert read.dtype == made.truth.dtype
    np.testing.assert_array_equal(read, made.truth[start:stop])


def test_stretches_may_be_read_in_any_order(made: MadeMovie, recording: Recording) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        start = int(rng.integers(FRAMES))
        stop = int(rng.integers(start, min(start + 6, FRAMES))) + 1
        np.testing.assert_array_equal(recording.read(start, stop), made.truth[start:stop])


def test_frames_one_after_the_other_make_the_movie(made: MadeMovie, recording: Recording) -> None:
    frames = [recording.read(frame, frame + 1) for frame in range(FRAMES)]
    np.testing.assert_array_equal(np.concatenate(frames), made.truth)


def test_a_buffer_is_filled_and_given_back(made: MadeMovie, recording: Recording) -> None:
    buffer = np.full((5, HEIGHT, WIDTH), 1, recording.info.dtype)
    for start in (9, 2):
        assert recording.read(start, start + 5, buffer) is buffer
        np.testing.assert_array_equal(buffer, made.truth[start : start + 5])


def test_a_part_of_a_larger_buffer_is_filled_and_nothing_beside_it(
    made: MadeMovie, recording: Recording
) -> None:
    larger = np.full((7, HEIGHT, WIDTH + 3), 1, recording.info.dtype)
    recording.read(6, 11, larger[1:6, :, 2:-1])
    np.testing.assert_array_equal(larger[1:6, :, 2:-1], made.truth[6:11])
    larger[1:6, :, 2:-1] = 1
    assert (larger == 1).all()


@pytest.mark.parametrize(
    ("start", "stop"), [(-1, 2), (5, 5), (6, 2), (0, FRAMES + 1), (FRAMES, FRAMES + 1)]
)
def test_frames_that_are_not_there_are_an_error_that_counts_them(
    recording: Recording, start: int, stop: int
) -> None:
    with pytest.raises(InputError, match=f"it has {FRAMES} frames"):
        recording.read(start, stop)


def test_a_buffer_that_does_not_fit_is_refused(recording: Recording) -> None:
    for shape, dtype in (((3, HEIGHT, WIDTH), recording.info.dtype), ((2, HEIGHT, WIDTH), "f8")):
        with pytest.raises(ValueError, match="buffer"):
            recording.read(0, 2, np.empty(shape, dtype))


def test_another_process_opens_its_own(made: MadeMovie, other_process: ProcessPoolExecutor) -> None:
    opening = partial(open_recording, made.path, **made.options)
    read = other_process.submit(read_elsewhere, opening).result()
    np.testing.assert_array_equal(read, made.truth[3:11])


def test_it_may_be_closed_twice_and_is_not_read_afterwards(made: MadeMovie) -> None:
    opened = open_recording(made.path, **made.options)
    opened.read(0, 2)
    opened.close()
    opened.close()
    with pytest.raises(ValueError, match="closed"):
        opened.read(0, 2)


@pytest.mark.skipif(sys.platform != "linux", reason="open files are listed on Linux only")
def test_closing_releases_every_file(made: MadeMovie) -> None:
    def held() -> list[str]:
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        names = [str(link.readlink()) for link in links if link.is_symlink()]
        return [name for name in names if str(made.path.parent) in name]

    with open_recording(made.path, **made.options) as opened:
        opened.read(0, FRAMES)
    assert held() == []


def test_it_is_a_movie(made: MadeMovie) -> None:
    with as_movie(open_recording(made.path, **made.options)) as movie:
        np.testing.assert_array_equal(movie.read(2, 4), made.truth[2:4])
