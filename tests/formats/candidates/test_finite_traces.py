"""Traces of others become finite float32, whatever they held and however many there are."""

import numpy as np
import pytest

from sightline.formats.candidates import finite_traces as module
from sightline.formats.candidates.finite_traces import finite_traces


@pytest.mark.parametrize("at_once", [1, 2, 256])
def test_traces_less_a_share_of_others_are_the_same_in_any_blocks(monkeypatch, at_once):
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", at_once)
    rng = np.random.default_rng(2)
    traces, other = rng.normal(size=(2, 5, 7))
    read, notes = finite_traces(traces, minus=other, share=0.7)
    np.testing.assert_allclose(read, traces - 0.7 * other, rtol=1e-5, atol=1e-6)
    assert (read.dtype, notes) == (np.float32, [])


def test_what_is_not_finite_becomes_0_and_is_counted():
    traces = np.array([[1.0, np.nan, np.inf], [1e300, 2.0, 3.0], [4.0, 5.0, 6.0]])
    read, notes = finite_traces(traces)
    np.testing.assert_array_equal(read, [[1, 0, 0], [0, 2, 3], [4, 5, 6]])
    assert notes == ["3 values of the traces of 2 candidates were not finite: taken as 0."]
    gaps = np.array([[0.0, 0, 0], [0, np.nan, 0], [0, 0, 0]])
    read, notes = finite_traces(np.ones((3, 3)), minus=gaps)
    assert read[1, 1] == 0
    assert len(notes) == 1


def test_whole_numbers_and_truths_are_taken_as_they_are():
    read, _ = finite_traces(np.array([[True, False], [True, True]]))
    np.testing.assert_array_equal(read, [[1, 0], [1, 1]])
