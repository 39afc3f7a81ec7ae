"""What a journal says of an annotator's agreement with himself."""

from typing import Any

import numpy as np
import pytest

from sightline.review.own_agreement import OwnAgreement, own_agreement
from sightline.review.sort_session import SortSession
from sightline.simulate.annotator import simulate_annotator


def of(session: SortSession) -> OwnAgreement:
    return own_agreement(session.answers, session.classes)


def say(session: SortSession, case: Any, row: int, verdict: str, *, repeat: bool = False) -> None:
    item = case.items[row]
    session.decide_each({item: verdict}, repeats=[item] if repeat else [], seconds=2.0)


def test_repeats_are_compared_and_changes_of_mind_are_not(anna: SortSession, case: Any) -> None:
    for row in range(4):
        say(anna, case, row, "cell")
    say(anna, case, 0, "not cell")
    say(anna, case, 1, "cell", repeat=True)
    say(anna, case, 2, "not cell", repeat=True)
    found = of(anna)
    assert (found.repeats, found.agreement.pairs, found.agreement.share.value) == (2, 2, 0.5)
    (block,) = found.blocks
    assert (block.last, block.repeats, block.agreed) == (6, 2, 1)


def test_a_repeat_is_compared_with_the_latest_answer_before_it(
    anna: SortSession, case: Any
) -> None:
    say(anna, case, 0, "cell")
    say(anna, case, 0, "not cell")
    say(anna, case, 0, "not cell", repeat=True)
    assert of(anna).agreement.share.value == 1


def test_a_repeat_answered_unsure_is_counted_and_not_compared(anna: SortSession, case: Any) -> None:
    say(anna, case, 0, "cell")
    say(anna, case, 0, "unsure", repeat=True)
    found = of(anna)
    assert (found.repeats, found.agreement.pairs) == (1, 0)


def test_nothing_is_said_before_something_was_asked_again(anna: SortSession, case: Any) -> None:
    assert of(anna).words == "No question was asked again and answered yet."
    say(anna, case, 0, "cell")
    assert of(anna).words == "No question was asked again and answered yet."


def test_the_words_give_share_bounds_and_kappa(anna: SortSession, case: Any) -> None:
    for row in range(4):
        say(anna, case, row, "cell" if row % 2 else "not cell")
        say(anna, case, row, "cell" if row in (1, 2, 3) else "not cell", repeat=True)
    assert of(anna).words.startswith(
        "3 of 4 repeats were answered as before: 75 %, 95 % bounds 19 to 99 %, Cohen's kappa 0.50."
    )


def test_what_was_undone_does_not_count(anna: SortSession, case: Any) -> None:
    say(anna, case, 0, "cell")
    say(anna, case, 0, "not cell", repeat=True)
    anna.undo()
    assert of(anna).repeats == 0
    anna.redo()
    assert of(anna).agreement.share.value == 0


def test_answers_given_for_many_at_once_are_in_no_block(anna: SortSession, case: Any) -> None:
    anna.decide(case.items[:50], "cell")
    assert of(anna).blocks == ()
    say(anna, case, 60, "not cell")
    (block,) = of(anna).blocks
    assert (block.first, block.last, block.accepted, block.seconds) == (1, 1, 0.0, 2.0)


@pytest.mark.parametrize(
    ("second", "words"),
    [(0.0, "No drift shown"), (0.9, "More lenient"), (-0.9, "More strict")],
)
def test_drift_is_told_in_words_where_there_are_answers_enough(
    anna: SortSession, case: Any, second: float, words: str
) -> None:
    rng = np.random.default_rng(0)
    before, after = (
        simulate_annotator("anna", case.simulated, rng, error=0.3, leniency=leniency)
        for leniency in (-second, second)
    )
    for row in range(60):
        say(anna, case, row, before.verdict(row))
    for row in range(9):
        say(anna, case, row, after.verdict(row), repeat=True)
    assert "Too few repeats to speak of drift: 9" in of(anna).words
    for row in range(9, 60):
        say(anna, case, row, after.verdict(row), repeat=True)
    found = of(anna)
    assert words in found.words
    same = np.mean(before.says_cell[:60] == after.says_cell[:60])
    assert found.agreement.share.value == pytest.approx(same)
