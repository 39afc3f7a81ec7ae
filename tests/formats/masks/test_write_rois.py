"""ImageJ's regions: what roifile reads, filled by scikit-image, is what was written."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from roifile import ROI_TYPE, ImagejRoi, roiread
from scipy import ndimage
from skimage.measure import points_in_poly

from sightline.errors import InputError
from sightline.formats.candidates.open_candidates import open_candidates
from sightline.formats.masks.write_rois import write_rois


def ragged(seed: int = 0, size: int = 60) -> NDArray[np.int32]:
    field = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=(size, size)), 1.2)
    return np.asarray(ndimage.label(field > 0.05)[0], np.int32)  # pyright: ignore


def uncertain(objects: NDArray[np.int32]) -> dict[int, float]:
    draw = np.random.default_rng(1)
    return {int(number): float(draw.random() / 4) for number in np.unique(objects) if number}


def pixels(region: ImagejRoi, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Centres inside, even-odd over the region's paths."""
    centres = np.argwhere(np.ones(shape, bool))[:, ::-1] + 0.5
    paths = [points_in_poly(centres, path) for path in region.coordinates(multi=True)]
    return np.logical_xor.reduce(paths).reshape(shape)


def test_each_object_comes_back_pixel_for_pixel_holes_included(tmp_path: Path) -> None:
    objects = ragged()
    uncertainty = uncertain(objects)
    assert write_rois(tmp_path / "a.zip", objects, uncertainty) == len(uncertainty)
    regions = roiread(tmp_path / "a.zip")
    assert isinstance(regions, list)
    assert any(region.composite for region in regions)
    by_uncertainty = sorted(uncertainty, key=lambda number: -uncertainty[number])
    for number, region in zip(by_uncertainty, regions, strict=True):
        inside = objects == number
        np.testing.assert_array_equal(pixels(region, objects.shape), inside)
        rows, columns = np.nonzero(inside)
        box = (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
        assert (region.top, region.left, region.bottom, region.right) == box


def test_the_most_uncertain_comes_first_and_its_name_says_so(tmp_path: Path) -> None:
    objects = np.zeros((10, 10), np.int32)
    objects[1:3, 1:3], objects[5:8, 5:8] = 3, 7
    write_rois(tmp_path / "a.zip", objects, {3: 0.01, 7: 0.1234567}, {3: 1, 7: 2})
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["0001-0.123457.roi", "0002-0.010000.roi"]
        first = ImagejRoi.frombytes(archive.read("0001-0.123457.roi"))
    assert (first.name, first.group, first.roitype) == ("0001-0.123457", 2, ROI_TYPE.TRACED)
    assert first.integer_coordinates is not None  # whole numbers: no sub-pixel flag


def test_the_same_objects_give_the_same_bytes(tmp_path: Path) -> None:
    objects = ragged(3)
    for name in ("a.zip", "b.zip"):
        write_rois(tmp_path / name, objects, uncertain(objects))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_regions_open_as_candidates_to_sort(tmp_path: Path) -> None:
    objects = ragged(2)
    write_rois(tmp_path / "a.zip", objects, uncertain(objects))
    candidates = open_candidates(tmp_path / "a.zip", image_shape=(60, 60))
    drawn = candidates.footprints.sum(axis=0).reshape(60, 60) > 0
    np.testing.assert_array_equal(drawn, objects > 0)


def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("mine")
    with pytest.raises(InputError, match="there already"):
        write_rois(tmp_path / "a.zip", ragged(), uncertain(ragged()))
    assert (tmp_path / "a.zip").read_text() == "mine"
