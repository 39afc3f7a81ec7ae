"""What one server holds of a tracking project: sessions on one thread, pictures of the video."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sightline.data.recording import Recording
from sightline.errors import ProjectError, SightlineError
from sightline.formats.keypoints.write_keypoints import WRITERS
from sightline.formats.recordings.open_recording import open_recording
from sightline.project.project import SUFFIX, Project
from sightline.project.source import sources_of
from sightline.project.tracking import read_tracking
from sightline.review.frame_pictures import FramePictures
from sightline.review.live_track import LiveTrack
from sightline.track.track_settings import TrackSettings
from sightline.web.live import AwayError, Hub
from sightline.web.served import project_identity
from sightline.web.shelf import AbsentError
from sightline.web.values import plain

T = TypeVar("T")


class ServedTracking:
    """A tracking project that is open in the app; see `OpenProject`.

    Parameters
    ----------
    path
        The project folder.

    Attributes
    ----------
    pictures
        Of the video's frames.
    data_version
        Another one when the video is another.

    Raises
    ------
    ProjectError
        If it is no project, or of a newer version, or its journal cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.project = Project.open(path)
        self.project.journal().close()
        self.id = project_identity(self.project)
        self.trouble = ""
        self.data_version = ""
        self.hub = Hub()
        self.pictures = FramePictures(self._video)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker = ThreadPoolExecutor(1, "tracking")
        self._follower = ThreadPoolExecutor(1, "following")
        self._live: LiveTrack | None = None
        try:
            self._tracking = read_tracking(self.project)
            self.data_version = self._version()
            self._live = self._worker.submit(LiveTrack, path, self._tell).result()
        except SightlineError as trouble:
            self.trouble = str(trouble)

    async def call(self, act: Callable[[LiveTrack], T]) -> T:
        """Do something with the sessions, after all that was asked before.

        Raises
        ------
        SightlineError
            What ``act`` raises, or if the project was closed.
        """
        self._loop = asyncio.get_running_loop()
        if self._live is None:
            raise AwayError("This project was closed just now. Open it from the start page.")
        return await self._loop.run_in_executor(self._worker, act, self._live)

    async def act(self, annotator: str, act: Callable[[LiveTrack], T]) -> tuple[T, dict[str, Any]]:
        """Do something that changes what is said; tell it, and give the new state besides."""
        done, state = await self.call(lambda live: (act(live), plain(live.state(annotator))))
        self.hub.tell(annotator, {"type": "state", "state": state})
        return done, state

    def follow_soon(self, frames: Iterable[int]) -> None:
        """Track frames again, now that what was said of them is acknowledged; pages are told."""
        for frame in frames if self._live is not None else ():
            self._follower.submit(self._follow, frame)

    def check_frame(self, frame: int) -> None:
        """Pass if there is such a frame.

        Raises
        ------
        AbsentError
            If not.
        """
        if not 0 <= frame < self._tracking.frames:
            raise AbsentError(
                f"There is no frame {frame}; the last is {self._tracking.frames - 1}."
            )

    def about(self) -> dict[str, Any]:
        """Describe the project to the page."""
        with self.project.journal() as journal:
            annotators = sorted(name for name in journal.state().hands if name)
        frames, channels, planes, height, width = self._tracking.video_shape
        keypoints = self._tracking.keypoints
        return {
            "name": self.project.path.name.removesuffix(SUFFIX),
            "id": self.id,
            "kind": self.project.kind,
            "path_name": self.project.path.name,
            "annotators": annotators,
            "readonly": not self.project.writable,
            "data_version": self.data_version,
            "recording": self._tracking.recording,
            "frames": frames,
            "channels": channels,
            "planes": planes,
            "height": height,
            "width": width,
            "plane_px": self._plane_px(),
            "keypoints": list(keypoints.names),
            "edges": [[keypoints.names.index(name) for name in pair] for pair in keypoints.edges],
            "formats": sorted(WRITERS),
            "notes": list(keypoints.notes),
        }

    def warnings(self) -> Iterable[str]:
        """What of it cannot be shown: a video that is not where it was."""
        return () if self.trouble or self._source() else (self._away(),)

    def expect(self, annotator: str) -> None:
        """Open the session of whoever is about to come."""
        if self._live is not None:
            self._worker.submit(self._live.state, annotator)

    async def close(self) -> None:
        """End what goes on, and close all files."""
        live, self._live = self._live, None
        loop, self._loop = asyncio.get_running_loop(), None
        if live is not None:
            await loop.run_in_executor(self._follower, live.end_following)
            await loop.run_in_executor(self._worker, live.close)
        self._follower.shutdown()
        self._worker.shutdown()
        self.pictures.close()

    def _follow(self, frame: int) -> None:
        if self._live is not None:
            try:
                self._live.follow(frame)
            except SightlineError as trouble:
                self._tell({"type": "trouble", "text": str(trouble)})

    def _tell(self, told: Mapping[str, Any]) -> None:
        """Tell all pages, from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the server has stopped
                self._loop.call_soon_threadsafe(partial(self.hub.tell_everybody, told))

    def _source(self) -> Path | None:
        return sources_of(self.project).get(self._tracking.recording)

    def _video(self) -> Recording:
        video = self._source()
        if video is None:
            raise ProjectError(self._away())
        return open_recording(video, **self._tracking.read_as)

    def _away(self) -> str:
        return (
            f"{self.project.path}: the video {self._tracking.recording!r} is not where it was, so "
            "that its frames can neither be shown nor tracked. Put it back, or run `sightline "
            "track run` on it where it is now, with --project."
        )

    def _version(self) -> str:
        video = self._source()
        stat = None if video is None else video.stat()
        told = (self.id, str(video), stat and (stat.st_mtime_ns, stat.st_size))
        return hashlib.sha256(repr(told).encode(errors="surrogatepass")).hexdigest()[:8]

    def _plane_px(self) -> float:
        """Distance between planes, in pixels of the image plane."""
        depth, _, across = TrackSettings.from_dict(self._tracking.settings).follow.voxel_size
        return depth / across
