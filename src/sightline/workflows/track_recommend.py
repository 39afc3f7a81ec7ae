"""Which frames of a video to annotate: `sightline track recommend`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sightline.compute.jobs import Progress
from sightline.formats.recordings.open_recording import open_recording
from sightline.review.said_keypoints import whole_frames
from sightline.track.reference_frames import recommend_frames
from sightline.workflows.read_thumbnails import read_thumbnails
from sightline.workflows.track_recommend_figure import draw_recommended
from sightline.workflows.track_video import read_keypoints

Summary = dict[str, Any]


def recommend(
    video: str | Path,
    number: int = 5,
    *,
    annotations: str | Path | None = None,
    skip: Sequence[int] = (),
    figures: str | Path | None = None,
    progress: Progress = lambda _done, _total: None,
    **read_as: Any,
) -> Summary:
    """Recommend frames to annotate whole, so that every other frame has one that looks like it.

    Parameters
    ----------
    video
        File or folder.
    number
        Frames wanted, besides those that are annotated.
    annotations
        Keypoints that exist; frames in which all are annotated count as chosen.
    skip
        Frames that are not to be looked at.
    figures
        Folder for a picture of the frames and the curve; none if not given.
    progress
        Called with the number of frames read and of all.
    **read_as
        What the file does not say, as for `open_recording`.

    Returns
    -------
    dict
        ``frames`` recommended, ``annotated`` ones, ``mean_distance`` of a frame to the nearest of
        all these, and ``curve``: that distance with the annotated ones and 0, 1, ... more. With a
        folder, ``figures``: the files drawn.

    Raises
    ------
    InputError, SettingError
        If a file cannot be read, or so many frames cannot be recommended.
    """
    with open_recording(video, **read_as) as recording:
        annotated: list[int] = []
        if annotations is not None:
            annotated = list(whole_frames(read_keypoints(annotations, recording)))
        thumbnails = read_thumbnails(recording, progress)
        found = recommend_frames(thumbnails, number, tuple(annotated), tuple(skip))
        frames = found.frames.tolist()
        told: Summary = {
            "frames": frames,
            "annotated": annotated,
            "mean_distance": found.distance,
            "curve": found.curve.tolist(),
        }
        if figures is not None:
            drawn = draw_recommended(recording, frames, annotated, found.curve, Path(figures))
            told["figures"] = [str(path) for path in drawn]
    return told
