"""What a judge needs to see of the candidates of one recording, without the recording."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.data.candidate_set import TraceKind
from sightline.data.recording import Units

ABSENT: Final = -1


@dataclass(frozen=True)
class CandidateEvidence:
    """One candidate as a judge sees it; pixel coordinates are of the crop unless said otherwise.

    Parameters
    ----------
    index
        Row of the candidate in its recording.
    footprint : (height, width) float32
        Cropped, scaled to a maximum of 1; all zero for an empty one.
    crop
        (top, left, bottom, right) of the crop in the image, the last two exclusive.
    image_shape
        (height, width) of the image.
    trace : (frame,) float32
        Whole, at full rate; finite.
    events : (event,) int32
        Frames of the trace at which the largest events peak, largest first; none to five.
    snapshots : (event, frame, height, width) float32 or None
        Movie values around each event, in the movie's units; None where there is no movie.
    snapshot_traces : (event, frame) float32
        The trace at the snapshots' frames (means over frames if the movie is slower).
    """

    index: int
    footprint: NDArray[np.float32]
    crop: tuple[int, int, int, int]
    image_shape: tuple[int, int]
    trace: NDArray[np.float32]
    events: NDArray[np.int32]
    snapshots: NDArray[np.float32] | None
    snapshot_traces: NDArray[np.float32]


@dataclass(frozen=True)
class Layout:
    """Places of all candidates of one recording, in pixels of the image, pixel centres whole.

    Parameters
    ----------
    centres : (candidate, 2) float32
        Unweighted mean (y, x) of a footprint's pixels; ``nan`` for an empty one.
    boxes : (candidate, 4) int32
        (top, left, bottom, right) of the outline, the last two exclusive.
    crops : (candidate, 4) int32
        The part of the image kept in snapshots, likewise; never empty.
    outline_points : (point, 2) float32
        (y, x) along the outlines, one closed part after the other.
    outline_parts : (part + 1,) int64
        Where each part begins in ``outline_points``.
    outline_starts : (candidate + 1,) int64
        Where each candidate begins in ``outline_parts``.
    neighbours, neighbour_starts : (entry,) int32, (candidate + 1,) int64
        The neighbours of each candidate, and where they begin.
    """

    centres: NDArray[np.float32]
    boxes: NDArray[np.int32]
    crops: NDArray[np.int32]
    outline_points: NDArray[np.float32]
    outline_parts: NDArray[np.int64]
    outline_starts: NDArray[np.int64]
    neighbours: NDArray[np.int32]
    neighbour_starts: NDArray[np.int64]


@dataclass(frozen=True)
class MovieNotes:
    """What is kept of the recording itself.

    Parameters
    ----------
    movie
        Its name; empty where there was none.
    frame_rate_hz
        Of the traces, where known.
    movie_downsampled
        Frames of a trace in one frame of the movie.
    pixel_size_um
        (y, x), where known.
    units
        Of the movie's values.
    noise
        Standard deviation of the movie's noise, in its units: the median over pixels.
    half_window
        Movie frames before and after an event in a snapshot.
    candidates_format
        Format the candidates came in, such as ``"suite2p"``.
    candidates_source
        Name of the file or folder they came in.
    trace_kind
        As in `CandidateSet`.
    warnings
        What is wrong with the recording, and what to change.
    notes
        What was found and assumed.
    """

    movie: str
    frame_rate_hz: float | None = None
    movie_downsampled: int = 1
    pixel_size_um: tuple[float, ...] | None = None
    units: Units = "unknown"
    noise: float = 0.0
    half_window: int = 5
    candidates_format: str = ""
    candidates_source: str = ""
    trace_kind: TraceKind = "model"
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Evidence of all candidates of one recording; traces and snapshots stay on disk.

    Parameters
    ----------
    recording
        Name, unique in a project.
    identities
        The extractor's own name of each candidate.
    image_shape
        (height, width) of the image.
    footprints : (candidate, pixel) float32 CSR
        Scaled to a maximum of 1; pixel is ``y * width + x``.
    events : (candidate, event) int32
        Frames of the trace at which the largest events peak, ``ABSENT`` where there are fewer.
    contrast : (candidate, 4) float32
        Least, largest, 10 % and 99.9 % quantile of the snapshots' values; ``nan`` without any.
    layout
        Where candidates lie.
    about
        What is kept of the recording itself.
    images
        Summary images (height, width) float32: ``"maximum"``, ``"mean"``, ``"correlation"``,
        ``"noise"``; those that there are.
    columns
        What the extractor says of each candidate (candidate,) float32.
    proposal : (candidate,) int8 or None
        The extractor's own verdict: 1 cell, 0 not a cell, -1 none. No human made it.
    """

    recording: str
    identities: tuple[str, ...]
    image_shape: tuple[int, int]
    footprints: sparse.csr_array
    events: NDArray[np.int32]
    contrast: NDArray[np.float32]
    layout: Layout
    about: MovieNotes
    images: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    columns: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    proposal: NDArray[np.int8] | None = None


def crop_footprint(
    footprints: sparse.csr_array, index: int, crop: NDArray[np.int32], width: int
) -> NDArray[np.float32]:
    """Return the part of one footprint that lies in a crop, as an image."""
    top, left, bottom, right = (int(edge) for edge in crop)
    image = np.zeros((bottom - top, right - left), np.float32)
    begin, end = footprints.indptr[index : index + 2]
    y, x = np.divmod(footprints.indices[begin:end], width)
    inside = (y >= top) & (y < bottom) & (x >= left) & (x < right)
    image[y[inside] - top, x[inside] - left] = footprints.data[begin:end][inside]
    return image


def traces_in_snapshots(
    trace: NDArray[np.float32],
    events: NDArray[np.int32],
    half_window: int,
    movie_downsampled: int = 1,
) -> NDArray[np.float32]:
    """Return the trace at each snapshot's frames, (event, frame) float32.

    Parameters
    ----------
    trace : (frame,)
        Whole.
    events : (event,) int32
        None of them absent.
    half_window, movie_downsampled
        As in `MovieNotes`; a slower movie's frame gets the mean of the trace's frames in it.
    """
    frames = events[:, None] // movie_downsampled + np.arange(-half_window, half_window + 1)
    parts = frames[..., None] * movie_downsampled + np.arange(movie_downsampled)
    return trace[parts].mean(-1, dtype=np.float64).astype(np.float32)
