"""Points files: detections of volumes, some labelled, as npz or CSV."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline.errors import InputError
from sightline.formats.point_clouds import is_points_file, read_point_clouds

POINTS = np.array([[1.0, 2, 3, -1], [4, 5, 6, 7], [7, 8, 9, 2], [1.5, 2.5, 3.5, 7], [4, 4, 4, -1]])
PARTS: dict[str, Any] = {
    "frame": np.array([4, 9]), "offset": np.array([0, 3, 5]), "points": POINTS
}  # fmt: skip
ROWS = ["4,1,2,3,-1", "4,4,5,6,7", "4,7,8,9,2", "9,1.5,2.5,3.5,7", "9,4,4,4,"]


def npz(folder: Path, **changes: Any) -> Path:
    np.savez(folder / "points.npz", **(PARTS | changes))
    return folder / "points.npz"


def csv(folder: Path, header: str = "frame,x,y,z,label", rows: list[str] = ROWS) -> Path:
    (folder / "points.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder / "points.csv"


@pytest.mark.parametrize("write", [npz, csv])
def test_points_and_labels_of_each_volume_are_read(tmp_path: Path, write: Any) -> None:
    path = write(tmp_path)
    assert is_points_file(path)
    clouds = read_point_clouds(path)
    assert sorted(clouds.names) == ["2", "7"]
    assert clouds.frames.tolist() == [4, 9]
    positions, identities = clouds.of(4)
    np.testing.assert_array_equal(positions, POINTS[:3, 2::-1])
    said = [clouds.names[number] if number >= 0 else "" for number in identities]
    assert said == ["", "7", "2"]
    known = clouds.known(9)
    np.testing.assert_array_equal(known[clouds.names.index("7")], [3.5, 2.5, 1.5])
    assert np.isnan(known[clouds.names.index("2")]).all()
    assert len(clouds.of(5)[0]) == 0


def test_a_table_without_z_is_flat_and_may_be_in_any_order(tmp_path: Path) -> None:
    path = csv(tmp_path, "label,y,x,frame", ["tail,1,2,8", "head,3,4,0", ",5,6,8"])
    clouds = read_point_clouds(path)
    assert clouds.frames.tolist() == [0, 8]
    np.testing.assert_array_equal(clouds.of(8)[0], [[0, 1, 2], [0, 5, 6]])
    assert clouds.names == ("tail", "head")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"points": POINTS[:, :3]}, "points are float64"),
        ({"offset": np.array([0, 3, 4])}, "offset does not cut"),
        ({"offset": np.array([0, 6, 5])}, "offset does not cut"),
        ({"frame": np.array([4, 4])}, "offset does not cut"),
        ({"points": POINTS + 0.5}, "label is no whole number"),
        ({"points": np.where(POINTS == 9, np.nan, POINTS)}, "point 2, in volume 4, is no number"),
        ({"points": np.where(POINTS == 2, 7, POINTS)}, "'7' comes 2 times in volume 4"),
        ({"points": np.array([[1.0, 2, 3, -1]] * 5)}, "5 points and 0 identities"),
    ],
)
def test_arrays_that_do_not_fit_are_one_error(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read_point_clouds(npz(tmp_path, **changes))


def test_objects_are_not_unpickled(tmp_path: Path) -> None:
    odd = np.array([{"a": 1}, 2, 3], dtype=object)
    with pytest.raises(InputError, match=r"points\.npz"):
        read_point_clouds(npz(tmp_path, offset=odd))


def test_a_truncated_bundle_is_one_error(tmp_path: Path) -> None:
    path = npz(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert not is_points_file(path)
    with pytest.raises(InputError, match="points"):
        read_point_clouds(path)


def test_a_table_of_words_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'y' holds what is no number"):
        read_point_clouds(csv(tmp_path, rows=["1,2,left,3,4"]))


def test_keypoint_tables_and_other_files_are_no_points_files(tmp_path: Path) -> None:
    assert not is_points_file(csv(tmp_path, "frame,keypoint,y,x,label", ["0,a,1,2,3"]))
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    assert not is_points_file(tmp_path / "other.npz")
    assert not is_points_file(tmp_path)
    assert not is_points_file(tmp_path / "absent.npz")
