"""Blocks of an array in a raw file, compared with NumPy's own indexing."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.errors import InputError
from sightline.formats.recordings.flat_file import FlatFile

OFFSET = 24


@st.composite
def blocks(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[slice | int, ...]]:
    shape = tuple(draw(st.lists(st.sampled_from([1, 2, 5, 70]), min_size=1, max_size=3)))
    where: list[slice | int] = []
    for length in shape:
        start = draw(st.integers(0, length - 1))
        stop = draw(st.integers(start + 1, length))
        where.append(draw(st.sampled_from([slice(0, length), slice(start, stop), start])))
    return shape, tuple(where)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("flat")


@given(block=blocks(), dtype=st.sampled_from(["<u2", ">u2", "u1", ">f8", "?"]))
@settings(max_examples=100, deadline=None)
def test_any_block_is_what_numpy_would_give(folder: Path, block, dtype: str) -> None:
    shape, where = block
    values = np.random.default_rng(0).integers(0, 200, shape).astype(dtype)
    path = folder / "values.bin"
    path.write_bytes(b"\0" * OFFSET + values.tobytes())
    expected = values[where]
    out = np.zeros(expected.shape, values.dtype.newbyteorder("="))
    array = FlatFile(path, OFFSET, shape, values.dtype)
    array.read_into(where, out)
    array.close()
    np.testing.assert_array_equal(out, expected)


def test_a_file_that_is_too_short_tells_how_many_frames_are_there(tmp_path: Path) -> None:
    path = tmp_path / "cut.bin"
    path.write_bytes(b"\0" * (OFFSET + 7 * 40 - 1))
    with pytest.raises(InputError, match=r"truncated: 303 of 424 bytes, 6 of 10 frames"):
        FlatFile(path, OFFSET, (10, 20), np.dtype("<u2"))
