"""A project folder of deepflash2 is understood, and the same layout is written."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from sightline.errors import InputError
from sightline.formats.deepflash2_project import read_deepflash2_project
from sightline.formats.deepflash2_settings import our_settings
from sightline.formats.deepflash2_writing import (
    Deepflash2Prediction,
    write_deepflash2_consensus,
    write_deepflash2_prediction,
)
from sightline.segment.settings import PRESETS, SegmentSettings

CLASSES = np.array([[0, 1, 1], [0, 0, 1]])
UNCERTAINTY = np.array([[0, 0.1, 0.05], [0, 0, 0.2]], np.float32)

# as the reference writes them: every setting of its own table, with its own defaults
DEFAULTS = {
    "project_dir": ".", "vote_undec": 0, "n_models": 5, "max_splits": 5, "random_state": 42,
    "use_gpu": True, "mode": "multiclass", "rot": 360, "arch": "Unet",
    "encoder_name": "tu-convnext_tiny", "encoder_weights": "imagenet", "num_classes": 2,
    "tile_shape": 512, "scale": 1, "instance_labels": False, "base_lr": 0.001,
    "weight_decay": 0.001, "batch_size": 4, "optim": "Adam", "mixed_precision_training": True,
    "loss": "CrossEntropyDice", "loss_alpha": 0.5, "loss_beta": 0.5, "loss_gamma": 2.0,
    "loss_smooth_factor": 0.0, "n_epochs": 25, "sample_mult": 0, "gamma_limit_lower": 80,
    "gamma_limit_upper": 120, "flip": True, "CLAHE_clip_limit": 0.0, "brightness_limit": 0.0,
    "contrast_limit": 0.0, "distort_limit": 0, "use_tta": True, "max_tile_shift": 0.5,
    "border_padding_factor": 0.25, "use_gaussian": True, "gaussian_kernel_sigma_scale": 0.125,
    "min_pixel_export": 0, "cellpose_model": "nuclei", "cellpose_diameter": 0,
    "cellpose_export_class": 1, "cellpose_flow_threshold": 0.4,
    "instance_segmentation_metrics": False, "gt_dir": "GT_Estimation", "train_dir": "Training",
    "pred_dir": "Prediction", "ens_dir": "models", "val_dir": "valid",
}  # fmt: skip


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What the reference leaves behind, with a pickle that would run code."""
    models = tmp_path / "Training" / "models" / "single_models"
    models.mkdir(parents=True)
    (models / "Unet_resnet34_2classes-fold1.pth").write_bytes(
        b"cos\nsystem\n(S'touch %s/pwned'\ntR." % str(tmp_path).encode()
    )
    (tmp_path / "Training" / "config_202301010000.json").write_text('{"n_models": 2}')
    (tmp_path / "Training" / "config_202306010000.json").write_text(json.dumps(DEFAULTS))
    for folder in ("GT_Estimation/STAPLE", "Prediction/masks", "Training/valid"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("0001", "0002"):
        mask = Pillow.fromarray((CLASSES * 255).astype(np.uint8))
        mask.save(tmp_path / "GT_Estimation" / "STAPLE" / f"{name}.png")
        mask.save(tmp_path / "Prediction" / "masks" / f"{name}.png")
    (tmp_path / "GT_Estimation" / "STAPLE_vs_experts.csv").write_text(
        ",method,file,exp,dice_score\n0,STAPLE,0001.png,expert_1,0.81\n"
    )
    (tmp_path / "Training" / "valid" / "val_results.csv").write_text("file,dice_score\na,0.7\n")
    (tmp_path / "Prediction" / "scored_prediction.csv").write_text(
        "file,uncertainty_score\na,0.2\nb,0.1\n"
    )
    return tmp_path


def test_a_project_is_understood_and_its_networks_are_left_alone(project: Path) -> None:
    found = read_deepflash2_project(project)
    assert sorted(found.consensus["STAPLE"]) == ["0001", "0002"]
    assert sorted(found.predicted) == ["0001", "0002"]
    rows = found.tables["GT_Estimation/STAPLE_vs_experts.csv"]
    assert rows.columns == ("method", "file", "exp", "dice_score")
    assert rows.rows[0]["dice_score"] == "0.81"
    assert len(found.tables["Prediction/scored_prediction.csv"].rows) == 2
    assert "Training/valid/val_results.csv" in found.tables
    assert [path.name for path in found.networks] == ["Unet_resnet34_2classes-fold1.pth"]
    assert any("left alone" in said for said in found.said)
    assert not (project / "pwned").exists()


def test_the_newest_settings_are_ours_by_our_names(project: Path) -> None:
    found = read_deepflash2_project(project)
    assert found.settings["members"] == 5
    assert any("n_epochs" in said for said in found.unknown)
    known = {name: value for name, value in found.settings.items()
             if name not in ("seed", "mask_kind")}  # fmt: skip
    ours = SegmentSettings.from_dict(PRESETS["paper"].to_dict() | known)
    assert (ours.tile, ours.rotate, ours.gamma_range) == (512, 360.0, (0.8, 1.2))
    assert (ours.network, ours.weights) == ("smp:Unet/tu-convnext_tiny", "imagenet")
    assert (ours.flips_at_prediction, ours.tile_step, ours.precision) == (4, 0.5, "mixed")


def test_every_setting_of_the_reference_has_a_name_of_ours_or_a_reason() -> None:
    _, unknown = our_settings(DEFAULTS)
    assert not [said for said in unknown if "not known" in said or "not understood" in said]


def test_a_setting_that_nobody_knows_is_named() -> None:
    settings, unknown = our_settings({"n_models": "many", "novelty": 3, "flip": False})
    assert settings == {"flip": False}
    assert any("novelty is not known" in said for said in unknown)
    assert any("n_models is 'many'" in said for said in unknown)


def test_settings_that_turn_things_off() -> None:
    settings, _ = our_settings(
        {"use_tta": False, "use_gaussian": False, "arch": "Unet", "encoder_name": "resnet34",
         "encoder_weights": None, "tile_shape": [256, 256], "scale": 2.0}
    )  # fmt: skip
    assert settings == {"flips_at_prediction": 1, "tile_weight": 0.0, "tile": 256, "downscale": 2,
                        "network": "resnet34-unet", "weights": ""}  # fmt: skip


def test_a_folder_that_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="GT_Estimation"):
        read_deepflash2_project(tmp_path)


