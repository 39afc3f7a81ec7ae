"""One act in the journal: a record of decisions, an undo or a redo."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sightline.data.decision import Decision


class Act(StrEnum):
    """What an entry does to what its annotator has decided."""

    RECORD = "record"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True)
class Entry:
    """One acknowledged act of one annotator; never changed, never removed.

    Parameters
    ----------
    number
        Place in the journal, from 1; it orders entries where clocks may disagree.
    client_id
        Name the asker gave to the act, so that the same act sent twice counts once.
    annotator
        Name of the person who acted.
    time_utc
        When it was written, with time zone UTC.
    act
        Record, undo or redo.
    decisions
        What a record says, at least one decision; they stand and fall together. Else empty.
    target
        Undo and redo only: number of the record that is cancelled or reinstated.
    """

    number: int
    client_id: str
    annotator: str
    time_utc: datetime
    act: Act
    decisions: tuple[Decision, ...] = ()
    target: int | None = None
