"""SLEAP's files: tracks, people and machine, older pixels, and its own examples."""

import json
from dataclasses import replace

import h5py
import numpy as np
import pytest
from keypoints_made import PARTS, made

from sightline.data.keypoints import Author
from sightline.errors import InputError
from sightline.formats.keypoints.sleap_analysis import read_sleap_analysis, write_sleap_analysis
from sightline.formats.keypoints.sleap_labels import read_sleap, write_sleap
from sightline.formats.keypoints.sleap_skeleton import read_skeleton


@pytest.fixture
def labels(tmp_path):
    """Two animals, some placed by a person and some by the machine."""
    write_sleap(tmp_path / "labels.slp", made(depth=False))
    return tmp_path / "labels.slp"


def change(path, name, field, values):
    with h5py.File(path, "r+") as file:
        table = file[name][:]
        table[field] = values
        file[name][...] = table


def test_people_are_called_user_and_both_keep_their_points(labels):
    read = read_sleap(labels)
    assert read.authors == (Author("user", "SLEAP"), Author("", "SLEAP"))
    np.testing.assert_array_equal(read.by_person, made(depth=False).by_person)


def test_before_format_1_1_centres_of_pixels_were_at_half(labels):
    now = read_sleap(labels).position
    with h5py.File(labels, "r+") as file:
        file["metadata"].attrs["format_id"] = 1.0
    np.testing.assert_array_equal(read_sleap(labels).position[:, 1:], now[:, 1:] - 0.5)


def test_the_only_instance_without_a_track_has_no_name(tmp_path):
    write_sleap(tmp_path / "one.slp", made([""], depth=False))
    assert read_sleap(tmp_path / "one.slp").names == PARTS


def test_instances_without_tracks_are_numbered_and_that_is_told(labels):
    change(labels, "instances", "track", -1)
    read = read_sleap(labels)
    assert read.animals == ("fly", "moth", *(f"untracked {n}" for n in (1, 2, 3, 4)))
    assert "follow nobody" in read.notes[0]
    assert len(read) == len(made(depth=False))


def test_of_a_person_and_the_machine_the_person_is_believed(labels):
    change(labels, "points", "x", 1.0)
    change(labels, "points", "y", 2.0)
    change(labels, "pred_points", "x", 3.0)
    change(labels, "pred_points", "y", 4.0)
    read = read_sleap(labels)
    keypoints = made(depth=False)
    animal = np.array([name.startswith("moth") for name in keypoints.names])
    both = {
        (frame, moth)
        for frame, moth in zip(keypoints.frame, animal[keypoints.keypoint], strict=True)
        if keypoints.by_person[
            (keypoints.frame == frame) & (animal[keypoints.keypoint] == moth)
        ].any()
    }
    here = [(f, m) in both for f, m in zip(read.frame, animal[read.keypoint], strict=True)]
    np.testing.assert_array_equal(read.by_person, here)
    assert "a person's is taken" in read.notes[-1]


def test_symmetries_are_told_from_edges_by_their_type():
    first = {"py/reduce": [{"py/type": "sleap.skeleton.EdgeType"}, {"py/tuple": [2]}]}
    then = {"py/reduce": [{"py/type": "sleap.skeleton.EdgeType"}, {"py/tuple": [1]}]}
    links = [
        {"source": 0, "target": 2, "type": first},
        {"source": 1, "target": 0, "type": then, "edge_insert_idx": 1},
        {"source": 2, "target": 0, "type": {"py/id": 1}},
        {"source": 1, "target": 2, "type": {"py/id": 2}, "edge_insert_idx": 0},
    ]
    nodes = [{"id": 1}, {"id": 0}, {"id": 2}]
    named = [{"name": "left"}, {"name": "nose"}, {"name": "right"}]
    skeleton = read_skeleton({"nodes": named, "skeletons": [{"nodes": nodes, "links": links}]}, 0)
    assert skeleton.parts == ("nose", "left", "right")
    assert skeleton.edges == (("nose", "right"), ("nose", "left"))
    assert skeleton.symmetries == (("left", "right"),)


