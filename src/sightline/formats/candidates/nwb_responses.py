"""Traces of an NWB file: which response series belongs to a segmentation, and its values."""

import re
from dataclasses import dataclass
from typing import Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.formats.candidates.finite_traces import note_on_gaps
from sightline.formats.hdf5_arrays import held
from sightline.formats.nwb_file import (
    dataset,
    groups_of_type,
    named,
    number_attribute,
    whole,
)

NO_TRACES: Final = "none"
_BLOCK_BYTES: Final = 1 << 26
_COMPANION: Final = re.compile(
    r"neuropil|background|baseline|deconv|spike|event|residual|chan(nel)?_?2", re.IGNORECASE
)


@dataclass(frozen=True)
class Responses:
    """Rows of a segmentation that are candidates, and their traces if there are any.

    Parameters
    ----------
    rows : (candidate,) int64
        Row of the segmentation of each, rising.
    traces : (candidate, frame) float32 or None
        In the series' unit.
    frame_rate_hz
        None where the file does not tell.
    notes
        What was found and assumed.
    """

    rows: NDArray[np.int64]
    traces: NDArray[np.float32] | None = None
    frame_rate_hz: float | None = None
    notes: tuple[str, ...] = ()


def read_responses(table: h5py.Group, rows: NDArray[np.int64], name: str, source: str) -> Responses:
    """Read the traces of a segmentation.

    Parameters
    ----------
    table
        The PlaneSegmentation.
    rows
        Rows that are wanted, such as those of one plane, rising.
    name
        The series, by its name or path; ``"none"`` for no traces; empty to find it: the only one
        that is not neuropil, background, deconvolved, or of a second channel. Series side by side
        of different rows and as many frames are parts of one.

    Returns
    -------
    Responses
        Rows without a trace are left out, unless none has one; ``notes`` tell how many.

    Raises
    ------
    InputError
        If several series could be meant, none is of that name, or it points to rows that are not
        there.
    """
    if name == NO_TRACES:
        return Responses(rows)
    offered = {}
    for path, series in groups_of_type(table.file, "RoiResponseSeries").items():
        region = _region(series, table, source)
        if region is not None and np.isin(region, rows).any():
            offered[path] = _Part(series, region)
    main = {path: part for path, part in offered.items() if not _COMPANION.search(path)}
    fitting = named(offered, name) if name else main
    if name and not fitting:
        raise _unclear(source, f"it has no response series {name!r} of these regions", offered)
    parts = list(fitting.values())
    if len(parts) > 1 and not _are_parts_of_one(parts):
        raise _unclear(source, f"{len(fitting)} response series could be meant", fitting)
    if parts:
        return _read(parts, rows, source)
    said = f"The series {', '.join(offered)} hold no traces of cells: there are none."
    return Responses(rows, notes=(said,) if offered else ())


@dataclass(frozen=True)
class _Part:
    """A response series, and the row of the segmentation that each of its columns belongs to."""

    series: h5py.Group
    region: NDArray[np.int64]


def _are_parts_of_one(parts: list[_Part]) -> bool:
    rows = np.concatenate([part.region for part in parts])
    homes = {str(part.series.name).rpartition("/")[0] for part in parts}
    frames = {len(dataset(part.series, "data")) for part in parts}
    return len(homes) == len(frames) == 1 and len(np.unique(rows)) == len(rows)


def _region(series: h5py.Group, table: h5py.Group, source: str) -> NDArray[np.int64] | None:
    """Rows of the table that a series' columns belong to; None if it is about another table."""
    item = dataset(series, "rois")
    reference = item.attrs.get("table")
    if not isinstance(reference, h5py.Reference) or not reference:
        raise _nowhere(source, series, "no table of regions")
    if series.file[reference] != table:
        return None
    region = whole(item).astype(np.int64).ravel()
    count = len(dataset(table, "id"))
    if region.size and not (region.min() >= 0 and region.max() < count):
        raise _nowhere(source, series, f"row {region.max()} of a table of {count}")
    if len(np.unique(region)) < len(region):
        raise _nowhere(source, series, "the same row twice")
    return region


