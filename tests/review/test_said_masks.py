"""What people said of masks is a fold over the journal: consensus, corrections, undo."""

from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review.segmented_project import (
    ANNOTATED,
    OPINIONS,
    SHAPE,
    copied,
    discs,
    machine_of,
    make_segmented_project,
)

from sightline.consensus.mask_consensus import METHODS, fuse_masks
from sightline.data.decision import ACCEPTED, SKIP, UNSURE, Decision, DecisionKind
from sightline.data.entry import Act, Entry
from sightline.data.mask import Mask
from sightline.data.mask_item import consensus_item, mask_item, object_item
from sightline.project.fold import EMPTY, fold
from sightline.project.project import Project
from sightline.project.segmenting import read_segmenting, store_mask
from sightline.review.said_masks import (
    BY_HAND,
    DRAWN,
    IMPORTED,
    NOTHING_SAID,
    PROPOSAL,
    REJECTED,
    consensus_of,
    record_masks,
    reliability_of,
    said_masks,
    without_rejected,
)

PAYLOADS = tuple(f"{number:064x}" for number in range(3))
ITEMS = (
    mask_item("lab", "one"),
    mask_item("lab", "two"),
    consensus_item("lab", "one"),
    object_item("lab", "one", "5-6-ab"),
    mask_item("other", "one"),
    "lab/3/nose",
)


def decision(annotator: str, item: str, said: str) -> Decision:
    """A mask by its payload, or a word."""
    if said in PAYLOADS:
        return Decision(item, annotator, DecisionKind.MASK, DRAWN, payload=said)
    kind = DecisionKind.MASK if said in (UNSURE, SKIP) else DecisionKind.VERDICT
    return Decision(item, annotator, kind, said, evidence=f"{PROPOSAL}abc")


acts = st.lists(
    st.tuples(
        st.sampled_from(["anna", "ben"]),
        st.sampled_from([Act.RECORD, Act.RECORD, Act.UNDO, Act.REDO]),
        st.sampled_from(ITEMS),
        st.sampled_from([*PAYLOADS, UNSURE, SKIP, REJECTED, ACCEPTED]),
    ),
    max_size=25,
)


def entries_of(said: list[tuple[str, Act, str, str]]) -> list[Entry]:
    """What a journal would hold after these acts, undo and redo where there is something to."""
    state, entries = EMPTY, []
    for annotator, act, item, word in said:
        hand = state.hand(annotator)
        stack = {Act.UNDO: hand.standing, Act.REDO: hand.undone}.get(act)
        if stack == ():
            continue
        decisions = (decision(annotator, item, word),) if act is Act.RECORD else ()
        target = stack[-1].number if stack else None
        number = len(entries) + 1
        entries.append(Entry(number, str(number), annotator, None, act, decisions, target))  # type: ignore[arg-type]
        state = fold(entries[-1:], state)
    return entries


@given(said=acts, cut=st.integers(0, 25))
def test_the_state_is_a_fold_in_parts_as_at_once(
    said: list[tuple[str, Act, str, str]], cut: int
) -> None:
    entries = entries_of(said)
    whole = said_masks(fold(entries), "lab")
    assert said_masks(fold(entries[cut:], fold(entries[:cut])), "lab") == whole
    assert said_masks(fold(entries), "lab") == whole


@given(said=acts, item=st.sampled_from(ITEMS), word=st.sampled_from([*PAYLOADS, UNSURE, REJECTED]))
def test_an_undo_takes_back_all_that_a_record_changed(
    said: list[tuple[str, Act, str, str]], item: str, word: str
) -> None:
    before = said_masks(fold(entries_of(said)), "lab")
    more = [("anna", Act.RECORD, item, word), ("anna", Act.UNDO, item, word)]
    after = said_masks(fold(entries_of([*said, *more])), "lab")
    said_of = {name: one for name, one in after.items() if one != NOTHING_SAID}
    assert said_of == {name: one for name, one in before.items() if one != NOTHING_SAID}


@given(said=acts)
def test_the_latest_correction_that_stands_is_the_correction(
    said: list[tuple[str, Act, str, str]],
) -> None:
    """Against a replay by hand, annotator by annotator."""
    stacks: dict[str, list[tuple[int, str, str]]] = {"anna": [], "ben": []}
    undone: dict[str, list[tuple[int, str, str]]] = {"anna": [], "ben": []}
    for entry in entries_of(said):
        who = entry.annotator
        if entry.act is Act.RECORD:
            one = entry.decisions[0]
            stacks[who].append((entry.number, one.item, one.payload or ""))
            undone[who].clear()
        elif entry.act is Act.UNDO:
            undone[who].append(stacks[who].pop())
        else:
            stacks[who].append(undone[who].pop())
    latest = []
    for who, stack in stacks.items():
        ours = [(number, who, payload) for number, item, payload in stack if item == ITEMS[2]]
        latest += [one for one in ours[-1:] if one[2]]
    found = said_masks(fold(entries_of(said)), "lab").get("one", NOTHING_SAID)
    assert found.correction == (max(latest)[1:] if latest else None)


