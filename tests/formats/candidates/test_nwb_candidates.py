"""NWB's PlaneSegmentation as candidates: which axis is first, which traces, what else is kept."""

import h5py
import numpy as np
import pytest
from nwb_made import NwbMade

from sightline.errors import InputError
from sightline.formats.candidates.nwb_candidates import read_nwb_candidates

# One pixel at row 1, column 2 of an image of 3 x 4.
UPRIGHT = np.array([[0, 0, 0, 0], [0, 0, 5, 0], [0, 0, 0, 0]], np.float32)


@pytest.fixture
def made(tmp_path):
    with NwbMade(tmp_path / "session.nwb") as file:
        yield file


def read(made, **options):
    made.file.flush()
    return read_nwb_candidates(made.path, **options)


def footprint(candidates, index=0):
    return candidates.footprints[[index]].toarray().reshape(candidates.image_shape)


def with_image_mask(made, mask=UPRIGHT.T, **options):
    table = made.table(1, **options)
    made.column(table, "image_mask", mask[None])
    return table


# Which axis comes first


def test_an_image_mask_has_the_column_first_as_specified(made):
    with_image_mask(made)
    candidates = read(made)
    assert np.array_equal(footprint(candidates), UPRIGHT)
    assert "with the column first, as NWB specifies" in candidates.notes[0]


def test_an_image_mask_of_the_movies_size_has_the_row_first(made):
    with_image_mask(made, UPRIGHT)
    candidates = read(made, image_shape=(3, 4))
    assert np.array_equal(footprint(candidates), UPRIGHT)
    assert "as the movie's size says" in candidates.notes[0]


def test_the_user_may_say_that_the_row_comes_first(made):
    with_image_mask(made, UPRIGHT)
    assert np.array_equal(footprint(read(made, axes="yx")), UPRIGHT)


def test_a_mask_of_another_size_than_the_movie_is_refused(made):
    with_image_mask(made)
    with pytest.raises(InputError, match="3 x 4 pixels; expected 30 x 40"):
        read(made, image_shape=(30, 40))


def test_pixels_have_the_column_first_as_specified(made):
    made.pixels(made.table(1), [[(1, 2, 5)]])
    made.image("mean", np.zeros((4, 4)))
    candidates = read(made)
    assert np.argwhere(footprint(candidates)).tolist() == [[2, 1]]
    assert footprint(candidates).max() == 5


def test_pixels_that_only_fit_with_the_row_first_are_read_so(made):
    made.pixels(made.table(1), [[(1, 3, 5)]])
    assert np.argwhere(footprint(read(made, image_shape=(3, 4)))).tolist() == [[1, 3]]


def test_suite2p_puts_the_row_first_in_pixels_and_images(made):
    mean = np.arange(12).reshape(3, 4)
    made.pixels(made.table(1, description="suite2p output"), [[(1, 2, 5)]])
    made.image("meanImg", mean, "Backgrounds_0")
    candidates = read(made)
    assert np.array_equal(footprint(candidates), UPRIGHT)
    assert np.array_equal(candidates.images["mean"], mean)


def test_neuroconv_puts_the_row_first_in_pixels_only(made):
    mean = np.arange(12).reshape(3, 4)
    made.pixels(made.table(1), [[(1, 2, 5)]])
    made.image("mean", mean.T)
    made.file["general/source_script"] = "NeuroConv provenance record\nneuroconv_version: 0.10.2"
    candidates = read(made)
    assert np.array_equal(footprint(candidates), UPRIGHT)
    assert np.array_equal(candidates.images["mean"], mean)


@pytest.mark.parametrize("shape", [(3, 4), (4, 4)])
def test_caiman_stores_columns_under_a_shape_that_says_rows(made, shape):
    upright = np.zeros(shape, np.float32)
    upright[1, 2] = 5
    with_image_mask(made, upright.ravel(order="F").reshape(shape), description="CNMF_ROIs")
    candidates = read(made)
    assert np.array_equal(footprint(candidates), upright)
    assert candidates.trace_kind == "model"


def test_the_image_size_comes_from_an_image_series_too(made):
    made.pixels(made.table(1), [[(1, 2, 5)]])
    series = made.group("acquisition/TwoPhotonSeries", "TwoPhotonSeries")
    series["dimension"] = [6, 5]
    assert read(made).image_shape == (5, 6)


