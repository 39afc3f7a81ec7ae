"""Points of two modalities are linked by where they lie, from files."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.errors import SettingError
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.workflows.track_link import link


def save(path: Path, names: list[str], positions: NDArray[np.float64]) -> Path:
    """(frame, point, 3) positions, NaN where there is none."""
    frame, keypoint = np.nonzero(np.isfinite(positions).all(axis=2))
    keypoints = KeypointSet(
        names=tuple(names),
        source="made",
        format="csv",
        frame=frame,
        keypoint=keypoint,
        position=positions[frame, keypoint],
        score=np.full(len(frame), np.nan),
        hidden=np.zeros(len(frame), bool),
        author=np.zeros(len(frame), np.int64),
        authors=(Author("somebody"),),
    )
    write_keypoints(path, check_keypoints(keypoints))
    return path


def test_a_deformed_partly_missing_copy_gets_its_names_back(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    atlas = random.uniform(0, 1, (60, 3)) * (20, 60, 150)
    names = [f"neuron {number}" for number in range(60)]
    z, y, x = atlas.T
    there = np.stack([z, y + 0.004 * (x - 75) ** 2, x * 1.05 + 0.2 * y], axis=1)
    there += random.normal(0, 0.4, there.shape)
    order = random.permutation(60)[:50]  # ten were not detected, eight are something else
    other = random.uniform(0, 1, (8, 3)) * (20, 80, 160)
    seen = np.concatenate([there[order], other])
    labels = [f"blob {number}" for number in range(58)]
    known = save(tmp_path / "atlas.csv", names, atlas[None])
    points = save(tmp_path / "blobs.csv", labels, seen[None] / (2.0, 1.0, 1.0))
    told = link(points, known, voxel_size=(2.0, 1.0, 1.0), reference_voxel_size=(1.0, 1.0, 1.0))
    true = {f"blob {k}": names[which] for k, which in enumerate(order)}
    right = [row["keypoint"] == true[row["point"]] for row in told["links"] if row["point"] in true]
    assert len(told["links"]) == 58
    assert np.mean(right) > 0.9
    assert told["linked"] <= 58
    assert all((row["keypoint"] is None) == (row["posterior"] == 0) for row in told["links"])


def test_a_size_that_cannot_be_is_refused(tmp_path: Path) -> None:
    known = save(tmp_path / "a.csv", ["a", "b"], np.arange(6.0).reshape(1, 2, 3))
    with pytest.raises(SettingError, match="above 0"):
        link(known, known, voxel_size=(0, 1, 1))