def test_an_object_is_what_most_say() -> None:
    item = ITEMS[3]
    said = [("anna", Act.RECORD, item, ACCEPTED), ("ben", Act.RECORD, item, REJECTED)]
    assert said_masks(fold(entries_of(said)), "lab")["one"].objects == {"5-6-ab": None}
    assert said_masks(fold(entries_of(said[1:])), "lab")["one"].objects == {"5-6-ab": False}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_segmented_project(tmp_path_factory.mktemp("made"))


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    return copied(made, tmp_path)


def test_masks_come_once_and_a_changed_one_supersedes(path: Path) -> None:
    project = Project.open(path)
    with project.journal() as journal:
        same = [("a0", who, draw(0)) for who, draw in OPINIONS.items()]
        assert record_masks(project, journal, "discs", same) == dict.fromkeys(OPINIONS, 0)
        last = journal.state().last
        changed = discs((5, 5))
        assert record_masks(project, journal, "discs", [("a0", "ben", changed)]) == {"ben": 1}
        assert record_masks(project, journal, "discs", [("a0", "ben", changed)]) == {"ben": 0}
        assert journal.state().last == last + 1
        said = said_masks(journal.state(), "discs")["a0"]
    assert said.masks["ben"] == store_mask(project, changed)
    assert set(said.masks) == set(OPINIONS)


def test_a_mask_that_was_redrawn_is_not_overruled_by_its_old_file(path: Path) -> None:
    project = Project.open(path)
    with project.journal() as journal:
        drawn = store_mask(project, discs((7, 7)))
        item = mask_item("discs", "a0")
        journal.record(
            [Decision(item, "ben", DecisionKind.MASK, DRAWN, payload=drawn)], uuid4().hex
        )
        record_masks(project, journal, "discs", [("a0", "ben", OPINIONS["ben"](0))])
        assert said_masks(journal.state(), "discs")["a0"].masks["ben"] == drawn


def test_who_took_the_import_back_is_not_asked_to_again(path: Path) -> None:
    project = Project.open(path)
    every = [(name, "ben", OPINIONS["ben"](number)) for number, name in enumerate(ANNOTATED)]
    with project.journal() as journal:
        journal.undo("ben", "undo")
        record_masks(project, journal, "discs", every)
        assert set(said_masks(journal.state(), "discs")["a0"].masks) == {"anna", "cleo"}
        imported = [one for one in journal.entries() if one.decisions]
    assert {one.evidence for entry in imported for one in entry.decisions} == {IMPORTED}


@pytest.mark.parametrize("method", METHODS)
def test_the_consensus_is_that_of_the_masks_and_a_correction_stands_over_every_method(
    path: Path, method: str
) -> None:
    project = Project.open(path)
    about = read_segmenting(project)
    with project.journal() as journal:
        said = said_masks(journal.state(), "discs")
        reliability = reliability_of(project, about, said, method)
        image = about.image("a0")
        found = consensus_of(project, image, said["a0"], method, reliability=reliability)
        masks = {who: draw(0) for who, draw in OPINIONS.items()}
        expected = fuse_masks(masks, method, reliability=reliability)
        assert found is not None
        np.testing.assert_array_equal(found.mask.classes, expected.mask.classes)

        corrected = discs((20, 20), (30, 50))
        payload = store_mask(project, corrected)
        item = consensus_item("discs", "a0")
        journal.record(
            [Decision(item, "dora", DecisionKind.MASK, DRAWN, payload=payload)], uuid4().hex
        )
        said = said_masks(journal.state(), "discs")
        by_hand = consensus_of(project, image, said["a0"], method, reliability=reliability)
        assert by_hand is not None
        assert (by_hand.method, by_hand.annotators) == (BY_HAND, ("dora",))
        np.testing.assert_array_equal(by_hand.mask.classes, corrected.classes)
        np.testing.assert_array_equal(by_hand.share[1], corrected.classes)

        journal.undo("dora", uuid4().hex)
        said = said_masks(journal.state(), "discs")
        again = consensus_of(project, image, said["a0"], method, reliability=reliability)
        assert again is not None
        np.testing.assert_array_equal(again.mask.classes, expected.mask.classes)


def test_where_nobody_outlined_anything_there_is_no_consensus(path: Path) -> None:
    project = Project.open(path)
    image = read_segmenting(project).image("p00")
    assert consensus_of(project, image, NOTHING_SAID) is None


@settings(max_examples=20)
@given(gone=st.sets(st.integers(0, 1)))
def test_rejected_objects_are_taken_out_and_nothing_else(gone: set[int]) -> None:
    mask, names = machine_of(0), ("first", "second")
    words = {names[number]: number not in gone for number in range(2)}
    said = type(NOTHING_SAID)(objects=words)
    left = without_rejected(mask, names, said)
    kept = [place for number, place in enumerate([(10, 10), (28, 40)]) if number not in gone]
    expected = discs(*kept) if kept else Mask(np.zeros(SHAPE, np.int16))
    np.testing.assert_array_equal(left.classes, expected.classes)
