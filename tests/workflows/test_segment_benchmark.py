"""The protocol of the benchmark of segmentation, with a learner that is a threshold."""

import json
import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture
from small_laboratories import ThresholdLearner, write_laboratory_of_discs

from sightline.consensus.mask_consensus import fuse_masks
from sightline.consensus.mask_reliability import estimate_reliability
from sightline.errors import InputError, SettingError
from sightline.trust.mask_scores import dice
from sightline.workflows.segment_benchmark import benchmark
from sightline.workflows.segment_benchmark_ours import choices_of, rank_correlation
from sightline.workflows.segment_inputs import read_inputs

HOME = ("0001", "0002", "0004", "0010", "0011")
AWAY = ("a", "b", "c")


@pytest.fixture(scope="module")
def laboratories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two laboratories in one folder."""
    folder = tmp_path_factory.mktemp("laboratories")
    write_laboratory_of_discs(folder / "home", HOME)
    write_laboratory_of_discs(folder / "away", AWAY, ("eve", "sue"), suffix="", seed=1)
    return folder


def run(folder: Path, train: str, test: str, **more: Any) -> dict[str, Any]:
    given = {"learner": ThresholdLearner().learner(), "peers": (), "separate": "components"}
    return benchmark(folder, train, test, **(given | more))


def test_judges_on_the_consensus_of_the_images_named(laboratories: Path) -> None:
    told = run(laboratories, "home", "0002,0010")
    assert [row["name"] for row in told["images"]] == ["0002", "0010"]
    assert told["train_images"] == ["0001", "0004", "0011"]
    assert all(row["dice"] > 0.9 and row["adapted"] == 0 for row in told["images"])
    assert all(0 < row["uncertainty"] < 0.25 for row in told["images"])
    assert all(0 <= row["map"] <= row["ap50"] <= 1 for row in told["images"])


def test_has_the_keys_of_the_protocol_and_is_json(laboratories: Path) -> None:
    told = run(laboratories, "home", "away")
    assert {"images", "experts", "peers", "train_seconds", "predict_seconds_per_image",
            "peak_memory_mb"} <= set(told)  # fmt: skip
    assert {"name", "adapted", "dice", "map", "ap50", "uncertainty"} <= set(told["images"][0])
    assert {"name", "dice", "dice_others", "map", "ap50"} <= set(told["experts"][0])
    json.dumps(told, allow_nan=False)


def test_experts_are_scored_against_all_and_against_the_others(laboratories: Path) -> None:
    told = run(laboratories, "home", "0002")
    files = {who: laboratories / "home" / "labels" / who / "0002_cells.png"
             for who in ("ada", "bob", "eve")}  # fmt: skip
    masks = {who: np.asarray(Picture.open(file)) > 0 for who, file in files.items()}
    at_least_two = sum(mask.astype(int) for mask in masks.values()) >= 2
    for row in told["experts"]:
        mine = masks[row["name"]]
        assert row["dice"] == pytest.approx(dice(mine, at_least_two))
        one, other = (mask for who, mask in masks.items() if who != row["name"])
        narrow, wide = (one, other) if one.sum() < other.sum() else (other, one)
        nested = [dice(mine, narrow), dice(mine, wide)]  # STAPLE of two nested masks is one of them
        assert min(abs(row["dice_others"] - each) for each in nested) < 1e-9


def test_where_one_expert_is_there_nobody_is_compared_with_others(
    laboratories: Path, tmp_path: Path
) -> None:
    write_laboratory_of_discs(tmp_path / "alone", ("x", "y"), ("kim",), seed=4)
    told = run(laboratories, "home", str(tmp_path / "alone"))
    assert [row["dice_others"] for row in told["experts"]] == [None]
    assert told["experts"][0]["dice"] == 1.0


def test_repeats_have_seeds_of_their_own_and_a_spread(laboratories: Path) -> None:
    stand_in = ThresholdLearner()
    told = run(laboratories, "home", "away", repeats=3, seed=5, learner=stand_in.learner())
    assert [seed for _, _, seed in stand_in.fitted] == [5, 6, 7]
    assert len(told["images"]) == len(AWAY)
    assert all(row["dice_sd"] < 1e-12 for row in told["images"])  # it learns the same each time
    assert told["summary"][0]["dice_sd"] < 1e-12
    once = run(laboratories, "home", "away")
    assert once["images"][0]["dice_sd"] is None


def test_adapts_on_all_choices_and_scores_the_rest(laboratories: Path) -> None:
    stand_in = ThresholdLearner()
    told = run(laboratories, "home", "away", adapt=(0, 1, 2), minutes=3.0, adapt_minutes=2.0,
               learner=stand_in.learner())  # fmt: skip
    by_number = {number: [row for row in told["images"] if row["adapted"] == number]
                 for number in (0, 1, 2)}  # fmt: skip
    assert [len(rows) for rows in by_number.values()] == [3, 6, 3]
    for rows in by_number.values():
        assert all(row["name"] not in row["adapted_on"] for row in rows)
    assert [names for names, _, _ in stand_in.adapted] == [
        list(names) for number in (1, 2) for names in combinations(AWAY, number)
    ]
    assert {minutes for _, minutes, _ in stand_in.adapted} == {2.0}
    assert [minutes for _, minutes, _ in stand_in.fitted] == [3.0] + [2.0] * 6


def test_adapted_rows_say_what_no_label_and_what_starting_afresh_would_give(
    laboratories: Path,
) -> None:
    told = run(laboratories, "home", "away", adapt=(0, 1))
    plain = {row["name"]: row["dice"] for row in told["images"] if row["adapted"] == 0}
    adapted = [row for row in told["images"] if row["adapted"] == 1]
    assert all(row["unadapted"]["dice"] == plain[row["name"]] for row in adapted)
    assert all(row["afresh"]["dice"] == row["dice"] for row in adapted)  # a threshold forgets all
    line = next(row for row in told["summary"] if row["adapted"] == 1)
    assert (line["choices"], line["possible_choices"], line["worse_than_afresh"]) == (3, 3, 0)


def test_adapting_on_all_images_leaves_none_to_score_and_says_so(laboratories: Path) -> None:
    told = run(laboratories, "home", "away", adapt=(0, 3))
    assert {row["adapted"] for row in told["images"]} == {0}
    assert any("--adapt 3" in said for said in told["said"])


def test_of_many_choices_a_handful_is_drawn_with_the_seed() -> None:
    drawn = choices_of(20, 3, 10, seed=1)
    assert len(set(drawn)) == 10
    assert all(len(set(places)) == 3 and max(places) < 20 for places in drawn)
    assert drawn == choices_of(20, 3, 10, seed=1) != choices_of(20, 3, 10, seed=2)
    assert choices_of(5, 2, 10, seed=1) == list(combinations(range(5), 2))


def test_what_cannot_be_read_is_left_out_and_said(laboratories: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(laboratories, tmp_path / "both")
    away = folder / "away"
    (away / "images" / "a.png").write_bytes((away / "images" / "a.png").read_bytes()[:200])
    Picture.fromarray(np.zeros((9, 9), np.uint8)).save(away / "labels" / "eve" / "b.png")
    told = run(folder, "home", "away")
    said = " ".join(told["said"])
    assert [row["name"] for row in told["images"]] == ["b", "c"]
    assert "a is left out" in said
    assert "b: the mask of eve is left out" in said
    assert {row["name"]: row["images"] for row in told["experts"]} == {"sue": 2, "eve": 1}


def test_a_damaged_mask_leaves_the_other_experts(laboratories: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(laboratories, tmp_path / "both")
    mask = folder / "away" / "labels" / "eve" / "b.png"
    mask.write_bytes(mask.read_bytes()[:60])
    told = run(folder, "home", "away")
    assert [row["name"] for row in told["images"]] == list(AWAY)
    assert any("b: the mask of eve is left out" in said for said in told["said"])


def test_images_that_nobody_outlined_are_judged_by_a_consensus_that_came_along(
    laboratories: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(laboratories, tmp_path / "both")
    given = folder / "away" / "labels" / "est_GT"
    shutil.copytree(folder / "away" / "labels" / "sue", given)
    for who in ("sue", "eve"):
        (folder / "away" / "labels" / who / "c.png").unlink()
    told = run(folder, "home", "away", adapt=(0, 1))
    assert [row["name"] for row in told["images"] if row["adapted"] == 0] == list(AWAY)
    assert all("c" not in row["adapted_on"] for row in told["images"])
    assert any("c: nobody's mask is there" in said for said in told["said"])


def test_an_image_without_any_mask_is_left_out(laboratories: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(laboratories, tmp_path / "both")
    for who in ("sue", "eve"):
        (folder / "away" / "labels" / who / "c.png").unlink()
    told = run(folder, "home", "away")
    assert [row["name"] for row in told["images"]] == ["a", "b"]
    assert any("c is left out" in said for said in told["said"])


def test_images_of_other_sizes_are_scored(laboratories: Path, tmp_path: Path) -> None:
    write_laboratory_of_discs(tmp_path / "large", ("x",), size=(90, 131), seed=7)
    told = run(laboratories, "home", str(tmp_path / "large"))
    assert told["images"][0]["dice"] > 0.9


def test_the_smallest_object_is_learnt_from_what_was_drawn_and_said(laboratories: Path) -> None:
    told = run(laboratories, "home", "away")
    least = told["settings"]["min_area"]
    assert 45 / 2 <= least <= 80 / 2  # a disc of radius 5 drawn narrowly has 57 pixels
    assert any(f"fewer than {least} px" in said for said in told["said"])
    none = run(laboratories, "home", "away", min_area=10_000)
    assert all(row["map"] is None and row["dice"] > 0.9 for row in none["images"])


def test_empty_masks_give_no_score_but_a_row(laboratories: Path, tmp_path: Path) -> None:
    folder = write_laboratory_of_discs(tmp_path / "empty", ("x", "y"), ("kim",), seed=4)
    Picture.fromarray(np.full((72, 72), 60, np.uint8)).save(folder / "images" / "x.png")
    Picture.fromarray(np.zeros((72, 72), np.uint8)).save(folder / "labels" / "kim" / "x_cells.png")
    told = run(laboratories, "home", str(folder))
    row = told["images"][0]
    assert (row["dice"], row["uncertainty"], row["map"]) == (None, None, None)
    assert told["summary"][0]["dice"] == told["images"][1]["dice"]


def test_peers_see_the_same_images_and_state_their_settings(laboratories: Path) -> None:
    pytest.importorskip("sklearn")
    told = run(laboratories, "home", "away", peers=("gaussians", "forest", "otsu"))
    by_name = {row["name"]: row for row in told["peers"]}
    assert list(by_name) == ["difference of Gaussians", "random forest", "Otsu"]
    for row in by_name.values():
        assert set(row["by_image"]) == set(AWAY)
        assert row["dice"] == pytest.approx(np.mean(list(row["by_image"].values())))
        assert row["train_seconds"] >= 0 < row["predict_seconds_per_image"]
    assert by_name["difference of Gaussians"]["dice"] > 0.85
    assert by_name["random forest"]["dice"] > 0.85
    assert "px" in by_name["difference of Gaussians"]["settings"]


def test_a_missing_package_is_a_row_that_says_so(
    laboratories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn.ensemble", None)
    told = run(laboratories, "home", "away", peers=("forest", "otsu"))
    assert "pip install scikit-learn" in told["peers"][0]["why"]
    assert told["peers"][0]["dice"] is None
    assert told["peers"][1]["why"] is None


def test_an_interpreter_without_nnunet_is_a_row_that_says_so(
    laboratories: Path, tmp_path: Path
) -> None:
    told = run(laboratories, "home", "away", nnunet=str(tmp_path / "python"))
    assert told["peers"][-1]["name"] == "nnU-Net 2"
    assert "cannot be run" in told["peers"][-1]["why"]


def test_pictures_are_drawn(laboratories: Path, tmp_path: Path) -> None:
    told = run(laboratories, "home", "away", figures=tmp_path / "pictures")
    drawn = {Path(path).name for path in told["figures"]}
    assert drawn == {f"{name}.{kind}" for name in ("dice", "uncertainty", "examples")
                     for kind in ("png", "svg")}  # fmt: skip
    with Picture.open(tmp_path / "pictures" / "examples.png") as picture:
        assert np.asarray(picture.convert("L")).std() > 10


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"adapt": (-1,)}, "--adapt"),
        ({"adapt": ()}, "--adapt"),
        ({"repeats": 0}, "--repeats"),
        ({"minutes": 0.0}, "--minutes"),
        ({"adapt_minutes": float("nan")}, "--adapt-minutes"),
        ({"min_area": -3}, "--min-area"),
        ({"separate": "guess"}, "--separate"),
        ({"consensus": "guess"}, "--consensus"),
        ({"peers": ("guess",)}, "--peers"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_read(
    tmp_path: Path, wrong: dict[str, Any], word: str
) -> None:
    with pytest.raises(SettingError, match=word):
        run(tmp_path / "nowhere", "a", "b", **wrong)


def test_no_object_anywhere_in_the_training_is_refused(tmp_path: Path) -> None:
    for name in ("x", "y"):
        for file in (f"images/{name}.png", f"labels/kim/{name}.png"):
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            grey = 7 + ord(name) if "images" in file else 0
            Picture.fromarray(np.full((40, 40), grey, np.uint8)).save(tmp_path / file)
    with pytest.raises(InputError, match="no pixel of any class"):
        run(tmp_path, "", "y")


def test_rank_correlation_is_that_of_ranks() -> None:
    assert rank_correlation([1, 2, 3, 9], [10, 8, 7, -50]) == pytest.approx(-1)
    assert np.isnan(rank_correlation([1, 2], [3, 4]))
    assert np.isnan(rank_correlation([1, 2, 3], [4, 4, 4]))
    assert rank_correlation([1, 2, 3, 4], [1, 2, 3, float("nan")]) == pytest.approx(1)


def test_pooled_staple_gives_an_expert_one_reliability(laboratories: Path) -> None:
    told = run(laboratories, "away", "home", consensus="staple-pooled", min_area=0)
    inputs = read_inputs(laboratories / "home")
    masks = {name: inputs.masks(name) for name in inputs.names}
    rated = estimate_reliability(masks.values())
    for row in told["experts"]:
        for name, found in row["by_image"].items():
            truth = fuse_masks(masks[name], "staple-pooled", reliability=rated).mask.foreground
            assert found == pytest.approx(dice(masks[name][row["name"]].foreground, truth))
