"""One small movie, written in every format that is read, by the libraries themselves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import h5py
import numpy as np
import tifffile
import zarr
from numpy.typing import NDArray
from PIL import Image

FRAMES, HEIGHT, WIDTH = 23, 18, 26


@dataclass(frozen=True)
class MadeMovie:
    """A file or folder, what to say when opening it, and what reading it must give."""

    path: Path
    truth: NDArray[Any]
    options: Mapping[str, Any] = field(default_factory=dict)


def counts(frames: int = FRAMES, dtype: Any = np.uint16) -> NDArray[Any]:
    """A movie whose every value is different from its neighbours in time and space."""
    rng = np.random.default_rng(4)
    top = 4096 if np.dtype(dtype).itemsize > 1 else 256
    return rng.integers(0, top, (frames, HEIGHT, WIDTH)).astype(dtype)


def write_video(
    path: Path,
    frames: Iterable[NDArray[Any]],
    codec: str = "ffv1",
    pixels: str = "gray",
    *,
    times: Iterable[int] | None = None,
    rate: int = 20,
    options: Mapping[str, str] | None = None,
) -> Path:
    """Encode grey (y, x) or colour (y, x, 3) frames; ``times`` are in the 1/rate of a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=dict(options or {}))
        stream.pix_fmt = pixels
        for number, frame in enumerate(frames):
            if number == 0:
                stream.height, stream.width = frame.shape[:2]
            grey = "gray" if frame.dtype == np.uint8 else "gray16le"
            image = av.VideoFrame.from_ndarray(frame, format="rgb24" if frame.ndim == 3 else grey)
            image.pts = number if times is None else list(times)[number]
            container.mux(stream.encode(image.reformat(format=pixels)))
        container.mux(stream.encode(None))
    return path


def write_nwb(path: Path, name: str = "TwoPhotonSeries", **parts: Any) -> Path:
    """A photon series with its parts; ``data`` is stored as it is given."""
    with h5py.File(path, "a") as file:
        file.attrs["nwb_version"] = parts.pop("version", "2.8.0")
        series = file.require_group(f"acquisition/{name}")
        series.attrs["neurodata_type"] = parts.pop("kind", "TwoPhotonSeries")
        if "rate" in parts:
            series["starting_time"] = 0.0
            series["starting_time"].attrs["rate"] = parts.pop("rate")
        if "grid_spacing" in parts:
            plane = file.require_group("general/optophysiology/plane")
            plane["grid_spacing"] = parts.pop("grid_spacing")
            plane["grid_spacing"].attrs["unit"] = parts.pop("grid_unit", "meters")
            series["imaging_plane"] = h5py.SoftLink(plane.name)
        unit = parts.pop("unit", "n.a.")
        for key, value in parts.items():
            series[key] = value
        if "data" in series:
            series["data"].attrs.update({"unit": unit, "conversion": 1.0})
    return path


def _tiff(name: str, **options: Any) -> Callable[[Path], MadeMovie]:
    def make(folder: Path) -> MadeMovie:
        movie = counts()
        tifffile.imwrite(folder / name, movie, **options)
        return MadeMovie(folder / name, movie)

    return make


def _tiff_scattered(folder: Path) -> MadeMovie:
    movie, path = counts(), folder / "scattered.tif"
    with tifffile.TiffWriter(path) as file:
        for frame in movie:
            file.write(frame, contiguous=False, metadata=None)
    return MadeMovie(path, movie)


def _tiff_frames(folder: Path) -> MadeMovie:
    movie, home = counts(), folder / "frames"
    home.mkdir()
    for number, frame in enumerate(movie):
        tifffile.imwrite(home / f"frame{number}.tif", frame)  # 10 sorts before 2 as text
    return MadeMovie(home, movie)


