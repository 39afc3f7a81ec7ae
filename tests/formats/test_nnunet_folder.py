"""Folders for nnU-Net 2: named, numbered and typed as its documentation has it."""

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile

from sightline.errors import InputError
from sightline.formats.nnunet_folder import DATASET, read_nnunet_masks, write_nnunet_dataset


def written(folder: Path, ignored: bool) -> Path:
    pixels = np.arange(2 * 6 * 5, dtype=np.uint16).reshape(2, 6, 5)
    classes = np.zeros((6, 5), np.int16)
    classes[2:4, 1:3] = 2
    if ignored:
        classes[0] = -1
    return write_nnunet_dataset(
        folder, [("one", pixels, classes)], {"asked": pixels}, ("cell", "vessel")
    )


def test_each_channel_is_a_file_and_masks_are_class_numbers(tmp_path: Path) -> None:
    asked = written(tmp_path, ignored=False)
    folder = tmp_path / DATASET
    assert sorted(path.name for path in (folder / "imagesTr").iterdir()) == [
        "one_0000.tif", "one_0001.tif",
    ]  # fmt: skip
    assert sorted(path.name for path in asked.iterdir()) == ["asked_0000.tif", "asked_0001.tif"]
    assert tifffile.imread(folder / "imagesTr" / "one_0001.tif")[0, 0] == 30
    assert set(np.unique(tifffile.imread(folder / "labelsTr" / "one.tif"))) == {0, 2}
    told = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    assert told["labels"] == {"background": 0, "cell": 1, "vessel": 2}
    assert told["numTraining"] == 1
    assert set(told["channel_names"]) == {"0", "1"}
    assert told["file_ending"] == ".tif"


def test_ignored_pixels_have_the_label_that_nnunet_ignores(tmp_path: Path) -> None:
    written(tmp_path, ignored=True)
    folder = tmp_path / DATASET
    told = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    assert told["labels"]["ignore"] == max(told["labels"].values()) == 3
    assert (tifffile.imread(folder / "labelsTr" / "one.tif")[0] == 3).all()


def test_masks_are_read_back(tmp_path: Path) -> None:
    mask = np.eye(7, dtype=np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", mask)
    np.testing.assert_array_equal(read_nnunet_masks(tmp_path, {"a": (7, 7)})["a"], mask)


@pytest.mark.parametrize(("name", "shape"), [("a", (7, 8)), ("missing", (7, 7))])
def test_a_missing_mask_or_one_of_another_shape_is_an_error(
    tmp_path: Path, name: str, shape: tuple[int, int]
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.eye(7, dtype=np.uint8))
    with pytest.raises(InputError, match=f"{name}.tif"):
        read_nnunet_masks(tmp_path, {name: shape})
