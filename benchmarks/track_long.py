"""How much memory a long recording takes: 100,000 volumes of 512 x 512 x 23 in two channels.

    python benchmarks/track_long.py
    python benchmarks/track_long.py --frames 10000 --tracked 10,100 --parts plan,track

No frame is kept: the recording is simulated, and any frame is painted when it is read. Each part
runs in a process of its own, of which the most memory is told, and what are pages of files at the
end. ``recommend`` and ``plan`` (order, parents, recipes of all frames) begin with thumbnails of all
frames; these are a random walk of the right size, as painting them all would take an hour.
``track`` follows some frames, in their order, as a part of the whole: with the plan and the store
of all frames. ``result`` opens a project of which all frames are tracked, counts, asks, and writes
all tracks as a table (2 GB on disk).
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sightline.data.keypoints import KeypointSet
from sightline.data.tracks import Visibility
from sightline.project.project import Project
from sightline.project.track_store import TrackStore
from sightline.project.tracking import Tracking, store_thumbnails, store_tracking
from sightline.review.retrack import Follower, bring_up_to_date
from sightline.review.said_keypoints import decisions_of, record_annotations
from sightline.review.track_session import TrackSession
from sightline.simulate.deforming_settings import LONG
from sightline.simulate.deforming_volume import DeformingVolume, simulate_deforming_volume
from sightline.simulate.truth import true_keypoints
from sightline.track.follow_settings import FollowSettings
from sightline.track.frame_distance import thumbnail
from sightline.track.plan import Plan, make_plan, order_video
from sightline.track.reference_frames import recommend_frames
from sightline.track.track_settings import TrackSettings
from sightline.workflows.spent import Spent
from sightline.workflows.track_export import write_tracks

PICTURES = 12  # between which the random walk of thumbnails goes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--frames", type=int, default=LONG.frames)
    parser.add_argument("--references", type=int, default=5)
    parser.add_argument("--tracked", default="100,1000", help="numbers of frames for `track`")
    parser.add_argument("--parts", default="recommend,plan,track,result")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--here", default="", help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.here:
        print(json.dumps(_measured(said.here, said.frames, said.references)))
        return
    for part in said.parts.split(","):
        numbers = said.tracked.split(",") if part == "track" else [""]
        for number in numbers:
            row = _in_a_process(f"{part}:{number}", said.frames, said.references)
            print(json.dumps(row) if said.json else _words(row), flush=True)


def _in_a_process(part: str, frames: int, references: int) -> dict[str, Any]:
    words = [sys.executable, __file__, "--here", part, "--frames", str(frames)]
    done = subprocess.run(
        [*words, "--references", str(references)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _measured(part: str, frames: int, references: int) -> dict[str, Any]:
    name, _, number = part.partition(":")
    parts: dict[str, Callable[[int, int, int], int]] = {
        "recommend": recommend, "plan": plan, "track": track, "result": result,
    }  # fmt: skip
    spent = Spent()
    frames_done = parts[name](frames, references, int(number or 0))
    return {
        "part": name,
        "frames": frames,
        "tracked": frames_done,
        "peak_memory_mb": spent.peak_memory_mb(),
        "file_pages_mb": _file_pages_mb(),
        "cpu_seconds": spent.cpu_seconds(),
    }


def _file_pages_mb() -> float | None:
    """Of the memory, pages of files at the end, which the system takes back when it needs them."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines())
    return int(lines["RssFile"].split()[0]) / 1024


def recommend(frames: int, references: int, _number: int) -> int:
    """Choose frames to annotate."""
    recommend_frames(walk(_video(frames), frames), references)
    return 0


def plan(frames: int, references: int, _number: int) -> int:
    """Plan the tracking of all frames."""
    _planned(_video(frames), references)
    return 0


