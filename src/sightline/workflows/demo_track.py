"""A simulated recording to try tracking on, whole: `sightline demo track`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.errors import SettingError
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.formats.recordings.write_recording import write_recording
from sightline.review.track_session import TrackSession
from sightline.simulate.deforming_settings import MEDIUM
from sightline.simulate.deforming_volume import DeformingVolume, simulate_deforming_volume
from sightline.simulate.truth import FrameTruth, true_keypoints
from sightline.workflows.demo import new_home
from sightline.workflows.track_export import export
from sightline.workflows.track_recommend import recommend
from sightline.workflows.track_run import run

ANNOTATOR: Final = "ada"
TOLERANCE_PX: Final = 5.0

_MADE: Final = replace(
    MEDIUM, planes=12, height=96, width=144, others=6, spacing=2.5, texture=0.2, bend=2.4,
    frames_per_wave=12.0, jitter_um=0.5, missed_share=0.06, dim_share=0.15, name="worm",
)  # fmt: skip


@dataclass(frozen=True)
class DemoTrackResult:
    """What the demonstration did and found.

    Parameters
    ----------
    video, annotations, project, output, figure
        What it wrote: the recording, the points of the first reference, the project, all tracks,
        and a picture.
    points, frames
        Of the recording.
    references
        Frames that were annotated whole in the end.
    answered
        Numbers of points that the annotator had placed when tracks were held against the truth.
    accuracy
        Share of all points in view that were within `TOLERANCE_PX` of the truth then.
    """

    video: str
    annotations: str
    project: str
    output: str
    figure: str
    points: int
    frames: int
    references: tuple[int, ...]
    answered: tuple[int, ...]
    accuracy: tuple[float, ...]


def demo_track(
    folder: str | Path | None = None,
    *,
    points: int = 40,
    frames: int = 24,
    rounds: int = 3,
    questions: int = 8,
    seed: int = 0,
    workers: int | None = None,
    phase: Callable[[str], Progress] = lambda _name: lambda _done, _total: None,
) -> DemoTrackResult:
    """Simulate a recording and an annotator; recommend, annotate, track, correct, compare.

    The annotator places all points of one recommended frame. In each round he places those of one
    more, and answers the next questions; what depends on all this is tracked again.

    Parameters
    ----------
    folder
        New or empty folder for all files; a temporary one if not given.
    points, frames
        Nuclei to follow, and length of the recording.
    rounds, questions
        Rounds of corrections, and questions in each.
    seed
        Same seed, same result.
    workers
        Processes; one a core if not given.
    phase
        Takes the name of the next step, and returns what is called with its progress.

    Raises
    ------
    SettingError
        If there are too few points or frames, or too many.
    InputError
        If the folder holds something already.
    """
    if not (5 <= points <= 60 and 4 <= frames <= 500 and 1 <= rounds < frames and questions >= 1):
        raise SettingError(
            f"The demo was given {points} points, {frames} frames, {rounds} rounds of {questions} "
            "questions; it needs 5 to 60 points, 4 to 500 frames, and fewer rounds than frames."
        )
    home = new_home(folder)
    simulated = simulate_deforming_volume(replace(_MADE, points=points, frames=frames, seed=seed))
    video, annotations = home / "worm.tif", home / "points.csv"
    write_recording(simulated, video, progress=phase("simulating the recording"))
    looking = phase("recommending frames")
    begin, *more = recommend(video, 1 + rounds, progress=looking)["frames"]
    write_keypoints(annotations, true_keypoints(simulated, [begin], ANNOTATOR))
    told = run(video, annotations, home / "first_tracks.csv", workers=workers, phase=phase)
    truth = [simulated.truth(frame) for frame in range(frames)]
    correcting = phase("correcting")
    with TrackSession(told["project"], ANNOTATOR, seed=seed) as session:
        first = session.predict().positions
        answered, accuracy = [_said(session)], [_accuracy(first, simulated, truth)]
        for done, frame in enumerate(more, start=1):
            asked = [session.point_of(question.item) for question in session.batch(questions)]
            whole = [(frame, point) for point in range(points)]
            _place(session, truth, [*asked, *whole])
            session.refit(workers=workers)
            answered.append(_said(session))
            accuracy.append(_accuracy(session.predict().positions, simulated, truth))
            correcting(done, rounds)
        last, references = session.predict().positions, session.plan.ordered.references
    output = export(told["project"], home / "tracks.csv")["output"]
    figure = home / "tracking.png"
    _draw(figure, simulated, truth, (first, last), (answered, accuracy))
    return DemoTrackResult(
        str(video), str(annotations), told["project"], output, str(figure), points, frames,
        references, tuple(answered), tuple(accuracy),
    )  # fmt: skip


def _said(session: TrackSession) -> int:
    """Points that were placed, or said to be hidden."""
    return len(session.said.given) + len(session.said.hidden)


def _place(
    session: TrackSession, truth: list[FrameTruth], wanted: Iterable[tuple[int, int]]
) -> None:
    """Say the truth of (frame, point) of which nothing was said yet."""
    given = session.said.given
    known = {*zip(given.frame.tolist(), given.keypoint.tolist(), strict=True), *session.said.hidden}
    placed: dict[str, list[float]] = {}
    for frame, point in dict.fromkeys(wanted):
        item, place = session.item(frame, point), truth[frame].positions[point].tolist()
        if (frame, point) in known:
            continue
        if truth[frame].seen[point]:
            placed[item] = place
        else:
            session.decide(item, place if truth[frame].in_view[point] else None, "hidden")
    session.decide_each(placed)


def _right(
    simulated: DeformingVolume,
    positions: NDArray[np.floating],
    truth: list[FrameTruth],
    frame: int,
) -> NDArray[np.bool_]:
    """(point in view,) whether it lies within the tolerance; missing ones do not."""
    size = np.array(simulated.settings.voxel_size_um)
    there = truth[frame].in_view
    apart = (positions[frame] - truth[frame].positions)[there] * size / size[-1]
    return np.linalg.norm(apart, axis=1) <= TOLERANCE_PX


def _accuracy(
    positions: NDArray[np.floating], simulated: DeformingVolume, truth: list[FrameTruth]
) -> float:
    """Share of all points in view that lie within the tolerance."""
    right = [_right(simulated, positions, truth, frame) for frame in range(len(truth))]
    return float(np.concatenate(right).mean())


def _draw(
    path: Path,
    simulated: DeformingVolume,
    truth: list[FrameTruth],
    tracks: tuple[NDArray[np.floating], NDArray[np.floating]],
    curve: tuple[list[int], list[float]],
) -> None:
    figure = Figure(figsize=(11, 4), layout="constrained")
    image, axes = figure.subplots(1, 2, width_ratios=(1.6, 1))
    first, last = tracks
    frame = int(np.argmin([_right(simulated, first, truth, at).mean() for at in range(len(truth))]))
    image.imshow(simulated.frame(frame)[0].max(axis=0), cmap="gray")
    _mark(image, truth[frame].positions[truth[frame].in_view], "+", "white", "truth")
    _mark(image, first[frame], "s", "#E69F00", "tracked from one frame")
    _mark(image, last[frame], "o", "#56B4E9", "after corrections")
    image.set_title(f"frame {frame}, the worst at first; brightest along z")
    image.set_axis_off()
    image.legend(loc="lower left", fontsize="small")
    axes.plot(*curve, marker="o", color="#0072B2")
    axes.set_xlabel("points placed by hand")
    axes.set_ylabel(f"share of points within {TOLERANCE_PX:g} px of the truth")
    axes.set_ylim(0, 1.02)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)


def _mark(axes: Axes, places: NDArray[np.floating], marker: str, colour: str, label: str) -> None:
    axes.plot(
        places[:, 2],
        places[:, 1],
        marker,
        color=colour,
        fillstyle="none",
        markersize=6,
        markeredgewidth=1,
        label=label,
    )
