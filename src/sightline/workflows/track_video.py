"""Follow annotated keypoints through an opened video, and read a video's annotations."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.data.keypoints import KeypointSet
from sightline.data.recording import Recording
from sightline.data.tracks import Tracks
from sightline.data.volumes import Borrowed, volume_shape
from sightline.errors import InputError
from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.project.track_store import TrackStore
from sightline.review.retrack import Follower, bring_up_to_date
from sightline.review.said_keypoints import reference_frames
from sightline.track.follow_settings import FollowSettings
from sightline.track.order import Order
from sightline.track.plan import make_plan, order_video
from sightline.track.track_settings import TrackSettings
from sightline.workflows.matched_frames import match_frames


def track_video(
    recording: Recording,
    thumbnails: NDArray[np.float16],
    keypoints: KeypointSet,
    settings: FollowSettings,
    *,
    references: Sequence[int] | None = None,
    order: Order = "similarity",
    skip: Sequence[int] = (),
    progress: Progress = lambda _done, _total: None,
) -> Tracks:
    """Follow keypoints from the reference frames into all others, here and in memory.

    What was annotated stays where it is, in every frame.

    Parameters
    ----------
    recording
        The video; read once, and its reference frames once more.
    thumbnails : (frame, pixel) float16
        Of `read_thumbnails`.
    keypoints
        Annotated ones.
    settings
        See `FollowSettings`.
    references
        Frames to track from; `reference_frames` if not given.
    order
        From which frame each is tracked, see `order_frames`.
    skip
        Frames that are not tracked.
    progress
        Called with the number of frames tracked and of all.

    Raises
    ------
    InputError
        If there is no reference frame, or frames are damaged.
    """
    chosen = reference_frames(keypoints) if references is None else tuple(sorted(references))
    how = TrackSettings(settings, order, tuple(skip))
    ordered = order_video(thumbnails, chosen, order, tuple(skip))
    plan = make_plan(ordered, keypoints, how.spoken, together=how.together)
    store = TrackStore.in_memory(len(thumbnails), len(keypoints.names))
    follower = Follower.of(lambda: Borrowed(recording), settings, plan, uuid4().hex)
    bring_up_to_date(follower, plan, store, progress=progress)
    return store.tracks


def read_keypoints(path: str | Path, recording: Recording) -> KeypointSet:
    """Read a video's annotations, in any known format.

    Raises
    ------
    InputError
        If they cannot be read, are of images of another size, or lie beyond the video.
    """
    info = recording.info
    _, planes, height, width = volume_shape(info)
    keypoints = match_frames(open_keypoints(path, image_shape=(planes, height, width)), info)
    if len(keypoints) and keypoints.frame.max() >= info.frames:
        raise InputError(
            keypoints.source,
            f"it annotates frame {keypoints.frame.max()}",
            f"frames 0 to {info.frames - 1}, as {info.source} has",
            "Check that video and annotations belong together.",
        )
    _check_inside(keypoints, (planes, height, width))
    return keypoints


def _check_inside(keypoints: KeypointSet, shape: tuple[int, int, int]) -> None:
    place = keypoints.position
    inside = ((place >= -0.5) & (place < np.array(shape) - 0.5)).all(axis=1)
    if len(place) and not inside.any():
        raise InputError(
            keypoints.source,
            f"all {len(place)} positions lie outside of the image, the first at z, y, x = "
            f"{', '.join(f'{along:g}' for along in place[0])}",
            f"pixels of an image of {' x '.join(map(str, shape))} (z, y, x), from 0",
            "Check that video and annotations belong together, and the unit of the positions.",
        )
