"""DeepLabCut's tables: both layouts of its HDF5, its CSVs, and pickles that are not run."""

import pickle
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from keypoints_made import by, made

from sightline.data.keypoints import Author, check_keypoints
from sightline.errors import InputError
from sightline.formats.keypoints.deeplabcut import read_deeplabcut, write_deeplabcut
from sightline.formats.keypoints.open_keypoints import open_keypoints

LABELLED = """scorer,,,Ann,Ann,Ann,Ann
bodyparts,,,snout,snout,tail,tail
coords,,,x,y,x,y
labeled-data,clip,img0.png,1.5,2.25,3,4
labeled-data,clip,img7.png,5,6,,
"""
ANALYSED = """scorer,DLC_net,DLC_net,DLC_net,DLC_net,DLC_net,DLC_net,DLC_net,DLC_net,DLC_net
individuals,m1,m1,m1,m2,m2,m2,single,single,single
bodyparts,snout,snout,snout,snout,snout,snout,corner,corner,corner
coords,x,y,likelihood,x,y,likelihood,x,y,likelihood
0,1,2,0.5,3,4,0.25,5,6,1
3,,,,7,8,0.75,9,10,1
"""


@pytest.fixture
def written(tmp_path):
    """Write what is given as a CSV."""

    def write(text):
        path = tmp_path / "CollectedData_Ann.csv"
        path.write_text(text, "utf-8")
        return path

    return write


def test_labels_of_people_have_the_names_of_their_images(written):
    keypoints = read_deeplabcut(written(LABELLED))
    assert keypoints.names == ("snout", "tail")
    assert keypoints.frame_names == ("labeled-data/clip/img0.png", "labeled-data/clip/img7.png")
    assert keypoints.authors == (Author("Ann", "DeepLabCut"),)
    assert keypoints.position.tolist() == [[0, 2.25, 1.5], [0, 4, 3], [0, 6, 5]]
    assert keypoints.annotated_frames()[1].tolist() == [1]


def test_an_index_in_one_column_is_the_same(written):
    one = LABELLED.replace(",,,", ",").replace("labeled-data,clip,", "labeled-data/clip/")
    assert read_deeplabcut(written(one)).frame_names[1] == "labeled-data/clip/img7.png"


def test_analysed_videos_have_frame_numbers_animals_and_scores(written):
    keypoints = read_deeplabcut(written(ANALYSED))
    assert keypoints.names == ("m1/snout", "m2/snout", "corner")
    assert keypoints.frame.tolist() == [0, 0, 0, 3, 3]
    assert keypoints.score.tolist() == [0.5, 0.25, 1, 0.75, 1]
    assert keypoints.authors == (Author("", "DLC_net"),)
    assert keypoints.frame_names == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Ann,Ann,Ann,Ann", "Ann,Ann,Bob,Bob", "scorers Ann, Bob"),
        ("x,y,x,y", "x,y,x,z", "coordinates z"),
        ("x,y,x,y", "x,y,x,x", "same names"),
        ("tail,tail", "tail,nose", "has no x or no y"),
        ("5,6,,", "5,six,,", "no number"),
        ("5,6,,", "5,6,1,", "numbers for all of y, x"),
        ("bodyparts", "parts", "first rows begin"),
    ],
)
def test_bad_tables_are_one_clear_error(written, old, new, told):
    with pytest.raises(InputError, match=told):
        read_deeplabcut(written(LABELLED.replace(old, new)))


def test_a_slash_in_a_part_is_no_animal(written):
    keypoints = read_deeplabcut(written(LABELLED.replace("snout", "nose/tip")))
    assert keypoints.names == ("nose-tip", "tail")


@pytest.mark.parametrize("ending", [".csv", ".h5"])
def test_a_person_who_labelled_all_is_the_scorer(tmp_path, ending):
    keypoints = by(made(depth=False), Author("Ann", "DeepLabCut"))
    write_deeplabcut(tmp_path / f"labels{ending}", keypoints)
    read = read_deeplabcut(tmp_path / f"labels{ending}")
    assert read.authors == (Author("Ann", "DeepLabCut"),)
    np.testing.assert_array_equal(read.position, keypoints.position)


def test_people_and_machine_in_one_table_is_told(tmp_path):
    told = write_deeplabcut(tmp_path / "both.csv", made(depth=False))
    assert told[-1] == "All positions are said to be by Machine."


