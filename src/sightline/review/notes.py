"""What an annotator notes on a candidate; no answer, but undone and redone like one."""

from sightline.data.decision import Decision, DecisionKind
from sightline.project.fold import standing
from sightline.review.sort_session import SortSession


def note(session: SortSession, item: str, text: str, client_id: str) -> None:
    """Note something, in place of the note before; empty text takes it away.

    Raises
    ------
    InputError
        If there is no such candidate.
    ProjectError
        If it could not be written; then nothing was recorded.
    """
    session.index_of(item)
    said = Decision(item, session.annotator, DecisionKind.NOTE, text)
    session.journal.record([said], client_id)
    session.refresh()


def notes(session: SortSession) -> dict[str, str]:
    """The annotator's notes, by candidate."""
    said = standing(session.journal.state(), session.annotator, DecisionKind.NOTE)
    return {item: note.value for item, note in said.items() if note.value}
