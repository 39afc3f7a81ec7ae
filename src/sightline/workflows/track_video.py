"""Follow annotated keypoints through a video: read it twice, frame by frame."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.data.keypoints import KeypointSet
from sightline.data.recording import Recording
from sightline.data.tracks import Tracks, Visibility
from sightline.errors import InputError
from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.track.follow import Known, follow_frame, reference_frame
from sightline.track.follow_settings import FollowSettings
from sightline.track.frame_distance import distances
from sightline.track.order import FrameTree, Order, order_frames
from sightline.track.template_search import median_background
from sightline.workflows.video_frames import read_volumes, volume_shape

NEAREST: Final = 5  # references that a frame is compared with
_BACKGROUND_FRAMES: Final = 25


def track_video(
    recording: Recording,
    thumbnails: NDArray[np.float16],
    keypoints: KeypointSet,
    settings: FollowSettings,
    *,
    order: Order = "similarity",
    skip: Sequence[int] = (),
    progress: Progress,
) -> Tracks:
    """Follow keypoints from the reference frames into all others.

    What a person annotated stays where it is, in every frame.

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
    whole = reference_frames(keypoints)
    given = keypoints.dense(np.arange(recording.info.frames))
    tree = order_frames(thumbnails, whole, order, tuple(skip))
    nearest = np.argsort(distances(thumbnails, thumbnails[list(whole)]), axis=1)[:, :NEAREST]
    background = _background(recording, settings)
    references = tuple(
        reference_frame(_volume(recording, frame), given[frame], settings, background)
        for frame in whole
    )
    about = Known(settings, references, background)
    tracks = _begun(given, whole)
    for count, frame in enumerate(tree.sequence.tolist(), start=1):
        _follow(_volume(recording, frame), frame, tree, tracks, given, about, nearest[frame])
        progress(count, len(tree.sequence))
    return tracks


def read_keypoints(path: str | Path, recording: Recording) -> KeypointSet:
    """Read a video's annotations, in any known format.

    Raises
    ------
    InputError
        If they cannot be read, are of images of another size, or lie beyond the video.
    """
    info = recording.info
    _, planes, height, width = volume_shape(info)
    keypoints = open_keypoints(path, image_shape=(planes, height, width))
    if len(keypoints) and keypoints.frame.max() >= info.frames:
        raise InputError(
            keypoints.source,
            f"it annotates frame {keypoints.frame.max()}",
            f"frames 0 to {info.frames - 1}, as {info.source} has",
            "Check that video and annotations belong together.",
        )
    return keypoints


def reference_frames(keypoints: KeypointSet) -> tuple[int, ...]:
    """Give the frames to track from, rising.

    These are the frames in which all keypoints are annotated; where no frame has all, because
    some are always out of sight, those that have the most.

    Raises
    ------
    InputError
        If no frame has half of the keypoints.
    """
    there, counts = np.unique(keypoints.frame, return_counts=True)
    most = int(counts.max(initial=0))
    if 2 * most < len(keypoints.names):
        raise InputError(
            keypoints.source,
            f"no frame has more than {most} of the {len(keypoints.names)} keypoints",
            "at least one frame in which all are annotated, or all that are in sight",
            "Annotate one frame whole; `sightline track recommend` says which.",
        )
    return tuple(there[counts == most].tolist())


def _volume(recording: Recording, frame: int) -> NDArray[np.float32]:
    return read_volumes(recording, frame, frame + 1)[0]


def _background(recording: Recording, settings: FollowSettings) -> NDArray[np.float32] | None:
    """What stays the same in a flat video; None where templates are not searched for."""
    if settings.method != "templates":
        return None
    frames = recording.info.frames
    some = np.unique(np.linspace(0, frames - 1, min(frames, _BACKGROUND_FRAMES)).astype(int))
    return median_background([_volume(recording, int(frame)) for frame in some])


def _begun(given: NDArray[np.float64], whole: Sequence[int]) -> Tracks:
    """References as they were annotated, everything else not tracked."""
    shape = given.shape[:2]
    positions = np.full(given.shape, np.nan)
    score = np.full(shape, np.nan)
    visibility = np.full(shape, Visibility.NOT_TRACKED, np.int8)
    rows = list(whole)
    positions[rows], score[rows], visibility[rows] = given[rows], 1.0, Visibility.SEEN
    return Tracks(positions, score, visibility)


def _follow(
    volume: NDArray[np.float32],
    frame: int,
    tree: FrameTree,
    tracks: Tracks,
    given: NDArray[np.float64],
    about: Known,
    nearest: NDArray[np.int64],
) -> None:
    parent = int(tree.parent[frame])
    start = tracks.positions[parent] if parent >= 0 else None
    found = follow_frame(volume, about, nearest.tolist(), start, given[frame])
    tracks.positions[frame] = found.positions
    tracks.score[frame], tracks.visibility[frame] = found.score, found.visibility
