"""What is asked again, unannounced, and how the second answer is recorded."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from sightline.data.decision import Decision, DecisionKind
from sightline.data.entry import Act, Entry
from sightline.errors import SettingError
from sightline.project.fold import Hand, State
from sightline.review.answers import Answers
from sightline.review.leases import Leases
from sightline.review.live_session import LiveSession
from sightline.review.notes import note
from sightline.review.refits import FitThread
from sightline.review.repeats import ANSWERS_BETWEEN, draw_repeats, repeatable
from sightline.review.session_settings import SessionSettings

START = datetime(2026, 1, 2, 12, tzinfo=UTC)
ITEMS = [f"m/{number}" for number in range(400)]


def verdict(row: int, value: str = "cell", **more: Any) -> Decision:
    return Decision(ITEMS[row], "anna", DecisionKind.VERDICT, value, **more)


def answers(records: Sequence[Sequence[Decision]], seconds_each: float = 3.0) -> Answers:
    """What anna said, one act after another."""
    entries = tuple(
        Entry(
            number,
            f"c{number}",
            "anna",
            START + number * timedelta(seconds=seconds_each),
            Act.RECORD,
            tuple(decisions),
        )
        for number, decisions in enumerate(records, start=1)
    )
    found = Answers(ITEMS, ("not cell", "cell"), "anna")
    found.follow(State(len(entries), {"anna": Hand(entries)}))
    return found


def test_what_was_judged_less_than_twenty_answers_ago_is_not_asked_again() -> None:
    assert ANSWERS_BETWEEN == 20
    assert repeatable(answers([[verdict(row)] for row in range(20)])) == []
    assert repeatable(answers([[verdict(row)] for row in range(23)])) == [0, 1, 2]


def test_what_was_judged_minutes_ago_is_preferred() -> None:
    """At five seconds an answer, five minutes are sixty answers."""
    assert repeatable(answers([[verdict(row)] for row in range(70)], 5.0)) == list(range(9))
    assert repeatable(answers([[verdict(row)] for row in range(50)], 5.0)) == list(range(30))


@pytest.mark.parametrize(
    ("why", "first"),
    [
        ("it came with others", [verdict(0), verdict(1)]),
        ("it was no class", [verdict(0, "unsure")]),
        ("it was skipped", [verdict(0, "skip")]),
        ("it was itself a repeat", [verdict(0, repeat=True)]),
    ],
)
def test_some_answers_are_never_asked_for_again(why: str, first: list[Decision]) -> None:
    said = answers([first, *([verdict(row)] for row in range(2, 42))])
    assert 0 not in repeatable(said), why
    assert 2 in repeatable(said)


def test_a_candidate_with_a_note_is_not_asked_again() -> None:
    """Its note would give it away."""
    noted = [Decision(ITEMS[0], "anna", DecisionKind.NOTE, "dim")]
    said = answers([*([verdict(row)] for row in range(40)), noted])
    assert repeatable(said)[0] == 1


def test_a_correction_puts_it_off() -> None:
    said = answers([*([verdict(row)] for row in range(40)), [verdict(0, "not cell")]])
    assert repeatable(said)[0] == 1


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_the_share_of_repeats_is_as_set(share: float) -> None:
    said = answers([[verdict(row)] for row in range(300)])
    hits = [len(draw_repeats(said, seed, 12, share)) for seed in range(200)]
    expected = 12 * share
    assert np.mean(hits) == pytest.approx(expected, abs=4 * np.sqrt(expected / 200))


def test_repeats_are_drawn_from_all_that_may_be_asked_again() -> None:
    said = answers([[verdict(row)] for row in range(60)], 0.1)
    drawn = [row for seed in range(100) for row in draw_repeats(said, seed, 12, 0.5).values()]
    counts = np.bincount(drawn, minlength=40)
    assert len(counts) == 40
    assert counts.min() > 0
    assert counts.max() < 4 * counts.mean()


def test_none_is_asked_twice_in_one_list_nor_while_it_lies_before_the_annotator() -> None:
    said = answers([[verdict(row)] for row in range(26)])
    for seed in range(20):
        drawn = list(draw_repeats(said, seed, 12, 0.5, without=[3]).values())
        assert len(set(drawn)) == len(drawn)
        assert 3 not in drawn


def test_an_answer_moves_the_list_on_by_one() -> None:
    said = [[verdict(row)] for row in range(100)]
    before = draw_repeats(answers(said), 0, 12, 0.3)
    after = draw_repeats(answers([*said, [verdict(100)]]), 0, 12, 0.3)
    waiting = draw_repeats(answers(said), 0, 12, 0.3, waiting=True)
    assert {place - 1 for place in before if place} == {place for place in after if place < 11}
    assert waiting.keys() == after.keys()


@pytest.mark.parametrize("share", [-0.01, 0.51, float("nan"), True, "0.1"])
def test_only_a_share_up_to_a_half_is_taken(share: Any) -> None:
    with pytest.raises(SettingError):
        SessionSettings(repeat_share=share)


@pytest.fixture
def thread() -> Iterator[FitThread]:
    opened = FitThread()
    yield opened
    opened.close()


@pytest.fixture
def open_live(case: Any, thread: FitThread) -> Iterator[Callable[[], LiveSession]]:
    leases, opened = Leases(), []

    def opening(annotator: str = "anna") -> LiveSession:
        opened.append(LiveSession(case.path, annotator, leases, thread, lambda _: None))
        return opened[-1]

    yield opening
    for live in opened:
        live.close()


def judge(live: LiveSession, case: Any, rows: range) -> None:
    for row in rows:
        live.decide([row], case.expert.verdict(row), f"c{row}")


def asked_again(live: LiveSession, n: int = 12) -> list[int]:
    return [question.index for question in live.questions(n) if question.repeat]


def taught(live: LiveSession, case: Any) -> LiveSession:
    """Forty answers, the last of them fitted to; then half of the questions are repeats."""
    live.change_settings({"repeat_share": 0.5, "refit_every": 41})
    judge(live, case, range(40))
    while not live.is_fitted:
        pass
    return live


@pytest.mark.parametrize("strategy", ["dcal", "rank", "random"])
def test_no_reason_gives_a_repeat_away(
    case: Any, open_live: Callable[[], LiveSession], strategy: str
) -> None:
    """It has the reason of a question that there was no room for."""
    live = open_live()
    live.change_settings({"strategy": strategy, "probe_every": 0})
    judge(live, case, range(40))
    while live.state()["refitting"]:
        pass
    live.change_settings({"repeat_share": 0})
    wanted = [question.reason for question in live.questions(30)]
    live.change_settings({"repeat_share": 0.5})
    questions = live.questions(30)
    assert any(question.repeat for question in questions)
    assert sorted(question.reason for question in questions) == sorted(wanted)
    assert all(np.isnan(question.score) for question in questions if question.repeat)


def test_the_second_answer_is_kept_as_a_repeat_and_counts(
    case: Any, open_live: Callable[[], LiveSession]
) -> None:
    live = taught(open_live(), case)
    row = asked_again(live)[0]
    live.decide([row], "not cell", "second", repeats=[row])
    said = [one for one in case.recorded() if one.item == case.items[row]]
    assert [one.repeat for one in said] == [False, True]
    assert [one.blind for one in said] == [True, False]
    assert live.session.decisions[case.items[row]].value == "not cell"
    assert live.session.answers.training[row] == 0
    assert live.state()["decided"] == 40
    assert row not in [row for _ in range(5) for row in asked_again(live, 60)]


def test_what_was_never_judged_cannot_be_a_repeat(
    case: Any, open_live: Callable[[], LiveSession]
) -> None:
    live = open_live()
    live.decide([3], "cell", "first", repeats=[3])
    assert not case.recorded()[0].repeat


def test_a_probe_stays_one(case: Any, open_live: Callable[[], LiveSession]) -> None:
    """It was drawn at random from all, whenever it is asked again."""
    live = open_live()
    live.decide([0], "cell", "first", probes=[0])
    live.decide([0], "cell", "second", repeats=[0])
    assert live.session.decisions[case.items[0]].probe


def test_a_repeat_undone_is_asked_again_as_one(
    case: Any, open_live: Callable[[], LiveSession]
) -> None:
    live = taught(open_live(), case)
    row = asked_again(live)[0]
    live.decide([row], "not cell", "second", repeats=[row])
    assert row not in live.asked_again
    live.undo("u")
    assert row in live.asked_again
    assert live.session.decisions[case.items[row]].value == case.expert.verdict(row)
    live.redo("r")
    assert row not in live.asked_again
    assert live.session.decisions[case.items[row]].repeat


def test_two_repeats_in_a_row_are_as_rare_as_their_share_says(
    case: Any, open_live: Callable[[], LiveSession]
) -> None:
    """A repeat on the screen does not bring another one by standing still."""
    live = taught(open_live(), case)
    pairs = 0
    for number in range(30):
        (question,) = live.questions(1)
        if question.repeat:
            (following,) = live.questions(1, current=question.index)
            pairs += following.repeat
        again = [question.index] if question.repeat else []
        live.decide([question.index], "cell", f"d{number}", repeats=again)
    assert 0 < pairs < 14


def test_a_restart_asks_the_same_again(case: Any, open_live: Callable[[], LiveSession]) -> None:
    live = taught(open_live(), case)
    before = asked_again(live)
    live.close()
    again = open_live()
    while not again.is_fitted:
        pass
    assert before
    assert asked_again(again) == before


def test_nothing_is_asked_again_once_nothing_new_is_left(
    case: Any, open_live: Callable[[], LiveSession]
) -> None:
    live = taught(open_live(), case)
    live.decide(range(41, len(case.items)), "cell", "nearly all")
    assert [q.index for q in live.questions(12) if not q.repeat] == [40]
    live.decide([40], "skip", "later")
    assert [q.index for q in live.questions(12)] == [40]
    live.decide([40], "cell", "last")
    assert live.questions(12) == []


def test_repeats_need_no_lease(case: Any, open_live: Callable[..., LiveSession]) -> None:
    live = taught(open_live(), case)
    (row, *_) = asked_again(live)
    ben = open_live("ben")
    while not ben.is_fitted:
        pass
    assert row in [question.index for question in ben.questions(120)]


def test_a_note_written_since_keeps_it_from_being_asked_again(
    case: Any, open_live: Callable[[], LiveSession]
) -> None:
    live = taught(open_live(), case)
    for row in range(20):
        note(live.session, case.items[row], "dim", f"n{row}")
    assert asked_again(live) == []
