"""A project in one file: what a lab shares, and opens anywhere without the movie.

A bundle is a zip with the files of a project folder, stored as they are. Its name ends in
``.sightline.zip``. One from elsewhere is hostile until it is unpacked and checked.
"""

import re
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from sightline.errors import InputError, ProjectError
from sightline.project.arrays import open_arrays
from sightline.project.candidates import read_candidates
from sightline.project.durable import sync, sync_folder, written_aside
from sightline.project.faults import reported
from sightline.project.journal import PAYLOADS, Journal
from sightline.project.project import BUNDLE_SUFFIX, DESCRIPTION, JOURNAL, SUFFIX, Project
from sightline.project.segmenting import read_segmenting

_ARRAYS: Final = ".zarr.zip"
_ALLOWED: Final = re.compile(
    rf"{re.escape(DESCRIPTION)}|{re.escape(JOURNAL)}|{PAYLOADS}/[0-9a-f]{{64}}"
    rf"|arrays/[a-z0-9][a-z0-9_-]*{re.escape(_ARRAYS)}"
)
_PREPARED: Final = re.compile(
    rf"arrays/(features|evidence-\d+|segmenting|predictions|prediction-[0-9a-f]+)"
    rf"{re.escape(_ARRAYS)}"
)
# what zipfile and zarr raise for content that makes no sense
_NONSENSE: Final = (
    zipfile.BadZipFile,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RuntimeError,  # an encrypted part, or a compression that is not known
    TypeError,
    ValueError,
)


def is_bundle(path: Path) -> bool:
    """Whether the name is a bundle's."""
    return path.name.lower().endswith(BUNDLE_SUFFIX)


def write_bundle(project: Project, output: Path, *, decisions: bool = True) -> None:
    """Write a project as one file.

    Parameters
    ----------
    project
        May be in use meanwhile; what is decided after the call began may be left out.
    output
        A file that is not there yet, with a name that ends in ``.sightline.zip``.
    decisions
        Whether journal, payloads and audits go along; else only what was prepared does, and the
        bundle begins without decisions.

    Raises
    ------
    InputError
        If the name is taken, or not as above.
    ProjectError
        If the file cannot be written; then there is none.
    """
    if not is_bundle(output):
        raise InputError(output, "another ending", BUNDLE_SUFFIX, f"Call it NAME{BUNDLE_SUFFIX}.")
    _refuse_taken(output)
    with (
        reported(output),
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        written_aside(output) as aside,
    ):
        journal = Path(folder, JOURNAL)
        _copy_journal(project, journal, decisions=decisions)
        # a file may bear a time that zip knows nothing of, such as 1970
        with zipfile.ZipFile(aside, "w", strict_timestamps=False) as file:
            file.write(project.path / DESCRIPTION, DESCRIPTION)
            file.write(journal, JOURNAL)
            for path, name in _parts(project, decisions=decisions):
                file.write(path, name)
        _refuse_taken(output)


