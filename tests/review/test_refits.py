"""The machine learns behind the annotator's back: always from the latest answers, in the end."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sightline.review.answers import Answers
from sightline.review.refits import FitThread, Refits
from sightline.review.sort_session import SortSession


@pytest.fixture
def thread() -> Iterator[FitThread]:
    opened = FitThread()
    yield opened
    opened.close()


class Machine:
    """Refits of a session's answers, with what they tell."""

    def __init__(self, session: SortSession, thread: FitThread) -> None:
        self.told: list[bool] = []
        self.news = threading.Semaphore(0)
        self.answers: Answers = session.answers
        learner = replace(session.learner)
        self.refits = Refits(learner, session.answers.index, thread, self.tell)

    def tell(self, anew: bool) -> None:
        self.told.append(anew)
        self.news.release()

    def learn(self) -> Any:
        """Want a fit, and wait for it and its advice."""
        self.refits.want(self.answers)
        while True:
            assert self.news.acquire(timeout=20)
            if not self.refits.busy:
                return self.refits.fit


def test_a_fit_in_the_background_is_the_one_in_the_foreground(
    case: Any, anna: SortSession, thread: FitThread
) -> None:
    case.sort(anna, 30)
    fit = Machine(anna, thread).learn()
    predictions, progress = anna.predict(), anna.progress()
    np.testing.assert_allclose(fit.probability, predictions.probability, atol=1e-3)
    machine = ~predictions.human
    np.testing.assert_array_equal(fit.labels[machine], predictions.labels[machine])
    assert fit.precision == pytest.approx(progress.expected_precision, abs=1e-3)
    assert fit.recall == pytest.approx(progress.expected_recall, abs=1e-3)
    assert fit.sure == progress.sure
    question = anna.next()
    assert question
    assert question.item == anna.learner.design.items[fit.ranking.first()[0]]


def test_the_advice_comes_after_the_fit_and_is_that_of_the_session(
    case: Any, anna: SortSession, thread: FitThread
) -> None:
    case.sort(anna, 30)
    machine = Machine(anna, thread)
    assert machine.learn().advice == ""
    assert machine.news.acquire(timeout=20)
    assert machine.told == [True, False]
    said = machine.refits.fit
    assert said
    assert said.advice.split(" of all")[0] == anna.progress().advice.split(" of all")[0]


def test_without_two_classes_there_is_an_order_of_questions_and_no_prediction(
    anna: SortSession, thread: FitThread
) -> None:
    fit = Machine(anna, thread).learn()
    assert fit.model is None
    assert np.isnan(fit.probability).all()
    assert (fit.labels == -1).all()
    assert fit.ranking is not None


def test_when_all_is_answered_there_is_nothing_to_rank(
    case: Any, anna: SortSession, thread: FitThread
) -> None:
    anna.decide(case.items[1:], "cell")
    anna.decide(case.items[0], "not cell")
    assert Machine(anna, thread).learn().ranking is None


def test_however_many_answers_wait_the_next_fit_is_to_all_of_them(
    case: Any, anna: SortSession, thread: FitThread
) -> None:
    machine = Machine(anna, thread)
    hold = threading.Event()
    thread.advise(hold.wait)
    for row, item in enumerate(case.items[:20]):
        anna.decide(item, case.expert.verdict(row))
        machine.refits.want(anna.answers)
    assert machine.refits.busy
    hold.set()
    while machine.refits.busy:
        assert machine.news.acquire(timeout=20)
    assert machine.told.count(True) == 1
    predictions = anna.predict()
    assert machine.refits.fit
    np.testing.assert_allclose(machine.refits.fit.probability, predictions.probability, atol=1e-3)


def test_answers_given_while_it_fits_do_not_change_that_fit(
    case: Any, anna: SortSession, thread: FitThread
) -> None:
    machine = Machine(anna, thread)
    anna.decide(case.items[:5], "cell")
    hold = threading.Event()
    thread.advise(hold.wait)
    machine.refits.want(anna.answers)
    anna.decide(case.items[5:10], "not cell")
    hold.set()
    while machine.refits.busy:
        assert machine.news.acquire(timeout=20)
    assert machine.refits.fit
    assert machine.refits.fit.model is None


def test_a_fit_goes_before_advice(
    case: Any, anna: SortSession, thread: FitThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    advising, fit = threading.Event(), threading.Event()

    def advice(_learner: Any, _order: Any, stop: Any) -> str:
        order.append("begun")
        advising.set()
        if len(order) == 1:
            fit.wait(20)
        order.append("stopped" if stop() else "finished")
        return "go on"

    monkeypatch.setattr("sightline.review.refits.stopping_advice", advice)
    case.sort(anna, 20)
    machine = Machine(anna, thread)
    machine.refits.want(anna.answers)
    assert advising.wait(20)
    thread.fit(lambda: order.append("another's fit"))
    fit.set()
    while not machine.refits.fit or machine.refits.fit.advice != "go on":
        assert machine.news.acquire(timeout=20)
    assert order == ["begun", "stopped", "another's fit", "begun", "finished"]


def test_after_stopping_nothing_is_told(anna: SortSession, thread: FitThread) -> None:
    machine = Machine(anna, thread)
    hold = threading.Event()
    thread.advise(hold.wait)
    machine.refits.want(anna.answers)
    machine.refits.stop()
    hold.set()
    thread.close()
    assert machine.told == []


def test_a_fit_that_fails_is_logged_and_the_next_one_is_made(
    case: Any,
    anna: SortSession,
    thread: FitThread,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    case.sort(anna, 20)
    machine = Machine(anna, thread)
    done = threading.Event()
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr("sightline.review.refits.fit_learner", lambda *_: 1 / 0)
        machine.refits.want(anna.answers)
        thread.advise(done.set)
        assert done.wait(20)
    assert "fitting failed" in caplog.text
    assert not machine.refits.busy
    assert machine.learn().model is not None
