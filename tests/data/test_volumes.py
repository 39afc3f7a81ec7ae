"""Frames with all their axes, whatever is stored, and without values that are no numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.data.closing import Closing
from sightline.data.recording import RecordingInfo
from sightline.data.volumes import FirstFrames, read_volumes, voxel_size_um


@dataclass(frozen=True)
class Held(Closing):
    """A recording in memory."""

    frames: NDArray[Any]
    axes: tuple[str, ...]
    pixel_size_um: tuple[float, ...] | None = None

    @property
    def info(self) -> RecordingInfo:
        shape, kind = self.frames.shape, self.frames.dtype
        return RecordingInfo(
            "held", "held", self.axes, shape, kind, pixel_size_um=self.pixel_size_um
        )

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        if out is None:
            return self.frames[start:stop]
        out[:] = self.frames[start:stop]
        return out


@pytest.mark.parametrize(
    ("axes", "shape"),
    [
        (("time", "y", "x"), (1, 1, 4, 5)),
        (("time", "z", "y", "x"), (1, 3, 4, 5)),
        (("time", "channel", "y", "x"), (3, 1, 4, 5)),
        (("time", "channel", "z", "y", "x"), (2, 3, 4, 5)),
    ],
)
def test_axes_that_are_lacking_have_length_1(axes: tuple[str, ...], shape: tuple[int, ...]) -> None:
    stored = np.arange(6 * np.prod(shape)).reshape(6, *(one for one in shape if one > 1))
    held = Held(stored.astype(np.uint16), axes)
    found = read_volumes(held, 1, 3)
    assert (found.shape, found.dtype) == ((2, *shape), np.float32)
    np.testing.assert_array_equal(found.ravel(), stored[1:3].ravel())
    assert FirstFrames(held, 4).info.frames == 4


def test_values_that_are_no_numbers_are_as_the_least_one_of_their_frame() -> None:
    stored = np.arange(4 * 3 * 3, dtype=np.float64).reshape(4, 3, 3)
    hurt = stored.copy()
    hurt[1, 0, 0], hurt[1, 2, 2] = np.nan, np.inf
    hurt[2, 1] = -np.inf
    hurt[3] = np.nan
    found = read_volumes(Held(hurt, ("time", "y", "x")), 0, 4)[:, 0, 0]
    np.testing.assert_array_equal(found[0], stored[0])
    assert found[1, 0, 0] == found[1, 2, 2] == 10
    np.testing.assert_array_equal(found[1].ravel()[1:8], stored[1].ravel()[1:8])
    assert (found[2, 1] == 18).all()
    assert (found[3] == 0).all()
    assert np.isnan(hurt[3]).all()  # what was read is not written to


def test_the_size_of_a_voxel_has_a_depth_of_1_where_there_are_no_planes() -> None:
    frames = np.zeros((2, 3, 4), np.float32)
    assert voxel_size_um(Held(frames, ("time", "y", "x"), (0.5, 0.6))) == (1.0, 0.5, 0.6)
    assert voxel_size_um(Held(frames, ("time", "y", "x"))) is None
