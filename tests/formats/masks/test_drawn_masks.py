"""Outlines of ImageJ, QuPath, labelme and COCO, against pixels that another program fills."""

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from PIL import Image as Pillow
from roifile import ROI_TYPE, ImagejRoi
from skimage.draw import polygon2mask

from sightline.errors import InputError
from sightline.formats.masks.read_masks import read_mask
from sightline.formats.masks.run_lengths import decode_runs, runs_of

SHAPE = (40, 50)
STAR = np.array([(5.3, 4.2), (20.8, 9.1), (33.4, 5.7), (27.2, 18.6), (35.1, 30.3), (12.6, 24.4)])


def filled(corners: NDArray, shape: tuple[int, int] = SHAPE) -> NDArray[np.bool_]:
    """Pixels whose centres lie inside; scikit-image counts from the first pixel's centre."""
    return polygon2mask(shape, corners[:, ::-1] - 0.5)


def saved(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def feature(rings: list[list[Any]], name: str = "", kind: str = "Polygon") -> dict[str, Any]:
    properties = {"classification": {"name": name, "color": [1, 2, 3]}} if name else {}
    geometry = {"type": kind, "coordinates": rings}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def coco(annotations: list[dict[str, Any]], **image: Any) -> dict[str, Any]:
    about = {"id": 7, "file_name": "a.png", "height": SHAPE[0], "width": SHAPE[1]} | image
    names = [{"id": 1, "name": "soma"}, {"id": 2, "name": "glia"}]
    return {"images": [about], "categories": names,
            "annotations": [{"id": n, "image_id": 7, "category_id": 1, **one}
                            for n, one in enumerate(annotations)]}  # fmt: skip


def box(left: float, top: float, right: float, bottom: float) -> NDArray[np.float64]:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


POLYGON_WRITERS = {
    "ImageJ": ("a.roi", lambda path, c: path.write_bytes(ImagejRoi.frompoints(c).tobytes())),
    "QuPath": ("a.geojson", lambda path, c: saved(path, [feature([c.tolist()])])),
    "labelme": ("a.json", lambda path, c: saved(path, {"shapes": [
        {"label": "foreground", "points": c.tolist(), "shape_type": "polygon"}]})),
    "COCO": ("a.json", lambda path, c: saved(path, coco(
        [{"segmentation": [c.ravel().tolist()], "category_id": 9}]))),
}  # fmt: skip


@pytest.mark.parametrize(("name", "write"), POLYGON_WRITERS.values(), ids=POLYGON_WRITERS)
def test_a_polygon_holds_the_pixels_whose_centres_are_inside(
    tmp_path: Path, name: str, write: Any
) -> None:
    write(tmp_path / name, STAR)
    mask = read_mask(tmp_path / name, SHAPE, "a")
    assert np.array_equal(mask.foreground, filled(STAR))
    assert mask.objects is not None
    assert mask.objects.max() == 1


@pytest.mark.parametrize(("name", "write"), POLYGON_WRITERS.values(), ids=POLYGON_WRITERS)
def test_a_box_on_pixel_borders_holds_just_its_pixels(
    tmp_path: Path, name: str, write: Any
) -> None:
    write(tmp_path / name, box(3, 2, 8, 6))
    expected = np.zeros(SHAPE, bool)
    expected[2:6, 3:8] = True
    assert np.array_equal(read_mask(tmp_path / name, SHAPE, "a").foreground, expected)


# ImageJ


def roi(kind: ROI_TYPE, left: int, top: int, right: int, bottom: int, name: str = "") -> ImagejRoi:
    return ImagejRoi(
        roitype=kind, top=top, left=left, bottom=bottom, right=right, name=name, version=228
    )


def zipped(path: Path, *regions: ImagejRoi) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number, region in enumerate(regions):
            archive.writestr(f"{number:04d}.roi", region.tobytes())
    return path


def test_a_zip_of_regions_numbers_objects_in_its_order(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip", roi(ROI_TYPE.RECT, 1, 1, 5, 5), roi(ROI_TYPE.OVAL, 10, 10, 21, 21),
        roi(ROI_TYPE.RECT, 4, 4, 7, 7),
    )  # fmt: skip
    mask = read_mask(path, SHAPE)
    assert mask.objects is not None
    assert (mask.objects[1:5, 1:5] == 1).sum() == 15  # the later one lies on top
    assert mask.objects[4, 4] == 3
    y, x = np.nonzero(mask.objects == 2)
    assert ((y - 15) ** 2 + (x - 15) ** 2 <= 5.5**2).all()
    assert len(y) == 97  # lattice points within 5.5 of one, the known sequence


def test_regions_called_ignore_say_nothing(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip", roi(ROI_TYPE.RECT, 1, 1, 9, 9),
        roi(ROI_TYPE.RECT, 5, 5, 12, 12, "ignore blur"),
    )  # fmt: skip
    mask = read_mask(path, SHAPE)
    assert (mask.classes[5:12, 5:12] == -1).all()
    assert mask.classes[1:5, 1:5].min() == 1
    assert mask.classes[20, 20] == 0


def test_groups_of_regions_are_classes(tmp_path: Path) -> None:
    one, two = roi(ROI_TYPE.RECT, 1, 1, 5, 5), roi(ROI_TYPE.RECT, 10, 10, 15, 15)
    one.group, two.group = 1, 2
    path = zipped(tmp_path / "a.zip", one, two)
    mask = read_mask(path, SHAPE, class_names=("group 1", "group 2"))
    assert mask.classes[2, 2] == 1
    assert mask.classes[12, 12] == 2
    named = read_mask(path, SHAPE, class_names=("neuron", "glia"))
    np.testing.assert_array_equal(named.classes, mask.classes)


def test_a_zip_without_a_region_is_an_empty_mask(tmp_path: Path) -> None:
    mask = read_mask(zipped(tmp_path / "a.zip"), SHAPE)
    assert not mask.foreground.any()


def test_a_zip_of_other_things_is_no_empty_mask(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.geojson", "{}")
    with pytest.raises(InputError, match=r"no \.roi file, but a\.geojson"):
        read_mask(tmp_path / "a.zip", SHAPE)


# QuPath


def test_holes_of_a_polygon_are_left_out(tmp_path: Path) -> None:
    rings = [box(2, 2, 22, 22).tolist(), box(8, 8, 12, 12).tolist()]
    mask = read_mask(saved(tmp_path / "a.geojson", feature(rings)), SHAPE)
    expected = np.zeros(SHAPE, bool)
    expected[2:22, 2:22] = True
    expected[8:12, 8:12] = False
    assert np.array_equal(mask.foreground, expected)


def test_the_pieces_of_a_multipolygon_are_one_object_and_its_classification_the_class(
    tmp_path: Path,
) -> None:
    pieces = [[box(40, 1, 43, 4).tolist()], [box(42, 3, 46, 7).tolist()]]
    content = {"type": "FeatureCollection", "features": [
        feature(pieces, "Soma", "MultiPolygon"), feature([STAR.tolist()], "Glia"),
        feature([box(40, 30, 45, 35).tolist()], "Ignore*"),
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}},
    ]}  # fmt: skip
    mask = read_mask(saved(tmp_path / "a.geojson", content), SHAPE, class_names=("glia", "soma"))
    assert mask.objects is not None
    assert (mask.objects == 1).sum() == 9 + 16 - 1  # they share a pixel, which is no hole
    assert (mask.classes[mask.objects == 1] == 2).all()
    assert (mask.classes[mask.objects == 2] == 1).all()
    assert (mask.classes[30:35, 40:45] == -1).all()


