import itertools
import math

import pytest
from rich.console import Console
from scipy.stats import ttest_rel

from sightline.errors import InputError, SettingError
from sightline.workflows.benchmark_summary import (
    METRICS,
    accuracy_rows,
    average_repeats,
    human_levels,
    paired_differences,
)
from sightline.workflows.benchmark_tables import benchmark_tables

UNITS = [("m1", "koala"), ("m1", "lion"), ("m2", "koala"), ("m2", "panda")]
HUMAN = dict(zip(UNITS, (0.80, 0.82, 0.84, 0.86), strict=True))
# At 1 %; each learner gains 0.04 up to 3 %.
RANDOM = dict(zip(UNITS, (0.78, 0.79, 0.81, 0.82), strict=True))
DCAL = dict(zip(UNITS, (0.80, 0.82, 0.82, 0.84), strict=True))


def row(strategy, unit, accuracy, *, fraction=1.0, repeat=0, weight=None, **other):
    values = dict.fromkeys(METRICS, accuracy)
    about = {"data_set": unit[0], "annotator": unit[1], "repeat": repeat, "strategy": strategy}
    values["auc"] = None if strategy == "human" or accuracy is None else accuracy + 0.1
    plan = {"start": "given", "preset": "default", "weight": weight, "fraction": fraction}
    return {**about, **plan, **values, **other}


@pytest.fixture
def rows():
    made = [row("human", unit, accuracy) for unit, accuracy in HUMAN.items()]
    for (fraction, gain), (repeat, noise) in itertools.product(
        ((0.01, 0.0), (0.03, 0.04)), ((0, 0.01), (1, -0.01))
    ):
        for unit in UNITS:
            place = {"fraction": fraction, "repeat": repeat}
            shift = gain + noise
            made.append(row("dcal", unit, DCAL[unit] + shift, weight=0.3, **place))
            made.append(row("random", unit, RANDOM[unit] + shift, **place))
    return made


def test_methods_stand_in_the_papers_order(rows):
    extra = [
        row("dcal", UNITS[0], 0.8, fraction=0.01, weight=0.25),
        row("dal", UNITS[0], 0.8, fraction=0.01),
        row("cal", UNITS[0], 0.8, fraction=0.01),
        row("rank", UNITS[0], 0.8, fraction=0.01),
    ]
    found = average_repeats(extra + rows).methods
    assert found == ("human", "random", "rank", "CAL", "DAL", "DCAL-0.25", "DCAL-0.3")


def test_a_method_has_the_mean_over_its_annotators(rows):
    human, random, dcal = accuracy_rows(average_repeats(rows))
    assert (human.balanced_accuracy, human.annotators) == (pytest.approx(0.83), 4)
    assert math.isnan(human.auc)
    assert random.balanced_accuracy == pytest.approx(0.84)
    assert dcal.auc == pytest.approx(0.96)


def test_an_earlier_fraction_can_be_asked_for(rows):
    _, random, dcal = accuracy_rows(average_repeats(rows), 0.01)
    assert random.balanced_accuracy == pytest.approx(0.80)
    assert dcal.balanced_accuracy == pytest.approx(0.82)


def test_a_fraction_that_was_not_measured_is_refused(rows):
    with pytest.raises(SettingError, match=r"choose 1 %, 3 %"):
        accuracy_rows(average_repeats(rows), 0.02)


def test_repeats_count_once_for_their_annotator(rows):
    many = [
        row("random", UNITS[0], RANDOM[UNITS[0]] + 0.04, fraction=0.03, repeat=repeat)
        for repeat in range(2, 30)
    ]
    averages = average_repeats(rows + many)
    assert accuracy_rows(averages)[1].balanced_accuracy == pytest.approx(0.84)
    assert paired_differences(averages, "random", "balanced_accuracy")[0].pairs == 4


def test_a_missing_measure_is_left_out_of_the_mean(rows):
    absent = [row("random", UNITS[0], None, fraction=0.03, repeat=2)]
    assert accuracy_rows(average_repeats(rows + absent))[1].auc == pytest.approx(0.94)


def test_paired_differences_and_their_interval_are_those_of_a_paired_t_test(rows):
    (found,) = paired_differences(average_repeats(rows), "random", "balanced_accuracy")
    test = ttest_rel(list(DCAL.values()), list(RANDOM.values()))
    interval = test.confidence_interval(0.95)
    assert (found.method, found.reference, found.pairs) == ("DCAL-0.3", "random", 4)
    assert found.mean == pytest.approx(0.02)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_the_human_is_compared_in_what_he_has_only(rows):
    averages = average_repeats(rows)
    leads = paired_differences(averages, "human", "balanced_accuracy")
    assert [each.mean for each in leads] == pytest.approx([0.01, 0.03])
    assert paired_differences(averages, "human", "auc") == ()


def test_one_pair_gives_no_interval(rows):
    one = average_repeats([each for each in rows if each["data_set"] == "m1"][:1] + rows[4:6])
    (found,) = paired_differences(one, "random", "balanced_accuracy")
    assert found.pairs == 1
    assert math.isnan(found.low)


def test_the_human_level_is_interpolated_between_measured_shares(rows):
    random, dcal = human_levels(average_repeats(rows))
    # Random climbs from 0.80 to 0.84 between 1 and 3 %, DCAL from 0.82; humans stand at 0.83.
    assert random.share == pytest.approx(0.025)
    assert dcal.share == pytest.approx(0.015)
    assert not dcal.at_once


def test_a_curve_that_starts_above_the_human_gives_an_upper_bound(rows):
    found = human_levels(average_repeats(rows).of("m1"))[1]
    assert (found.share, found.at_once) == (0.01, True)


def test_a_curve_that_stays_below_the_human_reaches_nothing(rows):
    low = [each for each in rows if each["fraction"] != 0.03 or each["strategy"] == "human"]
    random, _ = human_levels(average_repeats(low))
    assert random.share is None
    assert random.best == pytest.approx(0.80)


def test_rows_of_two_plans_are_not_mixed(rows):
    with pytest.raises(InputError, match="preset actsort"):
        average_repeats([*rows, row("cal", UNITS[0], 0.8, fraction=0.01, preset="actsort")])


@pytest.mark.parametrize("kept", [[], ["human"], ["random"]])
def test_rows_without_human_or_learner_are_refused(rows, kept):
    with pytest.raises(InputError, match="the human and at least one"):
        average_repeats([each for each in rows if each["strategy"] in kept])


@pytest.mark.parametrize("width", [80, 120])
def test_no_width_of_the_terminal_cuts_a_number(rows, width):
    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        for table in benchmark_tables(rows):
            console.print(table)
    text = captured.get()
    assert "…" not in text
    for shown in ("0.8300", "0.8400", "+0.020", "0.850/0.950", "at most 1.0 %", "2.5 %"):
        assert shown in text
