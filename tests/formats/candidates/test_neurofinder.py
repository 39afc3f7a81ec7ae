"""Neurofinder's regions.json as candidates."""

import json

import numpy as np
import pytest

from sightline.errors import InputError
from sightline.formats.candidates.neurofinder import read_neurofinder


@pytest.fixture
def written(tmp_path):
    """Write what is given as regions.json."""

    def write(content):
        path = tmp_path / "regions.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return write


def test_coordinates_are_row_and_column_from_zero(written):
    path = written([{"coordinates": [[0, 2], [1, 2]]}, {"coordinates": [[1, 0]]}])
    candidates = read_neurofinder(path, image_shape=(2, 3))
    assert candidates.footprints.toarray().tolist() == [[0, 0, 1, 0, 0, 1], [0, 0, 0, 1, 0, 0]]
    assert candidates.identities == ("0", "1")
    assert candidates.traces is None


def test_in_a_crop_regions_outside_are_left_out_and_keep_their_numbers(written):
    path = written(
        [
            {"coordinates": [[0, 0], [0, 1]]},
            {"coordinates": [[10, 20], [11, 21]]},
            {"coordinates": [[9, 20], [10, 20]]},
        ]
    )
    candidates = read_neurofinder(path, image_shape=(2, 3), offset=(10, 20))
    assert candidates.identities == ("1", "2")
    assert candidates.footprints.toarray().tolist() == [[1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, 0]]
    notes = " ".join(candidates.notes)
    assert "1 regions lie outside" in notes
    assert "1 candidates reach over the image's border" in notes


def test_regions_own_ids_are_kept(written):
    path = written([{"id": 9000, "coordinates": [[0, 0]]}, {"id": 7, "coordinates": [[1, 1]]}])
    assert read_neurofinder(path, image_shape=(2, 2)).identities == ("9000", "7")


def test_ids_that_come_twice_are_no_names(written):
    path = written([{"id": 7, "coordinates": [[0, 0]]}, {"id": 7, "coordinates": [[1, 1]]}])
    assert read_neurofinder(path, image_shape=(2, 2)).identities == ("0", "1")


def test_a_pixel_listed_twice_still_has_the_weight_one(written):
    path = written([{"coordinates": [[1, 1], [1, 1]]}])
    assert read_neurofinder(path, image_shape=(2, 2)).footprints.toarray().max() == 1


def test_an_empty_region_stays_and_is_told(written):
    path = written([{"coordinates": []}, {"coordinates": [[1, 1]]}])
    candidates = read_neurofinder(path, image_shape=(2, 2))
    assert len(candidates) == 2
    assert "empty footprint" in " ".join(candidates.notes)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[{", "cannot be read as JSON"),
        ("[" * 200_000, "cannot be read as JSON"),
        ({"shapes": []}, "no list"),
        ([1, 2], "region 0 has no list"),
        ([{"contour": [[0, 0]]}], "region 0 has no list"),
        ([{"coordinates": [[0, 0], [1]]}], "region 0 has no list"),
        ([{"coordinates": [[0.5, 0]]}], "region 0 has no list"),
        ([{"coordinates": [[0, 0, 0]]}], "region 0 has no list"),
        ([{"coordinates": [[50, 50]]}], "none of its 1 regions"),
        ([], "no candidates"),
    ],
)
def test_what_is_not_regions_is_one_clear_error(written, content, told):
    with pytest.raises(InputError, match=told):
        read_neurofinder(written(content), image_shape=(2, 2))


def test_the_size_of_the_image_must_be_said(written):
    with pytest.raises(InputError, match="size of the image"):
        read_neurofinder(written([{"coordinates": [[0, 0]]}]), image_shape=None)


def test_a_published_set_has_its_stated_number_of_centres_in_the_crop(shared_data):
    path = shared_data / "neurofinder-2p-movie" / "regions.json"
    whole = read_neurofinder(path, image_shape=(512, 512))
    crop = read_neurofinder(path, image_shape=(224, 224), offset=(272, 80))
    rows, columns = np.divmod(np.arange(512 * 512), 512)
    centres = (whole.footprints @ np.c_[rows, columns]) / whole.footprints.sum(1)[:, None]
    inside = ((centres >= (272, 80)) & (centres < (496, 304))).all(1)
    assert (len(whole), inside.sum()) == (330, 105)
    assert len(crop) == 113
    assert set(np.array(whole.identities)[inside]) <= set(crop.identities)
    assert "217 regions lie outside" in " ".join(crop.notes)
