"""Suite2p's output folders, and its MATLAB export; verdicts go back as a new ``iscell.npy``.

A folder of one plane holds ``stat.npy`` (a region's pixels and their weights, and measures of it),
``F.npy`` and ``Fneu.npy`` (its fluorescence and that around it), ``iscell.npy`` (verdict and the
classifier's probability), ``redcell.npy`` with a second channel, and what else is known in
``ops.npy`` or, since version 1, in ``db.npy``, ``settings.npy``, ``reg_outputs.npy`` and
``detect_outputs.npy``. Coordinates count from 0.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.data.candidate_set import CandidateSet, check_candidates
from sightline.errors import InputError
from sightline.formats.candidates.finite_traces import finite_traces
from sightline.formats.candidates.footprints import footprints_from_pixels
from sightline.formats.candidates.suite2p_files import REGIONS, Suite2pPlane, load_plane
from sightline.formats.new_file import new_file

SUITE2P_USER: Final = "suite2p-user"
NEUROPIL_SHARE: Final = 0.7
_MOST_PIXELS: Final = 1 << 31


def read_suite2p(
    path: Path, *, plane: str | None = None, image_shape: tuple[int, int] | None = None
) -> CandidateSet:
    """Read the regions of one plane; their identities are their rows.

    The traces are ``F - c Fneu``, with the neuropil coefficient ``c`` of the run, else 0.7. Suite2p
    keeps a person's verdicts and its classifier's in one column: those that are not what the
    probability says are the person's, as annotator ``"suite2p-user"``; the classifier's are the
    proposal.

    Parameters
    ----------
    path
        The suite2p folder, a plane's folder, its ``stat.npy``, or a ``Fall.mat``.
    plane
        Which one, such as ``"plane1"`` or ``"1"``, where there are several.
    image_shape
        (height, width) in pixels, for folders without ``ops.npy`` that do not tell it.

    Raises
    ------
    InputError
        If a needed file is absent or damaged, its reading would run code, the files do not fit each
        other, or it is not said which plane is meant.
    """
    saved = load_plane(path, plane)
    _check_regions(saved)
    shape = _image_shape(saved, image_shape)
    footprints = _footprints(saved, shape)
    traces = _traces(saved)
    proposal, labels, columns = _verdicts(saved)
    return check_candidates(
        CandidateSet(
            recording=saved.recording,
            source=str(saved.source),
            format="suite2p",
            image_shape=shape,
            footprints=footprints,
            traces=traces,
            trace_kind="mean",
            identities=tuple(str(row) for row in range(len(saved.regions))),
            frame_rate_hz=_positive(saved.outputs.get("fs")),
            images=_images(saved, shape),
            columns=columns,
            labels=labels,
            proposal=proposal,
            notes=tuple(saved.notes),
        )
    )


def write_iscell(
    path: Path, accepted: NDArray[np.bool_], probability: NDArray[np.floating[Any]]
) -> None:
    """Write verdicts as a new ``iscell.npy`` of suite2p, to be put in the place of the old one.

    Parameters
    ----------
    path
        The new file.
    accepted, probability : (candidate,)
        Whether each region of ``stat.npy`` is a cell, and how probably.

    Raises
    ------
    InputError
        If there is a file of that name, or it cannot be written.
    """
    table = np.column_stack([accepted.astype(np.float64), probability.astype(np.float64)])
    with new_file(path) as aside, aside.open("wb") as file:
        np.save(file, table, allow_pickle=False)


def _image_shape(saved: Suite2pPlane, given: tuple[int, int] | None) -> tuple[int, int]:
    height, width = (_positive(saved.outputs.get(name)) for name in ("Ly", "Lx"))
    if height is None or width is None:
        return given or _least_shape(saved)
    told = int(height), int(width)
    _check_size(told, saved)
    if given is not None and given != told:
        raise InputError(
            saved.source,
            f"its images are {told[0]} x {told[1]}",
            f"{given[0]} x {given[1]}, as the movie",
            "Give the movie that suite2p was run on.",
        )
    return told


def _least_shape(saved: Suite2pPlane) -> tuple[int, int]:
    """The smallest image that holds all regions, with a note."""
    height, width = (
        1 + max((int(np.max(region[name], initial=0)) for region in saved.regions), default=0)
        for name in ("ypix", "xpix")
    )
    _check_size((height, width), saved)
    saved.notes.append(
        f"The image's size is not told: taken as {height} x {width}, up to the last pixel of a "
        "region."
    )
    return height, width


def _check_size(shape: tuple[int, int], saved: Suite2pPlane) -> None:
    if shape[0] * shape[1] > _MOST_PIXELS:
        raise InputError(
            saved.source,
            f"its images would have {shape[0]:,} x {shape[1]:,} pixels",
            f"at most {_MOST_PIXELS:,}",
            "stat.npy or ops.npy is damaged; copy them again from their source.",
        )


def _positive(value: Any) -> float | None:
    """The number, where it is one and above 0."""
    usable = isinstance(value, (int, float, np.number)) and 0 < float(value) < np.inf
    return float(value) if usable else None


def _check_regions(saved: Suite2pPlane) -> None:
    for row, region in enumerate(saved.regions):
        if not _is_region(region):
            raise InputError(
                saved.source,
                f"region {row} of stat has no ypix, xpix and lam of one length",
                "a dictionary with these for each region",
                f"Copy {REGIONS} again from its source.",
            )


def _is_region(region: Any) -> bool:
    """Whether it has pixels and a weight for each."""
    if not isinstance(region, dict):
        return False
    places = [np.atleast_1d(region.get(name, ())) for name in ("ypix", "xpix")]
    weights = np.atleast_1d(region.get("lam", ()))
    return (
        all(place.ndim == 1 and (place.dtype.kind in "iu" or not place.size) for place in places)
        and weights.dtype.kind in "fiu"
        and len(places[0]) == len(places[1]) == len(weights) == weights.size
    )


def _footprints(saved: Suite2pPlane, shape: tuple[int, int]) -> sparse.csr_array:
    rows, columns, weights = (
        np.concatenate([np.empty(0, kind), *(np.atleast_1d(part[name]) for part in saved.regions)])
        for name, kind in (("ypix", np.int64), ("xpix", np.int64), ("lam", np.float32))
    )
    counts = [np.size(region["lam"]) for region in saved.regions]
    footprints, outside = footprints_from_pixels(rows, columns, weights, counts, shape)
    if outside.any():
        raise InputError(
            saved.source,
            f"region {int(np.argmax(outside > 0))} has pixels outside of the image",
            f"all within {shape[0]} x {shape[1]}",
            "stat.npy and ops.npy are of different runs; run suite2p's extraction again.",
        )
    return footprints


def _traces(saved: Suite2pPlane) -> NDArray[np.float32] | None:
    raw, around = saved.rows("F", 1), saved.rows("Fneu", 1)
    if raw is None:
        saved.notes.append("F.npy is not there: no traces.")
        return None
    if around is None:
        saved.notes.append("Fneu.npy is not there: the traces hold their neuropil.")
        traces, notes = finite_traces(raw)
        saved.notes += notes
        return traces
    if around.shape != raw.shape:
        raise InputError(
            saved.source,
            f"F has shape {raw.shape} and Fneu {around.shape}",
            "the same",
            "The files are of different runs; run suite2p's extraction again.",
        )
    share, whose = _neuropil_share(saved.outputs)
    saved.notes.append(f"Traces are F - {share:g} Fneu ({whose}).")
    traces, notes = finite_traces(raw, minus=around, share=share)
    saved.notes += notes
    return traces


def _neuropil_share(outputs: Mapping[str, Any]) -> tuple[float, str]:
    """Coefficient of the neuropil, and where it is from."""
    settings = outputs.get("extraction")
    told = settings.get("neuropil_coefficient") if isinstance(settings, dict) else None
    told = outputs.get("neucoeff", told)
    if isinstance(told, (int, float, np.number)) and np.isfinite(told):
        return float(told), "the run's coefficient"
    return NEUROPIL_SHARE, "suite2p's default, as the run's is not told"


def _verdicts(
    saved: Suite2pPlane,
) -> tuple[NDArray[np.int8] | None, dict[str, NDArray[np.int8]], dict[str, NDArray[np.float32]]]:
    """Proposal, labels and columns."""
    columns: dict[str, NDArray[np.float32]] = {}
    red = saved.rows("redcell")
    if red is not None:
        columns["red_cell"] = red[:, 0].astype(np.float32)
        columns["red_probability"] = red[:, 1].astype(np.float32)
    verdicts = saved.rows("iscell")
    if verdicts is None:
        saved.notes.append("iscell.npy is not there: no verdicts.")
        return None, {}, columns
    columns["cell_probability"] = verdicts[:, 1].astype(np.float32)
    accepted, probability = verdicts[:, 0] > 0, np.asarray(verdicts[:, 1])
    changed = accepted != (probability > 0.5)
    if not changed.any() or _by_threshold(accepted, probability):
        saved.notes.append(
            "The verdicts in iscell.npy are what a threshold on the classifier's probability gives:"
            " taken as its proposal; suite2p does not tell whether a person agreed."
        )
        return accepted.astype(np.int8), {}, columns
    saved.notes.append(
        f"{changed.sum()} of {len(changed)} verdicts in iscell.npy are not what the classifier's "
        f"probability says: taken as decisions of {SUITE2P_USER}; the proposal is the classifier's."
    )
    labels = np.where(changed, accepted, -1).astype(np.int8)
    return (probability > 0.5).astype(np.int8), {SUITE2P_USER: labels}, columns


def _by_threshold(accepted: NDArray[np.bool_], probability: NDArray[Any]) -> bool:
    """Whether some threshold on the probability gives these verdicts."""
    if accepted.all() or not accepted.any():
        return False
    return bool(probability[accepted].min() > probability[~accepted].max())


def _images(saved: Suite2pPlane, shape: tuple[int, int]) -> dict[str, NDArray[np.float32]]:
    """Summary images on the whole frame; suite2p crops some to what registration left valid."""
    images = {}
    for name, key in (("mean", "meanImg"), ("maximum", "max_proj"), ("correlation", "Vcorr")):
        image = saved.outputs.get(key)
        if not isinstance(image, np.ndarray) or image.ndim != 2 or image.dtype.kind not in "fiu":
            continue
        place = _valid_part(saved.outputs, image.shape, shape)
        if place is None:
            saved.notes.append(f"The image {key} is {image.shape}, not {shape}: left out.")
            continue
        whole = np.zeros(shape, np.float32)
        whole[place] = np.nan_to_num(image)
        images[name] = whole
    return images


def _valid_part(
    outputs: Mapping[str, Any], part: tuple[int, ...], whole: tuple[int, int]
) -> tuple[slice, slice] | None:
    """Where an image of the shape ``part`` lies in the frame."""
    if part == whole:
        return slice(None), slice(None)
    bounds = [np.ravel(outputs.get(name, ())) for name in ("yrange", "xrange")]
    if any(len(bound) != 2 for bound in bounds):
        return None
    starts = [int(bound[0]) for bound in bounds]
    fits = all(
        start >= 0 and int(bound[1]) - start == length and start + length <= size
        for start, bound, length, size in zip(starts, bounds, part, whole, strict=True)
    )
    rows, columns = (slice(start, start + size) for start, size in zip(starts, part, strict=True))
    return (rows, columns) if fits else None
