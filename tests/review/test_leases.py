"""What lies before one annotator is not put before another, for a while."""

from sightline.review.leases import Leases


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_rows_are_held_from_everybody_else() -> None:
    leases = Leases()
    leases.hold("anna", [3, 1])
    assert leases.of_others("ben") == [1, 3]
    assert leases.of_others("anna") == []


def test_holding_others_gives_the_first_back() -> None:
    leases = Leases()
    leases.hold("anna", [1, 2])
    leases.hold("anna", [2, 3])
    assert leases.of_others("ben") == [2, 3]


def test_what_is_given_back_is_free_and_giving_back_what_is_not_held_does_nothing() -> None:
    leases = Leases()
    leases.hold("anna", [1, 2])
    leases.release("anna", [1, 7])
    leases.release("cleo", [2])
    assert leases.of_others("ben") == [2]


def test_a_page_that_went_away_holds_nothing_after_a_while() -> None:
    clock = Clock()
    leases = Leases(120, clock)
    leases.hold("anna", [1])
    clock.now = 60
    leases.hold("cleo", [2])
    clock.now = 119
    assert leases.of_others("ben") == [1, 2]
    clock.now = 120
    assert leases.of_others("ben") == [2]
    leases.hold("cleo", [2])
    clock.now = 239
    assert leases.of_others("ben") == [2]


def test_what_two_hold_is_free_when_both_gave_it_back() -> None:
    leases = Leases()
    leases.hold("anna", [1])
    leases.hold("cleo", [1])
    leases.release("anna", [1])
    assert leases.of_others("ben") == [1]
    leases.release("cleo", [1])
    assert leases.of_others("ben") == []