def test_damaged_settings_are_one_error(project: Path) -> None:
    (project / "Training" / "config_202306010000.json").write_text("{")
    with pytest.raises(InputError, match="config_202306010000"):
        read_deepflash2_project(project)


def prediction(name: str, score: float, **more: object) -> Deepflash2Prediction:
    return Deepflash2Prediction(name, CLASSES, UNCERTAINTY, score, **more)  # pyright: ignore


def test_predictions_are_written_as_the_reference_has_them(tmp_path: Path) -> None:
    objects = np.array([[0, 1, 1], [0, 0, 2]])
    files = write_deepflash2_prediction(
        tmp_path,
        [prediction("sure", 0.05), prediction("nothing", float("nan")),
         prediction("unsure", 0.2, objects=objects, columns={"dice_score": 0.5})],
    )  # fmt: skip
    assert all(path.is_file() for path in files)
    mask = np.asarray(Pillow.open(tmp_path / "Prediction" / "masks" / "sure.png"))
    assert np.array_equal(mask, CLASSES * 255)
    shown = np.asarray(Pillow.open(tmp_path / "Prediction" / "uncertainties" / "sure.png"))
    assert shown.tolist() == [[0, 128, 64], [0, 0, 255]]
    labels = tifffile.imread(tmp_path / "Prediction" / "instance_labels" / "unsure_class1.tif")
    assert np.array_equal(labels, objects)
    rows = table(tmp_path / "Prediction" / "scored_prediction.csv")
    assert [row["file"] for row in rows] == ["unsure", "sure", "nothing"]
    assert float(rows[0]["uncertainty_score"]) == pytest.approx(0.8)
    assert rows[0]["dice_score"] == "0.5"
    assert rows[2]["uncertainty_score"] == ""


def test_class_numbers_are_written_where_there_are_several(tmp_path: Path) -> None:
    write_deepflash2_prediction(tmp_path, [prediction("a", 0.1)], classes=2)
    mask = np.asarray(Pillow.open(tmp_path / "Prediction" / "masks" / "a.png"))
    assert np.array_equal(mask, CLASSES)
    with pytest.raises(InputError, match="class number 2"):
        write_deepflash2_consensus(tmp_path, [("a", CLASSES * 2)])


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    write_deepflash2_consensus(
        tmp_path, [("a.b", CLASSES), ("x/c", CLASSES)],
        [{"file": "a.b", "exp": "Ann", "dice_score": 0.8, "mean_average_precision": 0.4}],
    )  # fmt: skip
    write_deepflash2_prediction(tmp_path, [prediction("a.b", 0.1)])
    found = read_deepflash2_project(tmp_path)
    assert sorted(found.consensus["STAPLE"]) == ["a.b", "x/c"]
    assert found.predicted["a.b"].name == "a.b.png"
    (row,) = found.tables["GT_Estimation/STAPLE_vs_experts.csv"].rows
    assert (row["method"], row["exp"], row["mean_average_precision"]) == ("STAPLE", "Ann", "0.4")


def test_results_that_are_there_are_never_overwritten(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.glob("**/*") if path.is_file()}
    with pytest.raises(InputError, match="there already"):
        write_deepflash2_prediction(project, [prediction("0001", 0.1)])
    with pytest.raises(InputError, match="there already"):
        write_deepflash2_consensus(project, [("0001", CLASSES)])
    assert {path: path.read_bytes() for path in project.glob("**/*") if path.is_file()} == before
