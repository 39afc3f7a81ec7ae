"""A project: one folder that can be moved or copied, for nothing in it names a place outside.

::

    NAME.sightline/
        project.json        what this folder is
        decisions.sqlite    the journal
        payloads/           large answers, named by their SHA-256
        arrays/             what can be computed again
        sessions/           each annotator's settings in the app

While the journal is open, SQLite keeps ``decisions.sqlite-wal`` or ``-journal`` beside it. They
belong to the project: copy the whole folder, while nobody is answering.
"""

import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

from sightline.errors import InputError, ProjectError
from sightline.project.durable import sync_folder, write_whole
from sightline.project.faults import reported
from sightline.project.journal import PAYLOADS, Journal

KINDS: Final = ("sort", "segment", "track")
SUFFIX: Final = ".sightline"
BUNDLE_SUFFIX: Final = f"{SUFFIX}.zip"
VERSION: Final = 1

_FORMAT: Final = "sightline project"
DESCRIPTION: Final = "project.json"
JOURNAL: Final = "decisions.sqlite"
_ARRAYS: Final = "arrays"


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder.

    Parameters
    ----------
    path
        The folder.
    kind
        The job: ``"sort"``, ``"segment"`` or ``"track"``.
    created
        When it was made, with time zone UTC.
    """

    path: Path
    kind: str
    created: datetime

    @classmethod
    def create(cls, path: Path, kind: str, created: datetime | None = None) -> Self:
        """Make an empty project; it is there, whole and on disk, when this returns.

        Parameters
        ----------
        path
            A folder that does not exist yet, with a name that ends in ``.sightline``.
        kind
            One of ``KINDS``.
        created
            Taken from the clock if not given.

        Raises
        ------
        InputError
            If the kind or the name is not as above, or the path exists.
        ProjectError
            If the folder cannot be written.
        """
        if kind not in KINDS:
            raise InputError("kind of project", repr(kind), ", ".join(KINDS), "Choose one.")
        if path.suffix != SUFFIX:
            raise InputError(path, "another ending", SUFFIX, f"Call it {path.name}{SUFFIX}.")
        if path.exists():
            raise InputError(path, "something there", "no such folder", "Choose another name.")
        project = cls(path, kind, created or datetime.now(UTC))
        aside = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
        with reported(path):
            try:
                project._write(aside)
                aside.rename(path)
            except BaseException:
                shutil.rmtree(aside, ignore_errors=True)
                raise
            sync_folder(path.parent)
        return project

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a project folder.

        Raises
        ------
        ProjectError
            If it is no project, of a newer version, or its description is damaged.
        """
        description = path / DESCRIPTION
        if not description.is_file():
            found = f"it holds no {DESCRIPTION}" if path.is_dir() else "there is no such folder"
            found = "it is a file" if path.is_file() else found
            remedy = f"Give a folder with a name that ends in {SUFFIX}."
            if path.name.endswith(BUNDLE_SUFFIX):
                remedy = f"Unpack the bundle: sightline sort prepare {path} -o NAME{SUFFIX}."
            said = f"{path}: no project, for {found}. {remedy}"
            raise ProjectError(f"{said}{how_to_read_decisions(path)}")
        with reported(description):
            content = description.read_bytes()
        try:
            kind, created = _parse(json.loads(content), description)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ProjectError(
                f"{description}: damaged or not of a project. Restore it from a backup."
                f"{how_to_read_decisions(path)}"
            ) from error
        return cls(path, kind, created)

    @property
    def payloads(self) -> Path:
        """The folder for `store_payload` and `read_payload`."""
        return self.path / PAYLOADS

    @property
    def arrays(self) -> Path:
        """The folder for `write_arrays` and `read_arrays`."""
        return self.path / _ARRAYS

    @property
    def writable(self) -> bool:
        """Whether decisions may be written, as far as the system tells beforehand."""
        effective = os.access in os.supports_effective_ids
        return all(
            os.access(path, os.W_OK, effective_ids=effective)
            for path in (self.path, self.path / JOURNAL)
        )

    def journal(self) -> Journal:
        """Open the project's journal; each thread opens its own. See `Journal.open`."""
        return Journal.open(self.path / JOURNAL)

    def look(self) -> Journal:
        """Open a copy of the project's journal, to be read; see `Journal.look`."""
        return Journal.look(self.path / JOURNAL)

    def _write(self, folder: Path) -> None:
        folder.mkdir()
        for part in (PAYLOADS, _ARRAYS):
            (folder / part).mkdir()
        Journal.create(folder / JOURNAL)
        description = {
            "format": _FORMAT,
            "version": VERSION,
            "kind": self.kind,
            "created": self.created.isoformat(),
        }
        write_whole(folder / DESCRIPTION, json.dumps(description, indent=2).encode() + b"\n")


def how_to_read_decisions(path: Path) -> str:
    """Give the sentence to add to what is wrong with a project; empty where it has no journal."""
    if not (path / JOURNAL).is_file():
        return ""
    return f" All decisions can be read: sightline sort decisions {path} -o decisions.csv."


def _parse(description: dict[str, Any], path: Path) -> tuple[str, datetime]:
    """Give kind and time of creation; ValueError, KeyError or TypeError where they are not."""
    if description["format"] != _FORMAT:
        raise ValueError
    if int(description["version"]) > VERSION:
        raise ProjectError(
            f"{path}: project version {description['version']}; this Sightline knows up to "
            f"{VERSION}. Update Sightline to open this project."
            f"{how_to_read_decisions(path.parent)}"
        )
    return KINDS[KINDS.index(description["kind"])], datetime.fromisoformat(description["created"])
