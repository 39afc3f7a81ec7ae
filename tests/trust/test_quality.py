import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.errors import InputError, SettingError
from sightline.trust import Probes, clopper_pearson, draw_audit, estimate_quality, wilson


def simulated_result(rng, learner="calibrated", items=3000):
    """Truth, labels, probabilities, and whom an annotator decided (and so decided rightly)."""
    chance = rng.beta(0.4, 0.25, items)
    if learner == "nearly always right":
        chance = np.where(chance > 0.5, 0.998, 0.002)
    truth = rng.random(items) < chance
    probability = {
        "calibrated": chance,
        "nearly always right": chance,
        "overconfident": chance**4 / (chance**4 + (1 - chance) ** 4),
        "ignorant": rng.random(items),
        "constant": np.full(items, 0.9),
    }[learner]
    human = rng.random(items) < 0.05
    return truth, np.where(human, truth, probability > 0.5), probability, human


def quantities(truth, cell):
    right = (truth & cell).sum()
    false_positive_rate = (cell & ~truth).sum() / (~truth).sum()
    return right / cell.sum(), right / truth.sum(), false_positive_rate, truth.sum()


def estimates(quality):
    return quality.precision, quality.recall, quality.false_positive_rate, quality.cells


def run_audit(rng, truth, cell, probability, human, size=150, **options):
    audit = draw_audit(cell, probability, human, size, rng)
    return estimate_quality(audit, truth[audit.drawn].astype(int), rng, **options)


@pytest.mark.slow
@pytest.mark.parametrize(
    "learner", ["calibrated", "nearly always right", "overconfident", "ignorant", "constant"]
)
def test_the_bounds_hold_the_truth_however_good_the_learner_is(learner):
    rng = np.random.default_rng(0)
    held = []
    for _ in range(200):
        truth, cell, probability, human = simulated_result(rng, learner)
        found = estimates(run_audit(rng, truth, cell, probability, human))
        expected = quantities(truth, cell)
        held.append([e.low <= t <= e.high for e, t in zip(found, expected, strict=True)])
    assert (np.mean(held, axis=0) >= 0.93).all()


@pytest.mark.slow
@pytest.mark.parametrize("learner", ["calibrated", "ignorant"])
def test_the_estimates_are_right_on_average(learner):
    rng = np.random.default_rng(1)
    truth, cell, probability, human = simulated_result(rng, learner)
    found = [
        [each.value for each in estimates(run_audit(rng, truth, cell, probability, human))]
        for _ in range(200)
    ]
    error = np.mean(found, axis=0) - quantities(truth, cell)
    noise = np.std(found, axis=0) / np.sqrt(200)
    assert (np.abs(error) < 4 * noise).all()


def test_the_bounds_are_narrower_than_a_plain_samples_where_the_learner_knows_its_doubts():
    rng = np.random.default_rng(2)
    ours, plain = np.zeros(3), np.zeros(3)
    for _ in range(50):
        truth, cell, probability, human = simulated_result(rng)
        ours += [
            each.width for each in estimates(run_audit(rng, *(truth, cell, probability, human)))[:3]
        ]
        items = rng.choice(len(truth), 150, replace=False)
        t, c = truth[items], cell[items]
        both = int((t & c).sum())
        plain += [
            wilson(both, int(c.sum())).width,
            wilson(both, int(t.sum())).width,
            wilson(int((c & ~t).sum()), int((~t).sum())).width,
        ]
    assert (ours < 0.9 * plain).all()


def test_with_one_stratum_precision_has_the_interval_of_clopper_and_pearson():
    rng = np.random.default_rng(3)
    items = 200_000
    cell, truth = np.ones(items, bool), rng.random(items) < 0.9
    audit = draw_audit(cell, np.full(items, 0.9), np.zeros(items, bool), 100, rng)
    answers = truth[audit.drawn].astype(int)
    found = estimate_quality(audit, answers, rng).precision
    exact = clopper_pearson(int(answers.sum()), 100)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=0.006)
    assert found.value == pytest.approx(exact.value, abs=1e-3)


def test_an_audit_of_everything_leaves_no_doubt():
    rng = np.random.default_rng(4)
    truth, cell, probability, human = simulated_result(rng, items=300)
    found = estimates(run_audit(rng, truth, cell, probability, human, size=300))
    for estimate, expected in zip(found, quantities(truth, cell), strict=True):
        assert (estimate.value, estimate.low, estimate.high) == pytest.approx((expected,) * 3)