def _tiff_stacks(folder: Path) -> MadeMovie:
    movie, home = counts(), folder / "stacks"
    home.mkdir()
    for number, start in enumerate(range(0, FRAMES, 7)):
        stack = movie[start : start + 7]
        tifffile.imwrite(
            home / f"{number}.tif", stack, compression="zlib", photometric="minisblack"
        )
    return MadeMovie(home, movie)


def _images(ending: str, dtype: Any) -> Callable[[Path], MadeMovie]:
    def make(folder: Path) -> MadeMovie:
        movie, home = counts(dtype=dtype), folder / "images"
        home.mkdir()
        for number, frame in enumerate(movie):
            Image.fromarray(frame).save(home / f"img{number}{ending}")
        return MadeMovie(home, movie)

    return make


def _tiff_channels(folder: Path) -> MadeMovie:
    movie, path = counts(), folder / "channels.tif"
    both = np.stack([movie + 1, movie], 1)
    tifffile.imwrite(path, both, imagej=True, metadata={"axes": "TCYX"})
    return MadeMovie(path, movie, {"channel": 1})


def _hdf5(name: str, dataset: str, **options: Any) -> Callable[[Path], MadeMovie]:
    def make(folder: Path) -> MadeMovie:
        movie = counts()
        with h5py.File(folder / name, "w") as file:
            file.create_dataset(dataset, data=movie, **options)
            file["times"] = np.arange(FRAMES)
        return MadeMovie(folder / name, movie)

    return make


def _matlab(folder: Path) -> MadeMovie:
    movie, path = counts(dtype=np.float32), folder / "movie.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        file["Y"] = movie.transpose(0, 2, 1)  # MATLAB's (y, x, frame), stored last axis first
        file["Y"].attrs["MATLAB_class"] = np.bytes_("single")
    return MadeMovie(path, movie, {"units": "raw"})


def _zarr(name: str, **options: Any) -> Callable[[Path], MadeMovie]:
    def make(folder: Path) -> MadeMovie:
        movie, path = counts(), folder / name
        store: Any = zarr.storage.ZipStore(path, mode="w") if name.endswith("zip") else str(path)
        zarr.create_array(store, data=movie, **options)
        if not isinstance(store, str):
            store.close()
        return MadeMovie(path, movie)

    return make


def _ome_zarr(folder: Path) -> MadeMovie:
    movie, path = counts(), folder / "ome.zarr"
    write_ome_zarr(path, movie[:, None, None])
    return MadeMovie(path, movie, {"channel": 0, "plane": 0})


def write_ome_zarr(path: Path, image: NDArray[Any], **changes: Any) -> Path:
    """An OME-Zarr 0.5 image (t, c, z, y, x) with a second, smaller resolution."""
    units = {"t": "millisecond", "z": "micrometer", "y": "micrometer", "x": "nanometer"}
    kinds = {"t": "time", "c": "channel"}
    axes: list[dict[str, str]] = [{"name": n, "type": kinds.get(n, "space")} for n in "tczyx"]
    for axis in axes[:1] + axes[2:]:
        axis["unit"] = units[axis["name"]]
    full = {"type": "scale", "scale": [50.0, 1.0, 2.0, 0.5, 500.0]}
    half = {"type": "scale", "scale": [50.0, 1.0, 2.0, 1.0, 1000.0]}
    image_said = {
        "axes": axes,
        "datasets": [
            {"path": "0", "coordinateTransformations": [full]},
            {"path": "1", "coordinateTransformations": [half]},
        ],
    } | changes
    group = zarr.open_group(str(path), mode="w", zarr_format=3)
    group.attrs["ome"] = {"version": "0.5", "multiscales": [image_said]}
    group.create_array("0", data=image, chunks=(5, 1, 1, *image.shape[-2:]))
    group.create_array("1", data=image[..., ::2, ::2])
    return path


def _nwb(folder: Path) -> MadeMovie:
    movie = counts()
    return MadeMovie(write_nwb(folder / "in.nwb", data=movie.transpose(0, 2, 1), rate=20.0), movie)


