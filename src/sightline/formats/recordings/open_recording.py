"""Open a recording in whatever format it is; content is trusted over a file's ending."""

from pathlib import Path
from typing import Final

import h5py

from sightline.data.recording import Recording, Units
from sightline.errors import InputError
from sightline.formats.recordings.file_recording import FileRecording
from sightline.formats.recordings.hdf5_recording import open_hdf5
from sightline.formats.recordings.image_folder import (
    image_names,
    labelled_folder,
    open_image_folder,
)
from sightline.formats.recordings.movie_view import MOVIE_AXES, MovieView
from sightline.formats.recordings.npy_recording import open_npy
from sightline.formats.recordings.nwb_recording import is_nwb, open_nwb
from sightline.formats.recordings.recording_options import RecordingOptions, check_options
from sightline.formats.recordings.suite2p_recording import has_sizes_beside, open_suite2p_binary
from sightline.formats.recordings.tiff_folder import open_tiff_folder, tiff_names
from sightline.formats.recordings.tiff_recording import open_tiff
from sightline.formats.recordings.video_recording import open_video
from sightline.formats.recordings.zarr_recording import open_zarr
from sightline.formats.recordings.zephir_recording import is_zephir, open_zephir
from sightline.formats.zephir_metadata import DATA

_KNOWN: Final = (
    "TIFF, a folder of TIFFs, HDF5, MATLAB v7.3, NWB, Zarr, OME-Zarr, AVI, MP4 and other video, "
    "a folder of PNG, JPEG or BMP images, ZephIR's data.h5, npy or suite2p's data.bin"
)
_TIFF_STARTS: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_ZARR_FILES: Final = ("zarr.json", ".zgroup", ".zarray", ".zattrs")
# (offset, bytes there, FFmpeg's name of the container)
_VIDEO_STARTS: Final = (
    (8, b"AVI ", "avi"),
    (4, b"ftyp", "mov"),
    (4, b"moov", "mov"),
    (4, b"mdat", "mov"),
    (4, b"wide", "mov"),
    (4, b"free", "mov"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"\x00\x00\x01\xba", "mpeg"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (0, b"FLV\x01", "flv"),
    (0, b"OggS", "ogg"),
)


def open_recording(  # noqa: PLR0913 -- one argument for each thing a user may say
    path: str | Path,
    *,
    dataset: str = "",
    axes: str = "",
    channel: int | None = None,
    plane: int | None = None,
    series: int | None = None,
    frame_rate_hz: float | None = None,
    pixel_size_um: float | tuple[float, ...] | None = None,
    units: Units | None = None,
) -> Recording:
    """Open a recording; only its metadata are read, and of floats of unknown units one frame.

    Parameters
    ----------
    path
        File or folder.
    dataset
        Name of the array or series in HDF5, NWB and Zarr files that hold several.
    axes
        Letters of the stored axes in their order, such as ``"tyx"``, ``"tzyx"`` or ``"xyt"``; the
        file's own names are overruled.
    channel, plane
        Read this channel or z plane alone, from 0.
    series
        Number of the series or image in TIFF and OME-Zarr files that hold several, from 0.
    frame_rate_hz
        Frames (volumes) a second; overrules the file.
    pixel_size_um
        One number for y and x, or one for each spatial axis; overrules the file.
    units
        What values mean; overrules the file.

    Raises
    ------
    InputError
        If it is not there, damaged, of unknown type, or leaves open what is to be read.
    """
    path = Path(path)
    options = check_options(
        RecordingOptions(
            dataset, axes.lower(), channel, plane, series, frame_rate_hz, pixel_size_um, units
        )
    )
    recording = _open(path, options)
    try:
        if isinstance(recording, FileRecording):
            recording.guess_units()
    except BaseException:
        recording.close()
        raise
    return recording


def recording_format(path: str | Path) -> str:
    """Name the format of a recording that can be opened, in a user's words."""
    path = Path(path)
    binary = "suite2p's data.bin"
    if path.is_dir():
        if any((path / name).is_file() for name in _ZARR_FILES):
            return "Zarr"
        inside = {"data.bin": binary, DATA: "ZephIR"}
        known = (inside[name] for name in inside if (path / name).is_file())
        frames = "folder of TIFFs" if tiff_names(labelled_folder(path)) else "folder of images"
        return next(known, frames)
    start = _start(path)
    if any(start[offset:].startswith(content) for offset, content, _ in _VIDEO_STARTS):
        return "video"
    if h5py.is_hdf5(path):
        return "ZephIR" if is_zephir(path) else "NWB" if is_nwb(path) else "HDF5"
    known = {**dict.fromkeys(_TIFF_STARTS, "TIFF"), b"\x93NUM": "npy", b"PK\x03\x04": "Zarr"}
    return known.get(start[:4], binary)


def as_movie(recording: Recording) -> Recording:
    """Return the recording with axes (time, y, x), or raise: planes and channels are not frames.

    Axes of length 1 are dropped. Closing what is returned closes the recording; so does an error.

    Raises
    ------
    InputError
        If it has several channels or planes, or planes and no time.
    """
    info = recording.info
    lengths = dict(zip(info.axes, info.shape, strict=True))
    planes, channels = lengths.get("z", 1), lengths.get("channel", 1)
    if planes == channels == 1:
        return recording if info.axes == MOVIE_AXES else MovieView(recording)
    recording.close()
    remedies = []
    if channels > 1:
        remedies.append("choose a channel with `--channel NUMBER`")
    if planes > 1:
        remedies.append("choose a plane with `--plane NUMBER`")
    if planes > 1 and info.frames == 1:
        remedies.append("if z is really time, say so with `--axes`, for example `--axes tyx`")
    remedy = "; ".join(remedies)
    raise InputError(
        info.source,
        f"it has {' x '.join(f'{n} {axis}' for axis, n in lengths.items())}",
        "a movie: frames of one plane and one channel",
        f"{remedy[0].upper()}{remedy[1:]}.",
    )


def _open(path: Path, options: RecordingOptions) -> Recording:
    try:
        if path.is_dir():
            return _open_folder(path, options)
        start = _start(path)
    except OSError as failure:
        raise InputError(
            path,
            f"it may not be read ({failure.strerror or failure})",
            "a file or folder that can be",
            "Allow reading it, or copy it.",
        ) from None
    recording = _open_frames(path, start, options)
    if recording is not None:
        return recording
    if start.startswith(b"\x93NUMPY"):
        return open_npy(path, options)
    if start.startswith(b"PK\x03\x04"):
        return _open_zip(path, options)
    if h5py.is_hdf5(path):
        return _open_hdf5(path, options)
    if path.suffix.lower() == ".bin" and has_sizes_beside(path):
        return open_suite2p_binary(path, options)
    raise _unknown(path, start)


def _start(path: Path) -> bytes:
    """The first bytes of a file that is there and not empty."""
    if not path.is_file():
        raise InputError(path, "there is no such file", "a recording", "Check the path.")
    with path.open("rb") as file:
        start = file.read(16)
    if not start:
        raise InputError(path, "it is empty", "a recording", "Copy it again from its source.")
    return start


def _open_frames(path: Path, start: bytes, options: RecordingOptions) -> Recording | None:
    """A TIFF or video file, else None."""
    if start.startswith(_TIFF_STARTS):
        return open_tiff(path, options)
    for offset, content, demuxer in _VIDEO_STARTS:
        if start[offset:].startswith(content):
            return open_video(path, options, demuxer=demuxer)
    return None


def _open_part(path: Path, options: RecordingOptions) -> Recording:
    """A file that another one points to; of a kind that points nowhere itself."""
    recording = _open_frames(path, _start(path), options)
    if recording is None:
        raise InputError(path, "it is no TIFF or video file", "one of these", "Convert it.")
    return recording


def _open_hdf5(path: Path, options: RecordingOptions) -> Recording:
    if is_zephir(path):
        return open_zephir(path, options)
    return open_nwb(path, options, _open_part) if is_nwb(path) else open_hdf5(path, options)


def _open_folder(path: Path, options: RecordingOptions) -> Recording:
    if any((path / name).is_file() for name in _ZARR_FILES):
        return open_zarr(path, options)
    if (path / "data.bin").is_file():
        return open_suite2p_binary(path / "data.bin", options)
    if is_zephir(path / DATA) and (path / DATA).is_file():
        return open_zephir(path / DATA, options)
    frames = labelled_folder(path)
    if tiff_names(frames):
        return open_tiff_folder(frames, options)
    if image_names(frames):
        return open_image_folder(frames, options)
    raise InputError(
        path,
        "the folder holds no TIFF files, no images, no Zarr array and no data.bin",
        _KNOWN,
        "Give the file or folder of the movie itself.",
    )


def _open_zip(path: Path, options: RecordingOptions) -> Recording:
    if path.suffix.lower() == ".npz":
        raise InputError(
            path, "it is a bundle of NumPy arrays", "one array, .npy", "Save it by numpy.save."
        )
    return open_zarr(path, options)


def _unknown(path: Path, start: bytes) -> InputError:
    if start.startswith(b"MATLAB 5.0"):
        return InputError(
            path, "it is a MATLAB file before v7.3", _KNOWN, "Save it in MATLAB with `-v7.3`."
        )
    return InputError(
        path,
        "its content is of no known type",
        _KNOWN,
        "Export it as TIFF, HDF5 or NWB; if it was one of these, it is damaged: copy it again.",
    )
