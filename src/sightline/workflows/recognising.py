"""What a movie and its candidates are taken for, before they are prepared."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from sightline.data.candidate_set import CandidateSet
from sightline.data.recording import RecordingInfo
from sightline.errors import SettingError, SightlineError
from sightline.formats.recordings.open_recording import recording_format
from sightline.project.project import SUFFIX
from sightline.workflows.prepare_inputs import (
    PrepareOptions,
    check_fit,
    check_options,
    check_output,
    find_candidates,
    movie_info,
    movie_opener,
)
from sightline.workflows.preparing import check_without_movie, prepare_options

_UNREADABLE: Final = (OSError, ValueError, TypeError, KeyError, MemoryError, RecursionError)

T = TypeVar("T")


def recognise(
    movie: str | Path, candidates: str | Path, output: str | Path, said: Mapping[str, Any]
) -> dict[str, Any]:
    """Say what the inputs of `prepare` are taken for, and all that is wrong with them.

    Nothing is written, and of the movie only what describes it is read.

    Parameters
    ----------
    movie, candidates, output
        As typed so far; empty for what is not.
    said
        Further arguments of `prepare` by their names.

    Returns
    -------
    dict
        ``movie`` and ``candidates``: what was recognised, or None; ``name`` of the recording;
        ``output``: a free name beside the inputs; ``troubles``: a sentence for each of ``options``,
        ``movie``, ``candidates``, ``fit`` and ``output`` that is at fault, in the words of
        `prepare`.
    """
    troubles: dict[str, str] = {}

    def tried(what: str, do: Callable[[], T]) -> T | None:
        try:
            return do()
        except SightlineError as error:
            troubles[what] = str(error)
        except _UNREADABLE as error:
            troubles[what] = f"It cannot be read: {str(error) or type(error).__name__}."
        return None

    options = tried("options", lambda: _options(bool(str(movie) or not str(candidates)), said))
    options_known = options or PrepareOptions()
    info = tried("movie", lambda: _movie(movie, options_known)) if str(movie) else None
    found = None
    if str(candidates):
        found = tried("candidates", lambda: find_candidates(candidates, options_known, info))
    if found is not None and "movie" not in troubles:
        tried("fit", lambda: check_fit(found, info, options_known))
    if str(output):
        tried("output", lambda: check_output(Path(output)))
    name = options_known.name or (info.name if info else found.recording if found else "")
    return {
        "movie": None if info is None else _about_movie(movie, info),
        "candidates": None if found is None else _about_candidates(found),
        "name": name,
        "output": str(free_output(Path(str(movie) or str(candidates)), name)) if name else "",
        "troubles": troubles,
    }


def free_output(beside: Path, name: str) -> Path:
    """Give a name for a project beside a file or folder that nothing has yet."""
    plain = "".join(sign if sign.isalnum() or sign in " -_." else "-" for sign in name).strip(" .")
    plain = plain or "project"
    path, number = beside.parent / f"{plain}{SUFFIX}", 2
    while path.exists():
        path = path.with_name(f"{plain}-{number}{SUFFIX}")
        number += 1
    return path


def _options(with_movie: bool, said: Mapping[str, Any]) -> PrepareOptions:
    if not with_movie:
        check_without_movie(said)
    options = prepare_options(said)
    check_options(options)
    return options


def _movie(movie: str | Path, options: PrepareOptions) -> RecordingInfo:
    opened = movie_opener(movie, options)
    if opened is None:
        raise SettingError("The movie is missing; give its file or folder.")
    return movie_info(opened)


def _about_movie(path: str | Path, info: RecordingInfo) -> dict[str, Any]:
    size = info.pixel_size_um
    return {
        "format": recording_format(path),
        "frames": info.frames,
        "height": info.shape[1],
        "width": info.shape[2],
        "values": info.dtype.name,
        "frame_rate_hz": info.frame_rate_hz,
        "pixel_size_um": None if size is None else list(size[-2:]),
        "units": info.units,
        "notes": list(info.notes),
    }


def _about_candidates(found: CandidateSet) -> dict[str, Any]:
    return {
        "format": found.format,
        "candidates": len(found),
        "height": found.image_shape[0],
        "width": found.image_shape[1],
        "frames": None if found.traces is None else found.traces.shape[1],
        "frame_rate_hz": found.frame_rate_hz,
        "annotators": sorted(found.labels),
        "notes": list(found.notes),
    }
