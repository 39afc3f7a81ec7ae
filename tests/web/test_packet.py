"""Arrays arrive at a page as they were."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from served_project import unpack

from sightline.web.packet import pack

TYPES = ("u1", "u2", "u4", "i1", "i2", "i4", "f4", "f8")
arrays = st.sampled_from(TYPES).flatmap(
    lambda kind: hnp.arrays(kind, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)


@given(st.dictionaries(st.text(max_size=8), arrays, max_size=4))
def test_every_array_comes_back_whatever_its_type_and_shape(given: dict) -> None:
    found = unpack(pack({"n": len(given)}, given))
    assert found.meta == {"n": len(given)}
    assert list(found.arrays) == list(given)
    for name, array in given.items():
        assert found.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(found.arrays[name], array)


def test_the_bytes_are_those_of_the_description() -> None:
    body = pack({}, {"a": np.array([1, 2, 3], "u1"), "b": np.array([[1.5]], ">f4")})
    header = json.dumps(
        {
            "meta": {},
            "arrays": [
                {"name": "a", "dtype": "u1", "shape": [3], "offset": 0},
                {"name": "b", "dtype": "f4", "shape": [1, 1], "offset": 8},
            ],
        }
    ).encode()
    header += b" " * (-len(header) % 8)
    length = len(header).to_bytes(4, "little")
    values = b"\x01\x02\x03" + bytes(5) + b"\x00\x00\xc0\x3f" + bytes(4)
    assert body == b"SLP1" + length + header + values


def test_what_json_cannot_hold_is_none() -> None:
    meta = {"a": [1.0, float("nan"), {"b": float("inf")}]}
    assert unpack(pack(meta, {})).meta == {"a": [1.0, None, {"b": None}]}


@pytest.mark.parametrize("kind", ["i8", "f2", "c8", "U3", "O"])
def test_a_type_that_pages_do_not_know_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="of type"):
        pack({}, {"a": np.zeros(2, kind)})
