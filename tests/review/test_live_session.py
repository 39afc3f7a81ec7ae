"""A session that a person sits before; through the server it is specified in tests/web."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from sightline.errors import InputError, ProjectError, SettingError
from sightline.review.leases import Leases
from sightline.review.live_session import LiveSession
from sightline.review.refits import FitThread
from sightline.review.sort_session import SortSession

Open = Callable[..., LiveSession]


@pytest.fixture
def thread() -> Iterator[FitThread]:
    opened = FitThread()
    yield opened
    opened.close()


@pytest.fixture
def open_live(case: Any, thread: FitThread) -> Iterator[Open]:
    leases, opened = Leases(), []

    def opening(annotator: str = "anna") -> LiveSession:
        opened.append(LiveSession(case.path, annotator, leases, thread, lambda _: None))
        return opened[-1]

    yield opening
    for live in opened:
        live.close()


def settle(thread: FitThread) -> None:
    """Wait until all that was wanted is fitted and advised on."""
    for _ in range(3):
        done = threading.Event()
        thread.advise(done.set)
        assert done.wait(20)


def judge(live: LiveSession, case: Any, rows: range) -> None:
    for row in rows:
        live.decide([row], case.expert.verdict(row), f"{live.annotator}{row}")


def test_an_answer_does_not_wait_for_a_fit(case: Any, open_live: Open, thread: FitThread) -> None:
    live = open_live()
    settle(thread)
    hold = threading.Event()
    thread.advise(hold.wait)
    judge(live, case, range(20))
    assert len(case.recorded()) == 20
    state = live.state()
    assert (state["decided"], state["refitting"], state["threshold"]) == (20, True, None)
    hold.set()
    settle(thread)
    state = live.state()
    assert not state["refitting"]
    assert state["threshold"] > 0
    assert state["advice"]


def test_with_nothing_between_them_it_asks_what_a_session_without_a_screen_asks(
    case: Any, open_live: Open, thread: FitThread
) -> None:
    live = open_live()
    live.change_settings({"repeat_share": 0.0})
    for number in range(30):
        settle(thread)
        (question,) = live.questions(1)
        with SortSession(case.path, "anna") as other:
            wanted = other.next()
        assert wanted
        assert question.probe == wanted.probe == (number % 10 == 9)
        assert question.item == wanted.item or question.score == pytest.approx(
            wanted.score, abs=0.01
        )
        live.decide([question.index], case.expert.verdict(question.index), f"c{number}")


def test_questions_by_an_old_fit_leave_out_what_was_answered_since(
    case: Any, open_live: Open, thread: FitThread
) -> None:
    live = open_live()
    judge(live, case, range(20))
    settle(thread)
    hold = threading.Event()
    thread.advise(hold.wait)
    best = [question.index for question in live.questions(5)]
    live.decide(best[:3], "cell", "bulk")
    again = [question.index for question in live.questions(5)]
    assert not set(best[:3]) & set(again)
    assert again[:2] == best[3:]
    hold.set()


def test_probes_are_drawn_from_all_that_may_be_asked(
    case: Any, open_live: Open, thread: FitThread
) -> None:
    live = open_live()
    live.change_settings({"probe_every": 1})
    settle(thread)
    counts = np.zeros(len(case.items))
    for row in range(60):
        counts[[question.index for question in live.questions(12)]] += 1
        live.decide([row], case.expert.verdict(row), f"c{row}")
    late = counts[60:]
    assert (late > 0).all()
    assert late.max() < 4 * late.mean()


def test_other_settings_of_the_classifier_fit_anew(
    case: Any, open_live: Open, thread: FitThread
) -> None:
    live = open_live()
    judge(live, case, range(30))
    settle(thread)
    before = live.labels(reveal=True)
    live.change_settings({"preset": "actsort"})
    assert not live.is_fitted
    settle(thread)
    after = live.labels(reveal=True)
    assert after.version > before.version
    assert not np.allclose(after.probability, before.probability)
    assert live.state()["threshold"] == pytest.approx(0.65)
    with SortSession(case.path, "anna", settings=live.settings.classifier()) as session:
        expected = session.predict().probability
    np.testing.assert_allclose(after.probability, expected, atol=1e-3)


def test_where_it_cannot_be_kept_that_predictions_were_shown_they_are_not_shown(
    case: Any, open_live: Open, thread: FitThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = open_live()
    judge(live, case, range(20))
    settle(thread)

    def full(*_: Any) -> None:
        raise ProjectError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("sightline.review.live_session.keep_session", full)
        for show in (lambda: live.labels(reveal=True), lambda: live.explain(30)):
            with pytest.raises(ProjectError, match="full"):
                show()
    live.decide([30], "cell", "after")
    assert case.recorded()[-1].blind


def test_a_row_that_is_none_is_refused(open_live: Open) -> None:
    live = open_live()
    for act in (
        lambda: live.decide([0, 999], "cell", "c"),
        lambda: live.decide([0], "cell", "c", probes=[-1]),
        lambda: live.questions(3, current=999),
        lambda: live.explain(999),
    ):
        with pytest.raises(InputError, match="no such candidate"):
            act()
    assert live.state()["decided"] == 0
    with pytest.raises(SettingError, match="no classifier"):
        live.explain(3)


def test_undo_brings_back_what_a_verdict_superseded(case: Any, open_live: Open) -> None:
    live = open_live()
    live.decide([5], "cell", "a")
    live.decide([5, 6], "not cell", "b")
    assert live.undo("u") == ("verdict", [5, 6])
    assert live.labels().said[[5, 6]].tolist() == [1, -1]
    assert live.redo("r") == ("verdict", [5, 6])
    assert live.labels().said[[5, 6]].tolist() == [0, 0]
