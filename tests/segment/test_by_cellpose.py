"""cellpose is an option: what is missing is said; what is there is used as it is."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sightline.errors import SettingError
from sightline.segment.by_cellpose import objects_by_cellpose

MAP = np.array([[0.9, 0.2], [0.8, 0.6]], np.float32)


def test_weights_are_never_fetched(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="never fetched"):
        objects_by_cellpose(MAP, tmp_path / "cpsam")


def test_it_is_said_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cpsam").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "cellpose.models", None)
    with pytest.raises(SettingError, match="pip install cellpose"):
        objects_by_cellpose(MAP, tmp_path / "cpsam")


def test_its_objects_are_kept_where_the_class_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    class Model:
        def __init__(self, **settings: Any) -> None:
            asked.update(settings)

        def eval(self, pixels: np.ndarray, **settings: Any) -> tuple[np.ndarray]:
            asked.update(settings)
            return (np.full(pixels.shape, 3),)

    (tmp_path / "cpsam").write_bytes(b"")
    stand_in = SimpleNamespace(CellposeModel=Model)
    monkeypatch.setitem(sys.modules, "cellpose", SimpleNamespace(models=stand_in))
    monkeypatch.setitem(sys.modules, "cellpose.models", stand_in)
    found = objects_by_cellpose(MAP, tmp_path / "cpsam", object_diameter_px=15, min_area=30)
    np.testing.assert_array_equal(found, [[3, 0], [3, 3]])
    assert asked["pretrained_model"] == str(tmp_path / "cpsam")
    assert (asked["diameter"], asked["min_size"]) == (15, 30)
