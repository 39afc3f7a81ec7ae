"""The earlier classifier that a session starts from, kept in the project as it was when chosen."""

from sightline.errors import InputError, ProjectError
from sightline.project.payload import read_payload, store_payload
from sightline.project.project import Project
from sightline.sort.classifier import TrainedClassifier


def keep_start(project: Project, classifier: TrainedClassifier) -> str:
    """Keep a classifier; give the SHA-256 that it is found by.

    Raises
    ------
    ProjectError
        If it could not be written.
    """
    return store_payload(project.payloads, classifier.to_json().encode())


def kept_start(project: Project, digest: str) -> TrainedClassifier | None:
    """Give the classifier that was kept; none for an empty name.

    Raises
    ------
    ProjectError
        If it is missing or damaged.
    """
    if not digest:
        return None
    content = read_payload(project.payloads, digest)
    try:
        return TrainedClassifier.from_json(content.decode(), str(project.payloads / digest))
    except (InputError, UnicodeDecodeError) as damage:
        raise ProjectError(str(damage)) from damage
