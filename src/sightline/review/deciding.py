"""What every session of an annotator does alike: take back, reinstate, close."""

from abc import abstractmethod
from uuid import uuid4

from sightline.data.closing import Closing
from sightline.data.entry import Entry
from sightline.project.journal import Journal


class Deciding(Closing):
    """One annotator's acts in a project's journal."""

    annotator: str
    journal: Journal

    @abstractmethod
    def refresh(self) -> None:
        """Take over what the journal holds, other processes' entries too."""

    def undo(self, client_id: str | None = None) -> Entry:
        """Take back the annotator's last act, be it one decision or a group.

        Parameters
        ----------
        client_id
            Name of this act; sent twice, it counts once.

        Returns
        -------
        Entry
            Its target is the number of what was taken back.

        Raises
        ------
        ProjectError
            If there is nothing left to undo.
        """
        entry = self.journal.undo(self.annotator, client_id or uuid4().hex)
        self.refresh()
        return entry

    def redo(self, client_id: str | None = None) -> Entry:
        """Reinstate what was undone last; see `undo`.

        Raises
        ------
        ProjectError
            If there is nothing left to redo.
        """
        entry = self.journal.redo(self.annotator, client_id or uuid4().hex)
        self.refresh()
        return entry

    def close(self) -> None:
        """Close the journal; everything decided is on disk already."""
        self.journal.close()
