"""NWB files for tests, made of plain HDF5 as the specification has it."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np

PIXEL = np.dtype([("x", "u4"), ("y", "u4"), ("weight", "f4")])
VOXEL = np.dtype([("x", "u4"), ("y", "u4"), ("z", "u4"), ("weight", "f4")])


class NwbMade:
    """A file that is being made; every part is optional."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = h5py.File(path, "w")
        self.file.attrs["nwb_version"] = "2.8.0"

    def __enter__(self) -> "NwbMade":
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()

    def group(self, path: str, kind: str, **attributes: Any) -> h5py.Group:
        group = self.file.require_group(path)
        group.attrs.update({"neurodata_type": kind, "namespace": "core", **attributes})
        return group

    def table(self, count: int, name: str = "PlaneSegmentation", *, ids=None, description="made"):
        table = self.group(
            f"processing/ophys/ImageSegmentation/{name}", "PlaneSegmentation", colnames=[]
        )
        table.attrs["description"] = description
        table["id"] = np.arange(count) if ids is None else np.asarray(ids)
        table["id"].attrs["namespace"] = "hdmf-common"
        return table

    def column(self, table: h5py.Group, name: str, values: Any) -> None:
        table[name] = values
        names = [*table.attrs["colnames"], name]
        table.attrs.create("colnames", np.array(names, object), dtype=h5py.string_dtype())

    def pixels(self, table: h5py.Group, pixels: list[list[tuple]], name: str = "pixel_mask"):
        kind = PIXEL if name == "pixel_mask" else VOXEL
        self.column(table, name, np.array([one for each in pixels for one in each], kind))
        table[f"{name}_index"] = np.cumsum([len(each) for each in pixels])

    def responses(self, table, data, rows=None, *, home="Fluorescence", name="RoiResponseSeries"):
        self.group(f"processing/ophys/{home}", "Fluorescence")
        series = self.group(f"processing/ophys/{home}/{name}", "RoiResponseSeries")
        series["data"] = data
        series["rois"] = np.arange(len(table["id"])) if rows is None else np.asarray(rows)
        series["rois"].attrs["table"] = table.ref
        series["starting_time"] = 0.0
        series["starting_time"].attrs["rate"] = 20.0
        return series

    def image(self, name: str, data: Any, home: str = "SegmentationImages") -> None:
        group = self.group(f"processing/ophys/{home}", "Images")
        group[name] = data
        group[name].attrs["neurodata_type"] = "GrayscaleImage"
