"""Jobs as they finish, given out in order and not all at once."""

from concurrent.futures import CancelledError, Future
from typing import Any

import pytest

from sightline.compute import as_finished as module
from sightline.compute.as_finished import as_finished

JOBS = {name: name.upper() for name in "abcdef"}


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SECONDS_BETWEEN_LOOKS", 0.01)


class Hand:
    """Gives out jobs and finishes them when told to."""

    def __init__(self) -> None:
        self.given_out: dict[str, Future[Any]] = {}

    def submit(self, job: str) -> "Future[Any]":
        self.given_out[job] = Future()
        return self.given_out[job]

    def finish(self, *jobs: str) -> None:
        for job in jobs:
            self.given_out[job].set_result(job + "!")


def test_jobs_are_given_out_in_their_order_and_no_more_than_wanted() -> None:
    hand = Hand()
    results = as_finished(hand.submit, JOBS, ahead=2, watch=lambda: hand.finish("B"))
    assert next(results) == ("b", "B!")
    assert list(hand.given_out) == ["A", "B"]
    hand.finish("A")
    assert next(results) == ("a", "A!")
    assert list(hand.given_out) == ["A", "B", "C"]


def test_what_is_finished_at_one_time_comes_in_the_order_of_the_jobs() -> None:
    hand = Hand()
    results = as_finished(hand.submit, JOBS, ahead=6, watch=lambda: hand.finish(*"FCADBE"))
    assert list(results) == [(name, job + "!") for name, job in JOBS.items()]


def test_a_jobs_error_comes_after_the_results_that_are_there() -> None:
    hand = Hand()

    def fail_one() -> None:
        hand.given_out["A"].set_exception(ZeroDivisionError())
        hand.finish("B", "C")

    results = as_finished(hand.submit, JOBS, ahead=3, watch=fail_one)
    assert [next(results), next(results)] == [("b", "B!"), ("c", "C!")]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_a_job_that_is_cancelled_elsewhere_is_an_error() -> None:
    hand = Hand()

    def cancel() -> None:
        hand.given_out["A"].cancel()
        hand.given_out["A"].set_running_or_notify_cancel()

    with pytest.raises(CancelledError):
        next(as_finished(hand.submit, JOBS, ahead=1, watch=cancel))


def test_nothing_to_do_gives_nothing() -> None:
    assert list(as_finished(Hand().submit, {}, ahead=3)) == []