def test_frames_without_labels_stay_empty_rows(tmp_path):
    keypoints = by(made(depth=False), Author("", "DLC_net"))
    write_deeplabcut(tmp_path / "video.csv", replace(keypoints, frame_names=()))
    rows = (tmp_path / "video.csv").read_text("utf-8").splitlines()
    assert len(rows) == 4 + 10
    assert rows[4 + 7] == "7" + "," * 24


def test_an_empty_set_is_a_table_of_empty_rows(tmp_path):
    keypoints = made(depth=False)
    nothing = check_keypoints(keypoints).chosen(np.zeros(len(keypoints), bool))
    write_deeplabcut(tmp_path / "empty.csv", nothing)
    read = read_deeplabcut(tmp_path / "empty.csv")
    assert len(read) == 0
    assert read.names == keypoints.names


class Evil:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("attribute", ["non_index_axes", "values_cols"])
def test_pickles_in_a_table_are_never_run(tmp_path, attribute):
    trap = tmp_path / "it ran"
    column = ("Ann", "snout", "x")
    kind = np.dtype([("index", "i8"), ("values_block_0", "f8", (1,))])
    with h5py.File(tmp_path / "evil.h5", "w") as file:
        group = file.create_group("df_with_missing")
        group.attrs["pandas_type"] = np.bytes_(b"frame_table")
        group.attrs["non_index_axes"] = np.bytes_(pickle.dumps([(1, [column])], 0))
        group.attrs["values_cols"] = np.bytes_(pickle.dumps(["values_block_0"], 0))
        group.attrs[attribute] = np.bytes_(pickle.dumps(Evil(trap), 0))
        table = group.create_dataset("table", data=np.zeros(2, kind))
        table.attrs["values_block_0_kind"] = np.bytes_(pickle.dumps([column], 0))
    with pytest.raises(InputError):
        open_keypoints(tmp_path / "evil.h5")
    assert not trap.exists()


@pytest.mark.parametrize("name", ["block0_values", "axis0_label1", "axis0_level1", "axis1"])
def test_parts_that_do_not_fit_are_one_clear_error(tmp_path, name):
    write_deeplabcut(tmp_path / "t.h5", made(depth=False))
    with h5py.File(tmp_path / "t.h5", "r+") as file:
        group = file["df_with_missing"]
        values = group[name][:-1]
        del group[name]
        group[name] = values
    with pytest.raises(InputError, match=r"t\.h5: it cannot be read"):
        read_deeplabcut(tmp_path / "t.h5")


def test_pandas_reads_what_we_write(tmp_path):
    pytest.importorskip("tables", reason="pandas reads HDF5 with it")
    pandas = pytest.importorskip("pandas")
    keypoints = made(depth=False)
    write_deeplabcut(tmp_path / "t.h5", keypoints)
    write_deeplabcut(tmp_path / "t.csv", keypoints)
    stored = pandas.read_hdf(tmp_path / "t.h5")
    shown = pandas.read_csv(tmp_path / "t.csv", header=[0, 1, 2, 3], index_col=0)
    np.testing.assert_array_equal(stored.to_numpy(), shown.to_numpy())
    assert list(stored.columns) == list(shown.columns)
    assert list(stored.columns.names) == ["scorer", "individuals", "bodyparts", "coords"]
    assert list(stored.index) == list(keypoints.frame_names)


def test_the_mouse_of_its_examples_is_read_alike_from_both_and_written_as_it_was(
    shared_data, tmp_path
):
    folder = shared_data / "dlc-openfield-mouse"
    keypoints = open_keypoints(folder)
    assert keypoints.names == ("snout", "leftear", "rightear", "tailbase")
    assert len(keypoints.annotated_frames()[0]) == 116
    assert keypoints.position[0].tolist() == [0, 265.428, 21.521]
    original = folder / "labeled-data" / "m4s1" / "CollectedData_Pranav.csv"
    table = read_deeplabcut(original)
    np.testing.assert_array_equal(table.position, keypoints.position)
    assert table.frame_names == keypoints.frame_names
    write_deeplabcut(tmp_path / "again.csv", keypoints)
    assert (tmp_path / "again.csv").read_text("utf-8") == original.read_text("utf-8")
