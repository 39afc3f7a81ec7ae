"""What a project is prepared from: opened, and checked before hours of work rather than after."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sightline.data.candidate_set import CandidateSet
from sightline.data.decision import CELL, NOT_CELL
from sightline.data.feature_set import FeatureSet
from sightline.data.features import FEWEST_CANDIDATES
from sightline.data.recording import RecordingInfo
from sightline.errors import InputError, SettingError
from sightline.formats.candidates.open_candidates import open_candidates
from sightline.project.project import SUFFIX
from sightline.sort.evidence.settings import DEFAULT_EVIDENCE, EvidenceSettings
from sightline.sort.features.compute import feature_version
from sightline.workflows.describe_candidates import UserFeature
from sightline.workflows.held_movie import OpenMovie
from sightline.workflows.open_movie import open_movie
from sightline.workflows.sorting import check_classes


@dataclass(frozen=True)
class PrepareOptions:
    """What a user may say beyond the files.

    Parameters
    ----------
    movie, candidates
        Keyword arguments of `open_recording` and of `open_candidates`.
    movie_downsampled
        Frames of a trace in one frame of the movie.
    evidence
        Events and snapshots.
    features
        ``"sightline"``, or ``"actsort"`` for the reference's formulas.
    name
        Of the recording in the project; the movie's or the candidates' own if empty.
    classes
        Names of the verdicts; with two, the second is a cell.
    columns
        Features of the user's own: a table with a column ``candidate``, or functions of a
        `CandidateEvidence`, defined at the top level of a module.
    labels, annotator
        Verdicts that a person gave before, in a file, and who it was.
    carry_from
        Project of an earlier extraction of the same recording, whose decisions carry on.
    """

    movie: dict[str, Any] = field(default_factory=dict)
    candidates: dict[str, Any] = field(default_factory=dict)
    movie_downsampled: int = 1
    evidence: EvidenceSettings = DEFAULT_EVIDENCE
    features: FeatureSet = "sightline"
    name: str = ""
    classes: Sequence[str] = (NOT_CELL, CELL)
    columns: str | Path | Mapping[str, UserFeature] = ""
    labels: str | Path = ""
    annotator: str = ""
    carry_from: str | Path = ""


def check_options(options: PrepareOptions) -> None:
    """Refuse what no movie and no candidates would make right.

    Raises
    ------
    SettingError
        If features, classes or the ratio of frames are not possible.
    """
    feature_version(options.features)
    check_classes(options.classes)
    if options.movie_downsampled < 1:
        raise SettingError(
            f"movie_downsampled is {options.movie_downsampled}; it must be 1 or more."
        )


def check_output(output: Path) -> Path:
    """Give the project's path back if a project can be made there.

    Raises
    ------
    InputError
        If the name is wrong or taken, or the folder around it missing.
    """
    if output.suffix != SUFFIX:
        raise InputError(output, "another ending", SUFFIX, f"Call it {output.name}{SUFFIX}.")
    if output.exists():
        raise InputError(output, "something there", "no such folder", "Choose another name.")
    if not output.parent.is_dir():
        raise InputError(
            output, f"there is no folder {output.parent}", "a folder that exists", "Make it first."
        )
    return output


def movie_opener(movie: str | Path | OpenMovie | None, options: PrepareOptions) -> OpenMovie | None:
    """Give a function that opens the movie in whatever process it is called."""
    if isinstance(movie, str | Path):
        return partial(open_movie, Path(movie), options.movie)
    return movie


def movie_info(opened: OpenMovie) -> RecordingInfo:
    """Give what is known of the movie without reading it.

    Raises
    ------
    InputError
        If it is no movie.
    """
    with opened() as recording:
        return recording.info


def find_candidates(
    candidates: str | Path | CandidateSet, options: PrepareOptions, info: RecordingInfo | None
) -> CandidateSet:
    """Read the candidates, named as in the project.

    Parameters
    ----------
    candidates
        File or folder, or what was read from one.
    options
        What the user said.
    info
        Of the movie; None without one, or where it could not be opened.

    Raises
    ------
    InputError
        If they cannot be read, or are of another image size than the movie.
    """
    found = candidates
    if not isinstance(found, CandidateSet):
        found = open_candidates(found, **_with_shape(options.candidates, info))
    if info is None:
        found = replace(found, frame_rate_hz=_trace_rate(found, options))
    name = options.name or (info.name if info else found.recording)
    return replace(found, recording=name)


def check_fit(
    found: CandidateSet, info: RecordingInfo | None, options: PrepareOptions
) -> EvidenceSettings:
    """Give the settings of the evidence in frames, if movie and candidates fit each other.

    Raises
    ------
    InputError, SettingError
        If they do not, or are too few.
    """
    settings = options.evidence.in_frames(_movie_rate(found, info, options.movie_downsampled))
    _check_fit(found, info, settings, options.movie_downsampled)
    return settings


def _with_shape(options: dict[str, Any], info: RecordingInfo | None) -> dict[str, Any]:
    if info is None or options.get("image_shape"):
        return options
    return {**options, "image_shape": info.shape[1:]}


def _trace_rate(found: CandidateSet, options: PrepareOptions) -> float | None:
    """Frames of a trace a second, where there is no movie to say so."""
    told = options.movie.get("frame_rate_hz")
    if told is None:
        return found.frame_rate_hz
    if not 0 < told < math.inf:
        raise SettingError(f"--frame-rate is {told}; it must be a number above 0.")
    return told * options.movie_downsampled


def _movie_rate(
    found: CandidateSet, info: RecordingInfo | None, movie_downsampled: int
) -> float | None:
    if info is not None and info.frame_rate_hz:
        return info.frame_rate_hz
    return found.frame_rate_hz / movie_downsampled if found.frame_rate_hz else None


def _check_fit(
    found: CandidateSet,
    info: RecordingInfo | None,
    settings: EvidenceSettings,
    movie_downsampled: int,
) -> None:
    if len(found) < FEWEST_CANDIDATES:
        raise InputError(
            found.source,
            f"it has {len(found)} candidates",
            f"at least {FEWEST_CANDIDATES}, three of each class to learn from",
            "So few are judged faster by eye.",
        )
    if info is None:
        return
    if info.shape[1:] != found.image_shape:
        raise InputError(
            info.source,
            f"frames of {_size(info.shape[1:])} pixels",
            f"{_size(found.image_shape)}, as the footprints of {found.source}",
            "Give the movie that the candidates were extracted from, before any cropping.",
        )
    if info.frames < settings.window:
        raise InputError(
            info.source,
            f"{info.frames} frames",
            f"at least {settings.window}, the window of one event",
            "Give the whole movie, or a smaller --half-window.",
        )
    if found.traces is None:
        return
    frames = found.traces.shape[1]
    if not 0 <= frames - info.frames * movie_downsampled < movie_downsampled:
        ratio = frames / info.frames
        whole = max(1, round(ratio))
        advice = (
            f"Give --movie-downsampled {whole}."
            if whole != movie_downsampled and abs(ratio - whole) < 0.01 * ratio
            else "Give the movie that the traces were taken from, whole."
        )
        raise InputError(
            info.source,
            f"{info.frames} frames",
            f"{frames // movie_downsampled}, for the traces of {found.source} have {frames}",
            advice,
        )


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
