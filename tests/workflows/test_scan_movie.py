"""Stretches of a movie: they cover it, fit what is stored together, and stay few and small."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from array_movie import ArrayMovie

from sightline.data.recording import RecordingInfo
from sightline.sort.evidence.statistics import FrameSums, sum_frames
from sightline.sort.evidence.windows import plan_windows
from sightline.workflows.scan_movie import (
    load_windows,
    plan_stretches,
    read_blocks,
    read_sums,
    save_origin,
    save_sums,
    save_windows,
    scan_stretch,
    value_type,
)

GB = 2**30


def info_of(frames: int, side: int, dtype: str = "u2", at_once: int = 1) -> RecordingInfo:
    shape = (frames, side, side)
    return RecordingInfo(
        "m", "m.tif", ("time", "y", "x"), shape, np.dtype(dtype), frames_at_once=at_once
    )


@pytest.mark.parametrize("at_once", [1, 7, 1000, 10**7])
@pytest.mark.parametrize("side", [16, 512, 3000])
@pytest.mark.parametrize("frames", [1, 299, 20_000, 2_000_000])
def test_stretches_cover_the_movie_in_whole_groups_of_frames(
    frames: int, side: int, at_once: int
) -> None:
    info = info_of(frames, side, at_once=at_once)
    stretches = plan_stretches(ArrayMovie, Path(), info)
    assert [s.number for s in stretches] == list(range(len(stretches)))
    assert [s.start for s in stretches] == [0, *(s.stop for s in stretches[:-1])]
    assert stretches[-1].stop == frames
    assert all(s.start % at_once == 0 for s in stretches)
    assert len(stretches) <= 401
    sums_bytes = 32 * side * side  # of the file that each leaves
    assert len(stretches) * sums_bytes <= frames * info.frame_bytes / 8 + sums_bytes


def test_a_long_movie_is_divided_finely_enough_to_resume() -> None:
    assert len(plan_stretches(ArrayMovie, Path(), info_of(20_000, 512))) >= 30


def test_each_sampled_frame_is_in_one_stretch() -> None:
    samples = np.arange(0, 20_000, 61)
    stretches = plan_stretches(ArrayMovie, Path(), info_of(20_000, 512), samples)
    assert [s for stretch in stretches for s in stretch.samples] == samples.tolist()
    assert all(stretch.start <= s < stretch.stop for stretch in stretches for s in stretch.samples)


FRAMES = np.random.default_rng(0).normal(100, 5, (130, 12, 14)).astype(np.float32)


def blocks_of(folder: Path, frames: np.ndarray, **known: object) -> list[tuple[int, np.ndarray]]:
    movie = partial(ArrayMovie, frames, known)
    save_origin(folder, movie)
    (stretch,) = plan_stretches(movie, folder, movie().info)
    return [(first, block.copy()) for first, block, _ in read_blocks(stretch)]


@pytest.mark.parametrize("at_once", [1, 9, 50, 130, 500])
def test_blocks_are_the_frames_in_their_order(tmp_path: Path, at_once: int) -> None:
    blocks = blocks_of(tmp_path, FRAMES, frames_at_once=at_once)
    np.testing.assert_array_equal(np.concatenate([block for _, block in blocks]), FRAMES)
    ends = np.cumsum([0, *(len(block) for _, block in blocks)])
    assert [first for first, _ in blocks] == ends[:-1].tolist()


def test_sixteen_bit_floats_are_worked_on_in_32(tmp_path: Path) -> None:
    half = FRAMES.astype(np.float16)
    ((_, block),) = blocks_of(tmp_path, half)
    assert block.dtype == np.float32 == value_type(ArrayMovie(half).info)
    np.testing.assert_array_equal(block, half)


def test_the_typical_frame_is_the_mean_of_the_first_and_finite_everywhere(tmp_path: Path) -> None:
    frames = FRAMES.copy()
    frames[:10, 0, 0] = np.nan
    frames[:, 1, 1] = np.inf
    origin = save_origin(tmp_path, partial(ArrayMovie, frames))
    assert origin.dtype == np.float32
    np.testing.assert_allclose(origin[2:], FRAMES[:16, 2:].mean(0), rtol=1e-6)
    assert origin[0, 0] == pytest.approx(FRAMES[10:16, 0, 0].mean(), rel=1e-6)
    assert 90 < origin[1, 1] < 110


def test_a_stretch_leaves_sums_pieces_and_samples(tmp_path: Path) -> None:
    frames = FRAMES.copy()
    frames[60] = np.nan
    frames[70, :3] = np.nan
    movie = partial(ArrayMovie, frames)
    origin = save_origin(tmp_path, movie)
    events = np.array([[20, 100], [61, -1]], np.int32)
    crops = np.array([[0, 0, 12, 14], [2, 3, 5, 9]], np.int32)
    save_windows(tmp_path, plan_windows(events, crops, half_window=2))
    (stretch,) = plan_stretches(movie, tmp_path, movie().info, np.array([0, 59, 90, 129]))
    assert scan_stretch(stretch) == {"frames": 130, "gaps": 1}
    sums, merged = read_sums(stretch.file("sums"))
    assert (sums.frames, sums.pairs, merged) == (129, 127, 1)
    filled = frames.copy()
    filled[70, :3] = origin[:3]
    kept = np.delete(filled, 60, 0)
    np.testing.assert_allclose(sums.total / 129 + origin, kept.mean(0), rtol=1e-6)
    samples = np.load(stretch.file("samples"))
    np.testing.assert_allclose(samples, [frames[at : at + 3].mean(0) for at in (0, 90, 129)])
    windows = load_windows(tmp_path)
    pixels = np.fromfile(stretch.file("pieces"), np.float32)
    middle = windows.of_candidate[0, 1, 2]
    piece = pixels[windows.start[middle] : windows.start[middle + 1]]
    np.testing.assert_array_equal(piece.reshape(12, 14), frames[100])


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_sums_are_read_as_they_were_kept(tmp_path: Path, precision: type[np.floating]) -> None:
    sums = sum_frames(FRAMES, FRAMES[0])
    save_sums(tmp_path / "sums", sums, precision, merged=7)
    back, merged = read_sums(tmp_path / "sums")
    assert merged == 7
    for name in FrameSums.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(back, name), getattr(sums, name))
