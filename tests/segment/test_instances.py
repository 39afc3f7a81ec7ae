"""Objects from pixels: scipy's components, discs that touch, and nuclei that people outlined."""

from itertools import pairwise
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage.draw import disk
from skimage.segmentation import relabel_sequential

from sightline.data.segmentation import Segmentation
from sightline.errors import InputError, SettingError
from sightline.segment.instances import (
    class_numbers,
    components,
    object_areas,
    object_classes,
    separate_objects,
    smallest_area,
    tidied,
    typical_diameter,
    watershed,
)
from sightline.trust.mask_scores import object_scores


def discs(*circles: tuple[float, float, float], size: int = 100) -> NDArray[np.int32]:
    """Each (y, x, radius) with its number; a pixel that several cover is the nearest's."""
    y, x = np.mgrid[:size, :size]
    power = np.stack([np.hypot(y - row, x - column) - radius for row, column, radius in circles])
    return np.where(power.min(axis=0) < 0, power.argmin(axis=0) + 1, 0).astype(np.int32)


def noise_mask(seed: int, size: int = 200) -> NDArray[np.bool_]:
    field = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=(size, size)), 3)
    return field > np.quantile(field, 0.7)


def same_partition(one: NDArray[np.int32], other: NDArray[np.int32]) -> bool:
    return bool((relabel_sequential(one)[0] == relabel_sequential(other)[0]).all())


@pytest.mark.parametrize("seed", range(3))
def test_components_are_those_that_share_a_side_of_a_pixel(seed: int) -> None:
    mask = noise_mask(seed)
    expected, count = ndimage.label(mask)
    found = components(mask.astype(np.int16))
    assert found.max() == count
    assert same_partition(found, expected)
    assert components(np.eye(4, dtype=np.int16)).max() == 4


def test_objects_are_numbered_from_one_row_by_row() -> None:
    labels = components(noise_mask(4).astype(np.int16))
    firsts = [int(np.flatnonzero(labels == k)[0]) for k in range(1, labels.max() + 1)]
    assert all(one < other for one, other in pairwise(firsts))


def test_discs_that_touch_are_split_at_the_neck() -> None:
    truth = discs((30, 30, 12), (30, 52, 12), (50, 41, 12), (80, 80, 6))
    assert components((truth > 0).astype(np.int16)).max() == 2
    found = watershed((truth > 0).astype(np.int16))
    assert object_scores(found, truth, (0.9,)).precision[0] == 1


def test_an_oblong_object_with_a_ragged_outline_stays_one() -> None:
    y, x = np.mgrid[:80, :120]
    ragged = 1.5 * np.random.default_rng(0).normal(size=y.shape)
    rod = np.hypot(np.maximum(np.abs(x - 60) - 35, 0), y - 40) < 9 + ragged
    labels, _ = ndimage.label(ndimage.binary_opening(rod))
    whole = labels == np.bincount(labels[labels > 0]).argmax()
    assert watershed(whole.astype(np.int16)).max() == 1


def test_each_piece_has_an_object_and_each_object_is_in_one_piece() -> None:
    classes = noise_mask(7).astype(np.int16)
    pieces, objects = components(classes), watershed(classes)
    assert ((objects > 0) == (classes > 0)).all()
    for number in range(1, objects.max() + 1):
        inside = objects == number
        assert len(np.unique(pieces[inside])) == 1
        assert ndimage.label(inside)[1] == 1


def test_classes_that_touch_are_kept_apart_by_either_method() -> None:
    classes = np.zeros((20, 30), np.int16)
    classes[5:15, 5:15], classes[5:15, 15:25] = 1, 2
    for labels in (separate_objects(classes), separate_objects(classes, method="components")):
        assert labels.max() == 2
        assert object_classes(labels, classes).tolist() == [1, 2]


def test_an_objects_class_is_that_of_most_of_its_pixels() -> None:
    labels = np.array([[1, 1, 1, 0, 2]], np.int32)
    classes = np.array([[3, 3, 1, 1, 1]], np.int16)
    assert object_classes(labels, classes).tolist() == [3, 1]


