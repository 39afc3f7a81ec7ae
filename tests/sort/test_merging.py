"""Several candidates that are one cell become one candidate."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from sightline.sort.merging import merge_candidates, merged_groups

SHAPE = (20, 24)
FRAMES = 400


@pytest.fixture
def cell() -> NDArray[np.float64]:
    """A round cell that is brighter on one side."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return (np.clip(1.2 - np.hypot(y - 10, x - 12) / 6, 0, 1) * (1 + x / 12)).ravel()


@pytest.fixture
def activity() -> NDArray[np.float64]:
    rng = np.random.default_rng(0)
    return np.convolve(rng.random(FRAMES) < 0.02, np.exp(-np.arange(50) / 10))[:FRAMES]


@pytest.fixture
def movie(cell: NDArray[np.float64], activity: NDArray[np.float64]) -> NDArray[np.float64]:
    """(pixel, frame), with noise."""
    noise = np.random.default_rng(1).standard_normal((cell.size, FRAMES))
    return np.outer(cell, activity) + 0.2 * noise


def parts_of(cell: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Two or three candidates of the cell, each at its own scale."""
    column = np.arange(cell.size) % SHAPE[1]
    rng = np.random.default_rng(2)
    masks = {
        "halves": [column < 12, column >= 12],
        "overlapping parts": [column < 14, column > 10],
        "copies": [rng.random(cell.size) < 0.9, rng.random(cell.size) < 0.9],
        "thirds": [column < 10, (column >= 10) & (column < 14), column >= 14],
    }[kind]
    return np.array([cell * mask * scale for mask, scale in zip(masks, (3, 0.2, 1), strict=False)])


KINDS = ["halves", "overlapping parts", "copies", "thirds"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_trace_is_what_least_squares_on_the_movie_gives(
    cell: NDArray[np.float64], movie: NDArray[np.float64], kind: str
) -> None:
    members = parts_of(cell, kind)
    traces = np.linalg.lstsq(members.T, movie, rcond=None)[0]
    footprint, trace = merge_candidates(sparse.csr_array(members), traces, range(len(members)))
    joint = footprint.toarray()[0].astype(np.float64)
    assert trace is not None
    np.testing.assert_allclose(trace, joint @ movie / (joint @ joint), atol=1e-5)


def test_a_mean_trace_is_the_mean_of_the_movie_over_the_joint_footprint(
    cell: NDArray[np.float64], movie: NDArray[np.float64]
) -> None:
    members = parts_of(cell, "thirds")
    traces = members @ movie / members.sum(axis=1, keepdims=True)
    footprint, trace = merge_candidates(sparse.csr_array(members), traces, [0, 1, 2], "mean")
    joint = footprint.toarray()[0].astype(np.float64)
    np.testing.assert_allclose(trace, joint @ movie / joint.sum(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("trace_kind", ["model", "mean"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_joint_candidate_is_the_cell_whatever_the_scale_of_its_parts(
    cell: NDArray[np.float64],
    activity: NDArray[np.float64],
    movie: NDArray[np.float64],
    kind: str,
    trace_kind: str,
) -> None:
    members = parts_of(cell, kind)
    if trace_kind == "model":
        traces = np.linalg.lstsq(members.T, movie, rcond=None)[0]
    else:
        traces = members @ movie / members.sum(axis=1, keepdims=True)
    rows = range(len(members))
    footprint, trace = merge_candidates(sparse.csr_array(members), traces, rows, trace_kind)
    joint = footprint.toarray()[0]
    cosine = joint @ cell / np.linalg.norm(joint) / np.linalg.norm(cell)
    assert joint.max() == 1
    # where demixed parts overlap, they cannot be the cell quite
    assert cosine > 0.94
    assert np.corrcoef(trace, activity)[0, 1] > 0.99


@pytest.mark.parametrize("trace_kind", ["model", "mean"])
def test_the_same_candidate_twice_stays_what_it_is(
    cell: NDArray[np.float64], activity: NDArray[np.float64], trace_kind: str
) -> None:
    cell = cell / cell.max()
    shares = {"model": 0.5, "mean": 1.0}[trace_kind]
    traces = np.stack([activity, activity]) * shares
    twice = sparse.csr_array(np.stack([cell, cell]))
    footprint, trace = merge_candidates(twice, traces, [0, 1], trace_kind)
    np.testing.assert_allclose(footprint.toarray()[0], cell, rtol=1e-6)
    np.testing.assert_allclose(trace, activity, atol=1e-6)


def test_only_the_members_count(cell: NDArray[np.float64], activity: NDArray[np.float64]) -> None:
    footprints = sparse.csr_array(np.stack([cell, np.ones_like(cell), cell]))
    traces = np.stack([activity, activity + 5, activity])
    footprint, _ = merge_candidates(footprints, traces, [2, 0])
    np.testing.assert_allclose(footprint.toarray()[0], cell / cell.max(), rtol=1e-6)


def test_without_traces_there_is_a_footprint_only(cell: NDArray[np.float64]) -> None:
    members = parts_of(cell, "halves")
    footprint, trace = merge_candidates(sparse.csr_array(members), None, [0, 1])
    assert trace is None
    np.testing.assert_array_equal(footprint.toarray()[0] > 0, cell > 0)


def test_empty_footprints_and_flat_traces_merge_to_the_same() -> None:
    footprint, trace = merge_candidates(sparse.csr_array((3, 50)), np.zeros((3, 7)), [0, 2])
    assert footprint.shape == (1, 50)
    assert footprint.nnz == 0
    np.testing.assert_array_equal(trace, np.zeros(7))


def test_chains_of_pairs_make_groups() -> None:
    assert merged_groups([(4, 2), (9, 5), (2, 7), (2, 4)]) == ((2, 4, 7), (5, 9))
    assert merged_groups([("b", "c"), ("d", "a"), ("a", "b")]) == (("a", "b", "c", "d"),)
    assert merged_groups([]) == ()
