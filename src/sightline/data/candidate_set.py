"""Cell candidates as an extraction tool gave them: footprints, traces and what goes with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.errors import InputError

TraceKind = Literal["model", "mean"]


@dataclass(frozen=True)
class CandidateSet:
    """The candidates of one recording (one plane), checked by `check_candidates`.

    Parameters
    ----------
    recording
        Name, unique in a project.
    source, format
        File or folder they came from, and the format's name, such as ``"suite2p"``.
    image_shape
        (height, width) of a frame, pixels.
    footprints : (candidate, pixel) float32 CSR
        Weights of pixel ``y * width + x``, zero or more, as the extractor gave them.
    traces : (candidate, frame) float32 or None
        Activity; None where the extractor gave footprints only. May be a memory map.
    trace_kind
        ``"model"`` if footprint times trace rebuilds the movie, ``"mean"`` if a trace is the mean
        over its pixels.
    identities
        The extractor's own name of each candidate.
    frame_rate_hz
        Of the traces, where known.
    images
        Summary images (height, width) float32 that the extractor kept: ``"maximum"``, ``"mean"``,
        ``"correlation"``.
    columns
        What else the extractor says of each candidate (candidate,) float32, such as
        ``"red_probability"``.
    labels
        For each annotator who decided (candidate,) int8: 1 cell, 0 not a cell, -1 undecided.
    proposal : (candidate,) int8 or None
        The extractor's own verdict, likewise; no human made it.
    notes
        What was found and assumed, in words.
    """

    recording: str
    source: str
    format: str
    image_shape: tuple[int, int]
    footprints: sparse.csr_array
    traces: NDArray[np.float32] | None
    identities: tuple[str, ...]
    trace_kind: TraceKind = "model"
    frame_rate_hz: float | None = None
    images: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    columns: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    labels: Mapping[str, NDArray[np.int8]] = field(default_factory=dict)
    proposal: NDArray[np.int8] | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.identities)


def check_candidates(candidates: CandidateSet) -> CandidateSet:
    """Return the candidates if their parts fit; every reader ends here.

    Candidates with an empty footprint stay, for none ever vanishes in silence; weights that are
    negative or not finite become 0, and ``notes`` tell how many.

    Raises
    ------
    InputError
        If there are none, or footprints, traces, identities and labels do not fit each other.
    """
    count = len(candidates)
    source = candidates.source
    if count == 0:
        raise InputError(
            source, "it holds no candidates", "at least one", "Check the extraction's output."
        )
    height, width = candidates.image_shape
    if candidates.footprints.shape != (count, height * width):
        raise InputError(
            source,
            "footprints of shape " + " x ".join(map(str, candidates.footprints.shape or ())),
            f"{count} candidates x {height * width} pixels, for images of {height} x {width}",
            "Check that footprints, identities and image size are of the same extraction.",
        )
    if len(set(candidates.identities)) < count:
        raise InputError(
            source, "two candidates share an identity", "all different", "Number them anew."
        )
    traces = candidates.traces
    if traces is not None and (traces.ndim != 2 or len(traces) != count or traces.shape[1] == 0):
        raise InputError(
            source,
            f"traces of shape {traces.shape} for {count} footprints",
            f"({count}, frames)",
            "Check that footprints and traces are of the same extraction.",
        )
    rows = {**candidates.columns, **candidates.labels}
    if candidates.proposal is not None:
        rows["proposal"] = candidates.proposal
    for name, values in rows.items():
        if values.shape != (count,):
            raise InputError(
                source,
                f"{len(values)} values of {name!r} for {count} candidates",
                "one each",
                "Check that they are of the same extraction.",
            )
    return _without_bad_values(candidates)


def _without_bad_values(candidates: CandidateSet) -> CandidateSet:
    notes = list(candidates.notes)
    footprints = sparse.csr_array(candidates.footprints, dtype=np.float32)
    bad = ~np.isfinite(footprints.data) | (footprints.data < 0)
    if bad.any():
        notes.append(f"{bad.sum():,} footprint weights were negative or not finite: taken as 0.")
        footprints.data[bad] = 0
    footprints.eliminate_zeros()
    footprints.sum_duplicates()
    empty = int((np.diff(footprints.indptr) == 0).sum())
    if empty:
        notes.append(f"{empty} candidates have an empty footprint.")
    fields = {name: getattr(candidates, name) for name in candidates.__dataclass_fields__}
    return CandidateSet(**{**fields, "footprints": footprints, "notes": tuple(notes)})
