"""The machine's masks in a project: they come back, are replaced, and objects keep their names."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import sleep

import numpy as np
import pytest
from review.segmented_project import SHAPE, discs

from sightline.data.mask import Mask
from sightline.errors import ProjectError
from sightline.project import predictions
from sightline.project.account import held_alone
from sightline.project.predictions import (
    MachineScores,
    NewPrediction,
    Predictions,
    machine_mask,
    object_names,
    predictions_stamp,
    read_predictions,
    store_predictions,
    uncertainty_map,
)
from sightline.project.project import Project

NAMES = ("cell",)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "discs.sightline", "segment")


def prediction(name: str, mask: Mask, uncertainty: float = 0.02) -> NewPrediction:
    spread = np.full(SHAPE, uncertainty, np.float32)
    return NewPrediction(name, mask, spread, MachineScores(uncertainty, expected_dice=0.8))


def test_a_project_has_none_before_any_is_stored(project: Project) -> None:
    assert predictions_stamp(project) is None
    assert read_predictions(project).masks == ()


def test_masks_scores_and_maps_come_back(project: Project) -> None:
    mask = discs((10, 10), (30, 50))
    store_predictions(project, [prediction("one", mask)])
    found = read_predictions(project)
    (stored,) = found.masks
    assert stored.scores.uncertainty == 0.02
    assert np.isnan(stored.scores.data)
    back = machine_mask(project, stored, NAMES)
    np.testing.assert_array_equal(back.classes, mask.classes)
    np.testing.assert_array_equal(back.objects, mask.objects)
    spread = uncertainty_map(project, stored)
    assert spread is not None
    np.testing.assert_allclose(spread, 0.02, rtol=1e-3)


def test_objects_are_measured(project: Project) -> None:
    mask = discs((10, 10), (30, 50))
    spread = np.where(mask.objects == 2, 0.2, 0.1)
    store_predictions(project, [NewPrediction("one", mask, spread)])
    objects = read_predictions(project).objects
    assert objects.area_px.tolist() == [int((mask.objects == 1).sum())] * 2
    np.testing.assert_allclose(objects.uncertainty, [0.1, 0.2])
    assert (objects.y.tolist(), objects.x.tolist()) == ([10, 30], [10, 50])


def test_only_the_images_that_are_predicted_again_change(project: Project) -> None:
    first, second = discs((10, 10)), discs((20, 20), (30, 50))
    store_predictions(project, [prediction("one", first), prediction("two", first)])
    found = store_predictions(project, [prediction("one", second, 0.1)])
    assert [mask.name for mask in found.masks] == ["one", "two"]
    assert [mask.scores.uncertainty for mask in found.masks] == [0.1, 0.02]
    assert found.objects.image.tolist() == [0, 0, 1]
    assert found.objects.names[2:] == object_names(first)
    groups = {path.name for path in project.arrays.glob("prediction-*")}
    assert groups == {f"{mask.group}.zarr.zip" for mask in found.masks}


def test_an_object_keeps_its_name_as_long_as_it_keeps_its_pixels() -> None:
    names = object_names(discs((10, 10), (30, 50)))
    assert object_names(discs((30, 50), (10, 10))) == names[::-1]
    assert object_names(discs((10, 10), (30, 51)))[0] == names[0]
    assert names[1] not in object_names(discs((10, 10), (30, 51)))
    assert object_names(discs((10, 10), (30, 50), radius=4))[0] != names[0]


def test_masks_without_objects_or_foreground_are_masks(project: Project) -> None:
    empty = Mask(np.zeros(SHAPE, np.int16), np.zeros(SHAPE, np.int32), NAMES)
    plain = Mask(np.ones(SHAPE, np.int16), None, NAMES)
    found = store_predictions(
        project, [NewPrediction("empty", empty), NewPrediction("plain", plain)]
    )
    assert len(found.objects) == 0
    assert machine_mask(project, found.masks[1], NAMES).objects is None
    assert uncertainty_map(project, found.masks[0]) is None


def test_work_that_is_stopped_leaves_what_was_there(project: Project) -> None:
    before = store_predictions(project, [prediction("one", discs((10, 10)))])

    def stopped() -> Iterator[NewPrediction]:
        yield prediction("one", discs((20, 20)))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store_predictions(project, stopped())
    found = read_predictions(project)
    assert found.masks == before.masks
    np.testing.assert_array_equal(
        machine_mask(project, found.masks[0], NAMES).classes, discs((10, 10)).classes
    )


def test_two_do_not_store_at_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = prediction("one", discs((10, 10))), prediction("two", discs((20, 20)))
    with ThreadPoolExecutor(1) as meanwhile:

        def first() -> Iterator[NewPrediction]:
            yield one
            waiting.append(meanwhile.submit(store_predictions, project, [other]))
            sleep(0.3)

        waiting: list[Future[Predictions]] = []
        store_predictions(project, first())
        found = waiting[0].result()
    assert [mask.name for mask in found.masks] == ["one", "two"]
    for mask in read_predictions(project).masks:
        assert machine_mask(project, mask, NAMES).objects is not None
    monkeypatch.setattr(predictions, "_PATIENCE", 0.0)
    with (
        held_alone(project.arrays / "predictions.lock"),
        pytest.raises(ProjectError, match="another process"),
    ):
        store_predictions(project, [one])


def test_a_lost_mask_is_told(project: Project) -> None:
    found = store_predictions(project, [prediction("one", discs((10, 10)))])
    (project.arrays / f"{found.masks[0].group}.zarr.zip").unlink()
    with pytest.raises(ProjectError, match="missing"):
        machine_mask(project, found.masks[0], NAMES)
