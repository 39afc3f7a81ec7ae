"""A new NWB file of candidates and verdicts; needs pynwb, which is an extra."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.candidate_set import CandidateSet
from sightline.errors import InputError
from sightline.formats.candidates.nwb_verdicts import UNKNOWN_SUBJECT, NwbVerdicts
from sightline.formats.new_file import new_file

UNKNOWN_START: Final = datetime(1900, 1, 1, tzinfo=UTC)
_BUFFER_GB: Final = 0.25
_PIXEL: Final = np.dtype([("x", np.uint32), ("y", np.uint32), ("weight", np.float32)])


@dataclass(frozen=True)
class NwbSession:
    """What NWB wants to know of a session; the defaults say that it is not known.

    Parameters
    ----------
    start
        With its time zone. Unknown: the first day of 1900, as is usual where dates are withheld.
    description, identifier
        Of the session; the identifier is a new one if none is given.
    subject, species, sex, age
        Of the animal: its name, Latin species, ``"M"``, ``"F"``, ``"O"`` or ``"U"`` (unknown), and
        ISO 8601 duration (``"P0D/"``: anything from zero days).
    indicator, location
        Calcium indicator, and place in the brain.
    excitation_nm, emission_nm
        Wavelengths; NaN where not known.
    pixel_size_um
        (y, x), where known.
    """

    start: datetime | None = None
    description: str = "Cell candidates sorted with Sightline."
    identifier: str = ""
    subject: str = UNKNOWN_SUBJECT["subject_id"]
    species: str = ""
    sex: str = UNKNOWN_SUBJECT["sex"]
    age: str = UNKNOWN_SUBJECT["age"]
    indicator: str = "unknown"
    location: str = "unknown"
    excitation_nm: float = float("nan")
    emission_nm: float = float("nan")
    pixel_size_um: tuple[float, float] | None = None


def write_nwb(
    path: Path,
    candidates: CandidateSet,
    verdicts: NwbVerdicts | None = None,
    session: NwbSession | None = None,
) -> None:
    """Write candidates, and the verdicts on them, as a new NWB file.

    Footprints become a ``pixel_mask``, traces a ``Fluorescence``, images an ``Images`` container;
    all with x, the column, first, as NWB specifies. Identities are ids if they are whole numbers,
    and ``roi_name`` in any case. Where there are fewer frames than candidates the traces are in
    several series, because checkers of NWB take such a table for a turned one.

    Parameters
    ----------
    path
        New file.
    candidates
        With a frame rate, if they have traces.
    verdicts
        Of the same candidates, in the same order.
    session
        What is known of it.

    Raises
    ------
    InputError
        If pynwb is not installed, the file is there already, or the traces' frame rate or the
        start's time zone is missing.
    """
    session = session or NwbSession()
    pynwb = _pynwb()
    _check(path, candidates, verdicts, session)
    content = _session_file(pynwb, session)
    table = _segmentation(pynwb, content, candidates, verdicts, session)
    _add_traces(pynwb, content, candidates, table)
    _add_images(pynwb, content, candidates)
    with new_file(path) as aside, pynwb.NWBHDF5IO(str(aside), "w") as file:
        file.write(content)


def _pynwb() -> Any:
    """The library, imported only when it is needed: it is an extra, and slow to import."""
    try:
        return import_module("pynwb")
    except ImportError:
        raise InputError(
            "pynwb",
            "it is not installed",
            "pynwb 3 or later, to write NWB files",
            "Install it with: pip install 'sightline[nwb]'",
        ) from None


def _check(
    path: Path, candidates: CandidateSet, verdicts: NwbVerdicts | None, session: NwbSession
) -> None:
    if candidates.traces is not None and not candidates.frame_rate_hz:
        raise InputError(
            path, "the frame rate is not known", "that of the traces", "Give --frame-rate."
        )
    if session.start is not None and session.start.tzinfo is None:
        raise InputError(
            "session start",
            f"{session.start.isoformat()} has no time zone",
            "a time with its zone, such as 2024-03-01T10:00:00+01:00",
            "Add the zone.",
        )
    if verdicts is not None and verdicts.identities != candidates.identities:
        raise InputError(
            path,
            "the verdicts are of other candidates",
            "one a candidate, in their order",
            "Export candidates and verdicts of one project.",
        )


def _session_file(pynwb: Any, session: NwbSession) -> Any:
    note = "The session's start is not known: 1900-01-01 stands for it."
    return pynwb.NWBFile(
        session_description=session.description,
        identifier=session.identifier or str(uuid.uuid4()),
        session_start_time=session.start or UNKNOWN_START,
        notes=None if session.start else note,
        subject=pynwb.file.Subject(
            subject_id=session.subject,
            sex=session.sex,
            age=session.age,
            species=session.species or None,
            description="Animal of the recording.",
        ),
    )


def _segmentation(
    pynwb: Any,
    content: Any,
    candidates: CandidateSet,
    verdicts: NwbVerdicts | None,
    session: NwbSession,
) -> Any:

    device = content.create_device(name="Microscope", description="Not known.")
    channel = pynwb.ophys.OpticalChannel(
        name="OpticalChannel", description="Not known.", emission_lambda=session.emission_nm
    )
    size = session.pixel_size_um
    plane = content.create_imaging_plane(
        name="ImagingPlane",
        optical_channel=channel,
        description=f"Images of {candidates.image_shape[1]} x {candidates.image_shape[0]} pixels "
        "(x, y).",
        device=device,
        excitation_lambda=session.excitation_nm,
        indicator=session.indicator,
        location=session.location,
        imaging_rate=candidates.frame_rate_hz,
        **({"grid_spacing": [size[1] * 1e-6, size[0] * 1e-6]} if size else {}),
    )
    pixels = pynwb.core.VectorData(
        name="pixel_mask", description="Pixels of each region.", data=_pixels(candidates)
    )
    ends = pynwb.core.VectorIndex(
        name="pixel_mask_index", target=pixels, data=candidates.footprints.indptr[1:].astype("u8")
    )
    home = pynwb.ophys.ImageSegmentation(name="ImageSegmentation")
    table = home.create_plane_segmentation(
        name="PlaneSegmentation",
        description=f"Cell candidates, {candidates.format}.",
        imaging_plane=plane,
        id=_ids(candidates.identities),
        columns=[pixels, ends],
        colnames=["pixel_mask"],
    )
    for name, description, values in _columns(candidates, verdicts):
        table.add_column(name=name, description=description, data=values)
    module = content.create_processing_module(
        name="ophys", description="Candidates, their traces, and verdicts on them."
    )
    module.add(home)
    return table


def _pixels(candidates: CandidateSet) -> NDArray[Any]:
    """Column, row and weight of each pixel, candidate after candidate."""
    rows, columns = np.divmod(candidates.footprints.indices, candidates.image_shape[1])
    pixels = np.empty(len(rows), _PIXEL)
    pixels["x"], pixels["y"], pixels["weight"] = columns, rows, candidates.footprints.data
    return pixels


def _ids(identities: tuple[str, ...]) -> list[int]:
    whole = all(identity.isdecimal() and len(identity) < 10 for identity in identities)
    numbers = [int(identity) for identity in identities] if whole else []
    return numbers if len(set(numbers)) == len(identities) else list(range(len(identities)))


def _columns(
    candidates: CandidateSet, verdicts: NwbVerdicts | None
) -> list[tuple[str, str, list[Any]]]:
    columns: list[tuple[str, str, list[Any]]] = [
        ("roi_name", "The extractor's own name of each region.", list(candidates.identities))
    ]
    if candidates.proposal is not None:
        for name, label in (("accepted", 1), ("rejected", 0)):
            values = (candidates.proposal == label).tolist()
            columns.append((name, f"Whether the extractor {name} it.", values))
    taken = {"id", "pixel_mask", "pixel_mask_index", *(name for name, _, _ in columns)}
    for name, numbers in candidates.columns.items():
        safe = name.replace("/", "_").replace(":", "_")
        if safe not in taken:
            columns.append((safe, f"{name}, by the extractor.", numbers.tolist()))
            taken.add(safe)
    if verdicts is not None:
        columns += [(name, text, list(values)) for name, text, values in verdicts.columns()]
    return columns


def _add_traces(pynwb: Any, content: Any, candidates: CandidateSet, table: Any) -> None:
    if candidates.traces is None:
        return

    home = pynwb.ophys.Fluorescence(name="Fluorescence")
    content.processing["ophys"].add(home)
    count, frames = candidates.traces.shape
    for number, start in enumerate(range(0, count, frames)):
        some = range(start, min(start + frames, count))
        series = pynwb.ophys.RoiResponseSeries(
            name="RoiResponseSeries" if count <= frames else f"RoiResponseSeries{number}",
            description="Activity of each region, as the extractor gave it.",
            data=_turned(candidates.traces[some.start : some.stop]),
            rois=table.create_roi_table_region(
                region=list(some), description="The regions of these columns."
            ),
            unit="n.a.",
            starting_time=0.0,
            rate=float(candidates.frame_rate_hz or 0),
        )
        home.add_roi_response_series(series)


def _turned(traces: NDArray[np.float32]) -> Any:
    """The traces as (frame, candidate), compressed and written piece by piece."""
    hdmf = import_module("hdmf.data_utils")
    backend = import_module("hdmf.backends.hdf5")

    class Turned(hdmf.GenericDataChunkIterator):
        def _get_data(self, selection: tuple[slice, ...]) -> NDArray[np.float32]:
            return np.asarray(traces[selection[1], selection[0]]).T

        def _get_maxshape(self) -> tuple[int, int]:
            return traces.shape[1], traces.shape[0]

        def _get_dtype(self) -> np.dtype[Any]:
            return np.dtype(np.float32)

    return backend.H5DataIO(Turned(buffer_gb=_BUFFER_GB), compression="gzip")


def _add_images(pynwb: Any, content: Any, candidates: CandidateSet) -> None:
    if not candidates.images:
        return

    images = [
        pynwb.image.GrayscaleImage(
            name=name, data=image.T, description=f"{name} over frames (x, y)"
        )
        for name, image in candidates.images.items()
    ]
    home = pynwb.base.Images(
        name="SummaryImages", description="Images over all frames.", images=images
    )
    content.processing["ophys"].add(home)
