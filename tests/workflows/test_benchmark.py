"""The paper's experiments: which rows they give, what they hold, and how they resume."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from sklearn.metrics import balanced_accuracy_score, f1_score

from sightline.errors import InputError, SettingError
from sightline.workflows import benchmark as module
from sightline.workflows.benchmark import BenchmarkPlan, Row, benchmark

KEYS = {
    "data_set", "annotator", "repeat", "strategy", "weight", "fraction", "start", "preset",
    "balanced_accuracy", "true_positive_rate", "true_negative_rate", "precision", "recall", "f1",
    "auc", "label_classifier_weight", "final_balanced_accuracy", "unseen_balanced_accuracy",
    "unseen_auc",
}  # fmt: skip
ANNOTATORS = ("anna", "ben", "cleo", "dan")
QUICK = BenchmarkPlan(
    strategies=("dcal", "random"), weights=(0.5,), stop=0.03, repeats=1, preset_name="actsort"
)


def simulated(seed: int, n: int = 300, told_by: slice = slice(None)) -> dict[str, np.ndarray]:
    """Four annotators, each wrong in one of twelve, on features of which some tell the truth."""
    rng = np.random.default_rng(seed)
    cell = rng.random(n) < 0.65
    metrics = rng.normal(size=(n, 76))
    metrics[:, told_by] += 2 * cell[:, None]
    arrays: dict[str, np.ndarray] = {"metrics": metrics.astype(np.float32)}
    for name in ANNOTATORS:
        says = cell ^ (rng.random(n) < 1 / 12)
        arrays[f"{name}_choices"] = np.where(says, 1.0, -1.0)
    return arrays


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recordings")
    scipy.io.savemat(path / "m1.mat", simulated(1))
    scipy.io.savemat(path / "m2.mat", simulated(2))
    scipy.io.savemat(path / "movie_only.mat", simulated(3, told_by=slice(46, 76)))
    return path


def run(folder: Path, plan: BenchmarkPlan, *names: str, **rest: Any) -> list[Row]:
    return benchmark([folder / name for name in names or ("m1.mat",)], plan, workers=1, **rest)


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[Row]:
    """All strategies on one recording."""
    return run(folder, replace(QUICK, strategies=("dcal", "cal", "dal", "random", "rank")))


def of(rows: list[Row], strategy: str) -> list[Row]:
    return [row for row in rows if row["strategy"] == strategy]


def test_every_row_has_the_same_keys_and_is_json_without_nan(rows: list[Row]) -> None:
    assert all(set(row) == KEYS for row in rows)
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows


def test_there_is_one_row_a_data_set_annotator_repeat_method_and_fraction(folder: Path) -> None:
    plan = replace(QUICK, weights=(0.3, 0.7), repeats=2, stop=0.02)
    rows = run(folder, plan, "m1.mat", "m2.mat")
    found = [
        (r["data_set"], r["annotator"], r["repeat"], r["strategy"], r["weight"], r["fraction"])
        for r in rows
    ]
    methods = [("dcal", 0.3), ("dcal", 0.7), ("random", None)]
    expected = {
        (data_set, annotator, repeat, name, weight, fraction)
        for data_set in ("m1", "m2")
        for annotator in ANNOTATORS
        for repeat in (0, 1)
        for name, weight in methods
        for fraction in (0.01, 0.02)
    } | {(d, a, 0, "human", None, 1.0) for d in ("m1", "m2") for a in ANNOTATORS}
    assert len(found) == len(expected)
    assert set(found) == expected
    assert {(row["start"], row["preset"]) for row in rows} == {("given", "actsort")}


def test_every_share_lies_in_0_to_1_and_the_easy_task_is_learned(rows: list[Row]) -> None:
    shares = KEYS - {"data_set", "annotator", "repeat", "strategy", "weight", "start", "preset"}
    for row in rows:
        assert all(0 <= row[key] <= 1 for key in shares if row[key] is not None)
        assert row["recall"] == row["true_positive_rate"]
        assert (row["label_classifier_weight"] is not None) == (row["strategy"] == "dcal")
    for strategy in ("dcal", "cal", "dal", "random", "rank"):
        last = [row["auc"] for row in of(rows, strategy) if row["fraction"] == 0.03]
        assert np.mean(last) > 0.85


def test_the_human_rows_hold_an_annotator_against_the_majority_of_the_others(
    rows: list[Row],
) -> None:
    arrays = simulated(1)
    votes = {name: arrays[f"{name}_choices"] for name in ANNOTATORS}
    human = {row["annotator"]: row for row in of(rows, "human")}
    for name in ANNOTATORS:
        others = np.sum([votes[other] for other in ANNOTATORS if other != name], axis=0) > 0
        own = votes[name] > 0
        expected = balanced_accuracy_score(others, own)
        assert human[name]["balanced_accuracy"] == pytest.approx(expected)
        assert human[name]["f1"] == pytest.approx(f1_score(others, own))
        assert human[name]["auc"] is human[name]["unseen_auc"] is None


def test_the_same_plan_gives_the_same_rows_another_seed_others(folder: Path) -> None:
    plan = replace(QUICK, stop=0.01)
    first, again, other = (run(folder, replace(plan, seed=seed)) for seed in (0, 0, 1))
    assert first == again != other


def test_the_number_of_processes_does_not_matter(folder: Path) -> None:
    plan = replace(QUICK, strategies=("random",), stop=0.01)
    assert benchmark([folder / "m1.mat"], plan, workers=2) == run(folder, plan)


def test_finished_runs_are_not_done_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept.jsonl"
    rows = run(folder, QUICK, kept=kept)
    monkeypatch.setattr(module, "run_job", lambda job: pytest.fail(f"{job.name} is done again"))
    assert run(folder, QUICK, kept=kept) == rows


def test_more_methods_or_repeats_run_only_what_is_new(folder: Path, tmp_path: Path) -> None:
    kept, seen = tmp_path / "kept.jsonl", list[tuple[int, int]]()
    plan = replace(QUICK, stop=0.01)
    run(folder, plan, kept=kept)
    more = replace(plan, strategies=("dcal", "cal", "random"), weights=(0.5, 0.9), repeats=2)
    run(folder, more, kept=kept, progress=lambda done, n: seen.append((done, n)))
    assert (seen[0], seen[-1]) == ((8, 32), (32, 32))


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"stop": 0.02}, {"start": "cold"}, {"preset_name": "default"}]
)
def test_another_experiment_does_not_take_the_results_of_this_one(
    folder: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    kept, seen = tmp_path / "kept.jsonl", list[int]()
    plan = replace(QUICK, strategies=("random",), stop=0.01)
    run(folder, plan, kept=kept)
    other = replace(plan, **change)
    assert run(folder, other, kept=kept, progress=lambda done, _: seen.append(done)) == run(
        folder, other
    )
    assert seen[0] == 0


def test_a_changed_file_is_run_again(folder: Path, tmp_path: Path) -> None:
    path, kept = tmp_path / "m1.mat", tmp_path / "kept.jsonl"
    path.write_bytes((folder / "m1.mat").read_bytes())
    plan = replace(QUICK, strategies=("random",))
    before = benchmark([path], plan, kept=kept, workers=1)
    path.write_bytes((folder / "m2.mat").read_bytes())
    after = benchmark([path], plan, kept=kept, workers=1)
    assert before != after
    renamed = [{**row, "data_set": "m2"} for row in of(after, "human")]
    assert renamed == of(run(folder, plan, "m2.mat"), "human")


def test_a_cold_start_is_said_in_the_rows(folder: Path) -> None:
    rows = run(folder, replace(QUICK, start="cold"))
    assert {row["start"] for row in rows} == {"cold"}
    assert len(of(rows, "dcal")) == 4 * 3


def test_stacked_recordings_are_one_data_set_for_some_combinations_of_annotators(
    folder: Path,
) -> None:
    plan = replace(QUICK, stacked=True, combinations=3, stop=0.02)
    rows = run(folder, plan, "m1.mat", "m2.mat")
    assert {row["data_set"] for row in rows} == {"m1+m2"}
    pairs = {row["annotator"] for row in rows}
    assert len(pairs) == 3
    assert pairs <= {f"{first}+{second}" for first in ANNOTATORS for second in ANNOTATORS}
    assert len(of(rows, "random")) == 3 * 2
    assert all(row["balanced_accuracy"] > 0.8 for row in of(rows, "dcal"))


def test_pretraining_on_each_annotator_of_an_earlier_recording_is_said_and_helps(
    folder: Path,
) -> None:
    plan = replace(QUICK, strategies=("random",), start="cold", stop=0.01)
    earlier = str(folder / "m2.mat")
    rows = of(run(folder, replace(plan, pretrain=earlier, pretrain_fraction=0.2)), "random")
    assert {row["pretrained_on"] for row in rows} == {f"m2/{name}" for name in ANNOTATORS}
    assert len(rows) == 4 * 4
    assert set(rows[0]) == KEYS | {"pretrained_on"}
    with_it = np.mean([row["balanced_accuracy"] for row in rows])
    without = np.mean([row["balanced_accuracy"] for row in of(run(folder, plan), "random")])
    assert with_it > max(without, 0.85)


@pytest.mark.parametrize("drop", ["uncertain", "contradicting"])
def test_either_rule_lets_earlier_answers_go(folder: Path, drop: Any) -> None:
    plan = replace(QUICK, pretrain=str(folder / "m2.mat"), pretrain_fraction=0.1, drop=drop)
    rows = run(folder, replace(plan, strategies=("random",), stop=0.01))
    assert all(row["balanced_accuracy"] > 0.7 for row in of(rows, "random"))


def test_the_traditional_features_do_not_know_what_only_the_movie_tells(folder: Path) -> None:
    plan = replace(QUICK, strategies=("random",), stop=0.05)
    everything = of(run(folder, plan, "movie_only.mat"), "random")
    traditional = of(run(folder, replace(plan, features="traditional"), "movie_only.mat"), "random")
    assert np.mean([row["auc"] for row in everything]) > 0.8
    assert np.mean([row["unseen_auc"] for row in traditional]) == pytest.approx(0.5, abs=0.06)


def test_both_presets_are_said_and_learn_the_easy_task(folder: Path) -> None:
    for name in ("actsort", "default"):
        rows = run(folder, replace(QUICK, preset_name=name))
        assert {row["preset"] for row in rows} == {name}
        assert all(row["auc"] > 0.9 for row in of(rows, "dcal"))


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"strategies": ("best",)}, "no strategy 'best'"),
        ({"strategies": ("dcal", "entropy")}, "no strategy 'entropy'"),
        ({"preset_name": "fast"}, "no preset 'fast'"),
        ({"start": "warm"}, "'warm' is not known; use given or cold"),
        ({"drop": "oldest"}, "'oldest' is not known"),
        ({"features": "some"}, "'some' is not known; use all or traditional"),
        ({"stop": 0.0}, "stop is 0.0"),
        ({"stop": 1.5}, "stop is 1.5"),
        ({"repeats": 0}, "repeats 0"),
        ({"combinations": 0}, "combinations 0"),
        ({"pretrain_fraction": 2.0}, "pretrain-fraction 2.0"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(wrong: dict[str, Any], found: str) -> None:
    with pytest.raises(SettingError, match=found):
        BenchmarkPlan(**wrong)


def test_a_weight_outside_0_to_1_is_refused_before_any_work(folder: Path) -> None:
    with pytest.raises(SettingError, match="weight is 2"):
        run(folder, replace(QUICK, weights=(2.0,)))


def lacking(arrays: dict[str, np.ndarray], *names: str) -> dict[str, np.ndarray]:
    return {name: values for name, values in arrays.items() if name not in names}


@pytest.mark.parametrize(
    ("arrays", "found"),
    [
        (lacking(simulated(1), "anna_choices", "ben_choices"), "the labels of 2 annotators"),
        (simulated(1) | {"ben_choices": np.ones(300)}, "ben labelled 0 candidates of one class"),
        (
            simulated(1) | {"ben_choices": np.where(np.arange(300) < 2, -1.0, 1.0)},
            "ben labelled 2 candidates of one class",
        ),
    ],
)
def test_a_file_the_experiment_cannot_use_is_named_with_a_remedy(
    tmp_path: Path, arrays: dict[str, np.ndarray], found: str
) -> None:
    scipy.io.savemat(tmp_path / "m1.mat", arrays)
    with pytest.raises(InputError, match=f"m1.mat: .*{found}.*; expected ."):
        run(tmp_path, QUICK)


def test_two_files_of_one_name_could_not_be_told_apart(folder: Path, tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "m1.mat", simulated(5))
    with pytest.raises(InputError, match="two files have the same name"):
        benchmark([folder / "m1.mat", tmp_path / "m1.mat"], QUICK, workers=1)


def test_an_earlier_recording_must_have_the_same_features(folder: Path, tmp_path: Path) -> None:
    names = ["size", "snr", "anna_choices", "ben_choices", "cleo_choices"]
    rows = [f"{k},{k * k},{label},{label},{label}" for k, label in enumerate([1, -1] * 5)]
    earlier = tmp_path / "earlier.csv"
    earlier.write_text("\n".join([",".join(names), *rows]))
    with pytest.raises(InputError, match="Compute the features of all recordings with the same"):
        run(folder, replace(QUICK, pretrain=str(earlier)))


@pytest.mark.slow
def test_on_real_data_the_papers_learner_is_as_good_as_an_independent_prototype(
    shared_data: Path,
) -> None:
    """DCAL 0.5 at 5 %: balanced accuracy .855, AUC .965 (four annotators, three seeds)."""
    plan = replace(QUICK, strategies=("dcal",), stop=0.05)
    rows = run(shared_data / "actsort-benchmark", plan, "ebrahimi_reanalysis.mat")
    last = [row for row in of(rows, "dcal") if row["fraction"] == 0.05]
    assert np.mean([row["balanced_accuracy"] for row in last]) == pytest.approx(0.855, abs=0.01)
    assert np.mean([row["auc"] for row in last]) == pytest.approx(0.965, abs=0.01)
    human = [row["balanced_accuracy"] for row in of(rows, "human")]
    assert sorted(human) == pytest.approx([0.765, 0.853, 0.870, 0.908], abs=0.001)