def test_classes_without_a_name_of_ours_are_listed(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.geojson", [feature([STAR.tolist()], "Soma"),
                                          feature([STAR.tolist()])])  # fmt: skip
    with pytest.raises(InputError, match=r"objects without a class, 'Soma'.*glia, cell"):
        read_mask(path, SHAPE, class_names=("glia", "cell"))


# labelme


def test_shapes_of_labelme(tmp_path: Path) -> None:
    painted = io.BytesIO()
    Pillow.fromarray(np.array([[255, 0], [255, 255]], np.uint8)).save(painted, "PNG")
    coded = base64.b64encode(painted.getvalue()).decode()
    content = {
        "imageHeight": 40, "imageWidth": 50,
        "shapes": [
            {"label": "cell", "points": [[8, 6], [3, 2]], "shape_type": "rectangle"},
            {"label": "cell", "points": [[20.5, 20.5], [23.5, 20.5]], "shape_type": "circle"},
            {"label": "cell", "points": [[30, 5], [31, 6]], "shape_type": "mask", "mask": coded},
            {"label": "cell", "points": [[1, 1], [2, 2]], "shape_type": "line"},
            {"label": "__ignore__", "points": box(45, 35, 50, 40).tolist()},
            {"label": "cell", "points": box(1, 30, 3, 32).tolist(), "group_id": 4},
            {"label": "cell", "points": box(5, 30, 7, 32).tolist(), "group_id": 4},
        ],
    }  # fmt: skip
    mask = read_mask(saved(tmp_path / "a.json", content), SHAPE, class_names=("cell",))
    assert mask.objects is not None
    assert (mask.objects == 1).sum() == 20
    assert (mask.objects == 2).sum() == 29  # lattice points within 3 of one
    assert np.argwhere(mask.objects == 3).tolist() == [[5, 30], [6, 30], [6, 31]]
    assert (mask.classes[35:, 45:] == -1).all()
    assert len(np.unique(mask.objects[30:32, 1:7])) == 2  # one object of two pieces, and none


# COCO


def test_run_lengths_worked_out_by_hand() -> None:
    # 3 rows, 4 columns: column 0 whole, of column 2 the last pixel, of column 3 the first two
    mask = np.array([[1, 0, 0, 1], [1, 0, 0, 1], [1, 0, 1, 0]], bool)
    assert runs_of(mask) == [0, 3, 5, 3, 1]
    # packed: 0, 3, 5, then 3 - 3 = 0 and 1 - 5 = -4; -4 in five bits is 28, its sign bit set,
    # and characters stand 48 above their number
    for counts in ([0, 3, 5, 3, 1], "0350L", b"0350L"):
        places = decode_runs(counts, 3, 4)
        found = np.zeros((3, 4), bool)
        found[tuple(places.T)] = True
        assert np.array_equal(found, mask)


