"""Measurements against shapes worked by hand, and scikit-image's."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, label
from skimage.measure import perimeter_crofton, regionprops

from sightline.data.image import Image
from sightline.data.segmentation import Segmentation
from sightline.errors import InputError
from sightline.segment.measure import measure_objects


def rectangle(rows: slice, columns: slice, size: int = 40) -> NDArray[np.int32]:
    labels = np.zeros((size, size), np.int32)
    labels[rows, columns] = 1
    return labels


def blobs(seed: int = 0, size: int = 160) -> NDArray[np.int32]:
    field = gaussian_filter(np.random.default_rng(seed).normal(size=(size, size)), 4)
    return np.asarray(label(field > np.quantile(field, 0.8))[0], np.int32)  # pyright: ignore


def value(labels: NDArray[np.int32], column: str, **more: object) -> float:
    (found,) = measure_objects(labels, **more).columns[column]  # pyright: ignore
    return found


def test_a_rectangle_measures_what_it_measures_by_hand() -> None:
    labels = rectangle(slice(10, 14), slice(5, 17))  # 4 high, 12 wide
    assert value(labels, "area_px") == 48
    assert (value(labels, "y_px"), value(labels, "x_px")) == (11.5, 10.5)
    box = [value(labels, f"{side}_px") for side in ("top", "left", "bottom", "right")]
    assert box == [10, 5, 14, 17]
    assert value(labels, "major_axis_px") == pytest.approx(4 * np.sqrt(12**2 / 12))
    assert value(labels, "minor_axis_px") == pytest.approx(4 * np.sqrt(4**2 / 12))
    assert value(labels, "eccentricity") == pytest.approx(np.sqrt(1 - (4 / 12) ** 2))
    assert value(labels, "orientation_deg") == pytest.approx(0)
    assert abs(value(labels.T.copy(), "orientation_deg")) == pytest.approx(90)
    assert value(labels, "solidity") == pytest.approx(1)
    assert value(labels, "equivalent_diameter_px") == pytest.approx(2 * np.sqrt(48 / np.pi))
    assert not value(labels, "touches_border")
    assert value(rectangle(slice(10, 14), slice(36, 40)), "touches_border")


def test_an_l_fills_less_than_its_convex_hull() -> None:
    labels = rectangle(slice(10, 12), slice(10, 12))
    labels[11, 11] = 0
    assert value(labels, "solidity") == pytest.approx(3 / 3.5)


def test_what_rises_to_the_right_has_a_positive_angle() -> None:
    rising = np.zeros((30, 30), np.int32)
    for step in range(20):
        rising[24 - step, 4 + step : 7 + step] = 1
    assert value(rising, "orientation_deg") == pytest.approx(45, abs=4)


@pytest.mark.parametrize("radius", [6, 15, 40])
def test_a_disc_has_the_circumference_of_a_circle(radius: float) -> None:
    y, x = np.mgrid[:100, :100]
    disc = (np.hypot(y - 50.2, x - 49.6) < radius).astype(np.int32)
    assert value(disc, "perimeter_px") == pytest.approx(2 * np.pi * radius, rel=0.03)


def test_lengths_and_areas_are_given_in_micrometres_where_the_pixel_size_is_known() -> None:
    labels = rectangle(slice(10, 14), slice(5, 17))
    image = Image("a", np.zeros((1, 40, 40)), pixel_size_um=(0.5, 0.25))
    found = {name: values[0] for name, values in measure_objects(labels, image).columns.items()}
    assert found["area_um2"] == pytest.approx(48 * 0.125)
    assert found["major_axis_um"] == pytest.approx(4 * np.sqrt(3**2 / 12))
    assert found["minor_axis_um"] == pytest.approx(4 * np.sqrt(2**2 / 12))
    assert (found["y_um"], found["x_um"]) == (11.5 * 0.5, 10.5 * 0.25)
    assert "perimeter_um" not in found  # which pixels that are not square do not tell so simply
    square = measure_objects(labels, pixel_size_um=(0.5, 0.5)).columns
    assert square["perimeter_um"] == pytest.approx(square["perimeter_px"] / 2)
    assert not any("_um" in name for name in measure_objects(labels).columns)


def test_shapes_and_brightness_are_scikit_images() -> None:
    labels = blobs()
    pixels = np.random.default_rng(1).normal(100, 20, (2, *labels.shape)).astype(np.float32)
    found = measure_objects(labels, Image("a", pixels)).columns
    for row, region in enumerate(regionprops(labels, np.moveaxis(pixels, 0, -1))):
        assert found["object"][row] == region.label
        assert found["area_px"][row] == region.area
        assert (found["y_px"][row], found["x_px"][row]) == pytest.approx(region.centroid)
        assert found["perimeter_px"][row] == pytest.approx(perimeter_crofton(region.image, 4))
        for channel in (1, 2):
            values = region.image_intensity[region.image][:, channel - 1].astype(float)
            ours = [found[f"{name}_intensity_channel{channel}"][row] for name in
                    ("mean", "median", "max", "sum")]  # fmt: skip
            theirs = [values.mean(), np.median(values), values.max(), values.sum()]
            assert ours == pytest.approx(theirs)


def test_probability_is_of_the_objects_own_class_and_uncertainty_of_its_pixels() -> None:
    labels = np.array([[1, 1, 0, 2, 2]], np.int32)
    probability = np.array(
        [[[0.2, 0.2, 1, 0.1, 0.1]], [[0.7, 0.5, 0, 0.3, 0.1]], [[0.1, 0.3, 0, 0.6, 0.8]]],
        np.float32,
    )
    parts = np.arange(15, dtype=np.float32).reshape(3, 1, 5) / 100
    segmentation = Segmentation(probability, *parts)
    table = measure_objects(labels, None, segmentation, class_names=("neuron", "glia"))
    found = table.columns
    assert found["class"].tolist() == ["neuron", "glia"]
    np.testing.assert_allclose(found["mean_probability"], [0.6, 0.7], rtol=1e-6)
    np.testing.assert_allclose(found["mean_between_flips"], [0.055, 0.085], rtol=1e-6)
    np.testing.assert_allclose(found["mean_uncertainty"], [0.165, 0.255], rtol=1e-6)
    assert table.ranked().columns["object"].tolist() == [2, 1]


def test_objects_keep_the_numbers_they_have() -> None:
    labels = blobs()
    chosen = np.where(np.isin(labels, [2, 5]), labels, 0)
    assert measure_objects(chosen).columns["object"].tolist() == [2, 5]


def test_an_image_without_objects_gives_the_same_columns_without_rows() -> None:
    image = Image("a", np.zeros((1, 40, 40)), pixel_size_um=(1.0, 1.0))
    nothing = np.zeros((1, 40, 40), np.float32)
    segmentation = Segmentation(np.stack([nothing[0] + 1, nothing[0]]), *np.repeat(nothing, 3, 0))
    empty = measure_objects(np.zeros((40, 40), np.int32), image, segmentation)
    one = measure_objects(rectangle(slice(3, 9), slice(3, 9)), image, segmentation)
    assert len(empty) == 0
    assert len(one) == 1
    assert list(empty.columns) == list(one.columns)


def test_an_image_of_another_size_is_refused() -> None:
    with pytest.raises(InputError, match="same image"):
        measure_objects(rectangle(slice(3, 9), slice(3, 9)), Image("a", np.zeros((1, 4, 4))))
