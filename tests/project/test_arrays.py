"""Arrays come back as they were stored, or an error does; never a part of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis.extra import numpy as arrays_of
from zarr.storage import ZipStore

from sightline.errors import InputError, ProjectError
from sightline.project.arrays import new_arrays, open_arrays, read_arrays, write_arrays


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    array=arrays_of.arrays(
        arrays_of.integer_dtypes() | arrays_of.floating_dtypes() | arrays_of.boolean_dtypes(),
        arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5),
    )
)
def test_values_shape_and_type_come_back_exactly(tmp_path: Path, array: np.ndarray) -> None:
    write_arrays(tmp_path, "any", {"it": array})
    ((name, back),) = read_arrays(tmp_path, "any")[0].items()
    assert (name, back.shape) == ("it", array.shape)
    assert back.dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(back, array)


def test_attributes_come_back(tmp_path: Path) -> None:
    notes: dict[str, Any] = {"seed": 7, "items": ["m/1", "m/ü"], "frame_rate": 12.5}
    write_arrays(tmp_path, "traces", {"a": np.zeros(3)}, notes)
    assert read_arrays(tmp_path, "traces")[1] == notes


def test_the_file_is_a_zarr_v3_group_for_anybody(tmp_path: Path) -> None:
    write_arrays(tmp_path, "traces", {"a": np.arange(6).reshape(2, 3)})
    with ZipStore(tmp_path / "traces.zarr.zip", mode="r") as store:
        group = zarr.open_group(store, mode="r")
        assert group.metadata.zarr_format == 3
        assert np.asarray(group["a"]).tolist() == [[0, 1, 2], [3, 4, 5]]


def test_large_arrays_are_written_and_read_by_the_chunk(tmp_path: Path) -> None:
    with new_arrays(tmp_path, "traces") as group:
        array = group.create_array("a", shape=(40, 10), chunks=(10, 10), dtype="f4")
        for start in range(0, 40, 10):
            array[start : start + 10] = start
    with open_arrays(tmp_path, "traces") as group:
        assert set(np.unique(group["a"][20:30])) == {20}


def test_writing_that_stops_half_way_leaves_the_group_that_was_there(tmp_path: Path) -> None:
    write_arrays(tmp_path, "traces", {"a": np.zeros(3)})

    def write() -> None:
        with new_arrays(tmp_path, "traces") as group:
            group.create_array("a", data=np.ones(3))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert read_arrays(tmp_path, "traces")[0]["a"].tolist() == [0, 0, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["traces.zarr.zip"]


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.99])
def test_a_part_of_a_file_is_damaged_never_zeros(tmp_path: Path, keep: float) -> None:
    write_arrays(tmp_path, "traces", {"a": np.random.default_rng(0).random(10_000)})
    path = tmp_path / "traces.zarr.zip"
    content = path.read_bytes()
    path.write_bytes(content[: int(keep if keep >= 1 else keep * len(content))])
    with pytest.raises(ProjectError, match="damaged"):
        read_arrays(tmp_path, "traces")


def test_one_changed_byte_is_found(tmp_path: Path) -> None:
    write_arrays(tmp_path, "traces", {"a": np.random.default_rng(0).random(10_000)})
    path = tmp_path / "traces.zarr.zip"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ProjectError, match="damaged"):
        read_arrays(tmp_path, "traces")


def test_an_unknown_name_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="missing"):
        read_arrays(tmp_path, "traces")


@pytest.mark.parametrize("name", ["", "../traces", "a/b", "Traces", ".traces", "trace s"])
def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="name of arrays"):
        write_arrays(tmp_path, name, {})


@pytest.mark.parametrize("array", [np.array(["text"]), np.array([None])])
def test_only_numbers_are_stored(tmp_path: Path, array: np.ndarray) -> None:
    with pytest.raises(InputError, match="Put text in attributes"):
        write_arrays(tmp_path, "traces", {"a": array})


@pytest.mark.filterwarnings("ignore")
def test_a_flipped_bit_is_damage_and_never_other_numbers(tmp_path: Path) -> None:
    arrays = {"zeros": np.zeros((300, 7), np.float32), "counts": np.arange(5)}
    write_arrays(tmp_path, "a", arrays)
    file = next(tmp_path.iterdir())
    sound = file.read_bytes()
    for place in range(7, len(sound), 23):
        damaged = bytearray(sound)
        damaged[place] ^= 1 << place % 8
        file.write_bytes(damaged)
        try:
            found, _ = read_arrays(tmp_path, "a")
        except ProjectError:
            continue
        assert found.keys() == arrays.keys()
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[name], array)
