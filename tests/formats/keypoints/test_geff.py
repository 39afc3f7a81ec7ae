"""geff's graphs: those of other tools, built by hand, with divisions; units that are no pixels."""

import shutil

import numpy as np
import pytest
import zarr
from keypoints_made import made

from sightline.errors import InputError
from sightline.formats.keypoints.geff import read_geff, write_geff
from sightline.formats.keypoints.open_keypoints import open_keypoints


@pytest.fixture
def graph(tmp_path):
    """Node 10 moves to 7, which divides into 3 and 4 (an edge is reversed); node 5 is alone."""
    root = zarr.open_group(tmp_path / "cells.geff", mode="w", zarr_format=2)
    nodes = {
        "t": np.array([0, 1, 2, 2, 0]),
        "y": np.array([1.5, 2, 3, 4, 9]),
        "x": np.array([5.0, 6, 7, 8, 9]),
    }
    for name, values in nodes.items():
        root.create_array(f"nodes/props/{name}/values", data=values)
    root.create_array("nodes/ids", data=np.array([10, 7, 3, 4, 5], np.uint64))
    root.create_array("edges/ids", data=np.array([[10, 7], [7, 3], [4, 7]], np.uint64))
    root.attrs["geff"] = {"geff_version": "1.0", "directed": True, "axes": axes()}
    return tmp_path / "cells.geff"


def axes(**of_x):
    return [
        {"name": "t", "type": "time"},
        {"name": "y", "type": "space", "unit": "pixel"},
        {"name": "x", "type": "space", **of_x},
    ]


def test_a_chain_without_a_branch_is_a_keypoint_and_daughters_know_their_mother(graph):
    cells = open_keypoints(graph)
    assert cells.format == "geff"
    assert len(cells.names) == 4
    mother = cells.dense([0, 1])[:, 0]
    assert mother.tolist() == [[0, 1.5, 5], [0, 2, 6]]
    assert {child for child, _ in cells.parents} == {"3", "4"}
    assert {name for _, name in cells.parents} == {"1"}


@pytest.mark.parametrize("of_x", [{"unit": "micrometer"}, {"scale": 0.5}])
def test_positions_in_other_units_are_refused(graph, of_x):
    root = zarr.open_group(graph)
    root.attrs["geff"] = {**root.attrs["geff"], "axes": axes(**of_x)}
    with pytest.raises(InputError, match="positions in pixels"):
        read_geff(graph)


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("nodes/props/x/values", np.zeros(4), "4,"),
        ("nodes/props/t/values", np.full(5, 0.5), "no whole numbers"),
        ("edges/ids", np.array([[10, 99]], np.uint64), "not there"),
        ("nodes/props/y/values", np.full(5, np.nan), "is no number"),
    ],
)
def test_parts_that_do_not_fit_are_one_clear_error(graph, name, values, told):
    zarr.open_group(graph).create_array(name, data=values, overwrite=True)
    with pytest.raises(InputError, match=told):
        read_geff(graph)


def test_a_lost_chunk_is_an_error_rather_than_zeros(tmp_path):
    write_geff(tmp_path / "out", made())
    shutil.rmtree(tmp_path / "out" / "nodes" / "props" / "x" / "values" / "0", ignore_errors=True)
    (tmp_path / "out" / "nodes" / "props" / "x" / "values" / "0").unlink(missing_ok=True)
    with pytest.raises(InputError, match="not there whole"):
        read_geff(tmp_path / "out")


def test_each_position_is_joined_to_the_keypoints_next(tmp_path):
    keypoints = made()
    assert write_geff(tmp_path / "out", keypoints) == ()
    edges = np.asarray(zarr.open_group(tmp_path / "out", mode="r")["edges/ids"][...])
    assert len(edges) == len(keypoints) - len(keypoints.names)
    first, second = edges.T.astype(int)
    np.testing.assert_array_equal(keypoints.keypoint[first], keypoints.keypoint[second])
    assert (keypoints.frame[first] < keypoints.frame[second]).all()


def test_the_library_of_the_format_reads_what_we_write(tmp_path):
    geff = pytest.importorskip("geff")
    write_geff(tmp_path / "out", made())
    graph, _ = geff.read(tmp_path / "out", structure_validation=True, backend="networkx")
    assert graph.number_of_nodes() == len(made())
