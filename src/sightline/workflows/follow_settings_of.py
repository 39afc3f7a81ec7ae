"""How to follow the points of a recording, as it and its annotations say, or the user."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final, TypeVar

import numpy as np

from sightline.data.keypoints import KeypointSet, animal_of
from sightline.data.recording import Recording
from sightline.data.volumes import read_volumes, voxel_size_um
from sightline.errors import SettingError
from sightline.review.said_keypoints import reference_frames
from sightline.track.choose_method import choose_method
from sightline.track.follow_settings import FollowSettings
from sightline.track.paper.settings import PaperSettings
from sightline.track.radius import part_radius, typical_radius
from sightline.track.track_settings import as_tuples

PRESETS: Final = ("default", "zephir")
_PIXELS: Final = (1.0, 1.0, 1.0)
_CHANGEABLE: Final = ("angles", "farthest", "least_score", "trained")
Settings = TypeVar("Settings", FollowSettings, PaperSettings)


def follow_settings_of(
    recording: Recording,
    keypoints: KeypointSet,
    radius: float | None,
    preset: str = "default",
    changes: Mapping[str, Any] | None = None,
) -> FollowSettings:
    """Find method and size of what is followed, from the first reference frame.

    Parameters
    ----------
    recording
        The video.
    keypoints
        Annotated ones.
    radius
        As the user says; None: found.
    preset
        ``"default"``, or ``"zephir"`` for the paper's method.
    changes
        Other values of the preset's settings, by name: those of `PaperSettings`, or of the default
        ``angles``, ``farthest``, ``least_score`` and ``trained``.

    Raises
    ------
    InputError, SettingError
        If there is no reference frame, the radius is not above 0, or a preset or setting unknown.
    """
    if preset not in PRESETS:
        raise SettingError(f"--preset is {preset!r}; it must be one of {', '.join(PRESETS)}.")
    if radius is not None and not 0 < radius < np.inf:
        raise SettingError(f"--radius is {radius}; it must be a number above 0.")
    along_z, along_y, along_x = voxel_size_um(recording.info) or _PIXELS
    size = (along_z, along_y, along_x)
    first = reference_frames(keypoints)[0]
    frame, places = read_volumes(recording, first, first + 1)[0], keypoints.dense([first])[0]
    if preset == "zephir":
        paper = _changed(
            PaperSettings(), changes or {}, [one.name for one in fields(PaperSettings)]
        )
        return FollowSettings(
            size, radius or typical_radius(frame, places, size), "paper", paper=paper
        )
    method = choose_method(frame, places, size)
    groups = _animals(keypoints) if method == "templates" else ()
    if radius is None and method == "templates":
        radius = part_radius(places, groups, (frame.shape[2], frame.shape[3]), size)
    elif radius is None:
        radius = typical_radius(frame, places, size)
    plain = FollowSettings(size, radius, method, groups=groups)
    return _changed(plain, changes or {}, _CHANGEABLE)


def _changed(settings: Settings, changes: Mapping[str, Any], names: Sequence[str]) -> Settings:
    unknown = sorted(set(changes) - set(names))
    if unknown:
        raise SettingError(
            f"There is no setting {unknown[0]!r} of this preset; expected one of "
            f"{', '.join(names)}. Check the spelling."
        )
    frozen = {name: as_tuples(value) for name, value in changes.items()}
    return replace(settings, **frozen)


def _animals(keypoints: KeypointSet) -> tuple[tuple[int, ...], ...]:
    """Keypoints of each animal."""
    owners = [animal_of(name) for name in keypoints.names]
    return tuple(
        tuple(place for place, owner in enumerate(owners) if owner == animal)
        for animal in keypoints.animals
    )
