"""What is in a project or file, and what is wrong with it: `sightline check`."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sightline.data.feature_set import ACTSORT_VERSION, SIGHTLINE_VERSION
from sightline.data.features import FeatureTable
from sightline.errors import InputError, ProjectError, SightlineError
from sightline.formats.deepflash2_project import is_deepflash2_project
from sightline.formats.open_features import read_labelled
from sightline.project.arrays import RESTORE
from sightline.project.bundle import is_bundle, unpacked
from sightline.project.candidates import read_candidates
from sightline.project.evidence import DAMAGE, evidence_path, open_evidence
from sightline.project.fold import standing
from sightline.project.project import Project
from sightline.project.source import sources_of
from sightline.review.segment_session import SegmentSession
from sightline.review.track_session import TrackSession
from sightline.workflows.checking_deepflash2 import check_deepflash2
from sightline.workflows.classifying import read_classifier
from sightline.workflows.sorting import Summary

_COMPUTED: Final = (SIGHTLINE_VERSION, ACTSORT_VERSION)  # from evidence, which is then there


def check(path: str | Path) -> Summary:
    """Read a project, a bundle, a classifier or a file of features as the other verbs would.

    Returns
    -------
    dict
        What was found; ``notes`` tell what was repaired on the way in. Of a project and a bundle,
        all of which is read, ``problems`` tell what is wrong and what to do about it.

    Raises
    ------
    SightlineError
        If it cannot be used at all; the message says why and what to do.
    """
    path = Path(path)
    if not path.exists():
        expected = "a project, bundle, file of features or classifier"
        raise InputError(path, "nothing is there", expected, "Check the path.")
    if path.is_dir():
        theirs = is_deepflash2_project(path)
        return check_deepflash2(path) if theirs else _check_project(path)
    if is_bundle(path):
        return _check_bundle(path)
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


def _check_bundle(path: Path) -> Summary:
    with unpacked(path) as folder:
        found = _check_project(folder)
    told = [problem.replace(str(folder), str(path)) for problem in found["problems"]]
    told = [problem.replace(RESTORE, "Copy the bundle again.") for problem in told]
    return {**found, "project": str(path), "problems": told}


def _check_project(path: Path) -> Summary:
    project = Project.open(path)
    with project.journal() as journal:
        state = journal.state()
    decided = {name: len(standing(state, name)) for name in sorted(state.hands)}
    if project.kind == "track":
        return _check_tracking(project, decided)
    if project.kind == "segment":
        return _check_segmenting(project, decided)
    tables, classes, problems = (), (), list(_unwritable(project))
    try:
        candidates = read_candidates(project)
        tables, classes = candidates.tables, candidates.classes
    except ProjectError as damage:
        problems.append(str(damage))
    evidence = {t.recording: _evidence(project, k, t) for k, t in enumerate(tables)}
    return {
        "project": str(path),
        "created": project.created.isoformat(),
        "classes": list(classes),
        "recordings": {table.recording: len(table) for table in tables},
        "features": tables[0].version if tables else None,
        "evidence": {name: state for name, (state, _) in evidence.items()},
        "decisions": decided,
        "notes": [f"{t.recording}: {note}" for t in tables for note in t.notes],
        "problems": [*problems, *(told for _, told in evidence.values() if told)],
    }


def _check_tracking(project: Project, decided: dict[str, int]) -> Summary:
    problems = list(_unwritable(project))
    found: Summary = {}
    try:
        with TrackSession(project.path, "") as session:
            about, progress = session.tracking, session.progress()
        found = {
            "recordings": {about.recording: about.frames},
            "keypoints": progress.keypoints,
            "references": list(progress.references),
            "annotated": progress.annotated,
            "stale": progress.stale,
        }
        if about.recording not in sources_of(project):
            problems.append(
                f"{project.path}: the video {about.recording!r} is not where it was, so that "
                "nothing can be tracked again. Say where it is: sightline track correct --video."
            )
    except SightlineError as damage:
        problems.append(str(damage))
    return {
        "project": str(project.path),
        "created": project.created.isoformat(),
        **found,
        "decisions": decided,
        "problems": problems,
    }


def _check_segmenting(project: Project, decided: dict[str, int]) -> Summary:
    """All masks that stand are read, so that a lost one is told."""
    problems = list(_unwritable(project))
    found: Summary = {}
    try:
        with SegmentSession(project.path, "") as session:
            about = session.segmenting
            found = {
                "recordings": {about.recording: len(about.images)},
                "classes": list(about.class_names),
                "predicted": len(session.predictions.masks),
                "objects": len(session.predictions.objects),
            }
            for name in about.names:
                problems.extend(_unreadable(session, name))
            stands = session.said.values()
            found |= {
                "outlined": sum(one.outlined for one in stands),
                "corrected": sum(one.correction is not None for one in stands),
            }
    except SightlineError as damage:
        problems.append(str(damage))
    return {
        "project": str(project.path),
        "created": project.created.isoformat(),
        **found,
        "decisions": decided,
        "problems": problems,
    }


def _unreadable(session: SegmentSession, image: str) -> Iterator[str]:
    try:
        session.predict([image])
    except SightlineError as damage:
        yield f"{image}: {damage}"


def _unwritable(project: Project) -> Iterator[str]:
    if not project.writable:
        yield (
            f"{project.path}: it may not be written here, so that nothing can be decided. Allow "
            "writing to it and all that is in it, or copy it to where you may write."
        )


def _evidence(project: Project, number: int, table: FeatureTable) -> tuple[str, str]:
    """State of a recording's evidence in a word, and what is wrong with it."""
    path = evidence_path(project, number)
    blank = f"so that candidates of {table.recording} cannot be shown. {RESTORE}"
    if not path.is_file():
        expected = table.version.startswith(_COMPUTED)
        return "none", f"{path}: missing, {blank}" if expected else ""
    try:
        with zipfile.ZipFile(path) as file:
            if file.testzip() is not None:
                raise zipfile.BadZipFile
        with open_evidence(project, number) as reader:
            if reader.evidence.identities == table.identities:
                return "whole", ""
    except (SightlineError, *DAMAGE):
        return "damaged", f"{path}: damaged, {blank}"
    return "of others", f"{path}: of other candidates than the features, {blank}"
