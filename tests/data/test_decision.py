"""A decision is checked once, when it is made."""

from typing import Any

import pytest

from sightline.data.decision import SKIP, UNSURE, Decision, DecisionKind
from sightline.errors import InputError

VERDICT, MASK, KEYPOINT = DecisionKind.VERDICT, DecisionKind.MASK, DecisionKind.KEYPOINT
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
        *((kind, value, {}) for kind in DecisionKind for value in (UNSURE, SKIP)),
    ],
)
def test_every_kind_has_its_answers_and_may_be_unsure_or_skipped(
    kind: DecisionKind, value: str, rest: dict[str, Any]
) -> None:
    assert Decision("m/1", "anna", kind, value, **rest).value == value


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
    ],
)
def test_what_a_kind_cannot_say_is_refused(kind: DecisionKind, rest: dict[str, Any]) -> None:
    parts = {"item": "m/1", "annotator": "anna", "kind": kind, "value": "seen"} | rest
    with pytest.raises(InputError, match="decision of"):
        Decision(**parts)
