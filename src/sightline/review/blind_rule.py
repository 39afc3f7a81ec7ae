"""The first judgement is blind: what may be shown, and what was shown all the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.majority import UNDECIDED
from sightline.data.decision import DecisionKind
from sightline.data.entry import Entry
from sightline.review.answers import NOTHING, Answers
from sightline.review.refits import Fit

_EVERYTHING: Final = "all"


@dataclass(frozen=True)
class ShownLabels:
    """What may be shown of every candidate.

    Parameters
    ----------
    version
        Grows with every change.
    said : (candidate,) int8
        As in `Answers`.
    predicted : (candidate,) int8
        The machine's label; ``UNDECIDED`` where there is none, or it is hidden.
    probability : (candidate,) float32
        As in `Fit`; ``nan`` where it is hidden.
    revealed
        Whether predictions of candidates that have no answer are among them.
    """

    version: int
    said: NDArray[np.int8]
    predicted: NDArray[np.int8]
    probability: NDArray[np.float32]
    revealed: bool


def show_labels(
    said: NDArray[np.int8], fit: Fit | None, version: int, *, reveal: bool
) -> ShownLabels:
    """Hide the predictions of what has no answer, unless they are to be revealed."""
    there = fit is not None and fit.model is not None
    if fit is None or not there:
        hidden = np.full(len(said), UNDECIDED, np.int8)
        return ShownLabels(version, said, hidden, np.full(len(said), np.nan, np.float32), False)
    shown = (said != NOTHING) | reveal
    return ShownLabels(
        version,
        said,
        np.where(shown, fit.labels, np.int8(UNDECIDED)),
        np.where(shown, fit.probability, np.float32("nan")),
        reveal,
    )


class Seen:
    """Candidates whose next judgement is not blind.

    They are those whose prediction was revealed, and those judged before, whose prediction has been
    shown since.

    Parameters
    ----------
    items
        Name of each candidate.

    Attributes
    ----------
    rows : (candidate,) bool
        Which they are.
    """

    def __init__(self, items: tuple[str, ...]) -> None:
        self.rows = np.zeros(len(items), bool)
        self._items = items
        self._index = {item: row for row, item in enumerate(items)}

    def add(self, rows: Iterable[int]) -> None:
        """Add rows."""
        self.rows[np.fromiter(rows, np.intp)] = True

    def add_judged(self, entries: Iterable[Entry], annotator: str) -> None:
        """Add what the annotator ever judged, also where it was undone."""
        self._add_items(
            decision.item
            for entry in entries
            if entry.annotator == annotator
            for decision in entry.decisions
            if decision.kind is DecisionKind.VERDICT
        )

    def add_kept(self, kept: Any) -> None:
        """Add what `kept` gave in an earlier run."""
        self._add_items(self._items if kept == _EVERYTHING else kept)

    def kept(self, answers: Answers) -> str | list[str]:
        """What is to be kept for the next run: all but what is judged, which the journal knows."""
        rows = np.flatnonzero(self.rows & ~answers.closed)
        if len(rows) and (self.rows | answers.closed).all():
            return _EVERYTHING
        return [self._items[row] for row in rows]

    def items(self) -> list[str]:
        """Their names."""
        return [self._items[row] for row in np.flatnonzero(self.rows)]

    def _add_items(self, items: Iterable[str]) -> None:
        self.add(self._index[item] for item in items if item in self._index)