@pytest.mark.parametrize(("version", "stored"), [("2.8.0", (9, 6, 5)), ("NWB-2.0.1", (9, 5, 6))])
def test_a_movie_in_the_file_tells_the_size_as_its_version_stores_it(made, version, stored):
    made.pixels(made.table(1), [[(1, 2, 5)]])
    made.file.attrs["nwb_version"] = version
    made.group("acquisition/TwoPhotonSeries", "TwoPhotonSeries")["data"] = np.zeros(stored)
    assert read(made).image_shape == (5, 6)


def test_pixels_may_be_rows_of_three_numbers(made):
    table = made.table(1)
    made.column(table, "pixel_mask", np.array([[1.0, 2.0, 0.5], [0.0, 2.0, 0.25]]))
    table["pixel_mask_index"] = [2]
    candidates = read(made, image_shape=(4, 4))
    assert np.argwhere(footprint(candidates)).tolist() == [[2, 0], [2, 1]]
    assert footprint(candidates)[2].tolist() == [0.25, 0.5, 0, 0]


def test_pixels_without_any_image_size_are_refused(made):
    made.pixels(made.table(1), [[(1, 2, 5)]])
    with pytest.raises(InputError, match="does not tell the size of the image"):
        read(made)


def test_pixels_outside_of_the_image_are_told(made):
    made.pixels(made.table(2), [[(0, 0, 1), (9, 9, 1)], [(1, 1, 1)]])
    candidates = read(made, image_shape=(4, 4))
    assert candidates.footprints.sum(1).tolist() == [1, 1]
    assert "1 candidates reach over" in " ".join(candidates.notes)


def test_pixels_all_outside_of_the_image_are_refused(made):
    made.pixels(made.table(1), [[(8, 8, 1), (9, 9, 1)]])
    with pytest.raises(InputError, match="all pixels of the masks are outside"):
        read(made, image_shape=(4, 4))


# Planes


def two_planes(made):
    table = made.table(3, description="suite2p output")
    made.pixels(table, [[(1, 2, 0, 5)], [(0, 0, 1, 1)], [(2, 3, 1, 1)]], "voxel_mask")
    for plane, rows in enumerate(([0], [1, 2])):
        made.responses(table, np.full((5, len(rows)), plane), rows, name=f"plane{plane}")
        made.image("meanImg", np.full((3, 4), plane), f"Backgrounds_{plane}")
    return table


def test_several_planes_are_never_flattened(made):
    two_planes(made)
    with pytest.raises(InputError, match="planes 0, 1"):
        read(made)


def test_a_plane_brings_its_own_regions_traces_and_images(made):
    two_planes(made)
    candidates = read(made, plane=1)
    assert candidates.identities == ("1", "2")
    assert candidates.traces.tolist() == [[1] * 5] * 2
    assert candidates.images["mean"].tolist() == [[1] * 4] * 3


def test_a_region_through_several_planes_is_refused(made):
    made.pixels(made.table(1), [[(1, 2, 0, 5), (1, 2, 1, 5)]], "voxel_mask")
    with pytest.raises(InputError, match="reach through several planes"):
        read(made, image_shape=(4, 4))


# Traces


def test_traces_are_those_of_the_rows_that_the_series_names(made):
    table = made.table(3)
    made.column(table, "image_mask", np.ones((3, 4, 3)))
    made.responses(table, np.array([[20, 0], [21, 1]]), rows=[2, 0])
    candidates = read(made)
    assert candidates.identities == ("0", "2")
    assert candidates.traces.tolist() == [[0, 1], [20, 21]]
    assert candidates.frame_rate_hz == 20
    assert "1 of 3 regions have no trace there and are left out" in " ".join(candidates.notes)


def test_all_regions_stay_if_traces_are_not_wanted(made):
    table = made.table(3)
    made.column(table, "image_mask", np.ones((3, 4, 3)))
    made.responses(table, np.zeros((2, 1)), rows=[1])
    candidates = read(made, traces="none")
    assert len(candidates) == 3
    assert candidates.traces is None


def test_neuropil_and_spikes_are_no_traces_of_cells(made):
    table = with_image_mask(made)
    made.responses(table, np.full((5, 1), 1.0))
    made.responses(table, np.full((5, 1), 2.0), home="Neuropil", name="plane0")
    made.responses(table, np.full((5, 1), 3.0), name="Deconvolved")
    assert read(made).traces.tolist() == [[1] * 5]
    assert read(made, traces="Deconvolved").traces.tolist() == [[3] * 5]