def test_several_videos_want_one_to_be_named(labels):
    with h5py.File(labels, "r+") as file:
        frames = file["frames"][:]
        frames["video"][3:] = 1
        file["frames"][...] = frames
    with pytest.raises(InputError, match="the videos 0, 1 have labels"):
        read_sleap(labels)
    assert len(read_sleap(labels, video=0)) + len(read_sleap(labels, video=1)) == len(made())


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("instances", "track", 9),
        ("instances", "point_id_end", 10**6),
        ("instances", "point_id_start", 10**6),
        ("instances", "instance_type", 7),
        ("instances", "skeleton", 3),
        ("frames", "instance_id_end", 10**6),
    ],
)
def test_tables_that_do_not_fit_are_one_clear_error(labels, name, field, value):
    change(labels, name, field, value)
    with pytest.raises(InputError, match=r"labels\.slp"):
        read_sleap(labels)


def test_types_that_would_be_built_from_the_json_are_only_looked_at(labels):
    with h5py.File(labels, "r+") as file:
        about = json.loads(file["metadata"].attrs["json"])
        about["skeletons"][0]["links"][0]["type"] = {
            "py/reduce": [{"py/function": "os.system"}, {"py/tuple": ["touch /tmp/it-ran"]}]
        }
        file["metadata"].attrs["json"] = np.bytes_(json.dumps(about).encode())
    with pytest.raises(InputError, match="cannot be read"):
        read_sleap(labels)


def test_an_edge_between_animals_is_told_to_be_lost(tmp_path):
    keypoints = made(depth=False)
    keypoints = replace(keypoints, edges=(*keypoints.edges, ("fly/head", "moth/head")))
    told = write_sleap(tmp_path / "two.slp", keypoints)
    assert "fly/head - moth/head" in told[-1]


def test_the_analysis_is_an_array_of_track_xy_node_frame(tmp_path):
    keypoints = made(depth=False)
    write_sleap_analysis(tmp_path / "a.h5", keypoints)
    with h5py.File(tmp_path / "a.h5") as file:
        tracks = file["tracks"][:]
        assert tracks.shape == (2, 2, 4, 10)
        assert [name.decode() for name in file["track_names"][:]] == ["fly", "moth"]
        assert file["track_occupancy"].shape == (10, 2)
    dense = keypoints.dense(np.arange(10)).reshape(10, 2, 4, 3)
    np.testing.assert_array_equal(tracks[1, 0, 3], dense[:, 1, 3, 2])
    np.testing.assert_array_equal(tracks[0, 1, 2], dense[:, 0, 2, 1])


def test_an_analysis_whose_parts_do_not_fit_is_one_clear_error(tmp_path):
    write_sleap_analysis(tmp_path / "a.h5", made(depth=False))
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        del file["node_names"]
        file["node_names"] = [b"head"]
    with pytest.raises(InputError, match="cannot be read"):
        read_sleap_analysis(tmp_path / "a.h5")


def test_flies_of_its_test_data(shared_data):
    flies = read_sleap(shared_data / "sleap-fly-clip" / "clip.slp")
    assert flies.animals == ("female", "male")
    assert len(flies.parts) == 13
    assert len(flies) == 39_000 - 637
    assert flies.frame.max() == 1499
    assert flies.by_person.all()
    assert flies.video == "clip.mp4"
    assert ("male/thorax", "male/head") in flies.edges
    first = flies.dense([0])[0, flies.names.index("male/head")]
    assert first.tolist() == [0, 444.75, 335.25]


def test_sleap_io_reads_what_we_write_as_it_reads_the_original(shared_data, tmp_path):
    sleap_io = pytest.importorskip("sleap_io")
    original = shared_data / "sleap-fly-clip" / "centered_pair_predictions.slp"
    write_sleap(tmp_path / "again.slp", read_sleap(original))
    for theirs, ours in zip(
        sleap_io.load_slp(original, open_videos=False)[:50],
        sleap_io.load_slp(tmp_path / "again.slp", open_videos=False)[:50],
        strict=True,
    ):
        one = {each.track.name: each.numpy() for each in theirs.instances}
        other = {each.track.name: each.numpy() for each in ours.instances}
        np.testing.assert_equal(one, other)
