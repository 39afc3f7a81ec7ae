"""What the journal amounts to: a pure fold over its entries, and the views taken from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sightline.data.decision import Decision, DecisionKind
from sightline.data.entry import Act, Entry
from sightline.errors import ProjectError


@dataclass(frozen=True, slots=True)
class Hand:
    """One annotator's records.

    Parameters
    ----------
    standing
        Records that stand, oldest first; undo takes the last.
    undone
        Records undone since the last new one; redo takes the last.
    """

    standing: tuple[Entry, ...] = ()
    undone: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """All annotators' records after entry number ``last``.

    Parameters
    ----------
    last
        Number of the last entry folded in; 0 before the first.
    hands
        Each annotator's records, by name.
    """

    last: int = 0
    hands: Mapping[str, Hand] = field(default_factory=dict)

    def hand(self, annotator: str) -> Hand:
        """Give the annotator's records; empty for one who has not acted."""
        return self.hands.get(annotator, Hand())


EMPTY = State()

_NO_ANSWERS = (DecisionKind.NOTE, DecisionKind.RESULT)


def fold(entries: Iterable[Entry], state: State = EMPTY) -> State:
    """Give the state after the entries; in parts it is the same as at once.

    A record supersedes what its annotator said before of the same items, and ends what that
    annotator could redo. An undo cancels the annotator's last standing record with all its
    decisions, a redo reinstates the last one undone; neither touches another annotator.

    Parameters
    ----------
    entries
        In the order of their numbers, all after ``state.last``.
    state
        Where to start.

    Raises
    ------
    ProjectError
        If an undo or redo names a record that is not next to be undone or redone.
    """
    stacks = {name: (list(hand.standing), list(hand.undone)) for name, hand in state.hands.items()}
    last = state.last
    for entry in entries:
        standing, undone = stacks.setdefault(entry.annotator, ([], []))
        last = entry.number
        if entry.act is Act.RECORD:
            standing.append(entry)
            undone.clear()
            continue
        source, sink = (standing, undone) if entry.act is Act.UNDO else (undone, standing)
        if not source or source[-1].number != entry.target:
            raise ProjectError(
                f"journal entry {entry.number}: {entry.act} of entry {entry.target}, which is not "
                f"next for {entry.annotator!r}. The journal was altered; restore it from a backup."
            )
        sink.append(source.pop())
    return State(last, {name: Hand(tuple(s), tuple(u)) for name, (s, u) in stacks.items()})


def standing(state: State, annotator: str, kind: DecisionKind | None = None) -> dict[str, Decision]:
    """Give what the annotator says now: each item's latest decision that stands, by item.

    With a ``kind``, decisions of other kinds are passed over, as though they were of other items;
    without, notes and results are, for they answer nothing.
    """
    return {
        decision.item: decision
        for entry in state.hand(annotator).standing
        for decision in entry.decisions
        if (decision.kind not in _NO_ANSWERS if kind is None else decision.kind is kind)
    }


def merged(state: State) -> dict[str, tuple[Decision, ...]]:
    """Give what all annotators say now: by item, each one's decision, sorted by annotator."""
    views = [standing(state, annotator) for annotator in sorted(state.hands)]
    items = dict.fromkeys(item for view in views for item in view)
    return {item: tuple(view[item] for view in views if item in view) for item in items}


def history(entries: Iterable[Entry], item: str) -> tuple[Entry, ...]:
    """Give every act that concerned the item, the undone and superseded ones too, in order."""
    concerned: dict[int, Entry] = {}
    for entry in entries:
        if entry.target in concerned or any(decision.item == item for decision in entry.decisions):
            concerned[entry.number] = entry
    return tuple(concerned.values())
