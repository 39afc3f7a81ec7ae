"""What a sorting can start from: classifiers and projects that lie beside the project."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from sightline.data.decision import DecisionKind
from sightline.errors import SettingError, SightlineError
from sightline.project.candidates import read_candidates
from sightline.project.fold import standing
from sightline.project.project import SUFFIX, Project
from sightline.review.sort_session import SortSession
from sightline.sort.classifier import FORMAT, TrainedClassifier

MOST_PROJECTS: Final = 100

_FIRST_BYTES: Final = 200


@dataclass(frozen=True)
class Start:
    """Something to start from.

    Parameters
    ----------
    name
        A classifier's file name, or ``PROJECT.sightline/ANNOTATOR``.
    answers
        Training answers of that annotator there; ``None`` of a classifier.
    path
        Where it lies.
    annotator
        Whose answers; empty of a classifier.
    """

    name: str
    answers: int | None
    path: Path
    annotator: str = ""

    def read(self) -> TrainedClassifier:
        """Read the classifier, or fit it to the answers.

        Raises
        ------
        InputError, ProjectError, SettingError
            If it cannot be read, or the answers are of one class only.
        """
        from sightline.workflows.classifying import read_classifier  # noqa: PLC0415 - is large

        if not self.annotator:
            return read_classifier(self.path)
        with SortSession(self.path, self.annotator) as session:
            return session.classifier()


def find_starts(project: str | Path) -> list[Start]:
    """Look in the project's folder and beside it; what cannot be read is passed over.

    Parameters
    ----------
    project
        The project that is to be sorted.

    Returns
    -------
    list of Start
        Classifiers as `sightline sort train` writes them, those in the project first, then other
        projects of sorting with the annotators who decided candidates of two classes there.
    """
    home = Path(project).resolve()
    files = [*_inside(home, "*.json"), *_inside(home.parent, "*.json")]
    by_name = {path.name: path for path in reversed(files) if _is_classifier(path)}
    classifiers = [Start(name, None, by_name[name]) for name in sorted(by_name)]
    folders = [path for path in _inside(home.parent, f"*{SUFFIX}") if path != home]
    return classifiers + [start for path in folders[:MOST_PROJECTS] for start in _of_project(path)]


def read_start(project: str | Path, name: str) -> TrainedClassifier:
    """Read what `find_starts` lists under a name; nothing else can be read.

    Raises
    ------
    SettingError
        If nothing of that name lies in or beside the project.
    InputError, ProjectError
        If it cannot be read.
    """
    for start in find_starts(project):
        if start.name == name:
            return start.read()
    raise SettingError(
        f"There is nothing called {name!r} to start from in the project's folder or beside it. "
        "Copy the classifier or the earlier project there."
    )


def _inside(folder: Path, pattern: str) -> list[Path]:
    """What lies in a folder itself, by name; not what links lead to elsewhere."""
    try:
        return sorted(path for path in folder.glob(pattern) if path.resolve().parent == folder)
    except OSError:
        return []


def _is_classifier(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return FORMAT.encode() in file.read(_FIRST_BYTES)
    except OSError:
        return False


def _of_project(path: Path) -> Iterator[Start]:
    """Each annotator with answers that train; the project is read as it is, and left so."""
    try:
        project = Project.open(path)
        if project.kind != "sort":
            return
        classes = read_candidates(project).classes
        with project.look() as journal:
            state = journal.state()
    except SightlineError:
        return
    said = partial(standing, state, kind=DecisionKind.VERDICT)
    for annotator in sorted(state.hands):
        values: list[Any] = [decision.value for decision in said(annotator).values()]
        answers = [value for value in values if value in classes]
        if len(set(answers)) > 1:
            yield Start(f"{path.name}/{annotator}", len(answers), path, annotator)