def track(frames: int, references: int, number: int) -> int:
    """Plan all frames, and follow the first so many in their order."""
    video = _video(frames)
    made, how = _planned(video, references)
    opened = partial(simulate_deforming_volume, video.settings)
    follower = Follower.of(opened, how.follow, made, "simulated")
    with tempfile.TemporaryDirectory() as folder:
        store = TrackStore.on_disk(Path(folder, "tracks"), frames, len(video.names))
        wanted = made.ordered.tree.sequence[:number]
        return len(bring_up_to_date(follower, made, store, wanted))


def result(frames: int, references: int, _number: int) -> int:
    """Open a project of which all is tracked, count, ask, and write the tracks as a table."""
    video = _video(frames)
    with tempfile.TemporaryDirectory() as folder:
        project = _project(video, references, Path(folder, "long.sightline"))
        with TrackSession(project.path, "anna") as session:
            for start in range(0, frames, 1000):
                rows = slice(start, start + 1000)
                session.store.positions[rows] = np.float32(7.25)
                session.store.score[rows] = 0.5
                session.store.visibility[rows] = Visibility.SEEN
            session.store.flush()
            session.progress()
            session.batch(1)
            write_tracks(session, Path(folder, "tracks.csv"), "csv")
    return frames


def _project(video: DeformingVolume, references: int, place: Path) -> Project:
    given, frames = _annotated(video, references), video.settings.frames
    project = Project.create(place, "track")
    tracking = Tracking("long", video.info.shape, given, _how(video).to_dict(), {})
    store_tracking(project, tracking)
    store_thumbnails(project, walk(video, frames), [])
    with project.journal() as journal:
        record_annotations(journal, decisions_of(tracking.recording, given))
    return project


def walk(video: DeformingVolume, frames: int) -> np.ndarray:
    """(frame, pixel) float16 as thumbnails are, of frames that change slowly between pictures."""
    random = np.random.default_rng(0)
    pixels = len(thumbnail(video.frame(0)))
    pictures = random.standard_normal((PICTURES, pixels), np.float32)
    found = np.empty((frames, pixels), np.float16)
    place = np.zeros(PICTURES)
    for start in range(0, frames, 1000):
        length = min(1000, frames - start)
        places = place + np.cumsum(0.05 * random.standard_normal((length, PICTURES)), axis=0)
        place = places[-1]
        mixed = np.sin(places).astype(np.float32) @ pictures
        mixed += 0.5 * random.standard_normal(mixed.shape, np.float32)
        mixed -= mixed.mean(axis=1, keepdims=True)
        found[start : start + length] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return found


def _video(frames: int) -> DeformingVolume:
    return simulate_deforming_volume(replace(LONG, frames=frames))


def _annotated(video: DeformingVolume, references: int) -> KeypointSet:
    chosen = np.linspace(0, video.settings.frames - 1, references).astype(int)
    return true_keypoints(video, chosen.tolist())


def _planned(video: DeformingVolume, references: int) -> tuple[Plan, TrackSettings]:
    given = _annotated(video, references)
    how = _how(video)
    chosen = tuple(np.unique(given.frame).tolist())
    ordered = order_video(walk(video, video.settings.frames), chosen, how.order)
    return make_plan(ordered, given, how.spoken, together=how.together), how


def _how(video: DeformingVolume) -> TrackSettings:
    made = video.settings
    return TrackSettings(FollowSettings(made.voxel_size_um, made.radius_um, "points"))


def _words(row: dict[str, Any]) -> str:
    each = f", {row['cpu_seconds'] / row['tracked']:.2f} a frame" if row["tracked"] else ""
    files = row["file_pages_mb"]
    pages = "" if files is None else f" ({files:.0f} of files)"
    return (
        f"{row['part']:9} of {row['frames']:,} frames, {row['tracked']:,} tracked: "
        f"{row['peak_memory_mb']:.0f} MB{pages}, {row['cpu_seconds']:.0f} CPU s{each}"
    )


if __name__ == "__main__":
    main()
