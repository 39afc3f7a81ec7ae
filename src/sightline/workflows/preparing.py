"""Make a project: `sightline sort prepare`."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from inspect import signature
from pathlib import Path
from typing import Any, Final

from sightline.data.feature_set import FeatureSet
from sightline.data.recording import Units
from sightline.errors import InputError, SettingError
from sightline.sort.evidence.settings import DEFAULT_EVIDENCE, EvidenceSettings
from sightline.workflows.describe_candidates import UserFeature
from sightline.workflows.joining import is_project, join_projects
from sightline.workflows.prepare_inputs import PrepareOptions
from sightline.workflows.prepare_movie import prepare_movie
from sightline.workflows.prepare_steps import Phase
from sightline.workflows.sorting import TWO_CLASSES, prepare_features

Summary = dict[str, Any]

_OF_ANY: Final = {"inputs", "output", "workers", "on", "phase"}
_OF_MOVIE: Final = {"dataset", "axes", "channel", "series", "pixel_size_um", "units"}
_AS_SAID: Final = (
    "movie_downsampled",
    "features",
    "name",
    "classes",
    "columns",
    "labels",
    "annotator",
    "carry_from",
)
_OPTIONS: Final = {
    "frame_rate_hz": "frame-rate",
    "pixel_size_um": "pixel-size",
    "half_window_s": "half-window-seconds",
    "carry_from": "from",
    "classes": "class",
}


def prepare(  # noqa: PLR0913 -- one argument for each thing a user may say
    inputs: str | Path | Sequence[str | Path] | None,
    output: str | Path,
    *,
    candidates: str | Path = "",
    name: str = "",
    dataset: str = "",
    axes: str = "",
    channel: int | None = None,
    plane: int | None = None,
    series: int | None = None,
    frame_rate_hz: float | None = None,
    pixel_size_um: float | None = None,
    units: Units | None = None,
    movie_downsampled: int = 1,
    footprints: str = "",
    traces: str = "",
    segmentation: str = "",
    which: str = "",
    image_size: str = "",
    offset: str = "",
    features: FeatureSet = "sightline",
    columns: str | Path | Mapping[str, UserFeature] = "",
    labels: str | Path = "",
    annotator: str = "",
    carry_from: str | Path = "",
    events: int = DEFAULT_EVIDENCE.events,
    half_window: int = DEFAULT_EVIDENCE.half_window,
    half_window_s: float | None = None,
    classes: Sequence[str] = TWO_CLASSES,
    workers: int | None = None,
    on: str = "",
    phase: Phase = lambda _name: lambda _done, _total: None,
) -> Summary:
    """Make a project of a movie and its candidates, of files of features, or of several projects.

    Parameters
    ----------
    inputs
        With ``candidates``: the movie, or None where there is none. Else files of features
        (``.mat``, ``.csv``), or projects and bundles to join.
    output
        Project folder to make, with a name that ends in ``.sightline``.
    candidates
        The extraction's output: file or folder.
    name
        Of the recording in the project; the movie's if empty.
    dataset, axes, channel, plane, series, frame_rate_hz, pixel_size_um, units
        Of the movie, where its file does not say or is wrong; see `open_recording`. ``plane`` is
        also the candidates'.
    movie_downsampled
        Frames of a trace in one frame of the movie.
    footprints, traces, segmentation, which
        Which arrays of the candidates' file; see `open_candidates`.
    image_size
        ``"height x width"`` of the image, where neither movie nor candidates tell.
    offset
        ``"row,column"`` of the movie's first pixel in the image that the regions were drawn on.
    features
        ``"sightline"``, or ``"actsort"`` for the reference's formulas.
    columns
        Features of the user's own: a table with a column ``candidate``, or functions of a
        `CandidateEvidence`, defined at the top level of a module.
    labels, annotator
        Verdicts that a person gave before, in a file, and who it was.
    carry_from
        Project of an earlier extraction of the same recording, whose decisions carry on.
    events, half_window, half_window_s
        Events kept of each candidate, and frames or seconds of movie before and after each.
    classes
        Names of the verdicts; with two, the second is a cell.
    workers
        Processes; one a core if not given.
    on
        Address of a Dask scheduler to do the work, instead of this machine.
    phase
        Takes the name of the next step, and returns what is called with the number of its finished
        parts and of all.

    Returns
    -------
    dict
        ``project``, ``recordings`` with their number of candidates, ``decisions`` that came along,
        and of a movie its ``warnings`` and ``notes``.

    Raises
    ------
    InputError, SettingError
        If a file cannot be used, or the parts do not fit each other.
    ProjectError
        If the project cannot be written; what was done is kept for the next call.
    """
    said = locals()
    given = [inputs] if isinstance(inputs, str | Path) else list(inputs or [])
    if not str(output):
        raise SettingError("--output is missing; give the project to make, NAME.sightline.")
    if not str(candidates):
        if any(map(is_project, given)):
            _refuse_others(given)
            _refuse_unused(said, _OF_ANY, "to join projects")
            return join_projects(given, output)
        _refuse_unused(said, {*_OF_ANY, "classes"}, "without --candidates")
        return prepare_features(given, output, classes)
    if not given:
        check_without_movie(said)
    options = prepare_options(said)
    movie = _one(given)
    return prepare_movie(movie, candidates, output, options, workers=workers, on=on, phase=phase)


def prepare_options(said: Mapping[str, Any]) -> PrepareOptions:
    """Sort what was said of movie and candidates; see `prepare` for what it is.

    Parameters
    ----------
    said
        Arguments of `prepare` by their names; what is not there is as if not given.

    Raises
    ------
    SettingError
        If a value is outside its range.
    """
    said = {name: each.default for name, each in signature(prepare).parameters.items()} | {**said}
    plane = said["plane"]
    return PrepareOptions(
        movie={name: said[name] for name in (*sorted(_OF_MOVIE), "plane", "frame_rate_hz")},
        candidates={
            **{name: said[name] for name in ("footprints", "traces", "segmentation", "which")},
            "plane": None if plane is None else str(plane),
            "image_shape": _pair(said["image_size"], "--image-size", "x"),
            "offset": _pair(said["offset"], "--offset", ",") or (0, 0),
        },
        evidence=EvidenceSettings(said["events"], said["half_window"], said["half_window_s"]),
        **{name: said[name] for name in _AS_SAID},
    )


def check_without_movie(said: Mapping[str, Any]) -> None:
    """Refuse what is about a movie where there is none.

    Raises
    ------
    SettingError
        If something is; ``said`` are arguments of `prepare` by their names.
    """
    _refuse_unused(said, set(said) - _OF_MOVIE, "without a movie")


def _refuse_others(inputs: Sequence[str | Path]) -> None:
    """Refuse what is no project among projects."""
    others = [str(each) for each in inputs if not is_project(each)]
    if others:
        raise InputError(
            ", ".join(others),
            "no project or bundle, beside some that are",
            "projects and bundles only, to join them",
            "Prepare the rest by itself, then join all projects.",
        )


def _refuse_unused(said: Mapping[str, Any], used: AbstractSet[str], where: str) -> None:
    """Refuse what was said but would not be used."""
    defaults = signature(prepare).parameters
    unused = [n for n in said if n not in used and said[n] != defaults[n].default]
    if unused:
        options = ", ".join(f"--{_OPTIONS.get(n, n.replace('_', '-'))}" for n in unused)
        raise SettingError(f"{options}: not used {where}. Leave it out, or give what it is about.")


def _one(inputs: Sequence[str | Path]) -> str | Path | None:
    if len(inputs) > 1:
        raise InputError(
            ", ".join(map(str, inputs)),
            f"{len(inputs)} movies",
            "one movie with its --candidates",
            "Prepare each by itself, then join the projects with `sightline sort prepare`.",
        )
    return inputs[0] if inputs else None


def _pair(text: str, option: str, mark: str) -> tuple[int, int] | None:
    if not text:
        return None
    first, _, second = text.partition(mark)
    if not (first.strip().isdigit() and second.strip().isdigit()):
        raise SettingError(f"{option} is {text!r}; it must be two numbers, such as 512{mark}512.")
    return int(first), int(second)
