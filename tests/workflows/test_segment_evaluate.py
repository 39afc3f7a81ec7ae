"""`sightline segment evaluate`: predictions of known quality, judged as annotators are."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Picture
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.data.segmentation import Segmentation
from sightline.errors import InputError, SettingError
from sightline.formats.predicted_image import PredictedImage
from sightline.formats.prediction_folder import open_writer
from sightline.workflows.segment_evaluate import evaluate

SHAPE = (40, 50)
TRUTH = np.zeros(SHAPE, bool)
TRUTH[5:15, 5:25] = TRUTH[22:32, 10:30] = True
NAMES = tuple(f"im{number:02d}" for number in range(10))


def save(path: Path, pixels: NDArray[np.generic]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Picture.fromarray(pixels).save(path)


def annotated(root: Path, experts: int = 3) -> Path:
    """Experts of whom each marks a stripe of their own beside what all mark."""
    for name in NAMES:
        save(root / "images" / f"{name}.png", (TRUTH * 100).astype(np.uint8))
        for number in range(experts):
            drawn = TRUTH.copy()
            drawn[36:38, 10 * number : 10 * number + 8] = True
            save(root / f"expert {number}" / f"{name}.png", drawn.astype(np.uint8) * 255)
    return root


def part(number: int) -> NDArray[np.bool_]:
    """All but so many columns of the truth: Dice falls with the number."""
    found = TRUTH.copy()
    found[:, 5 : 5 + 2 * number] = False
    return found


def predicted(
    folder: Path, names: tuple[str, ...] = NAMES, label: str = "foreground", lab: Path | None = None
) -> Path:
    """Each image a little worse than the one before, and more uncertain."""
    writer, rows = open_writer(folder, (label,), {"model": "made up"}), []
    for number, name in enumerate(names):
        foreground = part(number)
        sure = np.float32(0.95 - 0.02 * number)
        probability = np.where(foreground, sure, 0.05).astype(np.float32)
        zeros = np.zeros(SHAPE, np.float32)
        data = probability * (1 - probability)
        found = Segmentation(np.stack([1 - probability, probability]), zeros, zeros, data)
        objects = np.where(foreground, 1 + (np.indices(SHAPE)[0] > 20), 0).astype(np.int32)
        source = str(lab / "images" / f"{name}.png") if lab else ""
        row = PredictedImage(
            name, source, SHAPE, uncertainty=found.score(), data=found.score(data), objects=2,
            between_members=0.0, between_flips=0.0,
        )  # fmt: skip
        writer.add(row, found, objects)
        rows.append(row)
    writer.finish(rows)
    return folder


def test_scores_are_what_can_be_worked_out_by_hand(tmp_path: Path) -> None:
    told = evaluate(annotated(tmp_path / "lab"), predictions=predicted(tmp_path / "made"))
    size, stripe = TRUTH.sum(), 2 * 8
    for number, row in enumerate(told["images"]):
        kept = part(number).sum()
        assert row["dice"] == pytest.approx(2 * kept / (kept + size))
        assert row["dice_others"] == pytest.approx(2 * kept / (kept + size))
        assert row["dice with expert 1"] == pytest.approx(2 * kept / (kept + size + stripe))
        assert row["dice of expert 1"] == pytest.approx(2 * size / (2 * size + stripe))
    assert told["images"][0]["map"] == 1
    assert told["machine"]["dice"] == pytest.approx(
        np.mean([row["dice"] for row in told["images"]])
    )


def test_uncertainty_that_falls_with_quality_is_found_to_order_and_forecast_it(
    tmp_path: Path,
) -> None:
    told = evaluate(annotated(tmp_path / "lab"), predictions=predicted(tmp_path / "made"))
    assert told["rank_correlation"]["uncertainty"]["value"] == pytest.approx(-1)
    assert np.isnan(told["rank_correlation"]["between_members"]["value"])
    assert told["forecast"]["error"] < 0.3 * told["forecast"]["error_of_mean"]


def test_of_few_images_no_forecast_is_made(tmp_path: Path) -> None:
    made = predicted(tmp_path / "made", NAMES[:7])
    told = evaluate(annotated(tmp_path / "lab"), predictions=made)
    assert told["forecast"]["error"] is None
    assert "7 scored images" in told["forecast"]["words"]
    assert told["notes"] == ["not predicted, so not scored: im07, im08, im09"]


def test_an_annotator_who_predicts_alike_is_judged_alike(tmp_path: Path) -> None:
    """The machine gets the same from the others' consensus as an annotator who drew its masks."""
    lab, made = annotated(tmp_path / "lab"), predicted(tmp_path / "made")
    for number, name in enumerate(NAMES):
        save(lab / "copy" / f"{name}.png", part(number).astype(np.uint8) * 255)
    told = evaluate(lab, predictions=made)
    figures = told["annotators"]["copy"]
    assert figures["dice"] == pytest.approx(told["machine"]["dice"])
    assert all(row["dice with copy"] == 1 for row in told["images"])


