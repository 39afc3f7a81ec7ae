"""A model folder gives back what was put in, and anything else is one error."""

import hashlib
import json
import pickle

import numpy as np
import pytest

from sightline.errors import InputError
from sightline.formats.model_folder import (
    read_model_about,
    read_model_folder,
    write_model_folder,
)

pytest.importorskip("safetensors")

ARRAYS = {
    "0.weight": np.arange(12, dtype=np.float32).reshape(3, 4).T,
    "0.batches": np.array(7, np.int64),
    "1.weight": np.full((2, 0), 1.0, np.float32),
}
ABOUT = {"class_names": ["cell"], "settings": {"tile": 32}}


@pytest.fixture
def model(tmp_path):
    return write_model_folder(tmp_path / "model", ARRAYS, ABOUT)


def test_arrays_come_back_with_their_shapes_and_types(model):
    arrays, about = read_model_folder(model)
    assert arrays.keys() == ARRAYS.keys()
    for name, values in ARRAYS.items():
        assert arrays[name].shape == values.shape
        assert arrays[name].dtype == values.dtype
        assert np.array_equal(arrays[name], values)
    assert {key: about[key] for key in ABOUT} == ABOUT


def test_other_files_are_in_it_when_it_appears(tmp_path):
    def more(folder):
        assert not (tmp_path / "model").exists()
        (folder / "curves.csv").write_text("step\n", encoding="utf-8")

    write_model_folder(tmp_path / "model", ARRAYS, ABOUT, more)
    assert (tmp_path / "model" / "curves.csv").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_failure_leaves_nothing_behind(tmp_path):
    def fails(_folder):
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"):
        write_model_folder(tmp_path / "model", ARRAYS, ABOUT, fails)
    assert not list(tmp_path.iterdir())


def test_nothing_is_ever_overwritten(model):
    with pytest.raises(InputError, match="there already"):
        write_model_folder(model, {}, {})
    assert read_model_folder(model)[1]["class_names"] == ["cell"]


def test_changed_weights_are_noticed(model):
    path = model / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="changed after training"):
        read_model_folder(model)


def test_truncated_and_missing_weights_are_one_error(model):
    path = model / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(InputError, match="changed after training"):
        read_model_folder(model)
    path.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        read_model_folder(model)


def test_weights_that_are_no_safetensors_are_refused_whatever_their_digest(model):
    poison = pickle.dumps({"weight": 1})
    (model / "weights.safetensors").write_bytes(poison)
    about = json.loads((model / "model.json").read_text(encoding="utf-8"))
    about["weights_sha256"] = hashlib.sha256(poison).hexdigest()
    (model / "model.json").write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(InputError, match="safetensors"):
        read_model_folder(model)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "damaged"),
        ("[1]", "damaged"),
        ('{"format": "ensemble"}', "format 'ensemble'"),
        ('{"format": "sightline segmentation model", "version": 2}', "newer"),
        ('{"format": "sightline segmentation model"}', "version None"),
    ],
)
def test_an_about_of_something_else_is_one_error(model, content, told):
    (model / "model.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_model_about(model)


def test_a_folder_that_is_no_model_and_one_that_is_missing_are_told(tmp_path):
    with pytest.raises(InputError, match=r"no model\.json"):
        read_model_folder(tmp_path)
    with pytest.raises(InputError, match="not there"):
        read_model_folder(tmp_path / "missing")


def test_a_place_that_cannot_be_written_is_told_before_anything_is(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="cannot be written"):
        write_model_folder(tmp_path / "file" / "model", ARRAYS, ABOUT)
