"""Verdicts as columns in a copy of the NWB file that the candidates came from."""

import h5py
import numpy as np
import pytest
from nwb_made import NwbMade

from sightline.errors import InputError
from sightline.formats.candidates.nwb_candidates import read_nwb_candidates
from sightline.formats.candidates.nwb_verdicts import NwbVerdicts, write_verdicts_beside


@pytest.fixture
def original(tmp_path):
    """A segmentation of the rows 10, 11, 12."""
    with NwbMade(tmp_path / "session.nwb") as made:
        table = made.table(3, ids=[10, 11, 12])
        made.column(table, "image_mask", np.ones((3, 4, 5)))
        made.column(table, "snr", [1.0, 2.0, 3.0])
        made.responses(table, np.zeros((6, 3)))
    return tmp_path / "session.nwb"


def verdicts(*identities):
    count = len(identities)
    return NwbVerdicts(
        identities,
        ("cell", "not cell")[:count],
        np.array([0.9, np.nan], np.float32)[:count],
        ("Ann", "machine")[:count],
    )


def test_each_verdict_stands_in_its_regions_row(original, tmp_path):
    write_verdicts_beside(original, tmp_path / "sorted.nwb", verdicts("12", "10"))
    with h5py.File(tmp_path / "sorted.nwb") as file:
        table = file["processing/ophys/ImageSegmentation/PlaneSegmentation"]
        assert table["sightline_verdict"].asstr()[()].tolist() == ["not cell", "", "cell"]
        assert table["sightline_decided_by"].asstr()[()].tolist() == ["machine", "", "Ann"]
        assert np.array_equal(
            table["sightline_probability"][()],
            np.array([np.nan, np.nan, 0.9], np.float32),
            equal_nan=True,
        )
        assert list(table.attrs["colnames"])[:2] == ["image_mask", "snr"]
        assert len(table.attrs["colnames"]) == 5


def test_what_is_merged_into_another_region_is_told_where_there_is_some(original, tmp_path):
    merged = NwbVerdicts(
        ("10", "11", "12"),
        ("cell", "merged", "cell"),
        np.full(3, 0.9, np.float32),
        ("Ann", "Ann", "machine"),
        ("", "10", ""),
    )
    write_verdicts_beside(original, tmp_path / "sorted.nwb", merged)
    with h5py.File(tmp_path / "sorted.nwb") as file:
        table = file["processing/ophys/ImageSegmentation/PlaneSegmentation"]
        assert table["sightline_merged_into"].asstr()[()].tolist() == ["", "10", ""]
        assert "sightline_merged_into" in table.attrs["colnames"]
    write_verdicts_beside(original, tmp_path / "plain.nwb", verdicts("12", "10"))
    with h5py.File(tmp_path / "plain.nwb") as file:
        table = file["processing/ophys/ImageSegmentation/PlaneSegmentation"]
        assert "sightline_merged_into" not in table


def test_the_original_stays_as_it_was(original, tmp_path):
    before = original.read_bytes()
    write_verdicts_beside(original, tmp_path / "sorted.nwb", verdicts("10", "11"))
    assert original.read_bytes() == before


def test_candidates_read_from_the_copy_are_the_same(original, tmp_path):
    write_verdicts_beside(original, tmp_path / "sorted.nwb", verdicts("10", "11"))
    first, second = (read_nwb_candidates(path) for path in (original, tmp_path / "sorted.nwb"))
    assert second.identities == first.identities
    assert list(second.columns) == ["snr"]
    assert (second.footprints != first.footprints).nnz == 0


def test_a_file_that_is_there_is_never_replaced(original, tmp_path):
    (tmp_path / "sorted.nwb").write_bytes(b"theirs")
    for output in (tmp_path / "sorted.nwb", original):
        with pytest.raises(InputError, match="there already"):
            write_verdicts_beside(original, output, verdicts("10"))
    assert (tmp_path / "sorted.nwb").read_bytes() == b"theirs"


def test_a_region_that_is_not_there_is_told(original, tmp_path):
    with pytest.raises(InputError, match=r"no region '99' \(1 are missing\)"):
        write_verdicts_beside(original, tmp_path / "sorted.nwb", verdicts("10", "99"))
    assert not (tmp_path / "sorted.nwb").exists()


def test_a_copy_is_not_sorted_again(original, tmp_path):
    write_verdicts_beside(original, tmp_path / "once.nwb", verdicts("10"))
    with pytest.raises(InputError, match="verdicts of Sightline already"):
        write_verdicts_beside(tmp_path / "once.nwb", tmp_path / "twice.nwb", verdicts("10"))


def test_a_damaged_original_leaves_nothing_behind(original, tmp_path):
    original.write_bytes(original.read_bytes()[:2000])
    with pytest.raises(InputError, match="cannot be read"):
        write_verdicts_beside(original, tmp_path / "sorted.nwb", verdicts("10"))
    assert [file.name for file in tmp_path.iterdir()] == ["session.nwb"]
