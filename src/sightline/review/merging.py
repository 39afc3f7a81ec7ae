"""Which candidates are one cell: suggest pairs, take the answers, merge the results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import uuid4

import numpy as np

from sightline.data.decision import (
    DIFFERENT_CELLS,
    SAME_CELL,
    SKIP,
    Decision,
    DecisionKind,
    joint_identity,
    pair_item,
    parse_pair_item,
)
from sightline.data.sorting import Predictions
from sightline.project.fold import standing
from sightline.review.sort_session import SortSession
from sightline.sort.duplicates import DuplicatePair
from sightline.sort.merging import merged_groups

EVIDENCE: Final = "pairs-1"

Groups = Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, slots=True)
class MergeSuggestion:
    """A pair of candidates to judge.

    Parameters
    ----------
    item
        Name of the pair, as `pair_item` makes it.
    recording
        Their recording.
    first, second
        Their identities.
    evidence
        What speaks for one cell; its rows are those of the recording.
    """

    item: str
    recording: str
    first: str
    second: str
    evidence: DuplicatePair


@dataclass(frozen=True)
class MergedPredictions:
    """The final labels once the members of each group are one candidate.

    Parameters
    ----------
    predictions
        One entry a candidate, at the place of its first member.
    members
        For each, its rows in the predictions before merging; one row for most.
    """

    predictions: Predictions
    members: tuple[tuple[int, ...], ...]


def merge_suggestions(
    session: SortSession, recording: str, pairs: Sequence[DuplicatePair]
) -> list[MergeSuggestion]:
    """Give the pairs that the annotator has not answered, likeliest first; skipped ones last.

    A pair whose candidates are one cell already, by other answers, is not asked.

    Parameters
    ----------
    session
        The annotator's.
    recording
        Name of one of its recordings.
    pairs
        What `find_duplicates` found in that recording.
    """
    identities = next(table.identities for table in session.tables if table.recording == recording)
    said = merge_decisions(session)
    group_of = {
        member: group
        for group, members in enumerate(merge_groups(session).get(recording, ()))
        for member in members
    }
    unanswered, skipped = [], []
    for pair in sorted(pairs, key=lambda pair: -pair.score):
        first, second = identities[pair.first], identities[pair.second]
        item = pair_item(recording, first, second)
        suggestion = MergeSuggestion(item, recording, first, second, pair)
        if item in said:
            skipped += [suggestion] if said[item].value == SKIP else []
        elif first not in group_of or group_of[first] != group_of.get(second):
            unanswered.append(suggestion)
    return unanswered + skipped


def decide_merge(
    session: SortSession,
    item: str | Sequence[str],
    value: str,
    *,
    seconds: float | None = None,
    blind: bool = True,
    client_id: str | None = None,
) -> None:
    """Record whether pairs are one cell; the session's undo and redo take it back and forth.

    Parameters
    ----------
    session
        The annotator's.
    item
        One pair or several, which are then undone together.
    value
        ``"same cell"``, ``"different cells"``, ``"unsure"`` or ``"skip"``.
    seconds
        Time it took.
    blind
        Whether neither prediction nor another annotator's decision had been seen.
    client_id
        Name of this act; sent twice, it counts once.

    Raises
    ------
    InputError
        If a candidate of a pair or the value is unknown.
    ProjectError
        If it could not be written; then nothing was recorded.
    """
    items = [item] if isinstance(item, str) else list(item)
    answers = dict.fromkeys(items, value)
    decide_each_merge(session, answers, seconds=seconds, blind=blind, client_id=client_id)


def decide_each_merge(
    session: SortSession,
    answers: Mapping[str, str],
    *,
    seconds: float | None = None,
    blind: bool = True,
    client_id: str | None = None,
) -> None:
    """Record an answer about each pair as one group; see `decide_merge`.

    Parameters
    ----------
    session
        The annotator's.
    answers
        Answer about each pair; none records nothing.
    seconds, blind, client_id
        As in `decide_merge`.
    """
    if not answers:
        return
    for one in answers:
        recording, *identities = parse_pair_item(one)
        for identity in identities:
            session.index_of(f"{recording}/{identity}")
    decisions = [
        Decision(
            one,
            session.annotator,
            DecisionKind.MERGE,
            value,
            seconds=seconds,
            evidence=EVIDENCE,
            blind=blind,
        )
        for one, value in answers.items()
    ]
    session.journal.record(decisions, client_id or uuid4().hex)
    session.refresh()


def candidates_of(decision: Decision) -> tuple[str, ...]:
    """Items of the candidates that a decision is about: both of a pair."""
    if decision.kind is not DecisionKind.MERGE:
        return (decision.item,)
    recording, *identities = parse_pair_item(decision.item)
    return tuple(f"{recording}/{identity}" for identity in identities)


def merge_decisions(session: SortSession) -> dict[str, Decision]:
    """What the annotator says now of pairs, by the pair's name."""
    return standing(session.journal.state(), session.annotator, DecisionKind.MERGE)


