import json

import numpy as np
import pytest
from rich.console import Console

from sightline.consensus import intraclass_correlation
from sightline.data.features import check_features
from sightline.errors import InputError, SettingError
from sightline.sort.design import make_design
from sightline.sort.settings import ACTSORT, DEFAULT
from sightline.workflows.agreement import agreement, predict_by_halves
from sightline.workflows.agreement_report import (
    agreement_tables,
    draw_calibration,
    figure_of_calibration,
)

PEOPLE = ("koala", "lion", "panda")


def simulate(candidates=600, seed=0):
    """Annotators who say cell with the candidate's own probability, each by himself."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((candidates, 6))
    probability = 1 / (1 + np.exp(-2 * values[:, 0]))
    labels = {name: (rng.random(candidates) < probability).astype(np.int8) for name in PEOPLE}
    return values, probability, labels


def write(path, values, labels):
    header = [f"f{k}" for k in range(values.shape[1])] + [f"{name}_choices" for name in labels]
    words = [np.array(["0", "-1", "1"])[each + 1] for each in labels.values()]
    lines = zip(*values.T, *words, strict=True)
    text = "\n".join(",".join(map(str, line)) for line in [header, *lines])
    path.write_text(text, encoding="utf-8")
    return path


def design_of(values, settings=DEFAULT):
    names = [f"f{k}" for k in range(values.shape[1])]
    table = check_features(values, source="s", recording="r", names=names, version="v-1")
    return make_design([table], settings)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    values, _, labels = simulate()
    return write(tmp_path_factory.mktemp("data") / "mouse.csv", values, labels)


@pytest.fixture(scope="module")
def result(file):
    return agreement([file], repetitions=3, workers=1)[0]


def test_predictions_by_halves_recover_the_probability_behind_the_labels():
    values, truth, labels = simulate(3000)
    found = predict_by_halves(design_of(values), labels["lion"], DEFAULT, repetitions=2)
    assert np.abs(found - truth).mean() < 0.05


def test_no_candidate_is_predicted_from_its_own_label():
    rng = np.random.default_rng(1)
    values, labels = rng.standard_normal((200, 80)), np.repeat([0, 1], 100).astype(np.int8)
    design = design_of(values, ACTSORT)
    found = predict_by_halves(design, labels, ACTSORT, repetitions=20)
    # Features are noise: a classifier that had seen the labels would tell them apart.
    assert abs(found[labels == 1].mean() - found[labels == 0].mean()) < 0.1


def test_undecided_candidates_are_predicted_and_teach_nothing():
    values, _, labels = simulate()
    answers = labels["lion"].copy()
    answers[::3] = -1
    found = predict_by_halves(design_of(values), answers, DEFAULT, repetitions=1)
    assert ((found > 0) & (found < 1)).all()


def test_too_few_answers_of_a_class_are_refused():
    values, _, labels = simulate(20)
    answers = np.zeros_like(labels["lion"])
    answers[0] = 1
    with pytest.raises(InputError, match="two of each class"):
        predict_by_halves(design_of(values), answers, DEFAULT)


def test_human_reliability_is_that_of_the_labels(result):
    _, _, labels = simulate()
    single, average = intraclass_correlation(np.stack(list(labels.values()), axis=1))
    assert (result.human_single, result.human_average) == (single, average)


def test_classifiers_agree_better_than_the_annotators_who_trained_them(result):
    assert result.classifier_single.low > result.human_single.high
    assert result.classifier_average.value > result.classifier_single.value


def test_the_share_of_the_others_leaves_the_own_vote_out(result):
    for others, everyone in zip(result.against_others, result.against_all, strict=True):
        assert [group.share for group in others.groups] == [0, 0.5, 1]
        assert [round(group.share, 2) for group in everyone.groups] == [0, 0.33, 0.67, 1]
        assert sum(group.count for group in others.groups) == 600
        assert (everyone.human[0], everyone.human[-1]) == (0, 1)


def test_the_error_of_an_annotator_is_his_distance_from_the_votes(result):
    _, _, labels = simulate()
    said = labels["koala"] == 1
    others = (labels["lion"] + labels["panda"]) / 2
    expected = said.mean() * (1 - others[said].mean()) + (~said).mean() * others[~said].mean()
    assert result.against_others[0].human_error == pytest.approx(expected)


def test_classifiers_of_calibrated_annotators_are_calibrated_better_than_labels(result):
    for each in result.against_others:
        assert each.error < each.human_error / 2


def test_the_seed_fixes_the_result(file, result):
    again = agreement([file], repetitions=3, workers=1)[0]
    other = agreement([file], repetitions=3, workers=1, seed=1)[0]
    np.testing.assert_array_equal(again.probability, result.probability)
    assert not np.array_equal(other.probability, result.probability)


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing(file, result):
    parallel = agreement([file], repetitions=3, workers=2)[0]
    np.testing.assert_array_equal(parallel.probability, result.probability)


def test_the_result_is_written_as_json(result):
    found = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert found["annotators"] == list(PEOPLE)
    assert found["pairwise"]["true_positive_rate"][0][0] is None
    assert found["classifier_single"]["value"] == result.classifier_single.value


def test_one_annotator_alone_is_refused(tmp_path):
    values, _, labels = simulate(20)
    path = write(tmp_path / "one.csv", values, {"koala": labels["koala"]})
    with pytest.raises(InputError, match=r"one\.csv.*at least two"):
        agreement([path])


def test_an_annotator_who_said_the_same_throughout_is_named(tmp_path):
    values, _, labels = simulate(20)
    labels["lion"][:] = 1
    path = write(tmp_path / "same.csv", values, labels)
    with pytest.raises(InputError, match="lion labelled 0 candidates of one class"):
        agreement([path])


def test_two_recordings_of_one_name_are_refused(file, tmp_path):
    with pytest.raises(InputError, match="the same name"):
        agreement([file, tmp_path / "mouse.csv"])


def test_settings_that_make_no_sense_are_refused(file):
    with pytest.raises(SettingError, match="repetitions"):
        agreement([file], repetitions=0)
    with pytest.raises(SettingError, match="preset"):
        agreement([file], preset_name="best")


@pytest.mark.parametrize("width", [80, 120])
def test_no_width_of_the_terminal_cuts_a_number(result, width):
    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        for table in agreement_tables([result, result]):
            console.print(table)
    text = captured.get()
    assert "…" not in text
    rate = result.pairwise.true_positive_rate[0, 1]
    for shown in (f"{rate:.3f} | ", f"{result.classifier_single.value:.3f}", "± 0.000"):
        assert shown in text


def test_the_figure_has_a_panel_an_annotator_with_a_mean_a_share(result):
    figure = figure_of_calibration(result)
    assert [ax.get_title(loc="left")[3:] for ax in figure.axes] == list(PEOPLE)
    for ax, calibration in zip(figure.axes, result.against_all, strict=True):
        means = [line.get_ydata()[0] for line in ax.lines if line.get_marker() == "o"]
        assert means == [group.mean for group in calibration.groups]


def test_the_figure_is_kept_as_png_and_svg(result, tmp_path):
    paths = draw_calibration([result], tmp_path)
    assert [path.name for path in paths] == ["calibration_mouse.png", "calibration_mouse.svg"]