def test_probabilities_of_one_half_and_more_and_the_likeliest_class_are_taken() -> None:
    np.testing.assert_array_equal(class_numbers(np.array([[0.49, 0.5, 0.9]])), [[0, 1, 1]])
    several = np.array([[[0.4, 0.2]], [[0.35, 0.2]], [[0.25, 0.6]]], np.float32)
    nothing = np.zeros((1, 2), np.float32)
    np.testing.assert_array_equal(class_numbers(several), [[0, 2]])
    np.testing.assert_array_equal(
        class_numbers(Segmentation(several, nothing, nothing, nothing)), [[0, 2]]
    )
    np.testing.assert_array_equal(class_numbers(np.array([[-1, 0, 2]])), [[0, 0, 2]])


def test_small_objects_are_left_out() -> None:
    truth = discs((20, 20, 9), (60, 60, 3))
    areas = object_areas(truth)[1:]
    assert tidied(truth, min_area=int(areas[1])).max() == 2
    assert tidied(truth, min_area=int(areas[1]) + 1).max() == 1


def test_holes_up_to_a_size_are_filled_by_the_one_object_around_them() -> None:
    ring = discs((30, 30, 15)) - discs((30, 30, 4))
    hole = int((discs((30, 30, 4)) > 0).sum())
    assert (tidied(ring, max_hole=hole) > 0).sum() == (ring > 0).sum() + hole
    np.testing.assert_array_equal(tidied(ring, max_hole=hole - 1), ring)
    between = np.array([[1, 1, 2, 2], [1, 0, 0, 2], [1, 1, 2, 2]], np.int32)
    np.testing.assert_array_equal(tidied(between, max_hole=10), between)
    bay = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 1]], np.int32)
    np.testing.assert_array_equal(tidied(bay, max_hole=10), bay)


def test_sizes_are_learnt_from_annotated_objects() -> None:
    sizes = [4, *[100] * 39]
    labels = np.repeat(np.arange(1, 41), sizes)[None]
    assert typical_diameter([labels]) == pytest.approx(2 * np.sqrt(100 / np.pi))
    assert smallest_area([labels[:, :104], labels]) == 100
    assert 4 < smallest_area([labels[:, :1004]]) < 100
    nothing = np.zeros((3, 3), np.int32)
    assert typical_diameter([nothing]) == smallest_area([nothing]) == smallest_area([]) == 0


@pytest.mark.parametrize("method", ["watershed", "components"])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_an_image_of_nothing_or_of_one_class_alone_is_no_error(method: str, value: float) -> None:
    found = separate_objects(np.full((40, 50), value), method=method)  # pyright: ignore
    assert found.dtype == np.int32
    assert (found == value).all()


def test_what_is_no_segmentation_is_refused() -> None:
    with pytest.raises(InputError, match=r"\(y, x\)"):
        separate_objects(np.zeros((1, 2, 3, 4)))
    with pytest.raises(SettingError, match="watershed, components"):
        separate_objects(np.zeros((3, 4)), method="magic")  # pyright: ignore


def test_a_large_image_takes_well_under_a_second() -> None:
    rng = np.random.default_rng(0)
    mask = np.zeros((1024, 1024), np.float32)
    for row, column in rng.integers(15, 1009, (300, 2)):
        mask[disk((row, column), 10)] = 1
    separate_objects(mask[:50])  # compiles
    start = process_time()
    assert separate_objects(mask, min_area=30, max_hole=10).max() > 200
    assert process_time() - start < 2


@pytest.mark.slow
def test_of_outlined_nuclei_more_are_found_than_by_components(shared_data: Path) -> None:
    folder = shared_data / "dsb2018-fluorescence" / "labels"
    precision = []
    for path in sorted(folder.glob("*.png"))[1::8]:  # the settings were chosen on every other image
        truth = np.asarray(Image.open(path)).astype(np.int32)
        classes = (truth > 0).astype(np.int16)
        found = (components(classes), watershed(classes))
        precision.append([object_scores(one, truth).precision[0] for one in found])
    by_components, by_watershed = np.mean(precision, axis=0)
    assert by_watershed > by_components + 0.05
