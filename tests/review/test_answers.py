"""What an annotator said, kept up with the journal act by act, is what the journal says at once."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sightline.data.decision import Decision, DecisionKind
from sightline.data.entry import Act, Entry
from sightline.project.fold import EMPTY, fold, standing
from sightline.review.answers import NOTHING, SAID_SKIP, SAID_UNSURE, Answers
from sightline.review.sort_session import SortSession

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
ITEMS = ("m/0", "m/1", "m/2", "m/3")
CLASSES = ("not cell", "cell")
CODES = {"not cell": 0, "cell": 1, "unsure": SAID_UNSURE, "skip": SAID_SKIP}
verdicts = st.dictionaries(
    st.sampled_from((*ITEMS, "m/gone")), st.sampled_from([*CODES]), min_size=1
)


class Following(RuleBasedStateMachine):
    """Two annotators act in any order; what follows anna is compared with a fold from the start."""

    @initialize()
    def begin(self) -> None:
        self.entries: list[Entry] = []
        self.state = EMPTY
        self.answers = Answers(ITEMS, CLASSES, "anna")

    def act(self, annotator: str, act: Act, decisions: Any = (), target: int | None = None) -> None:
        number = len(self.entries) + 1
        self.entries.append(
            Entry(number, str(number), annotator, NOON, act, tuple(decisions), target)
        )
        self.state = fold(self.entries[-1:], self.state)

    @rule(annotator=st.sampled_from(["anna", "ben"]), said=verdicts)
    def record(self, annotator: str, said: dict[str, str]) -> None:
        kind = DecisionKind.VERDICT
        self.act(
            annotator,
            Act.RECORD,
            [Decision(i, annotator, kind, value) for i, value in said.items()],
        )

    @rule(item=st.sampled_from(ITEMS))
    def note(self, item: str) -> None:
        self.act("anna", Act.RECORD, [Decision(item, "anna", DecisionKind.NOTE, "dim")])

    @rule(annotator=st.sampled_from(["anna", "ben"]), act=st.sampled_from([Act.UNDO, Act.REDO]))
    def reverse(self, annotator: str, act: Act) -> None:
        hand = self.state.hand(annotator)
        records = hand.standing if act is Act.UNDO else hand.undone
        if records:
            self.act(annotator, act, target=records[-1].number)

    @rule()
    def follow(self) -> None:
        self.answers.follow(self.state)
        wanted = standing(fold(self.entries), "anna", DecisionKind.VERDICT)
        assert list(self.answers.decisions.items()) == list(wanted.items())
        codes = [CODES[wanted[item].value] if item in wanted else NOTHING for item in ITEMS]
        assert self.answers.said.tolist() == codes
        assert self.answers.hand == self.state.hand("anna")

    @invariant()
    def parts_agree(self) -> None:
        answers = self.answers
        np.testing.assert_array_equal(answers.training >= 0, answers.said >= 0)
        np.testing.assert_array_equal(answers.closed, answers.said != NOTHING)
        assert sorted(answers.order()) == np.flatnonzero(answers.said >= 0).tolist()


TestFollowing = Following.TestCase
TestFollowing.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_following_an_answer_costs_no_more_when_there_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counted in decisions gone through, for time is not the same everywhere."""
    items = [f"m/{row}" for row in range(400)]

    def entry(number: int, *said: str) -> Entry:
        decisions = [Decision(item, "anna", DecisionKind.VERDICT, "cell") for item in said]
        return Entry(number, str(number), "anna", NOON, Act.RECORD, tuple(decisions))

    counted = []
    monkeypatch.setattr(
        "sightline.review.answers.standing",
        lambda *given: counted.append(standing(*given)) or counted[-1],
    )
    answers = Answers(items, CLASSES, "anna")
    state = fold([entry(1, *items[:300])])
    answers.follow(state)
    answers.follow(fold([entry(2, items[300])], state))
    assert [len(each) for each in counted] == [300, 1]
    assert (answers.said == 1).sum() == 301


@pytest.mark.parametrize("verdict", ["cell", "unsure", "skip"])
def test_a_retry_is_known_by_what_it_says_not_by_what_was_seen(
    case: Any, anna: SortSession, verdict: str
) -> None:
    anna.decide(case.items[0], verdict, client_id="once")
    anna.reveal(case.items)
    anna.decide(case.items[0], verdict, client_id="once", seconds=3.0)
    assert [(d.value, d.blind) for d in case.recorded()] == [(verdict, True)]


def test_undo_and_redo_name_what_they_were_about(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[0], "cell")
    anna.decide(case.items[1], "cell")
    assert anna.undo().target == anna.redo().target == 2