def test_a_result_that_annotators_decided_alone_is_right():
    truth = np.array([True, True, False])
    found = run_audit(np.random.default_rng(0), truth, truth, np.full(3, 0.5), np.ones(3, bool))
    assert (found.precision.low, found.recall.low, found.false_positive_rate.high) == (1, 1, 0)
    assert (found.cells.low, found.cells.high) == (2, 2)


def test_unsure_answers_are_left_out_and_stated():
    rng = np.random.default_rng(5)
    truth, cell, probability, human = simulated_result(rng)
    audit = draw_audit(cell, probability, human, 200, rng)
    answers = truth[audit.drawn].astype(int)
    answers[rng.random(200) < 0.2] = -1
    found = estimate_quality(audit, answers, rng)
    assert found.unsure == (answers == -1).sum()
    assert found.answered == 200 - found.unsure
    assert found.recall.low < quantities(truth, cell)[1] < found.recall.high


def test_an_audit_may_end_early():
    rng = np.random.default_rng(6)
    truth, cell, probability, human = simulated_result(rng)
    audit = draw_audit(cell, probability, human, 200, rng)
    answers = truth[audit.drawn].astype(int)
    widths = [
        estimate_quality(audit, answers[:count], rng).precision.width for count in (0, 50, 200)
    ]
    assert widths[0] > widths[1] > widths[2]
    assert widths[0] > 0.9


def test_the_precision_of_no_cells_has_no_value():
    rng = np.random.default_rng(7)
    probability = np.full(100, 0.1)
    found = run_audit(rng, np.zeros(100, bool), np.zeros(100, bool), probability, probability > 1)
    assert np.isnan(found.precision.value)
    assert (found.precision.low, found.precision.high) == (0, 1)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(2, 80))
def test_every_estimate_lies_between_its_bounds_and_within_its_range(seed, size, items):
    rng = np.random.default_rng(seed)
    truth, cell, probability, human = simulated_result(rng, items=items)
    found = run_audit(rng, truth, cell, probability, human, size=size)
    for each, most in zip(estimates(found), (1, 1, 1, items), strict=True):
        assert 0 <= each.low <= each.high <= most
        assert np.isnan(each.value) or each.low <= each.value <= each.high


@pytest.mark.slow
def test_probes_narrow_the_bounds_and_still_hold_the_truth():
    rng = np.random.default_rng(8)
    held, widths = [], []
    for _ in range(200):
        truth, cell, probability, _ = simulated_result(rng)
        human = np.zeros(len(truth), bool)
        # A session: the most doubtful item each time, but every fifth drawn at random.
        probed, doubt = [], np.abs(probability - 0.5)
        for question in range(150):
            open_ = np.flatnonzero(~human)
            if question % 5 == 4:
                probed.append(rng.choice(open_))
                human[probed[-1]] = True
            else:
                human[open_[doubt[open_].argmin()]] = True
        probes = Probes(cell[probed], probability[probed], truth[probed].astype(np.int8))
        cell = np.where(human, truth, cell)
        audit = draw_audit(cell, probability, human, 60, rng)
        answers = truth[audit.drawn].astype(int)
        with_probes = estimate_quality(audit, answers, rng, probes)
        without = estimate_quality(audit, answers, rng)
        assert with_probes.probes == 30
        expected = quantities(truth, cell)
        held.append(
            [e.low <= t <= e.high for e, t in zip(estimates(with_probes), expected, strict=True)]
        )
        widths.append([[e.width for e in estimates(q)] for q in (with_probes, without)])
    assert (np.mean(held, axis=0) >= 0.93).all()
    with_probes, without = np.mean(widths, axis=0)
    assert (with_probes < 0.95 * without).all()


def test_the_same_seed_gives_the_same_bounds():
    truth, cell, probability, human = simulated_result(np.random.default_rng(9))
    once, again = (
        run_audit(np.random.default_rng(1), truth, cell, probability, human) for _ in range(2)
    )
    assert once == again


@pytest.mark.parametrize("answers", [[2], [0.5], [np.nan], [1] * 11, [[1]]])
def test_answers_that_do_not_fit_the_questions_are_refused(answers):
    rng = np.random.default_rng(0)
    truth, cell, probability, human = simulated_result(rng)
    audit = draw_audit(cell, probability, human, 10, rng)
    with pytest.raises(InputError, match="answers"):
        estimate_quality(audit, np.array(answers), rng)
    with pytest.raises(SettingError, match="confidence"):
        estimate_quality(audit, truth[audit.drawn].astype(int), rng, confidence=95)
