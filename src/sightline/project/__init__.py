"""A project folder on disk: the decisions journal, payloads and arrays."""

from sightline.project.fold import EMPTY, Hand, State, fold, history, merged, standing
from sightline.project.journal import Journal
from sightline.project.payload import read_payload, store_payload
from sightline.project.project import KINDS, Project

__all__ = [
    "EMPTY",
    "KINDS",
    "Hand",
    "Journal",
    "Project",
    "State",
    "fold",
    "history",
    "merged",
    "read_payload",
    "standing",
    "store_payload",
]
