"""Files with any bytes changed or cut give a mask or one error, never anything else."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from roifile import ImagejRoi

from sightline.errors import InputError
from sightline.formats.images.read_image import read_image
from sightline.formats.masks.read_masks import read_mask

SHAPE = (16, 20)
CORNERS = np.array([(2.5, 3.0), (12.0, 4.5), (9.0, 13.0), (3.0, 11.0)])
MASK = np.zeros(SHAPE, np.uint8)
MASK[4:9, 5:12] = 255


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sound file of each kind."""
    folder = tmp_path_factory.mktemp("whole")
    region = ImagejRoi.frompoints(CORNERS).tobytes()
    (folder / "a.roi").write_bytes(region)
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("1.roi", region)
    polygon = {"type": "Polygon", "coordinates": [CORNERS.tolist()]}
    (folder / "a.geojson").write_text(json.dumps({"type": "Feature", "geometry": polygon}))
    shapes = [{"label": "foreground", "points": CORNERS.tolist(), "shape_type": "polygon"}]
    (folder / "a.json").write_text(
        json.dumps({"shapes": shapes, "imageHeight": 16, "imageWidth": 20})
    )
    segmentation = {"size": list(SHAPE), "counts": [100, 20, 200]}
    (folder / "coco.json").write_text(json.dumps({
        "images": [{"id": 1, "file_name": "a.png", "height": 16, "width": 20}],
        "annotations": [{"id": 1, "image_id": 1, "segmentation": segmentation},
                        {"id": 2, "image_id": 1, "segmentation": [CORNERS.ravel().tolist()]}],
    }))  # fmt: skip
    Pillow.fromarray(MASK).save(folder / "a.png")
    Pillow.fromarray(MASK).save(folder / "a.gif")
    tifffile.imwrite(folder / "a.tif", MASK)
    np.save(folder / "a.npy", MASK)
    return folder


KINDS = ["a.roi", "a.zip", "a.geojson", "a.json", "coco.json", "a.png", "a.gif", "a.tif", "a.npy"]


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=4),
       kept=st.one_of(st.just(1.0), st.floats(0, 1)))  # fmt: skip
def test_a_damaged_file_is_a_mask_or_one_error(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, name: str,
    changes: list[tuple[float, int]], kept: float,
) -> None:  # fmt: skip
    content = bytearray((whole / name).read_bytes())
    for place, value in changes:
        content[min(int(place * len(content)), len(content) - 1)] = value
    path = tmp_path_factory.mktemp("damaged") / name
    path.write_bytes(content[: int(kept * len(content))])
    faults = []
    for read in (lambda: read_mask(path, SHAPE, "a"), lambda: read_image(path)):
        try:
            assert read().shape
        except InputError as fault:
            faults.append(str(fault))
    assert all(path.name in fault for fault in faults)