def test_long_runs_go_on_in_the_next_character() -> None:
    # 100 = 4 + 3 * 32: first character 48 + 32 + 4 = "T", second 48 + 3 = "3"
    # 1000 = 8 + 31 * 32: 48 + 32 + 8 = "X", then 31 has the sign bit, so one more: "o", "0"
    places = decode_runs("T3Xo0", 1100, 1)
    assert places[:, 0].tolist() == list(range(100, 1100))


@given(hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_any_mask_comes_back_from_its_runs(mask: NDArray[np.bool_]) -> None:
    found = np.zeros(mask.shape, bool)
    found[tuple(decode_runs(runs_of(mask), *mask.shape).T)] = True
    assert np.array_equal(found, mask)


@pytest.mark.parametrize("counts", [[1, 2], "0350", "03\x7f", "03p", [5, -2, 9]])
def test_runs_that_do_not_fill_the_image_are_refused(counts: Any) -> None:
    with pytest.raises(ValueError, match=r"runs|characters|cut"):
        decode_runs(counts, 3, 4)


def test_a_coco_image_has_objects_of_polygons_and_runs(tmp_path: Path) -> None:
    patch = np.zeros(SHAPE, bool)
    patch[30:33, 40:44] = True
    rle = {"size": list(SHAPE), "counts": runs_of(patch)}
    content = coco([
        {"segmentation": [box(1, 1, 4, 4).ravel().tolist(), box(6, 1, 9, 4).ravel().tolist()]},
        {"segmentation": rle, "category_id": 2, "iscrowd": 1},
        {"segmentation": [STAR.ravel().tolist()], "image_id": 8},
        {"segmentation": [], "bbox": [1, 2, 3, 4]},
    ])  # fmt: skip
    mask = read_mask(saved(tmp_path / "c.json", content), SHAPE, "a", ("glia", "soma"))
    assert mask.objects is not None
    assert (mask.objects == 1).sum() == 18
    assert (mask.classes[mask.objects == 1] == 2).all()
    assert np.array_equal(mask.classes == 1, patch)


def test_a_file_of_an_image_of_another_size_names_both_sizes(tmp_path: Path) -> None:
    path = saved(tmp_path / "c.json", coco([], height=10, width=11))
    with pytest.raises(InputError, match=r"11 x 10 pixels.*50 x 40"):
        read_mask(path, SHAPE, "a")


@pytest.mark.parametrize(
    "content",
    [
        {"some": "thing"}, [1, 2], {"shapes": [{"label": "a"}]},
        feature([[["x", "y"], [1, 2], [3, 4]]]), feature([[[float("nan"), 0], [1, 2], [3, 4]]]),
        coco([{"segmentation": {"size": [40, 50], "counts": [1, 2, 3]}}]),
        coco([{"segmentation": [[1, 2, 3]]}]), coco([{"segmentation": [[10**400] * 6]}]),
        coco([{"segmentation": {"size": [10**9, 10**9], "counts": [0, 10**18]}}]),
        feature([[[10**400, 0], [1, 2], [3, 4]]]), {"images": [{"id": 1}], "annotations": []},
    ],
)  # fmt: skip
def test_a_damaged_file_is_one_error_that_names_it(tmp_path: Path, content: Any) -> None:
    with pytest.raises(InputError, match=r"c\.json"):
        read_mask(saved(tmp_path / "c.json", content), SHAPE, "a")


@pytest.mark.parametrize("name", ["c.json", "c.geojson", "c.roi", "c.zip"])
def test_bytes_of_no_kind_are_one_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\x01 nothing of the kind")
    with pytest.raises(InputError, match=name):
        read_mask(tmp_path / name, SHAPE, "a")


def test_outlines_that_all_lie_outside_are_of_another_image(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", roi(ROI_TYPE.RECT, 100, 100, 110, 110))
    with pytest.raises(InputError, match="outside of the image"):
        read_mask(path, SHAPE)


CORNERS = st.lists(
    st.tuples(st.integers(-20, 220), st.integers(-20, 220)), min_size=3, max_size=8, unique=True
)


@settings(max_examples=40, deadline=None)
@given(CORNERS)
def test_any_polygon_is_the_same_in_every_format(
    tmp_path_factory: pytest.TempPathFactory, corners: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    points = np.array(corners) / 4 + 0.1
    masks = []
    for name, write in POLYGON_WRITERS.values():
        write(folder / name, points)
        try:
            masks.append(read_mask(folder / name, SHAPE, "a").foreground)
        except InputError:
            masks.append(np.zeros(SHAPE, bool))  # it holds no pixel
    assert all(np.array_equal(mask, masks[1]) for mask in masks[2:])
