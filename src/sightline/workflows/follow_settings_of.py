"""How to follow the points of a recording, as it and its annotations say, or the user."""

from typing import Final

import numpy as np

from sightline.data.keypoints import KeypointSet
from sightline.data.recording import Recording
from sightline.data.volumes import read_volumes, volume_shape, voxel_size_um
from sightline.errors import SettingError
from sightline.review.said_keypoints import reference_frames
from sightline.track.follow_settings import FollowSettings
from sightline.track.radius import typical_radius

PRESETS: Final = ("default", "zephir")
_PIXELS: Final = (1.0, 1.0, 1.0)


def follow_settings_of(
    recording: Recording, keypoints: KeypointSet, radius: float | None, preset: str = "default"
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

    Raises
    ------
    InputError, SettingError
        If there is no reference frame, the radius is not above 0, or the preset is unknown.
    """
    if preset not in PRESETS:
        raise SettingError(f"--preset is {preset!r}; it must be one of {', '.join(PRESETS)}.")
    if radius is not None and not 0 < radius < np.inf:
        raise SettingError(f"--radius is {radius}; it must be a number above 0.")
    along_z, along_y, along_x = voxel_size_um(recording.info) or _PIXELS
    size = (along_z, along_y, along_x)
    flat = volume_shape(recording.info)[1] == 1
    first = reference_frames(keypoints)[0]
    if radius is None:
        frame, places = read_volumes(recording, first, first + 1)[0], keypoints.dense([first])[0]
        radius = typical_radius(frame, places, size)
    return FollowSettings(size, radius, "templates" if flat else "points")
