"""Pickles of others: plain content comes back as it was, and nothing in them runs."""

import collections
import datetime as dt
import io
import os
import pathlib
import pickle
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse

from sightline.errors import InputError
from sightline.formats import safe_pickle
from sightline.formats.safe_pickle import PickledSparse, load_numbers, load_pickled, parse_npy

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
DTYPES = ["?", "<i2", ">i4", "u1", "<u8", "<f2", ">f8", "<c8", "S3", "<U4", ">U2"]


class Runs:
    """Pickles to a call."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


def saved(tmp_path: Path, content: Any, protocol: int = 4) -> Path:
    path = tmp_path / "file.pkl"
    path.write_bytes(content if isinstance(content, bytes) else pickle.dumps(content, protocol))
    return path


def assembled(*steps: bytes) -> bytes:
    return b"\x80\x04" + b"".join(steps) + b"."


def text(word: str) -> bytes:
    return pickle.BINUNICODE + struct.pack("<I", len(word)) + word.encode()


def named(module: str, name: str) -> bytes:
    return text(module) + text(name) + pickle.STACK_GLOBAL


# --- what comes back


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_and_scalars_come_back_in_every_protocol(tmp_path, protocol, dtype):
    array = np.array([[0, 1, 2], [3, 4, 5]]).astype(dtype)
    content = {"array": array, "columns": np.asfortranarray(array), "scalar": array[1, 1]}
    read = load_pickled(saved(tmp_path, content, protocol))
    for name, value in content.items():
        np.testing.assert_array_equal(read[name], value)
    assert read["array"].dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
    assert type(read["scalar"]) is type(content["scalar"])


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(
        arrays.boolean_dtypes() | arrays.integer_dtypes() | arrays.floating_dtypes(sizes=(32, 64)),
        arrays.array_shapes(min_dims=0, min_side=0),
    ),
    st.sampled_from(PROTOCOLS),
)
def test_any_array_of_numbers_comes_back(array, protocol):
    read = safe_pickle._unpickle(pickle.dumps({"a": array}, protocol), "memory")
    np.testing.assert_array_equal(read["a"], array)


def test_names_of_older_numpy_are_known(tmp_path):
    content = pickle.dumps({"a": np.arange(3), "s": np.float32(2)}, 2)
    assert b"numpy._core" in content
    read = load_pickled(saved(tmp_path, content.replace(b"numpy._core", b"numpy.core")))
    np.testing.assert_array_equal(read["a"], [0, 1, 2])
    assert read["s"] == 2


def test_what_python_2_wrote_as_text_is_bytes(tmp_path):
    old = b"".join(
        [
            b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR",
            b"(I1\n(I2\ntcnumpy\ndtype\n(S'u1'\nI0\nI1\ntR(I3\nS'|'\nNNNI-1\nI-1\nI0\ntb",
            b"I00\nS'\\xff\\x07'\ntb.",
        ]
    )
    np.testing.assert_array_equal(load_pickled(saved(tmp_path, old)), [255, 7])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_dates_paths_and_ordered_dictionaries_are_read_on_any_system(tmp_path, protocol):
    now = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    content = {
        "date": now,
        "place": pathlib.PureWindowsPath("C:/data/one"),
        "posix": pathlib.PurePosixPath("/data/one"),
        "ordered": collections.OrderedDict(a=1, b=[2, (3, None, True)]),
    }
    read = load_pickled(saved(tmp_path, content, protocol))
    assert read["date"] == now
    assert read["posix"] == "/data/one"
    assert read["place"].replace("\\", "/") == "C:/data/one"
    assert read["ordered"] == {"a": 1, "b": [2, (3, None, True)]}


@pytest.mark.parametrize("form", [sparse.csc_matrix, sparse.csr_matrix, sparse.csc_array])
def test_sparse_matrices_come_back(tmp_path, form):
    full = np.array([[0, 2.5, 0], [1, 0, 0]])
    read = load_pickled(saved(tmp_path, {"A": form(full)}))["A"]
    assert isinstance(read, PickledSparse)
    np.testing.assert_array_equal(read.matrix.toarray(), full)


def test_an_npy_file_gives_the_dictionary_or_the_array_it_holds(tmp_path):
    np.save(tmp_path / "ops.npy", {"Ly": 5, "meanImg": np.ones((2, 3))}, allow_pickle=True)
    np.save(tmp_path / "stat.npy", np.array([{"a": 1}, {"a": 2}], object), allow_pickle=True)
    np.save(tmp_path / "F.npy", np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    ops, stat = load_pickled(tmp_path / "ops.npy"), load_pickled(tmp_path / "stat.npy")
    assert (ops["Ly"], ops["meanImg"].shape) == (5, (2, 3))
    assert [one["a"] for one in stat] == [1, 2]
    np.testing.assert_array_equal(load_pickled(tmp_path / "F.npy"), [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(load_numbers(tmp_path / "F.npy"), [[0, 1, 2], [3, 4, 5]])


# --- what does not run


@pytest.mark.parametrize("ending", [".pkl", ".npy"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_pickle_that_would_run_a_command_is_refused_and_runs_nothing(tmp_path, protocol, ending):
    touched = tmp_path / "touched"
    bad = {"fine": 1, "bad": Runs(os.system, f"echo > {touched}")}
    path = tmp_path / f"file{ending}"
    if ending == ".npy":
        held = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            held, {"descr": "|O", "fortran_order": False, "shape": ()}
        )
        path.write_bytes(held.getvalue() + pickle.dumps(bad, protocol))
    else:
        path.write_bytes(pickle.dumps(bad, protocol))
    with pytest.raises(
        InputError, match=rf"{os.name if os.name == 'nt' else 'posix'}.system"
    ) as told:
        load_pickled(path)
    assert str(path) in str(told.value)
    assert "Nothing was run" in str(told.value)
    assert not touched.exists()
    pickle.loads(pickle.dumps(bad, protocol))  # noqa: S301 -- the attack works where it may
    assert touched.exists(), "the test's own pickle does not run anything"


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("builtins", "eval"),
        ("builtins", "getattr"),
        ("numpy", "load"),
        ("numpy", "ndarray.tofile"),
        ("numpy.core.multiarray", "fromfile"),
        ("sightline.formats.safe_pickle", "_ADMITTED"),
        ("scipy.sparse", "load_npz"),
        ("suite2p.version", "Version"),
    ],
)
def test_any_name_that_is_not_known_to_be_harmless_is_refused(tmp_path, module, name):
    with pytest.raises(InputError, match=name):
        load_pickled(saved(tmp_path, assembled(named(module, name))))


@pytest.mark.parametrize(
    "steps",
    [
        assembled(pickle.EXT1, b"\x01"),
        assembled(text("x"), pickle.BINPERSID),
        assembled(b"(", b"ios\nsystem\n"),
        assembled(named("datetime", "date"), b")", b"}", pickle.NEWOBJ_EX),
        assembled(pickle.NEXT_BUFFER),
    ],
    ids=["extension", "persistent", "instance", "new object with names", "outer buffer"],
)
def test_steps_that_plain_content_never_takes_are_refused(tmp_path, steps):
    with pytest.raises(InputError):
        load_pickled(saved(tmp_path, steps))


def test_a_pickle_cannot_change_the_reader(tmp_path):
    before = safe_pickle._scalar.__defaults__
    state = b"N}" + text("__defaults__") + b"(" + text("x") + b"ts" + b"\x86"
    with pytest.raises(InputError):
        load_pickled(
            saved(tmp_path, assembled(named("numpy.core.multiarray", "scalar"), state, b"b"))
        )
    assert safe_pickle._scalar.__defaults__ == before


# --- sizes


def array_steps(shape: bytes, dtype: str, data: bytes) -> bytes:
    return b"".join(
        [
            named("numpy.core.multiarray", "_reconstruct"),
            b"(" + named("numpy", "ndarray") + b"K\x00\x85" + text("b") + b"tR",
            b"(K\x01" + shape + named("numpy", "dtype") + text(dtype) + b"\x85R\x89" + data + b"tb",
        ]
    )


EIGHT_BYTES = pickle.SHORT_BINBYTES + b"\x08" + b"\0" * 8


@pytest.mark.parametrize(
    ("shape", "dtype", "data"),
    [
        (b"J\xff\xff\xff\x7f\x85", "<f8", EIGHT_BYTES),
        (b"J\xff\xff\xff\xff\x85", "<f8", EIGHT_BYTES),
        (b"K\x01\x85", "V8", EIGHT_BYTES),
        (b"K\x01\x85", "O", EIGHT_BYTES),
        (b"J\xff\xff\xff\x7f\x85", "O", b"]"),
        (b"J\xff\xff\xff\x7f\x85", "S0", pickle.SHORT_BINBYTES + b"\x00"),
        (b"K\x01\x85", "f8,f8", EIGHT_BYTES),
    ],
    ids=["huge", "negative", "void", "addresses", "no objects", "of nothing", "records"],
)
def test_an_array_that_is_not_what_it_promises_is_refused(tmp_path, shape, dtype, data):
    steps = assembled(array_steps(shape, dtype, data))
    with pytest.raises(InputError, match="cannot be read"):
        load_pickled(saved(tmp_path, steps))


def test_the_same_steps_with_true_sizes_make_an_array(tmp_path):
    steps = assembled(array_steps(b"K\x01\x85", "<f8", EIGHT_BYTES))
    np.testing.assert_array_equal(load_pickled(saved(tmp_path, steps)), [0.0])


@pytest.mark.parametrize(
    "steps",
    [
        assembled(b"N", pickle.LONG_BINPUT, b"\xff\xff\xff\xff", b"0" * 0, b"."),
        assembled(pickle.BYTEARRAY8, struct.pack("<Q", 1 << 40)),
        assembled(pickle.BINBYTES8, struct.pack("<Q", 1 << 40)),
        assembled(pickle.FRAME, struct.pack("<Q", 1 << 40)),
    ],
    ids=["place in memory", "bytearray", "bytes", "frame"],
)
def test_memory_is_not_taken_for_what_is_only_promised(tmp_path, steps):
    path = saved(tmp_path, steps)
    tracemalloc.start()
    try:
        load_pickled(path)
    except InputError:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 5e6


def test_a_small_file_cannot_build_much_more_than_it_holds(tmp_path):
    data = pickle.BINBYTES + struct.pack("<I", 10_000) + bytes(10_000) + pickle.MEMOIZE + b"0"
    one = array_steps(b"M\x10\x27\x85", "u1", b"h\x00")
    with pytest.raises(InputError, match="more than it holds"):
        load_pickled(saved(tmp_path, assembled(data, one * 200)))


def test_a_sparse_matrix_whose_indices_lead_outside_is_refused(tmp_path):
    matrix = sparse.csc_matrix(np.eye(3))
    matrix.indices[0] = 5
    with pytest.raises(InputError, match="outside of its 3 rows"):
        load_pickled(saved(tmp_path, matrix))


# --- damage


def test_a_file_cut_short_anywhere_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "stat.npy"
    np.save(path, np.array([{"ypix": np.arange(5), "lam": np.ones(5)}], object), allow_pickle=True)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"stat\.npy"):
            load_pickled(path)


def test_numbers_cut_short_text_and_objects_are_errors(tmp_path):
    path = tmp_path / "F.npy"
    np.save(path, np.ones((5, 7), np.float32))
    whole = path.read_bytes()
    path.write_bytes(whole[:-4])
    for read in (load_numbers, load_pickled):
        with pytest.raises(InputError, match=r"F\.npy"):
            read(path)
    np.save(path, np.array(["a"]))
    with pytest.raises(InputError, match="no numbers"):
        load_numbers(path)
    np.save(path, np.array([None]), allow_pickle=True)
    with pytest.raises(InputError, match=r"F\.npy"):
        load_numbers(path)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    for read in (load_numbers, load_pickled):
        with pytest.raises(InputError, match=r"none\.npy"):
            read(tmp_path / "none.npy")


def test_a_header_that_promises_more_than_there_is_is_refused():
    held = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (1 << 40,)}
    np.lib.format.write_array_header_1_0(held, header)
    with pytest.raises(InputError, match="cannot be read"):
        parse_npy(held.getvalue() + b"\0" * 16, "memory")


def test_real_suite2p_files_read_as_numpy_reads_them(shared_data):
    for path in (shared_data / "suite2p-outputs").rglob("*.npy"):
        theirs = np.load(path, allow_pickle=True)
        ours = load_pickled(path)
        pairs = (
            zip(ours, theirs, strict=True)
            if path.name == "stat.npy"
            else [(ours, theirs.item())]
            if theirs.dtype == object
            else [({"numbers": ours}, {"numbers": theirs})]
        )
        for mine, other in pairs:
            assert mine.keys() == other.keys()
            for name, value in other.items():
                np.testing.assert_array_equal(
                    np.asarray(mine[name]), np.asarray(value), err_msg=name
                )
