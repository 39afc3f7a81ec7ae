"""A ranking orders what may be asked, best first, ties by index."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sightline.query.pool import rank

SCORES = st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.booleans()), max_size=30)


def plain_order(scored: list[tuple[float, bool]]) -> list[int]:
    still_open = [index for index, (_, closed) in enumerate(scored) if not closed]
    return sorted(still_open, key=lambda index: (-scored[index][0], index))


@given(SCORES, st.integers(1, 35))
def test_the_first_n_are_those_of_a_plain_sort(scored: list[tuple[float, bool]], n: int) -> None:
    score = np.array([value for value, _ in scored], np.float32)
    closed = np.array([shut for _, shut in scored], bool)
    ranking = rank(score, closed, str)
    assert ranking.order().tolist() == plain_order(scored)
    assert ranking.first(n).tolist() == plain_order(scored)[:n]


def test_what_is_closed_scores_minus_infinity_and_the_callers_array_stays() -> None:
    score = np.array([1.0, 2.0], np.float32)
    assert rank(score, np.array([False, True]), str).score.tolist() == [1, -np.inf]
    assert score.tolist() == [1, 2]
