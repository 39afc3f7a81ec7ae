"""`sightline segment consensus`: what it writes and says of folders as laboratories have them."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Picture
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.data.mask import Mask
from sightline.errors import InputError, SettingError
from sightline.workflows.segment_consensus import Correction, consensus

SHAPE = (40, 50)
EXPERTS = ("ann", "ben", "cyd")


def cell(y: int, x: int, radius: int = 4) -> NDArray[np.bool_]:
    rows, columns = np.indices(SHAPE)
    return (rows - y) ** 2 + (columns - x) ** 2 <= radius**2


CELLS = (cell(8, 8), cell(8, 25), cell(28, 12), cell(28, 35))
DRAWN = {"ann": CELLS, "ben": CELLS[:3], "cyd": CELLS[:1]}


def save(path: Path, pixels: NDArray[np.generic]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Picture.fromarray(pixels).save(path)


def folder_of(root: Path, images: tuple[str, ...] = ("a", "b")) -> Path:
    """Images, and three experts of whom each draws fewer cells than the one before."""
    for number, image in enumerate(images):
        noise = np.random.default_rng(number).integers(0, 60, SHAPE)
        bright = noise + 120 * np.any(CELLS, axis=0)
        save(root / "images" / f"{image}.png", bright.astype(np.uint8))
        for name, cells in DRAWN.items():
            save(root / name / f"{image}.png", np.any(cells, axis=0).astype(np.uint8) * 255)
    return root


def read(path: Path) -> NDArray[np.generic]:
    with Picture.open(path) as picture:
        return np.asarray(picture)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_masks_votes_tables_and_pictures_are_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = consensus(folder_of(tmp_path / "lab"), out, method="majority")
    np.testing.assert_array_equal(
        read(out / "consensus" / "a.png"), np.any(CELLS[:3], axis=0) * np.uint8(255)
    )
    votes = np.sum([np.any(cells, axis=0) for cells in DRAWN.values()], axis=0)
    np.testing.assert_array_equal(read(out / "votes" / "b.png"), votes)
    assert {path.name for path in (out / "pictures").iterdir()} == {"a.png", "b.png"}
    assert (out / "agreement.png").is_file()
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(told)
    )
    assert len(table(out / "agreement.csv")) == 2 * 3
    assert len(table(out / "pairs.csv")) == 2 * 3


def test_agreement_is_what_can_be_worked_out_by_hand(tmp_path: Path) -> None:
    out = tmp_path / "out"
    consensus(folder_of(tmp_path / "lab"), out, method="majority", pictures=False)
    rows = {row["annotator"]: row for row in table(out / "agreement.csv") if row["image"] == "a"}
    size = CELLS[0].sum()  # all cells are alike; the majority has the first three
    assert float(rows["ann"]["dice"]) == pytest.approx(2 * 3 * size / (4 * size + 3 * size))
    assert float(rows["ben"]["dice"]) == float(rows["ben"]["map"]) == 1
    assert float(rows["cyd"]["sensitivity"]) == pytest.approx(1 / 3)
    assert float(rows["cyd"]["ap95"]) == pytest.approx(1 / 3)
    # of two the majority is what both have: of ann and ben three cells, of ann and cyd one
    assert float(rows["cyd"]["dice_others"]) == pytest.approx(2 * 1 / (1 + 3))
    assert float(rows["ben"]["dice_others"]) == pytest.approx(2 * 1 / (3 + 1))
    pairs = {(row["annotator_a"], row["annotator_b"]): row for row in table(out / "pairs.csv")}
    assert float(pairs["ann", "cyd"]["dice"]) == pytest.approx(2 / 5)
    assert float(pairs["ann", "ben"]["ap50"]) == pytest.approx(3 / 4)


def test_it_says_in_how_many_images_the_consensus_is_a_count_of_votes(tmp_path: Path) -> None:
    told = consensus(folder_of(tmp_path / "lab"), method="majority")
    assert told["same_as_votes"]["words"] == (
        "The majority here is what at least 2 of 3 said, pixel for pixel, in 2 of 2 images."
    )


def test_an_expert_who_did_not_do_an_image_is_left_out_of_it(tmp_path: Path) -> None:
    lab = folder_of(tmp_path / "lab")
    (lab / "cyd" / "b.png").unlink()
    (lab / "ben" / "b.png").unlink()
    out = tmp_path / "out"
    told = consensus(lab, out, method="at-least", least=2, pictures=False)
    assert told["annotators"]["cyd"]["images"] == 1
    np.testing.assert_array_equal(read(out / "consensus" / "b.png"), read(lab / "ann" / "b.png"))
    assert any("one annotator only" in note and "b" in note for note in told["notes"])
    assert any("cyd" in line for line in told["said"])


def test_what_files_mean_is_said_before_anything_is_computed(tmp_path: Path) -> None:
    said: list[str] = []
    phases: list[int] = []

    def phase(_name: str):
        phases.append(len(said))
        return lambda _done, _total: None

    consensus(folder_of(tmp_path / "lab"), say=said.extend, phase=phase)
    assert phases
    assert min(phases) > 0
    assert any("fits the image" in line for line in said)


def test_a_correction_by_hand_stands_whatever_is_computed(tmp_path: Path) -> None:
    lab, out = folder_of(tmp_path / "lab"), tmp_path / "out"
    by_hand = Mask(CELLS[3].astype(np.int16))
    fixed = {"a": Correction(by_hand, "dana")}
    for method in ("majority", "staple"):
        told = consensus(lab, out, method=method, corrections=fixed, pictures=False)
        np.testing.assert_array_equal(read(out / "consensus" / "a.png") > 0, CELLS[3])
        assert told["corrected"] == {"a": "dana"}
    rows = table(out / "agreement.csv")
    assert {row["image"]: row["corrected_by"] for row in rows} == {"a": "dana", "b": ""}


def test_a_correction_of_another_image_is_refused(tmp_path: Path) -> None:
    lab = folder_of(tmp_path / "lab")
    fixed = {
        "c": Correction(Mask(CELLS[0].astype(np.int16)), "dana"),
        "a": Correction(Mask(np.zeros((3, 3), np.int16)), "dana"),
    }
    with pytest.raises(InputError, match=r"a: a correction of shape .*c: no image"):
        consensus(lab, corrections=fixed)


def test_a_mask_changed_by_hand_in_the_output_is_not_overwritten(tmp_path: Path) -> None:
    lab, out = folder_of(tmp_path / "lab"), tmp_path / "out"
    consensus(lab, out, pictures=False)
    consensus(lab, out, pictures=False)  # untouched: it may be computed again
    save(out / "consensus" / "a.png", CELLS[3].astype(np.uint8) * 255)
    with pytest.raises(InputError, match=r"consensus/a\.png changed since"):
        consensus(lab, out, pictures=False)


def test_objects_that_touch_stay_apart_in_a_label_image(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    touching = np.zeros(SHAPE, np.uint16)
    touching[10:20, 5:15], touching[10:20, 15:25] = 1, 2
    save(lab / "images" / "a.png", np.arange(2000, dtype=np.uint16).reshape(SHAPE).astype(np.uint8))
    for name in EXPERTS:
        save(lab / name / "a.png", touching)
    out = tmp_path / "out"
    consensus(lab, out, method="objects", mask_kind="objects")
    np.testing.assert_array_equal(read(out / "consensus" / "a.tif"), touching)


def test_images_with_too_few_experts_for_the_count_are_named_beforehand(tmp_path: Path) -> None:
    lab = folder_of(tmp_path / "lab")
    (lab / "cyd" / "b.png").unlink()
    with pytest.raises(SettingError, match=r"1 images were done by fewer \(b\).*from 1 to 2"):
        consensus(lab, tmp_path / "out", method="at-least", least=3)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("method", ["staple", "staple-pooled", "dawid-skene", "objects"])
def test_without_any_foreground_the_consensus_is_empty_and_it_is_said(
    tmp_path: Path, method: str
) -> None:
    lab = folder_of(tmp_path / "lab", ("a", "b"))
    for name in EXPERTS:
        save(lab / name / "b.png", np.zeros(SHAPE, np.uint8))
    told = consensus(lab, tmp_path / "out", method=method)
    found = [path for path in (tmp_path / "out" / "consensus").iterdir() if path.stem == "b"]
    assert not read(found[0]).any()
    assert any("no foreground in the consensus: b" in note for note in told["notes"])


def test_the_command_prints_json_and_puts_what_it_says_on_the_other_stream(tmp_path: Path) -> None:
    lab = str(folder_of(tmp_path / "lab"))
    run = CliRunner().invoke(app, ["segment", "consensus", lab, "--method", "majority", "--json"])
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)
    assert told["pairwise_dice"] == pytest.approx((6 / 7 + 2 / 5 + 1 / 2) / 3)
    assert "fits the image" in run.stderr
    plain = CliRunner().invoke(app, ["segment", "consensus", lab, "--annotators", "ann,ben"])
    assert "STAPLE here is what" in plain.stdout


@pytest.mark.slow
def test_experts_of_two_laboratories_agree_as_was_published_and_measured(shared_data: Path) -> None:
    told = consensus(shared_data / "cfos-multi-expert" / "lab-mue", scores=True)
    figures = told["annotators"]
    assert [round(figures[f"expert_{k}"]["dice"], 3) for k in (1, 3, 4, 5)] == [
        0.553, 0.792, 0.835, 0.822,
    ]  # fmt: skip
    assert round(told["pairwise_dice"], 3) == 0.561
    assert told["same_as_given"] == {"images": 5, "of": 5}
    assert told["same_as_votes"] | {"words": ""} == {"least": 2, "images": 4, "of": 5, "words": ""}
    assert [name for name, one in figures.items() if one["deviates"]] == ["expert_1"]