def test_two_series_that_could_be_meant_are_asked_about(made):
    table = with_image_mask(made)
    made.responses(table, np.zeros((5, 1)))
    made.responses(table, np.zeros((5, 1)), home="DfOverF")
    with pytest.raises(InputError, match=r"2 response series .*DfOverF.*--traces"):
        read(made)
    assert read(made, traces="DfOverF/RoiResponseSeries").traces is not None


def test_series_side_by_side_of_different_rows_are_parts_of_one(made):
    table = made.table(3)
    made.column(table, "image_mask", np.ones((3, 4, 3)))
    made.responses(table, np.array([[2.0, 0.0]]), rows=[2, 0], name="first")
    made.responses(table, np.array([[1.0]]), rows=[1], name="second")
    assert read(made).traces.tolist() == [[0], [1], [2]]


def test_a_series_of_another_name_is_told(made):
    made.responses(with_image_mask(made), np.zeros((5, 1)))
    with pytest.raises(InputError, match="no response series 'Other'"):
        read(made, traces="Other")


def test_traces_are_scaled_as_the_file_says(made):
    series = made.responses(with_image_mask(made), np.array([[1], [2]], np.int16))
    series["data"].attrs.update({"conversion": 0.5, "offset": 3.0})
    assert read(made).traces.tolist() == [[3.5, 4.0]]


def test_traces_with_regions_first_are_turned_and_told(made):
    table = made.table(2)
    made.column(table, "image_mask", np.ones((2, 4, 3)))
    made.responses(table, np.array([[0, 1, 2], [5, 6, 7]]))
    candidates = read(made)
    assert candidates.traces.tolist() == [[0, 1, 2], [5, 6, 7]]
    assert "axes are turned" in " ".join(candidates.notes)


def test_gaps_in_traces_become_zero_and_are_told(made):
    made.responses(with_image_mask(made), np.array([[1.0], [np.nan]]))
    candidates = read(made)
    assert candidates.traces.tolist() == [[1, 0]]
    assert "1 values of the traces" in " ".join(candidates.notes)


def test_the_frame_rate_comes_from_times_too(made):
    series = made.responses(with_image_mask(made), np.zeros((5, 1)))
    del series["starting_time"]
    series["timestamps"] = [0, 0.1, 0.2, 0.35, 0.45]
    candidates = read(made)
    assert candidates.frame_rate_hz == pytest.approx(10)
    assert "early or late" not in " ".join(candidates.notes)


def test_dropped_frames_are_told(made):
    series = made.responses(with_image_mask(made), np.zeros((6, 1)))
    del series["starting_time"]
    series["timestamps"] = [0, 0.1, 0.2, 0.9, 1.0, 1.1]
    assert "1 of its frames are early or late" in " ".join(read(made).notes)


@pytest.mark.parametrize("rows", [[1], [-1]])
def test_a_series_of_rows_that_are_not_there_is_refused(made, rows):
    made.responses(with_image_mask(made), np.zeros((5, 1)), rows=rows)
    with pytest.raises(InputError, match="points to row"):
        read(made)


def test_a_series_that_names_a_row_twice_is_refused(made):
    made.responses(with_image_mask(made), np.zeros((5, 2)), rows=[0, 0])
    with pytest.raises(InputError, match="the same row twice"):
        read(made)


def test_a_series_of_no_table_is_refused(made):
    series = made.responses(with_image_mask(made), np.zeros((5, 1)))
    series["rois"].attrs["table"] = h5py.Reference()
    with pytest.raises(InputError, match="points to no table"):
        read(made)


def test_traces_that_are_not_one_a_region_are_refused(made):
    made.responses(with_image_mask(made), np.zeros((5, 3)))
    with pytest.raises(InputError, match="one column a region"):
        read(made)


# What else is known


def table_of_four(made, **columns):
    table = made.table(4, ids=[10, 11, 12, 13])
    made.column(table, "image_mask", np.ones((4, 4, 3)))
    for name, values in columns.items():
        made.column(table, name, values)
    return table


def test_identities_are_the_tables_own(made):
    table_of_four(made)
    assert read(made).identities == ("10", "11", "12", "13")


