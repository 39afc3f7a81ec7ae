"""Which stored axis is which, compared with transposing and indexing in NumPy."""

import itertools

import numpy as np
import pytest

from sightline.data.recording import AXES
from sightline.errors import InputError
from sightline.formats.recordings.recording_options import (
    AXIS_LETTERS,
    RecordingOptions,
    check_options,
)
from sightline.formats.recordings.stored_axes import axis_name, plan_axes

LENGTHS = {"time": 4, "channel": 2, "z": 3, "y": 5, "x": 6}
ORDERS = [
    order
    for names in (("y", "x"), ("time", "y", "x"), ("z", "y", "x"), AXES)
    for order in itertools.permutations(names)
]


@pytest.mark.parametrize(("channel", "plane"), [(None, None), (1, None), (None, 2), (1, 2)])
def test_stored_axes_in_any_order_come_out_in_one(channel, plane) -> None:
    for stored in ORDERS:
        check_order(stored, channel, plane)


def check_order(stored, channel, plane) -> None:
    shape = [LENGTHS[name] for name in stored]
    array = np.arange(np.prod(shape)).reshape(shape)
    options = RecordingOptions(
        channel=channel if "channel" in stored else None, plane=plane if "z" in stored else None
    )
    plan, _ = plan_axes("file", shape, stored, options)

    expected = array.transpose([stored.index(name) for name in AXES if name in stored])
    expected = expected if "time" in stored else expected[None]
    axes = [name for name in AXES if name in stored or name == "time"]
    for axis, number in (("channel", options.channel), ("z", options.plane)):
        if number is not None:
            expected = expected.take(number, axes.index(axis))
            axes.remove(axis)

    assert plan.axes == tuple(axes)
    assert plan.shape == expected.shape
    start, stop = (1, 3) if "time" in stored else (0, 1)
    out = np.empty((stop - start, *plan.shape[1:]), array.dtype)
    plan.in_stored_order(out)[...] = array[plan.where(start, stop)]
    np.testing.assert_array_equal(out, expected[start:stop])


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((9, 8, 7), ("time", "y", "x")),
        ((1, 8, 7), ("time", "y", "x")),
        ((8, 7), ("time", "y", "x")),
        ((9, 1, 8, 7), ("time", "y", "x")),
        ((1, 1, 8, 7), ("time", "y", "x")),
    ],
)
def test_without_names_three_long_axes_are_frames_and_two_an_image(shape, axes) -> None:
    plan, notes = plan_axes("file", shape, None, RecordingOptions())
    assert plan.axes == axes
    assert plan.shape == ((9 if 9 in shape else 1), 8, 7)
    assert "Nothing names the axes" in notes[0]


def test_four_long_axes_without_names_are_asked_for() -> None:
    with pytest.raises(InputError, match="--axes tzyx"):
        plan_axes("file", (9, 2, 8, 7), None, RecordingOptions())


def test_the_user_overrules_the_file_and_that_is_noted() -> None:
    plan, notes = plan_axes("file", (9, 8, 7), ("z", "y", "x"), RecordingOptions(axes="tyx"))
    assert plan.axes == ("time", "y", "x")
    assert notes == ("The file calls its axes (z, y, x); taken as (time, y, x).",)


def test_letters_may_leave_out_axes_of_length_one() -> None:
    plan, _ = plan_axes("file", (9, 1, 8, 7), None, RecordingOptions(axes="zyx"))
    assert plan.axes == ("time", "z", "y", "x")
    assert plan.shape == (1, 9, 8, 7)


def test_letters_that_do_not_fit_the_shape_are_an_error_that_shows_it() -> None:
    with pytest.raises(InputError, match=r"its shape is \(9, 8, 7\)"):
        plan_axes("file", (9, 8, 7), None, RecordingOptions(axes="tzyx"))


@pytest.mark.parametrize("axes", ["tyy", "tzx", "tyxq", "t"])
def test_letters_that_name_no_image_are_refused(axes: str) -> None:
    with pytest.raises(InputError, match="--axes"):
        check_options(RecordingOptions(axes=axes))


def test_an_axis_the_file_calls_otherwise_is_asked_for_unless_it_has_length_one() -> None:
    plan, _ = plan_axes("file", (1, 9, 8, 7), ("tile", "time", "y", "x"), RecordingOptions())
    assert plan.shape == (9, 8, 7)
    with pytest.raises(InputError, match="lifetime"):
        plan_axes("file", (2, 9, 8, 7), ("lifetime", "time", "y", "x"), RecordingOptions())


@pytest.mark.parametrize(("channel", "plane"), [(2, None), (None, 1)])
def test_a_channel_or_plane_that_is_not_there_is_an_error(channel, plane) -> None:
    with pytest.raises(InputError, match="from 0 to"):
        plan_axes(
            "file",
            (9, 2, 8, 7),
            ("time", "channel", "y", "x"),
            RecordingOptions(channel=channel, plane=plane),
        )


def test_the_first_channel_of_a_file_without_channels_is_the_file() -> None:
    plan, _ = plan_axes("file", (9, 8, 7), None, RecordingOptions(channel=0, plane=0))
    assert plan.shape == (9, 8, 7)


@pytest.mark.parametrize("shape", [(0, 8, 7), (9, 0, 7), (5,), ()])
def test_an_empty_array_is_no_recording(shape) -> None:
    with pytest.raises(InputError, match="its shape is"):
        plan_axes("file", shape, None, RecordingOptions())


def test_words_and_letters_name_axes() -> None:
    assert [axis_name(word) for word in ("T", "frames", "Channel", "Y", "width")] == [
        "time", "time", "channel", "y", "x",
    ]  # fmt: skip
    assert axis_name("lifetime") == "lifetime"
    assert set(AXIS_LETTERS) == set("tczyx")