def _nwb_outside(folder: Path) -> MadeMovie:
    movie = counts()
    for number, part in enumerate((movie[:9], movie[9:])):
        tifffile.imwrite(folder / f"part{number}.tif", part)
    path = write_nwb(
        folder / "out.nwb",
        data=np.zeros((0, 0, 0), np.uint16),
        external_file=np.array([b"part0.tif", b"./part1.tif"]),
        rate=20.0,
    )
    return MadeMovie(path, movie)


def _video(name: str, codec: str, pixels: str, dtype: Any) -> Callable[[Path], MadeMovie]:
    def make(folder: Path) -> MadeMovie:
        movie = counts(dtype=dtype)
        return MadeMovie(write_video(folder / name, movie, codec, pixels), movie)

    return make


def _npy(name: str, axes: str = "", order: str = "C") -> Callable[[Path], MadeMovie]:
    def make(folder: Path) -> MadeMovie:
        movie = counts().astype(">u2" if "big" in name else np.uint16)
        stored = movie.transpose(["tyx".index(letter) for letter in axes]) if axes else movie
        np.save(folder / name, np.array(stored, order=order))  # type: ignore[call-overload]
        return MadeMovie(folder / name, movie.astype(np.uint16), {"axes": axes})

    return make


def _suite2p(folder: Path) -> MadeMovie:
    movie, home = counts(dtype=np.int16) - 2000, folder / "plane0"
    home.mkdir()
    movie.tofile(home / "data.bin")
    ops: Any = {"Ly": HEIGHT, "Lx": WIDTH, "nframes": FRAMES, "fs": 20.0}
    np.save(home / "ops.npy", ops)
    return MadeMovie(home, movie)


MAKERS: dict[str, Callable[[Path], MadeMovie]] = {
    "TIFF": _tiff("plain.tif"),
    "TIFF, big-endian": _tiff("big_endian.tif", byteorder=">"),
    "TIFF, deflated": _tiff("deflated.tif", compression="zlib", predictor=True),
    "TIFF, scattered pages": _tiff_scattered,
    "BigTIFF": _tiff("big.tif", bigtiff=True),
    "OME-TIFF": _tiff("movie.ome.tif", metadata={"axes": "TYX"}),
    "ImageJ": _tiff("imagej.tif", imagej=True, metadata={"axes": "TYX"}),
    "ImageJ, one of two channels": _tiff_channels,
    "folder of frames": _tiff_frames,
    "folder of stacks": _tiff_stacks,
    "folder of PNG images": _images(".png", np.uint8),
    "folder of PNG images, 16 bits": _images(".png", np.uint16),
    "folder of BMP images": _images(".bmp", np.uint8),
    "HDF5": _hdf5("contiguous.h5", "mov"),
    "HDF5, deflated chunks": _hdf5(
        "chunks.hdf5", "a/b/c", chunks=(5, 9, 13), compression="gzip", dtype=">u2"
    ),
    "MATLAB v7.3": _matlab,
    "NWB": _nwb,
    "NWB, frames in files beside it": _nwb_outside,
    "Zarr 2": _zarr("two.zarr", chunks=(4, 18, 13), zarr_format=2),
    "Zarr 3": _zarr("three.zarr", chunks=(4, 9, 26), shards=(8, 18, 26)),
    "Zarr, zipped": _zarr("zipped.zarr.zip", chunks=(4, 18, 26)),
    "OME-Zarr": _ome_zarr,
    "AVI, uncompressed": _video("raw.avi", "rawvideo", "gray", np.uint8),
    "AVI, FFV1": _video("ffv1.avi", "ffv1", "gray", np.uint8),
    "Matroska, 16 bits": _video("deep.mkv", "ffv1", "gray16le", np.uint16),
    "npy": _npy("c.npy"),
    "npy, big-endian": _npy("big.npy"),
    "npy, Fortran order": _npy("fortran.npy", order="F"),
    "npy, time last": _npy("xyt.npy", axes="xyt"),
    "suite2p binary": _suite2p,
}
