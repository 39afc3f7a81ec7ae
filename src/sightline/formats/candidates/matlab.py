"""Candidates in MATLAB files: EXTRACT, CNMF-E, CIATAH and PCA-ICA, or under names the user gives.

The order of axes is settled by sizes: there are as many footprints as traces, and images have one
size. Where that leaves two ways, the extractor's documented order decides; else it is an error.
Candidates are numbered from 1, as in MATLAB.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.candidate_set import CandidateSet, check_candidates
from sightline.errors import InputError
from sightline.formats.candidates.matlab_arrays import (
    CANDIDATES_FIRST,
    FRAMES_FIRST,
    FRAMES_LAST,
    IMAGES_FIRST,
    PIXELS_FIRST,
    FootprintReading,
    TraceReading,
    footprint_readings,
    trace_readings,
)
from sightline.formats.candidates.matlab_file import (
    Struct,
    find_all,
    list_arrays,
    matlab_shape,
    open_matlab,
)
from sightline.formats.candidates.matlab_verdicts import find_verdicts

_EXPECTED: Final = "footprints and traces, such as EXTRACT's spatial_weights and temporal_weights"
_LISTED: Final = 12


@dataclass(frozen=True)
class _Names:
    """Under which names an extractor keeps its output, and in which order of axes."""

    tool: str
    footprints: str
    traces: tuple[str, ...]
    orders: tuple[str, ...]


_KNOWN: Final = (
    _Names(
        "extract", "spatial_weights", ("temporal_weights", "traces"), (IMAGES_FIRST, FRAMES_FIRST)
    ),
    _Names(
        "extract", "spatialWeights", ("temporal_weights", "traces"), (IMAGES_FIRST, FRAMES_FIRST)
    ),
    _Names("ciatah", "filters", ("traces", "temporal_weights"), (IMAGES_FIRST,)),
    _Names(
        "ciatah",
        "extractedImages",
        ("extractedSignals", "extractedSignalsEst"),
        (IMAGES_FIRST, FRAMES_LAST),
    ),
    _Names("pca-ica", "IcaFilters", ("IcaTraces",), (FRAMES_LAST,)),
    _Names(
        "cellmax",
        "cellImages",
        ("scaledProbability", "dsScaledProbability", "cellTraces", "dsCellTraces"),
        (IMAGES_FIRST, FRAMES_LAST),
    ),
    _Names("cnmf-e", "A", ("C_raw", "C"), (PIXELS_FIRST, FRAMES_LAST)),
)
_PCA_ICA_ORDERS: Final = {"xyz": IMAGES_FIRST, "zxy": CANDIDATES_FIRST}
_IMAGES: Final = {
    "maximum": ("max_image", "max_im", "summary_image"),
    "correlation": ("Cn",),
}


@dataclass(frozen=True)
class _Found:
    """Where footprints and traces are, and what is known of their order."""

    tool: str
    footprints: tuple[str, Any]
    traces: tuple[str, Any] | None
    orders: tuple[str, ...]
    beside: Struct


def read_matlab(
    path: Path,
    *,
    footprints: str = "",
    traces: str = "",
    image_shape: tuple[int, int] | None = None,
) -> CandidateSet:
    """Read candidates from a MATLAB file of any version.

    Parameters
    ----------
    path
        The ``.mat`` file.
    footprints, traces
        Names of the arrays where they are not an extractor's own, such as ``"A"`` or
        ``"result.A"``: (height, width, candidate), (candidate, height, width), (pixel, candidate)
        or a cell array of images; (candidate, frame) or (frame, candidate).
    image_shape
        (height, width) in pixels, where the file does not tell it.

    Raises
    ------
    InputError
        If the file is damaged, has no footprints under these names or several, or sizes leave more
        than one order of axes, or none.
    """
    with open_matlab(path) as variables:
        found = _find(variables, footprints, traces, path)
        shape = image_shape or _told_shape(found.beside)
        footprint, trace = _settle(found, shape, path)
        notes = [
            f"Footprints are {found.footprints[0]} ({footprint.order})"
            + (f", traces {found.traces[0]} ({trace.order})." if found.traces and trace else ".")
        ]
        if trace is None:
            notes.append("There are no traces.")
        values, gaps = trace.read() if trace else (None, [])
        verdicts = find_verdicts(found.beside, variables, footprint.count)
        return check_candidates(
            CandidateSet(
                recording=path.stem,
                source=str(path),
                format=found.tool,
                image_shape=footprint.image_shape,
                footprints=footprint.read(),
                traces=values,
                identities=_identities(found.beside, footprint.count),
                frame_rate_hz=_frame_rate(found.beside),
                images=_images(found.beside, footprint.image_shape),
                labels=verdicts.labels,
                proposal=verdicts.proposal,
                notes=(*notes, *gaps, *verdicts.notes),
            )
        )


def _find(variables: Struct, footprints: str, traces: str, path: Path) -> _Found:
    if footprints:
        place, node = _only(find_all(variables, footprints), footprints, variables, path)
        name = place.rpartition(".")[2]
        known = next((one for one in _KNOWN if one.footprints == name), None)
        names = known or _Names("matlab", name, (), ())
        return _with_traces(names, (place, node), variables, traces, path)
    for names in _KNOWN:
        hits = [hit for hit in find_all(variables, names.footprints) if _is_array(hit[1])]
        if names.footprints in {"A", "filters"} and not traces:
            hits = [hit for hit in hits if _partner(names, hit[0], variables)]
        if hits:
            hit = _only(hits, names.footprints, variables, path)
            return _with_traces(names, hit, variables, traces, path)
    raise _not_found(path, variables, "no footprints under a name that is known")


def _with_traces(
    names: _Names, hit: tuple[str, Any], variables: Struct, traces: str, path: Path
) -> _Found:
    if traces:
        partner = _only(find_all(variables, traces), traces, variables, path)
    else:
        partner = _partner(names, hit[0], variables)
    beside = _struct_of(hit[0], variables)
    orders = names.orders
    if names.footprints == "IcaFilters":
        orders += (_PCA_ICA_ORDERS.get(str(beside.get("imageSaveDimOrder")), ""),)
    return _Found(names.tool, hit, partner, orders, beside)


def _partner(names: _Names, place: str, variables: Struct) -> tuple[str, Any] | None:
    """Traces of a known name in the same struct as the footprints."""
    beside, above = _struct_of(place, variables), place.rpartition(".")[0]
    for name in names.traces:
        if trace_readings(beside.get(name)) and min(matlab_shape(beside[name])) > 0:
            return f"{above}.{name}".lstrip("."), beside[name]
    return None


def _struct_of(place: str, variables: Struct) -> Struct:
    for name in place.split(".")[:-1]:
        variables = variables[name]
    return variables


def _is_array(node: Any) -> bool:
    return isinstance(node, dict) or len(matlab_shape(node)) > 0


def _only(hits: list[tuple[str, Any]], name: str, variables: Struct, path: Path) -> tuple[str, Any]:
    if len(hits) == 1:
        return hits[0]
    if not hits:
        raise _not_found(path, variables, f"nothing of the name {name!r}")
    places = [place for place, _ in hits]
    raise InputError(
        path,
        f"{name} is there {len(hits)} times: {', '.join(places)}",
        "one of them",
        f"Choose one, such as --footprints {places[0]}.",
    )


def _not_found(path: Path, variables: Struct, what: str) -> InputError:
    arrays = list_arrays(variables)
    shown = ", ".join(arrays[:_LISTED]) + (", ..." if len(arrays) > _LISTED else "")
    return InputError(
        path,
        f"{what}; its arrays are {shown or 'none'}",
        _EXPECTED,
        "Name them with --footprints NAME --traces NAME. Objects need a file saved with -v7.3.",
    )


def _settle(
    found: _Found, shape: tuple[int, int] | None, path: Path
) -> tuple[FootprintReading, TraceReading | None]:
    """The one way to read both that their sizes and the documented order allow."""
    footprints = footprint_readings(found.footprints[1], shape)
    traces: list[TraceReading | None] = [None]
    if found.traces is not None:
        traces = [*trace_readings(found.traces[1])]
    ways = [
        (one, trace)
        for one in footprints
        for trace in traces
        if trace is None or trace.count == one.count
    ]
    for part in (0, 1):  # the footprints' order, then the traces'
        documented = [way for way in ways if getattr(way[part], "order", "") in found.orders]
        ways = documented if len(ways) > 1 and documented else ways
    if len(ways) == 1:
        return ways[0]
    raise _unsettled(found, ways, shape, path)


def _unsettled(
    found: _Found,
    ways: list[tuple[FootprintReading, TraceReading | None]],
    shape: tuple[int, int] | None,
    path: Path,
) -> InputError:
    parts = [found.footprints] + ([found.traces] if found.traces else [])
    shapes = " and ".join(
        f"{place} ({' x '.join(map(str, matlab_shape(node))) or 'object'})" for place, node in parts
    )
    if ways:
        orders = "; ".join(
            one.order + (f" with {trace.order}" if trace else "") for one, trace in ways
        )
        found_words = f"{shapes} can be read in {len(ways)} ways: {orders}"
    else:
        found_words = f"{shapes} do not fit each other"
    size = f"images of {shape[0]} x {shape[1]}" if shape else "images whose size is not known"
    return InputError(
        path,
        found_words,
        f"as many footprints as traces, and {size}",
        "Give the movie or the image's size, or other names with --footprints and --traces.",
    )


def _told_shape(beside: Struct) -> tuple[int, int] | None:
    """Size of the image, from the options of CNMF-E or from an image beside the footprints."""
    options = beside.get("options")
    if isinstance(options, dict):
        sides = [_number(options.get(name)) for name in ("d1", "d2")]
        if sides[0] and sides[1]:
            return int(sides[0]), int(sides[1])
    for _, image in _summary_images(beside):
        return matlab_shape(image)[0], matlab_shape(image)[1]
    return None


def _summary_images(beside: Struct) -> list[tuple[str, Any]]:
    info = beside.get("info")
    places = [beside, info] if isinstance(info, dict) else [beside]
    found = []
    for kind, names in _IMAGES.items():
        hits = [struct[name] for name in names for struct in places if name in struct]
        hits = [hit for hit in hits if len(matlab_shape(hit)) == 2 and min(matlab_shape(hit)) > 1]
        found += [(kind, hit) for hit in hits[:1] if not isinstance(hit, dict)]
    return found


def _images(beside: Struct, shape: tuple[int, int]) -> dict[str, NDArray[np.float32]]:
    return {
        kind: np.nan_to_num(np.asarray(image[:], np.float32).T)
        for kind, image in _summary_images(beside)
        if matlab_shape(image) == shape and hasattr(image, "dtype")
    }


def _number(node: Any) -> float | None:
    """A single number above 0, where it is one."""
    if not hasattr(node, "dtype") or np.prod(matlab_shape(node)) != 1:
        return None
    value = float(np.ravel(node[:])[0])
    return value if 0 < value < np.inf else None


def _frame_rate(beside: Struct) -> float | None:
    return _number(beside.get("Fs"))


def _identities(beside: Struct, count: int) -> tuple[str, ...]:
    """CNMF-E's own ids where each candidate has one, else numbers from 1."""
    own = beside.get("ids")
    if own is not None and hasattr(own, "dtype") and np.prod(matlab_shape(own)) == count:
        ids = np.ravel(own[:])
        if len(np.unique(ids)) == count and (ids == np.round(ids)).all():
            return tuple(str(int(number)) for number in ids)
    return tuple(str(number) for number in range(1, count + 1))