def read_bundle(path: Path, output: Path) -> Project:
    """Unpack a bundle into a project folder, which appears whole and checked, or not at all.

    Raises
    ------
    InputError
        If there is no such file, it is damaged or no bundle, or the output is taken or misnamed.
    ProjectError
        If the bundle is of a newer version, or the folder cannot be written.
    """
    if not path.is_file():
        raise InputError(path, "there is no such file", "a bundle", "Check the path.")
    if output.suffix != SUFFIX:
        raise InputError(output, "another ending", SUFFIX, f"Call it {output.name}{SUFFIX}.")
    _refuse_taken(output)
    aside = output.with_name(f".{output.name}.{uuid4().hex}.tmp")
    with reported(output):
        try:
            try:
                _unpack(path, aside)
                _check_project(aside)
            except _NONSENSE:
                raise _no_bundle(path) from None
            except ProjectError as damage:
                # the parts of a bundle have the names that they have in the folder
                raise ProjectError(str(damage).replace(str(aside), str(path))) from None
            aside.rename(output)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        sync_folder(output.parent)
    return Project.open(output)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give a bundle's project folder while the ``with`` lasts, to be looked at.

    Features and evidence may be damaged, so that what is whole can be saved.

    Raises
    ------
    InputError
        If there is no such file, it is no bundle, or the decisions in it are damaged.
    ProjectError
        What is raised in the ``with``, with the bundle's name for the folder's.
    """
    if not path.is_file():
        raise InputError(path, "there is no such file", "a bundle", "Check the path.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        folder = Path(home, path.name.removesuffix(".zip"))
        with reported(path):
            try:
                _unpack(path, folder, damaged_arrays=True)
            except _NONSENSE:
                raise _no_bundle(path) from None
        try:
            yield folder
        except ProjectError as damage:
            # the parts of a bundle have the names that they have in the folder
            raise ProjectError(str(damage).replace(str(folder), str(path))) from None


def _refuse_taken(output: Path) -> None:
    if output.exists():
        raise InputError(output, "something there", "a new name", "Choose another name.")
    if not output.parent.is_dir():
        raise InputError(
            output, f"there is no folder {output.parent}", "a folder that exists", "Make it first."
        )


def _copy_journal(project: Project, path: Path, *, decisions: bool) -> None:
    if not decisions:
        Journal.create(path)
        return
    with project.journal() as journal:
        journal.copy(path)


def _parts(project: Project, *, decisions: bool) -> Iterator[tuple[Path, str]]:
    """Payloads and arrays, and their names; not what a killed process left behind."""
    wanted = _ALLOWED if decisions else _PREPARED
    for path in (*sorted(project.payloads.glob("*")), *sorted(project.arrays.glob("*"))):
        name = f"{path.parent.name}/{path.name}"
        if wanted.fullmatch(name):
            yield path, name


def _unpack(path: Path, folder: Path, *, damaged_arrays: bool = False) -> None:
    with zipfile.ZipFile(path) as file:
        parts = file.infolist()
        if not _are_a_bundles(parts, path.stat().st_size):
            raise _no_bundle(path)
        for part in (folder, folder / PAYLOADS, folder / "arrays"):
            part.mkdir()
        for part in parts:
            try:
                _unpack_part(file, part, folder)
            except zipfile.BadZipFile:
                if not (damaged_arrays and part.filename.startswith("arrays/")):
                    raise


def _unpack_part(file: zipfile.ZipFile, part: zipfile.ZipInfo, folder: Path) -> None:
    with file.open(part) as source, (folder / part.filename).open("xb") as target:
        shutil.copyfileobj(source, target, 2**20)
        target.flush()
        sync(target.fileno())


def _are_a_bundles(parts: Sequence[zipfile.ZipInfo], size: int) -> bool:
    """Whether the parts have a bundle's names, each once, and hold no more than the file does."""
    names = [part.filename for part in parts]
    return (
        {DESCRIPTION, JOURNAL} <= set(names)
        and len(set(names)) == len(names)
        and all(_ALLOWED.fullmatch(name) for name in names)
        and all(part.compress_type == zipfile.ZIP_STORED for part in parts)
        and all(part.file_size == part.compress_size for part in parts)
        and not any(stat.S_ISLNK(part.external_attr >> 16) for part in parts)
        and sum(part.file_size for part in parts) <= size
    )


def _check_project(folder: Path) -> None:
    """Raise if something that others will read is damaged."""
    project = Project.open(folder)
    with project.journal() as journal:
        journal.state()
    for path in project.arrays.iterdir():
        with open_arrays(project.arrays, path.name.removesuffix(_ARRAYS)):
            pass
    if project.kind == "sort":
        read_candidates(project)
    if project.kind == "segment":
        read_segmenting(project)


def _no_bundle(path: Path) -> InputError:
    return InputError(
        path, "damaged, or no bundle", "a bundle that Sightline wrote", "Copy it again."
    )
