"""The evidence of a sorting project: one Zarr zip a recording, read candidate by candidate."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import zarr
import zarr.codecs
from numpy.typing import NDArray
from scipy import sparse

from sightline.data.evidence import (
    ABSENT,
    CandidateEvidence,
    Evidence,
    Layout,
    MovieNotes,
    crop_footprint,
    traces_in_snapshots,
)
from sightline.errors import ProjectError
from sightline.project.arrays import RESTORE, new_arrays, open_arrays
from sightline.project.project import Project

DAMAGE: Final = (zipfile.BadZipFile, EOFError, KeyError, RuntimeError, ValueError, OSError)
"""What reading a part of the evidence raises, where it is damaged."""

_CODES: Final = "snapshot_codes"
_TRACES: Final = "traces"
_CHUNK: Final = 2**19  # values of a chunk: a megabyte of codes, opened in a millisecond or two
_FOOTPRINT_PARTS: Final = ("data", "indices", "indptr")
_NAMES: Final = "array_names"  # kept among the attributes, so that a lost array is noticed

Write = Callable[[NDArray[Any]], None]


def evidence_name(number: int) -> str:
    """Return the name of the group that holds the evidence of a project's recording."""
    return f"evidence-{number}"


def evidence_path(project: Project, number: int = 0) -> Path:
    """Return the file that holds the evidence of a project's recording."""
    return project.arrays / f"{evidence_name(number)}.zarr.zip"


def has_evidence(project: Project, number: int = 0) -> bool:
    """Whether the project holds more than features of that recording."""
    return evidence_path(project, number).is_file()


@contextmanager
def new_evidence(
    project: Project,
    evidence: Evidence,
    trace_shape: tuple[int, int],
    coding: tuple[NDArray[np.float64], NDArray[np.float64]],
    pixels: NDArray[np.int64],
    number: int = 0,
) -> Iterator[tuple[Write, Write]]:
    """Store evidence; what is too large for memory is handed over part by part.

    Parameters
    ----------
    project
        Where to; evidence of that number is replaced as a whole on leaving.
    evidence
        All but traces and snapshots.
    trace_shape
        (candidate, frame) of the traces.
    coding
        (candidate,) least value and step of each candidate's snapshots.
    pixels
        (candidate,) number of values in each candidate's snapshots.
    number
        Of the recording in the project.

    Yields
    ------
    write_traces, write_codes
        Functions that take the next rows of the traces, (candidate, frame) float32, and the next
        values of the snapshots, uint16, ordered by candidate, event, frame, y and x.
    """
    starts = np.concatenate([[0], np.cumsum(pixels, dtype=np.int64)])
    small = {**_small_arrays(evidence), "snapshot_starts": starts}
    small |= {"snapshot_least": coding[0], "snapshot_step": coding[1]}
    about = {**_attributes(evidence), _NAMES: sorted([*small, _TRACES, _CODES])}
    with new_arrays(project.arrays, evidence_name(number), about) as group:
        for key, array in small.items():
            group.create_array(key, data=array)
        traces = _large(group, _TRACES, trace_shape, np.float32)
        codes = _large(group, _CODES, (int(starts[-1]),), np.uint16)
        with _appending(traces) as write_traces, _appending(codes) as write_codes:
            yield write_traces, write_codes


class EvidenceReader:
    """Evidence of one recording; `open_evidence` makes one.

    Parameters
    ----------
    evidence
        All but traces and snapshots.
    group
        The open arrays.
    """

    def __init__(self, evidence: Evidence, group: zarr.Group) -> None:
        self.evidence = evidence
        self._traces = _array(group, _TRACES)
        self._codes = _array(group, _CODES)
        self._starts = np.asarray(_array(group, "snapshot_starts")[...])
        self._least = np.asarray(_array(group, "snapshot_least")[...])
        self._step = np.asarray(_array(group, "snapshot_step")[...])

    @property
    def trace_shape(self) -> tuple[int, int]:
        """(candidate, frame)."""
        candidates, frames = self._traces.shape
        return candidates, frames

    def traces(self, start: int = 0, stop: int | None = None) -> NDArray[np.float32]:
        """Return the traces of consecutive candidates, (candidate, frame)."""
        return np.asarray(self._traces[start:stop])

    def snapshots(self, index: int) -> NDArray[np.float32] | None:
        """Return a candidate's snapshots (event, frame, height, width); None without any."""
        codes, least, step = self.coded_snapshots(index)
        if codes is None:
            return None
        return (least + step * codes.astype(np.float64)).astype(np.float32)

    def coded_snapshots(self, index: int) -> tuple[NDArray[np.uint16] | None, float, float]:
        """Return a candidate's snapshots as they are stored; a value is least + step * code.

        Returns
        -------
        codes : (event, frame, height, width) uint16 or None
            None without any.
        least, step
            In the movie's units.
        """
        least, step = float(self._least[index]), float(self._step[index])
        begin, end = (int(place) for place in self._starts[index : index + 2])
        if begin == end:
            return None, least, step
        top, left, bottom, right = self.evidence.layout.crops[index]
        window = 2 * self.evidence.about.half_window + 1
        shape = (-1, window, int(bottom - top), int(right - left))
        return np.asarray(self._codes[begin:end], np.uint16).reshape(shape), least, step

    def candidate(self, index: int) -> CandidateEvidence:
        """Return all that a judge needs to see of one candidate."""
        evidence = self.evidence
        about, crop = evidence.about, evidence.layout.crops[index]
        events = evidence.events[index][evidence.events[index] != ABSENT]
        trace = self.traces(index, index + 1)[0]
        top, left, bottom, right = (int(edge) for edge in crop)
        return CandidateEvidence(
            index,
            crop_footprint(evidence.footprints, index, crop, evidence.image_shape[1]),
            (top, left, bottom, right),
            evidence.image_shape,
            trace,
            events,
            self.snapshots(index),
            traces_in_snapshots(trace, events, about.half_window, about.movie_downsampled),
        )