def _read(parts: list[_Part], rows: NDArray[np.int64], source: str) -> Responses:
    names = ", ".join(str(part.series.name) for part in parts)
    notes = [f"Traces are those of {names}."]
    read, traces = [], []
    for part in parts:
        columns = np.flatnonzero(np.isin(part.region, rows))
        values, about_axes = _traces(part.series, len(part.region), columns, source)
        read.append(part.region[columns])
        traces.append(values)
        notes += about_axes
    kept = np.concatenate(read)
    order = np.argsort(kept)
    together = traces[0] if len(traces) == 1 else np.concatenate(traces)
    if (np.diff(order) != 1).any():
        together = together[order]
    bad = ~np.isfinite(together)
    together[bad] = 0
    notes += note_on_gaps(bad.sum(1))
    rate, about_time = _frame_rate(parts[0].series)
    notes += about_time
    if len(kept) < len(rows):
        notes.append(
            f"{len(rows) - len(kept)} of {len(rows)} regions have no trace there and are left out; "
            f"`--traces {NO_TRACES}` keeps them."
        )
    return Responses(kept[order], together, rate, tuple(notes))


def _traces(
    series: h5py.Group, regions: int, columns: NDArray[np.int64], source: str
) -> tuple[NDArray[np.float32], list[str]]:
    """(candidate, frame) of some columns of (frame, region) data, read in blocks of frames."""
    data = held(dataset(series, "data"))
    shape = data.shape if data.ndim == 2 else (*data.shape, 1)
    turned = len(shape) == 2 and shape[1] != regions == shape[0]
    if len(shape) != 2 or regions not in shape or data.dtype.kind not in "fiu":
        raise InputError(
            source,
            f"{series.name} holds {data.dtype} of shape {data.shape}",
            f"numbers (frames, {regions}), one column a region",
            "Export the traces again.",
        )
    scale = number_attribute(data, "conversion", 1), number_attribute(data, "offset", 0)
    frames = shape[0] if not turned else shape[1]
    traces = np.empty((len(columns), frames), np.float32)
    step = max(1, _BLOCK_BYTES // max(1, regions * data.dtype.itemsize))
    for start in range(0, frames, step):
        some = slice(start, min(start + step, frames))
        block = np.asarray(data[:, some] if turned else data[some])
        values = block.reshape(regions, -1) if turned else block.reshape(-1, regions).T
        traces[:, some] = values[columns] * scale[0] + scale[1]
    return traces, ["Its axes are turned: regions come first."] if turned else []


def _frame_rate(series: h5py.Group) -> tuple[float | None, list[str]]:
    """Frames a second, and what is odd about the times."""
    start = series.get("starting_time")
    if isinstance(start, h5py.Dataset) and "rate" in start.attrs:
        rate = number_attribute(start, "rate", 0)
        return (rate if np.isfinite(rate) and rate > 0 else None), []
    if not isinstance(series.get("timestamps"), h5py.Dataset):
        return None, []
    steps = np.diff(whole(dataset(series, "timestamps")).astype(np.float64).ravel())
    step = float(np.median(steps)) if steps.size else 0.0
    if not (np.isfinite(step) and step > 0):
        return None, ["Its times do not rise: the frame rate is not known."]
    uneven = int((np.abs(steps - step) > step / 2).sum())
    note = f"{uneven} of its frames are early or late by more than half a frame."
    return 1 / step, [note] if uneven else []


def _unclear(source: str, found: str, series: dict[str, _Part]) -> InputError:
    return InputError(
        source,
        found,
        f"one of {', '.join(series) or 'none'}",
        f"Name it with `--traces NAME`, or have them estimated with `--traces {NO_TRACES}`.",
    )


def _nowhere(source: str, series: h5py.Group, found: str) -> InputError:
    return InputError(
        source,
        f"the response series {series.name} points to {found}",
        "each column's own row of a PlaneSegmentation",
        "Export the traces again.",
    )
