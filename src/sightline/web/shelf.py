"""The evidence of a whole project, kept open: candidates are found by their row among all."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sightline.data.features import FeatureTable
from sightline.errors import ProjectError, SightlineError
from sightline.project.arrays import RESTORE
from sightline.project.evidence import (
    DAMAGE,
    EvidenceReader,
    damaged_evidence,
    evidence_path,
    has_evidence,
    open_evidence,
)
from sightline.project.project import Project


class AbsentError(SightlineError):
    """What was asked for is not there."""


class Shelf:
    """Evidence of all recordings; any thread may read.

    Parameters
    ----------
    project
        Whose.
    tables
        Features of its recordings.
    """

    def __init__(self, project: Project, tables: Sequence[FeatureTable]) -> None:
        self.tables = tuple(tables)
        self.first = [0]
        for table in tables:
            self.first.append(self.first[-1] + len(table))
        self.troubles: dict[int, str] = {}
        self._paths = [evidence_path(project, number) for number in range(len(tables))]
        self._open = ExitStack()
        self._readers: dict[int, EvidenceReader] = {}
        for number, table in enumerate(tables):
            self._take(project, number, table)
        self.data_version = _version([project.arrays / "features.zarr.zip", *self._paths])

    def close(self) -> None:
        """Close the files."""
        self._open.close()

    def has(self, number: int) -> bool:
        """Whether a recording has evidence that can be read."""
        return number in self._readers

    def place(self, row: int) -> tuple[int, int]:
        """Recording, and row in it, of a candidate.

        Raises
        ------
        AbsentError
            If there is no such row.
        """
        if not 0 <= row < self.first[-1]:
            raise AbsentError(f"There is no candidate {row}; the last is {self.first[-1] - 1}.")
        number = bisect_right(self.first, row) - 1
        return number, row - self.first[number]

    @contextmanager
    def reading(self, number: int) -> Iterator[EvidenceReader]:
        """Give a recording's evidence, to be read in the ``with``.

        Raises
        ------
        AbsentError
            If there is no such recording, or no evidence of it.
        ProjectError
            If what was read is damaged.
        """
        if not 0 <= number < len(self.tables):
            raise AbsentError(f"There is no recording {number}; there are {len(self.tables)}.")
        if number not in self._readers:
            raise AbsentError(self.troubles[number])
        try:
            yield self._readers[number]
        except DAMAGE as damage:
            raise ProjectError(damaged_evidence(self._paths[number], damage)) from damage

    def _take(self, project: Project, number: int, table: FeatureTable) -> None:
        if not has_evidence(project, number):
            self.troubles[number] = (
                f"{self._paths[number]}: it is not there, so that candidates of {table.recording} "
                "cannot be shown. Prepare the project from a movie and its candidates, or copy all "
                "of its folder again."
            )
            return
        try:
            reader = self._open.enter_context(open_evidence(project, number))
        except ProjectError as trouble:
            self.troubles[number] = str(trouble)
            return
        except DAMAGE as damage:
            self.troubles[number] = damaged_evidence(self._paths[number], damage)
            return
        if reader.evidence.identities != table.identities:
            self.troubles[number] = (
                f"{self._paths[number]}: it is of other candidates than the features. {RESTORE}"
            )
            return
        self._readers[number] = reader


def _version(paths: Sequence[Path]) -> str:
    """A name of the data as they lie on disk; another project or preparation has another one."""
    told: list[Any] = []
    for path in paths:
        found = path.stat() if path.is_file() else None
        told.append((str(path.resolve()), found and (found.st_mtime_ns, found.st_size)))
    return hashlib.sha256(repr(told).encode(errors="surrogatepass")).hexdigest()[:8]
