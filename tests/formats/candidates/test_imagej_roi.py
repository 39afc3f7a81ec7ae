"""ImageJ's regions as candidates: which pixels are inside, and what is no region."""

import zipfile

import numpy as np
import pytest
from roifile import ROI_OPTIONS, ROI_TYPE, ImagejRoi

from sightline.errors import InputError
from sightline.formats.candidates.imagej_roi import pixels_inside, read_imagej_rois

SHAPE = (40, 50)


def zipped(path, *regions):
    """Write regions as ImageJ's ROI Manager does."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, region in enumerate(regions):
            archive.writestr(f"{number:04d}.roi", region.tobytes())
    return path


def box(kind, top, left, bottom, right, name=""):
    return ImagejRoi(
        roitype=kind, top=top, left=left, bottom=bottom, right=right, name=name, version=228
    )


def mask(candidates, index=0):
    return candidates.footprints[[index]].toarray().reshape(candidates.image_shape) > 0


def test_a_rectangle_holds_its_pixels(tmp_path):
    path = tmp_path / "one.roi"
    box(ROI_TYPE.RECT, 2, 3, 5, 7, "soma").tofile(path)
    candidates = read_imagej_rois(path, image_shape=SHAPE)
    expected = np.zeros(SHAPE, bool)
    expected[2:5, 3:7] = True
    assert np.array_equal(mask(candidates), expected)
    assert candidates.identities == ("soma",)
    assert candidates.traces is None


def test_a_polygon_holds_the_pixels_whose_centres_are_inside(tmp_path):
    triangle = ImagejRoi.frompoints([[0, 0], [4, 0], [0, 4]])
    found = mask(read_imagej_rois(zipped(tmp_path / "a.zip", triangle), image_shape=(4, 4)))
    assert found.astype(int).tolist() == [[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]


def test_coordinates_between_pixels_count(tmp_path):
    square = ImagejRoi.frompoints(np.array([[1.6, 1.6], [4.4, 1.6], [4.4, 4.4], [1.6, 4.4]]))
    assert square.options & ROI_OPTIONS.SUB_PIXEL_RESOLUTION
    found = mask(read_imagej_rois(zipped(tmp_path / "a.zip", square), image_shape=SHAPE))
    assert np.argwhere(found).min(0).tolist() == [2, 2]
    assert np.argwhere(found).max(0).tolist() == [3, 3]


def test_an_oval_has_the_area_of_its_ellipse(tmp_path):
    path = zipped(tmp_path / "a.zip", box(ROI_TYPE.OVAL, 5, 4, 35, 46))
    found = mask(read_imagej_rois(path, image_shape=SHAPE))
    assert found.sum() == pytest.approx(np.pi * 15 * 21, rel=0.01)
    assert np.array_equal(found, found[::-1])
    assert np.array_equal(found, found[:, ::-1])


def test_areas_of_polygons_are_those_of_the_shoelace_formula():
    generator = np.random.default_rng(3)
    for _ in range(20):
        angles = np.sort(generator.uniform(0, 2 * np.pi, 12))
        radius = generator.uniform(60, 100, 12)
        x, y = 120 + radius * np.cos(angles), 110 + radius * np.sin(angles)
        area = abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2
        pixels, beyond = pixels_inside([np.c_[x, y]], (240, 240))
        assert len(pixels) == pytest.approx(area, rel=0.02)
        assert not beyond


def test_a_hole_of_a_composite_is_left_out(tmp_path):
    outer, inner = [(0, 0), (6, 0), (6, 6), (0, 6)], [(2, 2), (4, 2), (4, 4), (2, 4)]
    path = []
    for outline in (outer, inner):
        path += [0, *outline[0], *(value for point in outline[1:] for value in (1, *point)), 4]
    region = box(ROI_TYPE.RECT, 0, 0, 6, 6)
    region.multi_coordinates = np.array(path, np.float32)
    region.shape_roi_size = len(path)
    found = mask(read_imagej_rois(zipped(tmp_path / "a.zip", region), image_shape=(6, 6)))
    assert found.sum() == 32
    assert not found[2:4, 2:4].any()


def test_names_that_come_twice_get_a_number(tmp_path):
    regions = [box(ROI_TYPE.RECT, i, i, i + 2, i + 2, "cell") for i in range(3)]
    candidates = read_imagej_rois(zipped(tmp_path / "a.zip", *regions), image_shape=SHAPE)
    assert candidates.identities == ("cell", "cell-2", "cell-3")


def test_points_and_lines_have_no_area_and_are_told(tmp_path):
    point = ImagejRoi.frompoints([[3, 3]])
    point.roitype = ROI_TYPE.POINT
    path = zipped(tmp_path / "a.zip", point, box(ROI_TYPE.RECT, 0, 0, 2, 2, "soma"))
    candidates = read_imagej_rois(path, image_shape=SHAPE)
    assert candidates.identities == ("soma",)
    assert "1 points, lines or texts have no area" in " ".join(candidates.notes)


def test_regions_over_the_border_are_clipped_and_those_outside_stay_empty(tmp_path):
    regions = [box(ROI_TYPE.RECT, 38, 48, 44, 54), box(ROI_TYPE.OVAL, 100, 100, 110, 110)]
    candidates = read_imagej_rois(zipped(tmp_path / "a.zip", *regions), image_shape=SHAPE)
    assert candidates.footprints.sum(1).tolist() == [4, 0]
    notes = " ".join(candidates.notes)
    assert "2 candidates reach over the image's border" in notes
    assert "1 candidates have an empty footprint" in notes


def test_a_frame_that_a_region_is_bound_to_is_told(tmp_path):
    region = box(ROI_TYPE.RECT, 0, 0, 2, 2)
    region.position = 5
    candidates = read_imagej_rois(zipped(tmp_path / "a.zip", region), image_shape=SHAPE)
    assert "bound to frames" in " ".join(candidates.notes)


def test_the_size_of_the_image_must_be_said(tmp_path):
    path = zipped(tmp_path / "a.zip", box(ROI_TYPE.RECT, 0, 0, 2, 2))
    with pytest.raises(InputError, match="size of the image"):
        read_imagej_rois(path, image_shape=None)


def test_an_empty_zip_has_no_regions(tmp_path):
    with pytest.raises(InputError, match="none of its 0 regions has an area"):
        read_imagej_rois(zipped(tmp_path / "a.zip"), image_shape=SHAPE)


@pytest.mark.parametrize("kept", [10, 70])
def test_a_region_cut_short_is_told(tmp_path, kept):
    content = ImagejRoi.frompoints([[0, 0], [4, 0], [0, 4]]).tobytes()
    (tmp_path / "a.roi").write_bytes(content[:kept])
    with pytest.raises(InputError, match="cannot be read"):
        read_imagej_rois(tmp_path / "a.roi", image_shape=SHAPE)


def test_a_zip_cut_short_is_told(tmp_path):
    path = zipped(tmp_path / "a.zip", box(ROI_TYPE.RECT, 0, 0, 2, 2))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match="cannot be read"):
        read_imagej_rois(path, image_shape=SHAPE)


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.roi", bytes(1 << 25))
    with pytest.raises(InputError, match="unpack to 33,554,432 bytes"):
        read_imagej_rois(tmp_path / "a.zip", image_shape=SHAPE)


def test_curves_are_not_understood_and_told(tmp_path):
    region = box(ROI_TYPE.RECT, 0, 0, 6, 6, "curved")
    region.multi_coordinates = np.array([0, 0, 0, 2, 1, 1, 2, 2, 4], np.float32)
    region.shape_roi_size = 9
    with pytest.raises(InputError, match="'curved' is of curves"):
        read_imagej_rois(zipped(tmp_path / "a.zip", region), image_shape=SHAPE)
