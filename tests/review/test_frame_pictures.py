"""Pictures of frames: brightest projections as grey values, alike in all frames."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.data.closing import Closing
from sightline.data.recording import RecordingInfo
from sightline.review.frame_pictures import FramePictures, frame_picture

VIDEO = np.random.default_rng(0).integers(0, 1000, (6, 2, 3, 8, 9)).astype(np.uint16)


class Counted(Closing):
    """A recording in memory that counts what is read."""

    def __init__(self, sequential: bool = False) -> None:
        axes = ("time", "channel", "z", "y", "x")
        self.info = RecordingInfo(
            "v", "v.h5", axes, VIDEO.shape, VIDEO.dtype, sequential=sequential
        )
        self.read_frames: list[int] = []
        self.closed = False

    def read(
        self, start: int, stop: int, out: NDArray[np.uint16] | None = None
    ) -> NDArray[np.uint16]:
        del out
        self.read_frames += range(start, stop)
        return VIDEO[start:stop]

    def close(self) -> None:
        self.closed = True


def test_a_picture_is_the_brightest_along_z_and_along_y() -> None:
    limits = np.array([[100, 900], [0, 500]], np.float32)
    picture = frame_picture(VIDEO[0].astype(np.float32), limits)
    for channel, (low, high) in enumerate(limits):
        share = (VIDEO[0, channel].max(axis=0) - low) / (high - low)
        np.testing.assert_array_equal(
            picture.along_z[channel], np.clip(np.round(255 * share), 0, 255)
        )
    together = (VIDEO[0, 0] - 100.0) / 800 + VIDEO[0, 1] / 500.0
    np.testing.assert_array_equal(picture.plane, together.argmax(axis=0))
    assert picture.line is not None
    np.testing.assert_array_equal(picture.line, together.argmax(axis=1))


def test_a_flat_frame_has_no_side() -> None:
    picture = frame_picture(np.zeros((1, 1, 4, 5), np.float32), np.array([[0, 0]], np.float32))
    assert picture.along_y is None
    assert (picture.along_z == 0).all()
    assert (picture.plane == 0).all()


def test_a_frame_that_was_shown_is_not_read_again_while_few_others_were() -> None:
    video = Counted()
    with FramePictures(lambda: video, kept=2) as pictures:
        first = pictures.picture(0)
        read = len(video.read_frames)
        assert pictures.picture(0) is first
        assert len(video.read_frames) == read
        pictures.picture(1)
        pictures.picture(2)
        assert pictures.picture(0) is not first
    assert video.closed


def test_all_frames_have_the_same_limits() -> None:
    with FramePictures(Counted) as pictures:
        one, other = pictures.picture(0), pictures.picture(5)
    np.testing.assert_array_equal(one.limits, other.limits)


@pytest.mark.parametrize("sequential", [True, False])
def test_a_video_that_is_decoded_forwards_is_not_searched_through(sequential: bool) -> None:
    video = Counted(sequential)
    with FramePictures(lambda: video) as pictures:
        pictures.picture(0)
    assert (max(video.read_frames) == 5) is not sequential
