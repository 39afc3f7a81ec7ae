"""Videos: the right frame under every number, grey and colour, and damaged files."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from movies_made import counts, write_video
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.formats.recordings import video_decoder
from sightline.formats.recordings.open_recording import as_movie, open_recording
from sightline.formats.recordings.video_index import VideoIndex

FRAMES = 60


def numbered(frames: int = FRAMES) -> Iterator[NDArray[np.uint8]]:
    """Frames with their number in binary, as dark and bright stripes: no lossy codec blurs them."""
    stripes = np.arange(64) // 8
    return (
        np.tile((40 + 160 * (number >> stripes & 1)).astype(np.uint8), (48, 1))
        for number in range(frames)
    )


def number_in(frame: NDArray[np.generic]) -> int:
    bright = frame.reshape(48, 8, 8).mean((0, 2)) > 120
    return int((bright << np.arange(8)).sum())


LOSSY = {
    "MPEG-4 with B-frames, MP4": ("a.mp4", "mpeg4", {"bf": "2", "g": "12"}),
    "MPEG-4 with B-frames, AVI": ("a.avi", "mpeg4", {"bf": "2", "g": "12"}),
    "MPEG-4, one key frame": ("b.mp4", "mpeg4", {"bf": "0", "g": "1000"}),
    "H.264 with B-frames, MP4": ("c.mp4", "libx264", {"bf": "3", "g": "10"}),
    "H.264 with B-frames, Matroska": ("c.mkv", "libx264", {"bf": "3", "g": "10"}),
    "Motion JPEG, AVI": ("d.avi", "mjpeg", {}),
}


@pytest.fixture(scope="module", params=LOSSY)
def lossy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name, codec, options = LOSSY[request.param]
    if codec not in av.codecs_available:
        pytest.skip(f"this build of FFmpeg has no {codec}")
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    folder = tmp_path_factory.mktemp("video")
    return write_video(folder / name, numbered(), codec, pixels, options=options)


def test_every_number_gives_its_frame_in_any_order(lossy: Path) -> None:
    with open_recording(lossy) as opened:
        assert opened.info.shape == (FRAMES, 48, 64)
        assert opened.info.sequential
        in_order = [number_in(opened.read(n, n + 1)) for n in range(FRAMES)]
        assert in_order == list(range(FRAMES))
        shuffled = np.random.default_rng(0).permutation(FRAMES).tolist()
        assert [number_in(opened.read(n, n + 1)) for n in shuffled] == shuffled
        for start, stop in ((55, 60), (0, 3), (9, 14), (14, 20), (11, 13)):
            assert [number_in(f) for f in opened.read(start, stop)] == list(range(start, stop))


def test_rate_and_times_of_frames_are_the_streams(lossy: Path) -> None:
    with open_recording(lossy) as opened:
        assert opened.info.frame_rate_hz == pytest.approx(20)
        np.testing.assert_allclose(np.diff(opened.info.frame_times_s), 1 / 20, atol=1e-9)


def test_brightness_is_what_a_player_shows(tmp_path: Path) -> None:
    """The studio range, 16 to 235, is spread to 0 to 255."""
    path = write_video(tmp_path / "m.mp4", numbered(), "mpeg4", "yuv420p")
    with av.open(str(path)) as container:
        luma = np.stack([f.to_ndarray()[:48] for f in container.decode(video=0)])
    with open_recording(path) as opened:
        read = opened.read(0, FRAMES)
    assert luma.max() > 150
    assert np.abs(read - np.clip((luma - 16.0) * 255 / 219, 0, 255)).max() <= 1


def test_frames_may_come_unevenly(tmp_path: Path) -> None:
    times = np.cumsum(np.random.default_rng(0).integers(1, 9, FRAMES))
    path = write_video(tmp_path / "vfr.mkv", numbered(), "mpeg4", "yuv420p", times=times.tolist())
    with open_recording(path) as opened:
        np.testing.assert_allclose(np.diff(opened.info.frame_times_s), np.diff(times) / 20)
        for number in (59, 3, 30, 31, 12):
            assert number_in(opened.read(number, number + 1)) == number


def test_without_times_frames_are_counted(lossy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = np.array([], np.int64)
    unknown = VideoIndex(times=nothing, keys=nothing, frames=FRAMES)
    monkeypatch.setattr(video_decoder, "index_video", lambda *_arguments: unknown)
    with open_recording(lossy) as opened:
        assert opened.info.frame_times_s is None
        for start, stop in ((0, 2), (2, 5), (20, 22), (7, 9), (58, 60), (0, 1)):
            assert [number_in(f) for f in opened.read(start, stop)] == list(range(start, stop))


@pytest.mark.parametrize(("codec", "pixels"), [("ffv1", "gray"), ("mpeg4", "yuv420p")])
def test_frames_that_the_camera_dropped_are_gaps_in_time(
    tmp_path: Path, codec: str, pixels: str
) -> None:
    """AVI counts them; they are not mistaken for a truncated file."""
    times = [0, 1, 2, 5, 6, 7, 10, 11]
    path = write_video(tmp_path / "gaps.avi", numbered(8), codec, pixels, times=times)
    with open_recording(path) as opened:
        assert opened.info.frames == 8
        assert "4 frames were dropped when it was recorded." in opened.info.notes
        np.testing.assert_allclose(opened.info.frame_times_s, np.array(times) / 20)
        assert [number_in(opened.read(n, n + 1)) for n in (7, 3, 0)] == [7, 3, 0]


def test_a_damaged_frame_is_an_error_and_the_others_are_read(tmp_path: Path) -> None:
    movie = counts(dtype=np.uint8)
    path = write_video(tmp_path / "m.avi", movie, "ffv1", options={"g": "1", "slicecrc": "1"})
    with av.open(str(path)) as container:
        place = next(p.pos for p in container.demux(video=0) if p.pts == 9)
    content = bytearray(path.read_bytes())
    content[place + 8 : place + 200] = bytes(192)
    path.write_bytes(content)
    with open_recording(path) as opened:
        with pytest.raises(InputError, match="expected frames 8 to 11 whole"):
            opened.read(8, 12)
        np.testing.assert_array_equal(opened.read(10, 23), movie[10:])
        np.testing.assert_array_equal(opened.read(0, 9), movie[:9])


def test_axes_that_a_video_does_not_have_are_refused(tmp_path: Path) -> None:
    path = write_video(tmp_path / "m.avi", counts(dtype=np.uint8))
    with pytest.raises(InputError, match="its axes are tyx"):
        open_recording(path, axes="zyx")


def test_going_on_never_seeks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_video(tmp_path / "m.mp4", numbered(), "mpeg4", "yuv420p", options={"g": "5"})
    with open_recording(path) as opened:
        opened.read(0, 10)
        decoder = opened._decoder

        def no_seeking(*arguments: object) -> bool:
            raise AssertionError("it went elsewhere")

        monkeypatch.setattr(decoder, "_seek", no_seeking)
        for start in range(10, FRAMES, 10):
            opened.read(start, start + 10)


def test_colour_has_channels_of_which_one_may_be_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    colour = rng.integers(0, 255, (9, 48, 64, 3)).astype(np.uint8)
    path = write_video(tmp_path / "rgb.avi", colour, "rawvideo", "bgr24")
    with open_recording(path) as opened:
        assert opened.info.axes == ("time", "channel", "y", "x")
        np.testing.assert_array_equal(opened.read(2, 7), colour[2:7].transpose(0, 3, 1, 2))
    for channel in range(3):
        with as_movie(open_recording(path, channel=channel)) as opened:
            np.testing.assert_array_equal(opened.read(2, 7), colour[2:7, :, :, channel])
    with pytest.raises(InputError, match="--channel NUMBER"):
        as_movie(open_recording(path))


def test_grey_stored_as_colour_is_grey(tmp_path: Path) -> None:
    movie = counts(dtype=np.uint8)
    colour = np.repeat(movie[..., None], 3, -1)
    with open_recording(write_video(tmp_path / "m.avi", colour, "rawvideo", "bgr24")) as opened:
        assert opened.info.axes == ("time", "y", "x")
        np.testing.assert_array_equal(opened.read(2, 9), movie[2:9])


def test_a_video_that_turns_colour_later_is_colour(tmp_path: Path) -> None:
    colour = np.zeros((30, 48, 64, 3), np.uint8)
    colour[20:, :, :, 1] = 200
    path = write_video(tmp_path / "late.avi", colour, "rawvideo", "bgr24")
    with open_recording(path) as opened:
        assert opened.info.axes == ("time", "channel", "y", "x")


@pytest.mark.parametrize("codec", ["mpeg4", "rawvideo"])
def test_a_truncated_video_is_an_error_that_counts_its_frames(tmp_path: Path, codec: str) -> None:
    movie = np.random.default_rng(0).integers(0, 255, (30, 48, 64)).astype(np.uint8)
    name = "m.avi" if codec == "rawvideo" else "m.mp4"
    options = {} if codec == "rawvideo" else {"movflags": "faststart"}
    path = tmp_path / name
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=20)
        stream.height, stream.width = 48, 64
        stream.pix_fmt = "gray" if codec == "rawvideo" else "yuv420p"
        for frame in movie:
            image = av.VideoFrame.from_ndarray(frame, format="gray")
            container.mux(stream.encode(image.reformat(format=stream.pix_fmt)))
        container.mux(stream.encode(None))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])
    with pytest.raises(InputError, match=r"truncated or empty: 1[5-9] of 30 frames"):
        open_recording(path)


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_an_mp4_without_its_end_is_an_error(tmp_path: Path, share: float) -> None:
    """The list of frames comes last."""
    path = write_video(tmp_path / "m.mp4", numbered(), "mpeg4", "yuv420p")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError, match=r"m\.mp4: it cannot be read"):
        open_recording(path)


def test_a_play_list_is_not_followed(tmp_path: Path) -> None:
    write_video(tmp_path / "secret.avi", numbered())
    for content in ("#EXTM3U\n#EXTINF:1\nsecret.avi\n", "ffconcat version 1.0\nfile secret.avi\n"):
        (tmp_path / "list.mp4").write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match="no known type"):
            open_recording(tmp_path / "list.mp4")


def test_a_file_with_sound_only_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "sound.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    with pytest.raises(InputError, match="no video"):
        open_recording(path)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("sleap-fly-clip/centered_pair_low_quality.mp4", (1100, 384, 384)),
        ("zephir-worm-demo/movie.mp4", (512, 3, 292, 604)),
    ],
)
def test_published_videos_seek_to_what_decoding_from_the_start_gives(
    shared_data: Path, name: str, shape: tuple[int, ...]
) -> None:
    path = shared_data / name
    wanted = (0, 37, 38, 300)
    with av.open(str(path)) as container:
        frames = (f.to_ndarray(format="rgb24") for f in container.decode(video=0))
        truth = {n: f for n, f in zip(range(301), frames, strict=False) if n in wanted}
    with open_recording(path) as opened:
        assert opened.info.shape == shape
        for number in reversed(wanted):
            frame = opened.read(number, number + 1)[0]
            expected = truth[number].transpose(2, 0, 1)
            expected = expected if len(shape) == 4 else expected[0]
            assert np.abs(frame.astype(int) - expected).max() <= 1