def test_names_of_regions_come_before_their_ids(made):
    table_of_four(made, roi_name=["C0", "C1", "C2", "C3"])
    assert read(made).identities == ("C0", "C1", "C2", "C3")


def test_accepted_and_rejected_are_the_proposal(made):
    table_of_four(made, Accepted=[1, 0, 0, 1], Rejected=[0, 1, 0, 0])
    candidates = read(made)
    assert candidates.proposal.tolist() == [1, 0, -1, 1]
    assert not candidates.labels


def test_caimans_empty_lists_leave_the_proposal_to_its_kept_ones(made):
    table_of_four(made, accepted=[False] * 4, rejected=[False] * 4, keep=[True, False, True, True])
    assert read(made).proposal.tolist() == [1, 0, 1, 1]


def test_suite2ps_two_columns_are_proposal_and_probability(made):
    table_of_four(made, iscell=[[1, 0.9], [0, 0.2], [0, 0.6], [1, 0.7]])
    candidates = read(made)
    assert candidates.proposal.tolist() == [1, 0, 0, 1]
    assert candidates.columns["cell_probability"].tolist() == pytest.approx([0.9, 0.2, 0.6, 0.7])
    assert "iscell" not in candidates.columns


def test_other_numbers_stay_columns(made):
    table_of_four(made, snr=[1.5, 2, np.nan, 4], ROICentroids=np.zeros((4, 2)))
    candidates = read(made)
    assert list(candidates.columns) == ["snr"]
    assert candidates.columns["snr"][0] == 1.5
    assert candidates.proposal is None


def test_summary_images_come_upright_under_our_names(made):
    with_image_mask(made)
    made.image("Vcorr", UPRIGHT.T)
    made.image("max_projection", 2 * UPRIGHT.T)
    made.image("meanImg_chan2", UPRIGHT.T)
    made.image("mean", np.zeros((9, 9)))
    images = read(made).images
    assert sorted(images) == ["correlation", "maximum"]
    assert np.array_equal(images["maximum"], 2 * UPRIGHT)


# What is no such file


def test_a_file_without_segmentation_is_told(made):
    with pytest.raises(InputError, match="holds no PlaneSegmentation"):
        read(made)


def test_several_segmentations_are_asked_about(made):
    with_image_mask(made)
    with_image_mask(made, name="Other")
    with pytest.raises(InputError, match=r"2 segmentations.*Other, .*PlaneSegmentation"):
        read(made)
    assert len(read(made, segmentation="Other")) == 1
    with pytest.raises(InputError, match="0 segmentations 'None'"):
        read(made, segmentation="None")


def test_a_segmentation_without_masks_is_told(made):
    made.table(2)
    with pytest.raises(InputError, match="has no masks"):
        read(made)


def test_a_segmentation_without_rows_is_told(made):
    table = made.table(0)
    made.column(table, "image_mask", np.zeros((0, 4, 3)))
    with pytest.raises(InputError, match="no candidates"):
        read(made)


@pytest.mark.parametrize(
    "index", [[5], [0, 0], [2, 1]], ids=["beyond the pixels", "not all pixels", "falling"]
)
def test_an_index_that_does_not_divide_the_pixels_is_told(made, index):
    table = made.table(len(index))
    made.pixels(table, [[(1, 2, 5)]])
    del table["pixel_mask_index"]
    table["pixel_mask_index"] = index
    with pytest.raises(InputError, match="cannot be read"):
        read(made, image_shape=(4, 4))


def test_masks_of_volumes_are_refused(made):
    made.column(made.table(1), "image_mask", np.zeros((1, 4, 3, 2)))
    with pytest.raises(InputError, match=r"masks have the shape \(1, 4, 3, 2\)"):
        read(made)


def test_values_that_are_claimed_but_not_stored_are_refused(made):
    table = with_image_mask(made)
    series = made.responses(table, np.zeros((5, 1)))
    del series["data"]
    series.create_dataset("data", (10**12, 1), "f4", chunks=(1024, 1))
    with pytest.raises(InputError, match="promises"):
        read(made)


@pytest.mark.parametrize("kept", [0, 100, 3000])
def test_a_file_cut_short_is_told(made, kept):
    made.responses(with_image_mask(made), np.zeros((500, 1)))
    made.file.close()
    made.path.write_bytes(made.path.read_bytes()[:kept])
    with pytest.raises(InputError, match="cannot be read"):
        read_nwb_candidates(made.path)
