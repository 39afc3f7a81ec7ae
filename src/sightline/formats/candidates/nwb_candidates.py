"""Candidates of an NWB file: a PlaneSegmentation, its response series and summary images.

Read from the HDF5 it is stored in, so that no NWB library is needed. Format: NWB 2 schema,
``nwb.ophys`` and ``hdmf-common`` tables.
"""

from pathlib import Path
from typing import Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.data.candidate_set import CandidateSet, TraceKind, check_candidates
from sightline.errors import InputError
from sightline.formats.candidates.nwb_masks import Axes, read_images, read_masks
from sightline.formats.candidates.nwb_responses import read_responses
from sightline.formats.nwb_file import (
    column_names,
    groups_of_type,
    named,
    opened_nwb,
    row_count,
    row_identities,
    text_of,
    whole,
)

COLUMN_PREFIX: Final = "sightline_"
_MASKS: Final = {"image_mask", "pixel_mask", "voxel_mask"}
_ACCEPTED: Final = ("accepted", "is_accepted")
_REJECTED: Final = ("rejected", "is_rejected")
_JUDGED: Final = ("iscell", "is_cell", "keep")


def read_nwb_candidates(
    path: Path,
    *,
    segmentation: str = "",
    traces: str = "",
    plane: int | None = None,
    axes: Axes = "",
    image_shape: tuple[int, int] | None = None,
) -> CandidateSet:
    """Read a segmentation as candidates, with traces where a response series belongs to it.

    Parameters
    ----------
    path
        NWB file (HDF5).
    segmentation
        Name or path of the PlaneSegmentation; needed where there are several.
    traces
        Name or path of the RoiResponseSeries; needed where several could be meant. ``"none"`` for
        footprints only.
    plane
        Which plane, by its z in ``voxel_mask``; needed where there are several.
    axes
        Which axis the file stores first: ``"xy"`` (the column, as NWB specifies) or ``"yx"``; empty
        to find out (`sightline.formats.candidates.nwb_masks`).
    image_shape
        (height, width) of the movie where it is known, pixels.

    Returns
    -------
    CandidateSet
        Identities are the table's ids. ``Accepted``, ``Rejected``, ``iscell`` or ``keep`` become
        the proposal, other columns of numbers stay columns.

    Raises
    ------
    InputError
        If the file is damaged, holds no segmentation or several, or its parts do not fit.
    """
    source = str(path)
    with opened_nwb(path) as file:
        table = find_segmentation(file, segmentation, source)
        masks = read_masks(table, axes, image_shape, source)
        chosen = _plane(masks.planes, plane, source)
        wanted = np.flatnonzero(masks.planes == chosen)
        responses = read_responses(table, wanted, traces, source)
        rows = responses.rows
        columns = _columns(table)
        proposal, notes = _proposal(columns, rows)
        identities = row_identities(table)
        return check_candidates(
            CandidateSet(
                recording=path.stem,
                source=source,
                format="nwb",
                image_shape=masks.image_shape,
                footprints=masks.footprints[rows],
                traces=responses.traces,
                identities=tuple(identities[row] for row in rows),
                trace_kind=_trace_kind(table),
                frame_rate_hz=responses.frame_rate_hz,
                images=read_images(file, masks, chosen),
                columns={name: values[rows] for name, values in columns.items()},
                proposal=proposal,
                notes=(*masks.notes, *responses.notes, *notes),
            )
        )


def find_segmentation(file: h5py.File, name: str, source: str) -> h5py.Group:
    """The PlaneSegmentation of that name, or the only one.

    Raises
    ------
    InputError
        If there is none, or several could be meant.
    """
    tables = groups_of_type(file, "PlaneSegmentation")
    if not tables:
        raise InputError(
            source,
            "it holds no PlaneSegmentation",
            "the footprints that an extraction tool wrote",
            "Give the file that holds the extraction's output.",
        )
    fitting = named(tables, name) if name else tables
    if len(fitting) != 1:
        asked = f" {name!r}" if name else ""
        raise InputError(
            source,
            f"it holds {len(fitting)} segmentations{asked}",
            f"one of {', '.join(tables)}",
            "Name it with `--segmentation NAME`.",
        )
    return next(iter(fitting.values()))


def _plane(planes: NDArray[np.int64], plane: int | None, source: str) -> int:
    there = np.unique(planes)
    if plane is None and len(there) <= 1:
        return int(there[0]) if len(there) else 0
    if plane is None or plane not in there:
        raise InputError(
            source,
            f"its regions are in the planes {', '.join(map(str, there))}",
            "one plane" if plane is None else f"plane {plane}",
            "Name one of them with `--plane NUMBER`.",
        )
    return plane


def _columns(table: h5py.Group) -> dict[str, NDArray[np.float32]]:
    """Columns of one number a row, float32, but for ours; suite2p's ``iscell`` comes as two."""
    count = row_count(table)
    columns: dict[str, NDArray[np.float32]] = {}
    for name in column_names(table):
        item = table.get(name)
        if (
            name in _MASKS
            or name.startswith(COLUMN_PREFIX)
            or f"{name}_index" in table
            or not isinstance(item, h5py.Dataset)
        ):
            continue
        if item.dtype.kind not in "fiub" or "table" in item.attrs:
            continue
        if item.shape == (count,):
            columns[name] = whole(item).astype(np.float32)
        elif name == "iscell" and item.shape == (count, 2):
            columns["iscell"], columns["cell_probability"] = whole(item).astype(np.float32).T
    return columns


def _proposal(
    columns: dict[str, NDArray[np.float32]], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int8] | None, list[str]]:
    """The extractor's verdict, taken out of the columns."""
    verdicts = {
        name: columns.pop(name)[rows] > 0
        for name in list(columns)
        if name.lower() in (*_ACCEPTED, *_REJECTED, *_JUDGED)
    }
    accepted = [verdict for name, verdict in verdicts.items() if name.lower() in _ACCEPTED]
    rejected = [verdict for name, verdict in verdicts.items() if name.lower() in _REJECTED]
    judged = [verdict for name, verdict in verdicts.items() if name.lower() in _JUDGED]
    said = f"The proposal is the file's own: {', '.join(verdicts)}."
    if any(verdict.any() for verdict in (*accepted, *rejected)):
        yes = np.any([np.zeros(len(rows), bool), *accepted], axis=0)
        no = np.any([np.zeros(len(rows), bool), *rejected], axis=0) if rejected else ~yes
        return np.where(yes, 1, np.where(no, 0, -1)).astype(np.int8), [said]
    return (judged[0].astype(np.int8), [said]) if judged else (None, [])


def _trace_kind(table: h5py.Group) -> TraceKind:
    """Only CaImAn is known to write traces that, times the footprints, rebuild the movie."""
    return "model" if text_of(table.attrs.get("description")) == "CNMF_ROIs" else "mean"
