"""What a tracking project is about: all that keypoints carry comes back."""

from pathlib import Path

import numpy as np
import pytest

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.errors import ProjectError
from sightline.project.project import Project
from sightline.project.tracking import (
    Tracking,
    read_thumbnails_of,
    read_tracking,
    store_thumbnails,
    store_tracking,
)

POINTS = check_keypoints(
    KeypointSet(
        names=("fly/head", "fly/tail"),
        source="fly.h5",
        format="zephir",
        frame=np.array([0, 0, 4]),
        keypoint=np.array([0, 1, 1]),
        position=np.array([[0, 1.1, 2.2], [0, 3, 4], [1, 5, 1 / 3]]),
        score=np.array([np.nan, 0.5, 1]),
        hidden=np.array([False, True, False]),
        author=np.array([0, 1, 0]),
        authors=(Author("anna", "ZephIR"), Author("", "ZephIR")),
        edges=(("fly/head", "fly/tail"),),
        image_shape=(2, 30, 40),
        numbers=(3, 7),
        colours=("#ff0000", ""),
        columns={"parent_id": np.array([0, 1, 2], np.uint32), "note": np.array(["a", "", "b"])},
        notes=("said",),
    )
)
TRACKING = Tracking(
    "fly", (9, 1, 2, 30, 40), POINTS, {"order": "linear"}, {"pixel_size_um": (1.5, 0.6, 0.6)}
)


def test_everything_comes_back(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "fly.sightline", "track")
    store_tracking(project, TRACKING)
    found = read_tracking(project)
    assert found.read_as == TRACKING.read_as
    assert found.settings == TRACKING.settings
    assert found.video_shape == TRACKING.video_shape
    for name in KeypointSet.__dataclass_fields__:
        had, has = getattr(POINTS, name), getattr(found.keypoints, name)
        if name == "columns":
            assert {key: value.tolist() for key, value in has.items()} == {
                key: value.tolist() for key, value in had.items()
            }
        elif isinstance(had, np.ndarray):
            np.testing.assert_array_equal(has, had)
        else:
            assert has == had, name


def test_a_project_of_sorting_is_refused(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "fly.sightline", "sort")
    with pytest.raises(ProjectError, match="expected one of tracking"):
        read_tracking(project)


def test_other_thumbnails_have_another_digest(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "fly.sightline", "track")
    frames = np.random.default_rng(0).normal(size=(9, 20)).astype(np.float16)
    store_thumbnails(project, frames, [12, 34])
    found = read_thumbnails_of(project)
    np.testing.assert_array_equal(found.frames, frames)
    assert found.stamp == [12, 34]
    store_thumbnails(project, frames + 1, [12, 34])
    assert read_thumbnails_of(project).digest != found.digest
