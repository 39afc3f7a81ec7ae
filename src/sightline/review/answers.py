"""What one annotator has said of all candidates, kept up with the journal."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.majority import UNDECIDED
from sightline.data.decision import SKIP, UNSURE, Decision, DecisionKind
from sightline.project.fold import Hand, State, standing

NOTHING: Final = -1
SAID_UNSURE: Final = -2
SAID_SKIP: Final = -3


class Answers:
    """One annotator's standing verdicts.

    Parameters
    ----------
    items
        Name of each candidate, ``recording/identity``.
    classes
        Names of the verdicts.
    annotator
        Whose.

    Attributes
    ----------
    index
        Row of each item.
    decisions
        The latest verdict on each item, in the order in which they were first given.
    hand
        The annotator's records of every kind.
    said : (candidate,) int8
        Class index, ``NOTHING``, ``SAID_UNSURE`` or ``SAID_SKIP``.
    """

    def __init__(self, items: Sequence[str], classes: Sequence[str], annotator: str) -> None:
        self.index: Final[Mapping[str, int]] = {item: row for row, item in enumerate(items)}
        self.decisions: dict[str, Decision] = {}
        self.hand = Hand()
        self.said = np.full(len(items), NOTHING, np.int8)
        self._annotator = annotator
        self._code = {UNSURE: SAID_UNSURE, SKIP: SAID_SKIP} | {
            name: number for number, name in enumerate(classes)
        }

    def follow(self, state: State) -> None:
        """Take over the state; what was only added to is not gone through again."""
        before, self.hand = self.hand.standing, state.hand(self._annotator)
        now = self.hand.standing
        if len(now) < len(before) or (before and now[len(before) - 1] is not before[-1]):
            self.decisions = {}
            self.said = np.full(len(self.said), NOTHING, np.int8)
            before = ()
        new = State(state.last, {self._annotator: Hand(now[len(before) :])})
        verdicts = standing(new, self._annotator, DecisionKind.VERDICT)
        self.decisions |= verdicts
        known = [(self.index[item], self._code.get(verdict.value, SAID_UNSURE))
                 for item, verdict in verdicts.items() if item in self.index]  # fmt: skip
        if known:
            rows, codes = np.array(known).T
            self.said[rows] = codes

    @property
    def training(self) -> NDArray[np.int8]:
        """(candidate,) int8: class index, ``UNDECIDED`` where nothing is said that trains."""
        return np.where(self.said >= 0, self.said, UNDECIDED).astype(np.int8)

    @property
    def closed(self) -> NDArray[np.bool_]:
        """(candidate,) bool: has an answer of any kind."""
        return self.said != NOTHING

    def order(self) -> list[int]:
        """Rows of the training answers, oldest first."""
        rows = (self.index.get(item, -1) for item in self.decisions)
        return [row for row in rows if row >= 0 and self.said[row] >= 0]

    def skipped(self) -> list[str]:
        """Items that were skipped, longest ago first."""
        when = {
            decision.item: entry.number
            for entry in self.hand.standing
            for decision in entry.decisions
            if decision.kind is DecisionKind.VERDICT
        }
        skipped = [item for item, decision in self.decisions.items() if decision.value == SKIP]
        return sorted((item for item in skipped if item in self.index), key=lambda i: when[i])
