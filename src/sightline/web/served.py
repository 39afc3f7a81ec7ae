"""What one server holds: a project, its evidence, its annotators' sessions, the open pages."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sightline.data.features import FeatureTable
from sightline.errors import ProjectError
from sightline.project.candidates import read_candidates
from sightline.project.project import SUFFIX, Project
from sightline.sort.duplicates import DuplicatePair, find_duplicates
from sightline.web.live import Hub
from sightline.web.sessions import Sessions
from sightline.web.shelf import AbsentError, Shelf


class Served:
    """A project of sorting that is open in the app; see `OpenProject`.

    Parameters
    ----------
    path
        The project folder.

    Attributes
    ----------
    id
        Tells this project from any other that a page may have been opened on.
    trouble
        Why nothing can be sorted, in a sentence; empty where all is well. The decisions can be read
        all the same.

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
        self.tables: tuple[FeatureTable, ...] = ()
        self.classes: tuple[str, ...] = ()
        try:
            candidates = read_candidates(self.project)
            self.tables, self.classes = candidates.tables, candidates.classes
        except ProjectError as trouble:
            self.trouble = str(trouble)
        self.shelf = Shelf(self.project, self.tables)
        self.hub = Hub()
        self.sessions = Sessions(path, self.hub)
        self._pairs: dict[int, list[DuplicatePair]] | None = None
        self._looking = asyncio.Lock()

    async def close(self) -> None:
        """End what goes on, and close all files."""
        await self.sessions.close()
        self.shelf.close()

    async def duplicates(self) -> Mapping[int, list[DuplicatePair]]:
        """Pairs that look like one cell, by recording; looked for once.

        Raises
        ------
        AbsentError
            If no recording has evidence.
        """
        async with self._looking:
            if self._pairs is None:
                self._pairs = await asyncio.to_thread(self._find_duplicates)
        return self._pairs

    def expect(self, annotator: str) -> None:
        """Open the session of whoever is about to come."""
        self.sessions.expect(annotator)

    def warnings(self) -> Iterable[str]:
        """Why there is no evidence of a recording."""
        return self.shelf.troubles.values()

    def about(self) -> dict[str, Any]:
        """Describe the project to the page."""
        with self.project.journal() as journal:
            annotators = sorted(journal.state().hands)
        first = self.tables[0]
        return {
            "name": self.project.path.name.removesuffix(SUFFIX),
            "id": self.id,
            "kind": self.project.kind,
            "path_name": self.project.path.name,
            "classes": list(self.classes),
            "annotators": annotators,
            "feature_version": first.version,
            "features": list(first.names),
            "recordings": [self._about_recording(number) for number in range(len(self.tables))],
            "readonly": not self.project.writable,
            "data_version": self.shelf.data_version,
        }

    def _about_recording(self, number: int) -> dict[str, Any]:
        table = self.tables[number]
        said = {
            "number": number,
            "name": table.recording,
            "candidates": len(table),
            "first": self.shelf.first[number],
            "image_shape": None,
            "images": [],
            "evidence": False,
            "frames": 0,
            "frame_rate_hz": None,
            "window": 0,
            "movie_downsampled": 1,
            "pixel_size_um": None,
            "warnings": [],
            "notes": list(table.notes),
        }
        if not self.shelf.has(number):
            return {**said, "warnings": [self.shelf.troubles[number]]}
        with self.shelf.reading(number) as reader:
            evidence, about = reader.evidence, reader.evidence.about
            size = about.pixel_size_um
            return {
                **said,
                "image_shape": list(evidence.image_shape),
                "images": list(evidence.images),
                "evidence": True,
                "frames": reader.trace_shape[1],
                "frame_rate_hz": about.frame_rate_hz,
                "window": 2 * about.half_window + 1,
                "movie_downsampled": about.movie_downsampled,
                "pixel_size_um": None if size is None else list(size[-2:]),
                "warnings": list(about.warnings),
                "notes": [*about.notes, *table.notes],
            }

    def _find_duplicates(self) -> dict[int, list[DuplicatePair]]:
        pairs = {}
        for number in range(len(self.tables)):
            if self.shelf.has(number):
                with self.shelf.reading(number) as reader:
                    evidence = reader.evidence
                    found = find_duplicates(
                        evidence.footprints, reader.traces(), evidence.image_shape
                    )
                    pairs[number] = list(found)
        if not pairs:
            raise AbsentError(self.shelf.troubles[0])
        return pairs


def project_identity(project: Project) -> str:
    """Give what tells a project from any other, also from one that was in its place before."""
    made = f"{project.created.isoformat()}\n{project.path.resolve()}"
    return hashlib.sha256(made.encode(errors="surrogatepass")).hexdigest()[:16]