def test_tables_and_a_picture_are_written_and_may_be_written_again(tmp_path: Path) -> None:
    lab, made = annotated(tmp_path / "lab"), predicted(tmp_path / "made")
    out = tmp_path / "out"
    for _ in range(2):
        evaluate(lab, predictions=made, output=out)
    with (out / "evaluation.csv").open(encoding="utf-8", newline="") as file:
        assert [row["image"] for row in csv.DictReader(file)] == list(NAMES)
    with (out / "annotators.csv").open(encoding="utf-8", newline="") as file:
        assert next(row["name"] for row in csv.DictReader(file)) == "the machine"
    assert (out / "evaluation.png").is_file()


def test_one_annotator_has_no_others_and_it_is_said_so(tmp_path: Path) -> None:
    told = evaluate(annotated(tmp_path / "lab", 1), predictions=predicted(tmp_path / "made"))
    assert np.isnan(told["machine"]["dice_others"])
    assert told["annotators"]["expert 0"]["words"] == "nobody to compare with"


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    lab = annotated(tmp_path / "lab")
    with pytest.raises(SettingError, match="--model or --predictions"):
        evaluate(lab)
    with pytest.raises(InputError, match="such as im00"):
        evaluate(lab, predictions=predicted(tmp_path / "others", ("x", "y")))
    with pytest.raises(InputError, match=r"about\.json"):
        evaluate(lab, predictions=tmp_path / "lab")
    save(lab / "images" / "im00.png", np.zeros((20, 20), np.uint8))
    for number in range(3):
        save(lab / f"expert {number}" / "im00.png", np.eye(20, dtype=np.uint8) * 255)
    with pytest.raises(InputError, match="im00: 40 x 50 pixels; expected 20 x 20"):
        evaluate(lab, predictions=predicted(tmp_path / "made"))


def test_predictions_of_another_laboratorys_images_are_refused(tmp_path: Path) -> None:
    lab, other, copy = (annotated(tmp_path / name) for name in ("lab", "other", "copy"))
    save(other / "images" / "im03.png", (~TRUTH * 100).astype(np.uint8))
    with pytest.raises(InputError, match=r"other images by these names: im03 of .*im03\.png"):
        evaluate(lab, predictions=predicted(tmp_path / "theirs", lab=other))
    told = evaluate(lab, predictions=predicted(tmp_path / "same", lab=copy))
    assert len(told["images"]) == len(NAMES)


def test_one_class_may_have_another_name_than_the_models(tmp_path: Path) -> None:
    made = predicted(tmp_path / "made", label="c-Fos")
    assert evaluate(annotated(tmp_path / "lab"), predictions=made)["images"][0]["dice"] == 1


def test_the_command_prints_json(tmp_path: Path) -> None:
    lab, made = annotated(tmp_path / "lab"), predicted(tmp_path / "made")
    words = ["segment", "evaluate", str(lab), "--predictions", str(made)]
    run = CliRunner().invoke(app, [*words, "--json"])
    assert run.exit_code == 0, run.output
    assert len(json.loads(run.stdout)["images"]) == len(NAMES)
    assert "rank correlation -1.000" in CliRunner().invoke(app, words).stdout