def damaged_evidence(path: Path, damage: Exception) -> str:
    """Say that a file of evidence is damaged, and what to do."""
    why = str(damage) or type(damage).__name__
    return f"{path}: damaged ({why}). The decisions are safe in the journal. {RESTORE}"


@contextmanager
def open_evidence(project: Project, number: int = 0) -> Iterator[EvidenceReader]:
    """Open the evidence of one recording of a project.

    Raises
    ------
    ProjectError
        If there is none, or it is damaged.
    """
    if not has_evidence(project, number):
        raise ProjectError(
            f"{project.path}: it holds features only, no evidence. Prepare it from a movie and its "
            "candidates: sightline sort prepare MOVIE --candidates WHERE -o PROJECT."
        )
    with open_arrays(project.arrays, evidence_name(number)) as group:
        try:
            reader = EvidenceReader(_evidence(group), group)
        except (KeyError, TypeError, ValueError) as damage:
            raise ProjectError(damaged_evidence(evidence_path(project, number), damage)) from None
        yield reader


def _small_arrays(evidence: Evidence) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {
        "events": evidence.events,
        "contrast": evidence.contrast,
        **{f"footprint_{part}": getattr(evidence.footprints, part) for part in _FOOTPRINT_PARTS},
        **{f"layout_{part.name}": getattr(evidence.layout, part.name) for part in fields(Layout)},
        **{f"image_{name}": image for name, image in evidence.images.items()},
        **{f"column_{number}": values for number, values in enumerate(evidence.columns.values())},
    }
    if evidence.proposal is not None:
        arrays["proposal"] = evidence.proposal
    return arrays


def _attributes(evidence: Evidence) -> dict[str, Any]:
    return {
        "recording": evidence.recording,
        "identities": list(evidence.identities),
        "image_shape": list(evidence.image_shape),
        "columns": list(evidence.columns),
        "about": asdict(evidence.about),
    }


def _evidence(group: zarr.Group) -> Evidence:
    notes: Mapping[str, Any] = dict(group.attrs)
    stored = dict(sorted(group.arrays()))  # folders list their files in no order
    if sorted(stored) != notes[_NAMES]:
        raise ValueError("arrays are missing")
    arrays = {
        name: np.asarray(array[...])
        for name, array in stored.items()
        if name not in (_TRACES, _CODES)
    }
    height, width = notes["image_shape"]
    parts = tuple(arrays[f"footprint_{part}"] for part in _FOOTPRINT_PARTS)
    return Evidence(
        notes["recording"],
        tuple(notes["identities"]),
        (height, width),
        sparse.csr_array(parts, shape=(len(notes["identities"]), height * width)),
        arrays["events"],
        arrays["contrast"],
        Layout(**{part.name: arrays[f"layout_{part.name}"] for part in fields(Layout)}),
        _movie_notes(notes["about"]),
        {
            name.removeprefix("image_"): image
            for name, image in arrays.items()
            if name.startswith("image_")
        },
        {name: arrays[f"column_{number}"] for number, name in enumerate(notes["columns"])},
        arrays.get("proposal"),
    )


def _movie_notes(about: Mapping[str, Any]) -> MovieNotes:
    pixel_size = about["pixel_size_um"]
    lists = {name: tuple(about[name]) for name in ("warnings", "notes")}
    return MovieNotes(
        **{**about, **lists, "pixel_size_um": None if pixel_size is None else tuple(pixel_size)}
    )


def _array(group: zarr.Group, name: str) -> zarr.Array:
    array = group[name]
    if not isinstance(array, zarr.Array):
        raise TypeError(f"{name} is no array")
    return array


def _large(group: zarr.Group, name: str, shape: tuple[int, ...], dtype: Any) -> zarr.Array:
    row = int(np.prod(shape[1:], dtype=np.int64))
    rows = min(max(1, _CHUNK // max(row, 1)), max(shape[0], 1))
    return group.create_array(
        name,
        shape=shape,
        chunks=(rows, *(max(1, length) for length in shape[1:])),
        dtype=dtype,
        compressors=zarr.codecs.BloscCodec(cname="zstd", clevel=3, shuffle="bitshuffle"),
    )


@contextmanager
def _appending(array: zarr.Array) -> Iterator[Write]:
    """Give a function that adds rows; each chunk is written once and whole, as a zip needs it."""
    chunk, held, place = array.chunks[0], [], 0

    def flush(keep: int) -> None:
        nonlocal held, place
        rows = held[0] if len(held) == 1 else np.concatenate(held)
        count = len(rows) - keep
        if count:
            array[place : place + count] = rows[:count]
            place += count
        held = [rows[count:]]

    def write(rows: NDArray[Any]) -> None:
        held.append(rows)
        length = sum(map(len, held))
        if length >= chunk:
            flush(keep=length % chunk)

    yield write
    if held:
        flush(keep=0)
    if place != array.shape[0]:
        raise ValueError(f"{place} of {array.shape[0]} rows of {array.name} were written")