def merge_groups(session: SortSession) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Identities of the candidates that are one cell by the annotator's answers, by recording."""
    accepted: dict[str, list[tuple[str, str]]] = {}
    for item, decision in merge_decisions(session).items():
        if decision.value == SAME_CELL:
            recording, first, second = parse_pair_item(item)
            accepted.setdefault(recording, []).append((first, second))
    return {recording: merged_groups(pairs) for recording, pairs in accepted.items()}


def merge_contradictions(session: SortSession) -> tuple[str, ...]:
    """Pairs judged different cells that other answers make one cell, to be asked again."""
    groups = merge_groups(session)
    found = []
    for item, decision in merge_decisions(session).items():
        recording, first, second = parse_pair_item(item)
        together = any(first in group and second in group for group in groups.get(recording, ()))
        if decision.value == DIFFERENT_CELLS and together:
            found.append(item)
    return tuple(sorted(found))


def merge_results(predictions: Predictions, groups: Groups) -> MergedPredictions:
    """Let one candidate stand for each group, as every export has it.

    It is named by its members' identities, ``recording/a+b``, takes the place of its first member,
    and is a cell if any member's final label is; its probability is the highest. With more than two
    classes it takes label and probabilities of one member, an annotator's decision before the
    machine's, then by the probability of the likeliest class.

    Parameters
    ----------
    predictions
        Final labels of all candidates.
    groups
        As `merge_groups` gives them; members that are no candidates are passed over.
    """
    row = {item: index for index, item in enumerate(predictions.items)}
    labels, human = predictions.labels.copy(), predictions.human.copy()
    probability, items = predictions.probability.copy(), list(predictions.items)
    members: list[tuple[int, ...]] = [(index,) for index in range(len(items))]
    stays = np.ones(len(items), bool)
    for recording, group in ((name, group) for name in groups for group in groups[name]):
        there = [identity for identity in group if f"{recording}/{identity}" in row]
        rows = sorted(row[f"{recording}/{identity}"] for identity in there)
        if len(rows) < 2:
            continue
        first, leader = rows[0], _leader(predictions, np.array(rows))
        stays[rows[1:]] = False
        members[first] = tuple(rows)
        items[first] = _unused(f"{recording}/{joint_identity(there)}", row)
        labels[first], human[first] = predictions.labels[leader], predictions.human[leader]
        if probability.ndim == 1:
            probability[first] = np.fmax.reduce(predictions.probability[rows])
        else:
            probability[first] = predictions.probability[leader]
    kept = np.flatnonzero(stays).tolist()
    merged = replace(
        predictions,
        items=tuple(items[index] for index in kept),
        labels=labels[kept],
        probability=probability[kept],
        human=human[kept],
    )
    return MergedPredictions(merged, tuple(members[index] for index in kept))


def _leader(predictions: Predictions, rows: np.ndarray) -> int:
    """The member whose label the group takes."""
    p = predictions.probability[rows]
    human = predictions.human[rows]
    order = (predictions.labels[rows], human) if p.ndim == 1 else (human, p.max(axis=1))
    return int(rows[np.lexsort(order[::-1])[-1]])


def _unused(item: str, taken: Mapping[str, int]) -> str:
    """The name, made longer while a candidate has it already."""
    while item in taken:
        item += "+"
    return item
