"""A decision is checked once, when it is made."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.data.decision import (
    DIFFERENT_CELLS,
    SAME_CELL,
    SKIP,
    UNSURE,
    Decision,
    DecisionKind,
    joint_identity,
    pair_item,
    parse_pair_item,
)
from sightline.errors import InputError

VERDICT, MASK, KEYPOINT = DecisionKind.VERDICT, DecisionKind.MASK, DecisionKind.KEYPOINT
MERGE, NOTE, RESULT = DecisionKind.MERGE, DecisionKind.NOTE, DecisionKind.RESULT
DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("kind", "value", "rest"),
    [
        (VERDICT, "cell", {"seconds": 0.0}),
        (MASK, "neuron", {"payload": DIGEST}),
        (KEYPOINT, "seen", {"position": (1.0, 2.5)}),
        (KEYPOINT, "seen", {"position": (1, -2, 0.5)}),
        (KEYPOINT, "hidden", {}),
        (KEYPOINT, "hidden", {"position": (1.0, 2.0)}),
        (MERGE, SAME_CELL, {"item": "m/1+2"}),
        (MERGE, DIFFERENT_CELLS, {"item": "a/b/1+2"}),
        *((kind, value, {}) for kind in (VERDICT, MASK, KEYPOINT) for value in (UNSURE, SKIP)),
        *((MERGE, value, {"item": "m/1+2"}) for value in (UNSURE, SKIP)),
        (NOTE, "near a vessel", {}),
        (NOTE, "", {}),
        (RESULT, "accepted", {"payload": DIGEST}),
        (RESULT, "withdrawn", {}),
    ],
)
def test_every_kind_has_its_answers_and_may_be_unsure_or_skipped(
    kind: DecisionKind, value: str, rest: dict[str, Any]
) -> None:
    parts = {"item": "m/1", "annotator": "anna", "kind": kind, "value": value} | rest
    assert Decision(**parts).value == value


@pytest.mark.parametrize(
    ("kind", "rest"),
    [
        (VERDICT, {"item": ""}),
        (VERDICT, {"annotator": ""}),
        (VERDICT, {"value": ""}),
        (VERDICT, {"seconds": -1.0}),
        (VERDICT, {"seconds": float("nan")}),
        (VERDICT, {"position": (1.0, 2.0)}),
        (VERDICT, {"payload": DIGEST}),
        (MASK, {}),
        (MASK, {"payload": DIGEST.upper()}),
        (MASK, {"payload": "../" + DIGEST[3:]}),
        (KEYPOINT, {}),
        (KEYPOINT, {"position": (1.0,)}),
        (KEYPOINT, {"position": (1.0, float("inf"))}),
        (KEYPOINT, {"position": (1.0, 2.0), "payload": DIGEST}),
        (MERGE, {"item": "m/1+2"}),
        (MERGE, {"item": "m/1+2", "value": SAME_CELL, "position": (1.0, 2.0)}),
        (MERGE, {"item": "m/1+2", "value": SAME_CELL, "payload": DIGEST}),
        (RESULT, {"value": "accepted"}),
        (RESULT, {"value": "withdrawn", "payload": DIGEST}),
        (RESULT, {"value": "cell", "payload": DIGEST}),
        (RESULT, {"value": "accepted", "payload": "../" + DIGEST[3:]}),
    ],
)
def test_what_a_kind_cannot_say_is_refused(kind: DecisionKind, rest: dict[str, Any]) -> None:
    parts = {"item": "m/1", "annotator": "anna", "kind": kind, "value": "seen"} | rest
    with pytest.raises(InputError, match="decision of"):
        Decision(**parts)


NAMES = st.text("ab+/% \N{SNOWMAN}", min_size=1)


@given(recording=NAMES, first=NAMES, second=NAMES)
def test_a_pair_has_one_name_from_which_its_candidates_are_found(
    recording: str, first: str, second: str
) -> None:
    if first == second:
        with pytest.raises(InputError, match="names no pair"):
            pair_item(recording, first, second)
        return
    item = pair_item(recording, first, second)
    assert item == pair_item(recording, second, first)
    found, *identities = parse_pair_item(item)
    assert found == recording
    assert set(identities) == {first, second}


@given(st.lists(st.sets(NAMES, min_size=1, max_size=3), min_size=2, max_size=2))
def test_different_members_never_have_the_same_joint_identity(groups: list[set[str]]) -> None:
    names = {joint_identity(group) for group in groups}
    assert (len(names) == 1) == (groups[0] == groups[1])


def test_plain_names_of_pairs_stay_plain() -> None:
    assert pair_item("mouse1", "17", "4") == "mouse1/17+4"
    assert joint_identity(["c", "a", "b+c"]) == "a+b%2Bc+c"


@pytest.mark.parametrize(
    "item", ["", "m", "m/1", "m/1+1", "m/1+2+3", "m/2+1", "m/+1", "/1+2", "m/1%+2", "m/1%2b+2"]
)
def test_what_is_no_name_of_a_pair_is_refused(item: str) -> None:
    with pytest.raises(InputError, match="names no pair of candidates"):
        parse_pair_item(item)
