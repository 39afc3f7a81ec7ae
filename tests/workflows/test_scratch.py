"""Unfinished work: gone on with if it is of the same inputs, else begun anew."""

from pathlib import Path

import numpy as np
import pytest

from sightline.errors import ProjectError
from sightline.workflows.scratch import (
    new_array,
    open_scratch,
    remove_scratch,
    save_array,
    save_arrays,
    scratch_of,
)


def test_it_lies_beside_the_project_and_starts_with_a_dot(tmp_path: Path) -> None:
    assert scratch_of(tmp_path / "m.sightline") == tmp_path / ".m.sightline.preparing"


def test_work_on_the_same_stays_and_on_another_goes(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    open_scratch(folder, {"movie": "a", "events": 5})
    (folder / "half").touch()
    open_scratch(folder, {"events": 5, "movie": "a"})
    assert (folder / "half").exists()
    open_scratch(folder, {"movie": "a", "events": 4})
    assert not (folder / "half").exists()
    remove_scratch(folder)
    assert not folder.exists()
    remove_scratch(folder)


def test_a_folder_that_was_emptied_by_half_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "work"
    open_scratch(folder, {"events": 5})
    (folder / "half").touch()

    def stop(*_args: object, **_how: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sightline.workflows.scratch.shutil.rmtree", stop)
        with pytest.raises(KeyboardInterrupt):
            open_scratch(folder, {"events": 4})
    open_scratch(folder, {"events": 5})
    assert not (folder / "half").exists()


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(20, dtype=np.uint16)[::3],
        np.zeros((3, 0), np.float32),
    ],
)
def test_arrays_are_read_by_numpy_as_they_were_saved(tmp_path: Path, array: np.ndarray) -> None:
    save_array(tmp_path / "a.npy", array)
    back = np.load(tmp_path / "a.npy", allow_pickle=False)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)
    save_arrays(tmp_path / "b", one=array, two=array)
    with np.load(tmp_path / "b") as stored:
        np.testing.assert_array_equal(stored["two"], array)


def test_an_array_is_written_in_parts_and_is_not_there_before_the_last(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(5, 4))
    with new_array(tmp_path / "a.npy", (5, 4), np.float32) as write:
        write(rows[:2])
        write(rows[2:])
        assert not (tmp_path / "a.npy").exists()
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), rows.astype(np.float32))


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="nowhere"):
        save_array(tmp_path / "nowhere" / "a.npy", np.zeros(3))
    with pytest.raises(ProjectError, match="nowhere"):
        save_arrays(tmp_path / "nowhere" / "a", a=np.zeros(3))
