import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.errors import InputError, SettingError
from sightline.trust import draw_audit


def result(items=2000, seed=0, human_share=0.05):
    """Labels of a calibrated learner, its probabilities, and whom an annotator decided."""
    rng = np.random.default_rng(seed)
    probability = rng.beta(0.4, 0.3, items)
    return probability > 0.5, probability, rng.random(items) < human_share


@given(st.integers(1, 300), st.integers(0, 100), st.floats(0, 1))
def test_the_sample_holds_distinct_machine_decisions_as_many_as_asked(size, seed, human_share):
    cell, probability, human = result(200, seed, human_share)
    audit = draw_audit(cell, probability, human, size, np.random.default_rng(seed))
    assert len(audit.drawn) == min(size, (~human).sum())
    assert len(set(audit.drawn.tolist())) == len(audit.drawn)
    assert not human[audit.drawn].any()


def test_each_item_is_drawn_as_often_as_stated():
    cell, probability, human = result(100)
    rng = np.random.default_rng(1)
    often = np.zeros(100)
    for _ in range(2000):
        often[draw_audit(cell, probability, human, 20, rng).drawn] += 1
    stated = draw_audit(cell, probability, human, 20, rng).inclusion_probability
    np.testing.assert_allclose(often / 2000, stated, atol=0.05)
    assert stated.sum() == pytest.approx(20)
    assert (stated[human] == 0).all()


def test_doubtful_labels_are_drawn_more_often_than_sure_ones():
    cell, probability, human = result(human_share=0)
    chance = draw_audit(
        cell, probability, human, 200, np.random.default_rng(0)
    ).inclusion_probability
    doubt = np.abs(probability - 0.5)
    assert chance[doubt < 0.1].mean() > 2 * chance[doubt > 0.49].mean()


def test_every_machine_decision_can_be_drawn():
    cell, probability, human = result()
    audit = draw_audit(cell, probability, human, 50, np.random.default_rng(0))
    assert (audit.inclusion_probability[~human] > 0).all()


def test_the_order_of_the_questions_does_not_tell_the_label():
    cell, probability, human = result()
    rng = np.random.default_rng(0)
    audits = [draw_audit(cell, probability, human, 40, rng) for _ in range(300)]
    first = np.mean([cell[audit.drawn[:10]].mean() for audit in audits])
    last = np.mean([cell[audit.drawn[-10:]].mean() for audit in audits])
    assert first == pytest.approx(last, abs=0.04)


def test_the_same_seed_draws_the_same_sample():
    once, again = (draw_audit(*result(), 30, np.random.default_rng(5)).drawn for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_a_result_that_annotators_decided_alone_needs_no_audit():
    cell, probability, human = result(human_share=1)
    assert not len(draw_audit(cell, probability, human, 30, np.random.default_rng(0)).drawn)


def test_what_does_not_fit_together_is_refused():
    cell, probability, human = result()
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="probability"):
        draw_audit(cell, probability[1:], human, 30, rng)
    with pytest.raises(InputError, match="probability"):
        draw_audit(cell, probability + 1, human, 30, rng)
    with pytest.raises(InputError, match="human"):
        draw_audit(cell, probability, human[1:], 30, rng)
    with pytest.raises(SettingError, match="audit"):
        draw_audit(cell, probability, human, 0, rng)
