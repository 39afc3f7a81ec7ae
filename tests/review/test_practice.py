"""Practice on another annotator's answers: drawn, told, scored, never recorded."""

from typing import Any

import pytest

from sightline.errors import InputError, SettingError
from sightline.review.practice import (
    draw_practice,
    known_answer,
    practice_sources,
    score_practice,
)
from sightline.review.sort_session import SortSession

KNOWN = "known answers"


@pytest.fixture
def ben(case: Any) -> Any:
    """A newcomer; forty cells and twenty non-cells are known, and one case is unsure."""
    cells = [row for row, cell in enumerate(case.simulated.cell) if cell][:40]
    others = [row for row, cell in enumerate(case.simulated.cell) if not cell][:21]
    with SortSession(case.path, KNOWN) as teacher:
        teacher.decide([case.items[row] for row in cells], "cell")
        teacher.decide([case.items[row] for row in others], "not cell")
        teacher.decide(case.items[others.pop()], "unsure")
    with SortSession(case.path, "ben") as session:
        yield session


def test_those_can_be_practised_on_who_gave_a_class(ben: SortSession, case: Any) -> None:
    assert practice_sources(ben) == {KNOWN: {"not cell": 20, "cell": 40}}
    with SortSession(case.path, KNOWN) as teacher:
        assert practice_sources(teacher) == {}


def test_what_one_judged_already_is_not_practised_on(ben: SortSession, case: Any) -> None:
    row = next(row for row, cell in enumerate(case.simulated.cell) if cell)
    ben.decide(case.items[row], "not cell")
    assert practice_sources(ben) == {KNOWN: {"not cell": 20, "cell": 39}}
    assert row not in draw_practice(ben, KNOWN, 100, 0)


@pytest.mark.parametrize(("number", "of_each"), [(20, (10, 10)), (60, (20, 40)), (50, (20, 30))])
def test_classes_are_balanced_as_far_as_there_are_candidates(
    ben: SortSession, case: Any, number: int, of_each: tuple[int, int]
) -> None:
    rows = draw_practice(ben, KNOWN, number, 3)
    truth = case.simulated.cell[rows]
    assert ((~truth).sum(), truth.sum()) == of_each
    assert len(set(rows)) == number


def test_fewer_come_where_there_are_fewer(ben: SortSession) -> None:
    assert len(draw_practice(ben, KNOWN, 500, 0)) == 60


def test_the_same_seed_draws_the_same_and_another_something_else(ben: SortSession) -> None:
    first = draw_practice(ben, KNOWN, 20, 7)
    assert draw_practice(ben, KNOWN, 20, 7) == first
    assert draw_practice(ben, KNOWN, 20, 8) != first


def test_the_order_tells_nothing_of_the_class(ben: SortSession, case: Any) -> None:
    firsts = [case.simulated.cell[draw_practice(ben, KNOWN, 20, seed)[0]] for seed in range(60)]
    assert 15 < sum(firsts) < 45


@pytest.mark.parametrize("source", ["ben", "nobody"])
def test_nobody_practises_on_himself_or_on_nothing(ben: SortSession, source: str) -> None:
    with pytest.raises(SettingError, match="judged nothing"):
        draw_practice(ben, source, 10, 0)


def test_the_known_answer_is_that_of_the_source(ben: SortSession, case: Any) -> None:
    for row in draw_practice(ben, KNOWN, 60, 0):
        assert (known_answer(ben, KNOWN, row) == "cell") == case.simulated.cell[row]


@pytest.mark.parametrize("row", [-1, 119, 5000])
def test_where_none_is_known_it_says_so(ben: SortSession, row: int) -> None:
    with pytest.raises(InputError, match="gave it no class"):
        known_answer(ben, KNOWN, row)


def test_a_score_counts_what_was_found_of_each_class(ben: SortSession, case: Any) -> None:
    rows = draw_practice(ben, KNOWN, 20, 1)
    said = [(row, known_answer(ben, KNOWN, row)) for row in rows]
    cells = [place for place, (_, verdict) in enumerate(said) if verdict == "cell"]
    said[cells[0]] = said[cells[0]][0], "not cell"
    said[cells[1]] = said[cells[1]][0], "unsure"
    score = score_practice(ben, KNOWN, said)
    assert (score.asked, score.right) == (20, 18)
    assert score.classes == {
        "not cell": {"asked": 10, "right": 10},
        "cell": {"asked": 10, "right": 8},
    }
    assert score.mistaken == tuple(case.items[rows[place]] for place in cells[:2])


def test_practice_leaves_the_journal_as_it_is(ben: SortSession, case: Any) -> None:
    before = case.recorded()
    rows = draw_practice(ben, KNOWN, 20, 1)
    score_practice(ben, KNOWN, [(row, "cell") for row in rows])
    assert case.recorded() == before
    assert ben.progress().decided == {"not cell": 0, "cell": 0}
