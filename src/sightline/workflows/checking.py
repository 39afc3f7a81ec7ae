"""What is in a project or file, and what is wrong with it: `sightline check`."""

from pathlib import Path

from sightline.formats.open_features import read_labelled
from sightline.project.candidates import read_candidates
from sightline.project.fold import standing
from sightline.project.project import Project
from sightline.workflows.classifying import read_classifier
from sightline.workflows.sorting import Summary


def check(path: str | Path) -> Summary:
    """Read a project, a classifier or a file of features as the other verbs would.

    Returns
    -------
    dict
        What was found; ``notes`` tell what was repaired on the way in.

    Raises
    ------
    SightlineError
        If it cannot be used; the message says why and what to do.
    """
    path = Path(path)
    if path.is_dir():
        return _check_project(path)
    if path.suffix.lower() == ".json":
        classifier = read_classifier(path)
        counts = dict(zip(classifier.classes, classifier.answers, strict=True))
        return {"classifier": str(path), "answers": counts, "features": classifier.feature_version}
    recording = read_labelled(path)
    table = recording.features
    return {
        "file": str(path),
        "candidates": len(table),
        "features": f"{len(table.names)}, version {table.version}",
        "annotators": {name: int((said >= 0).sum()) for name, said in recording.labels.items()},
        "notes": list(table.notes),
    }


def _check_project(path: Path) -> Summary:
    project = Project.open(path)
    candidates = read_candidates(project)
    with project.journal() as journal:
        state = journal.state()
    return {
        "project": str(path),
        "created": project.created.isoformat(),
        "classes": list(candidates.classes),
        "recordings": {table.recording: len(table) for table in candidates.tables},
        "features": candidates.tables[0].version,
        "decisions": {name: len(standing(state, name)) for name in sorted(state.hands)},
        "notes": [f"{t.recording}: {note}" for t in candidates.tables for note in t.notes],
    }
