"""Training: the same after a kill, usable when stopped, nothing before all is checked."""

import csv
import json
import signal
import time
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("safetensors")

from small_segmentation import TINY, annotated

from sightline.consensus.mask_consensus import fuse_masks
from sightline.data.image import Image
from sightline.data.mask import Mask
from sightline.data.segmentation import Segmentation
from sightline.errors import InputError, SettingError, SightlineError
from sightline.formats.model_folder import read_model_folder
from sightline.segment import settings as all_settings
from sightline.segment import train as train_module
from sightline.segment.training_image import TrainingImage
from sightline.workflows import (
    segment_ensemble,
    segment_held_out,
    segment_members,
    segment_train,
    segment_training,
)
from sightline.workflows.segment_inputs import read_inputs
from sightline.workflows.segment_material import (
    consensus_of_inputs,
    load_image,
    make_material,
)
from sightline.workflows.segment_models import load_model
from sightline.workflows.segment_train import train
from sightline.workflows.segment_training import NEVER, assign_folds


@pytest.fixture(autouse=True, scope="module")
def quick():
    """A first answer of a few steps, and a state kept every few."""
    patch = pytest.MonkeyPatch()
    first = {"iterations": "4", "tile": "32", "batch": "2"}
    presets = all_settings.PRESETS
    patch.setitem(presets, "first", all_settings.changed(presets["first"], first))
    patch.setattr(train_module, "_KEEP_EVERY", 3)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return annotated(tmp_path_factory.mktemp("annotated") / "data")


def learn(folder, output, changes=None, **more):
    return train(folder, output, changes=TINY | (changes or {}), threads=1, workers=1, **more)


@pytest.fixture(scope="module")
def trained(folder, tmp_path_factory):
    output = tmp_path_factory.mktemp("models") / "model"
    said = []
    return learn(folder, output, say=said.append), output, said


def material_of(folder, work):
    inputs = read_inputs(folder)
    return make_material(inputs, work, consensus_of_inputs(inputs, "staple"))


def test_each_image_is_scored_by_the_network_that_has_not_seen_it(trained):
    told, output, _ = trained
    model = load_model(output)
    assert (told["held_out"], told["members"]) == (4, len(model.members))
    rows = model.history["images"]
    assert sorted(row["fold"] for row in rows) == [0, 0, 1, 1]
    assert np.mean([row["dice"] for row in rows]) == pytest.approx(told["dice"])
    assert all(len(row["digest"]) == 64 and row["annotators"] for row in rows)


def test_both_scores_are_kept_and_the_better_one_is_the_model(trained):
    told, output, said = trained
    kind = load_model(output).history["kind"]
    better = told["network_dice"] >= told["first_dice"]
    assert kind == ("members" if better else "first")
    assert any(line.startswith("first answer: Dice") for line in said)


def test_the_rule_of_matching_is_said_before_anything_is_trained(trained):
    _, _, said = trained
    rule = next(place for place, line in enumerate(said) if "name" in line)
    assert rule < next(place for place, line in enumerate(said) if "first answer" in line)


def test_curves_examples_and_all_that_is_needed_to_repeat_it_are_in_the_folder(trained):
    told, output, _ = trained
    with (output / "curves.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == sum(told["steps"])
    assert lines[-1]["held_out_dice"]
    assert (output / "curves.png").stat().st_size > 1000
    assert list((output / "examples").glob("0*.png"))
    about = json.loads((output / "model.json").read_text(encoding="utf-8"))
    log = about["history"]
    assert {"seed", "threads", "versions", "files", "consensus", "device"} <= set(log)
    assert not output.with_name("model.training").exists()


def test_killed_work_goes_on_to_the_same_result_bit_for_bit(folder, trained, tmp_path, monkeypatch):
    def killed(watch, state):
        keep(watch, state)
        if "members" in watch._job.folder and watch._job.number == 1:
            raise SystemExit

    keep = segment_members._Watch.keep
    monkeypatch.setattr(segment_members._Watch, "keep", killed)
    with pytest.raises(SystemExit):
        learn(folder, tmp_path / "model")
    assert not (tmp_path / "model").exists()
    monkeypatch.setattr(segment_members._Watch, "keep", keep)
    steps = []
    tell = segment_members._Watch.tell
    monkeypatch.setattr(
        segment_members._Watch, "tell",
        lambda watch, step: steps.append(step.step) or tell(watch, step),
    )  # fmt: skip
    told = learn(folder, tmp_path / "model")
    assert steps[:1] == [4]  # the first answer and one network were done, the other at step 3
    whole, output, _ = trained
    assert {**told, "model": "", "seconds": 0} == {**whole, "model": "", "seconds": 0}
    for name, values in read_model_folder(output)[0].items():
        assert np.array_equal(read_model_folder(tmp_path / "model")[0][name], values), name


def test_ctrl_c_ends_it_with_a_usable_model(folder, tmp_path, monkeypatch):
    tell = segment_members._Watch.tell

    def interrupted(watch, step):
        if "members" in watch._job.folder and step.step == 5:
            signal.raise_signal(signal.SIGINT)
        return tell(watch, step)

    monkeypatch.setattr(segment_members._Watch, "tell", interrupted)
    before = signal.getsignal(signal.SIGINT)
    told = learn(folder, tmp_path / "model")
    assert told["stopped"]
    assert signal.getsignal(signal.SIGINT) is before
    assert load_model(tmp_path / "model").members


def test_ctrl_c_in_the_first_answer_leaves_it_to_be_trained(folder, tmp_path, monkeypatch):
    tell = segment_members._Watch.tell

    def interrupted(watch, step):
        if step.step == 1:
            signal.raise_signal(signal.SIGINT)
        return tell(watch, step)

    monkeypatch.setattr(segment_members._Watch, "tell", interrupted)
    with pytest.raises(SightlineError, match="stopped before anything of use"):
        learn(folder, tmp_path / "model")
    monkeypatch.setattr(segment_members._Watch, "tell", tell)
    said = []
    learn(folder, tmp_path / "model", say=said.append)
    assert any(line.startswith("first answer: Dice") for line in said)


def test_middles_are_learnt_by_the_networks_and_not_asked_of_the_first_answer(folder, tmp_path):
    asked = {"separate": "middles", "middle_weight": "1"}
    told = learn(folder, tmp_path / "model", asked)
    assert told["first_dice"] is not None
    assert told["network_dice"] is not None


def test_a_curve_that_somebody_has_open_ends_no_training(folder, tmp_path, monkeypatch):
    def refused(*_):
        raise InputError("curves.png", "it is open", "a file that can be written", "Close it.")

    for name in ("write_json", "draw_curves", "draw_example"):
        monkeypatch.setattr(segment_members, name, refused)
    told = learn(folder, tmp_path / "model", {"iterations": "2"})
    assert told["steps"]


def test_what_an_earlier_call_finished_outlives_an_error(folder, tmp_path, monkeypatch):
    def killed(_inputs, work, *_, **__):
        (work / "members").mkdir()
        raise KeyboardInterrupt

    def away(*_, **__):
        raise InputError("share", "it is not there", "images", "Connect it.")

    for failing, error in ((killed, KeyboardInterrupt), (away, InputError)):
        monkeypatch.setattr(segment_train, "make_material", failing)
        with pytest.raises(error):
            learn(folder, tmp_path / "model")
    assert list(tmp_path.glob("*/members"))


def test_a_split_of_touching_cells_is_another_decision():
    classes = np.ones((2, 4), np.int16)
    split = np.repeat(np.array([[1, 1, 2, 2]], np.int32), 2, axis=0)
    masks = [Mask(classes, objects) for objects in (None, np.ones_like(split), split)]
    digests = {segment_train._digest({"a": fuse_masks({"ann": mask})}) for mask in masks}
    assert len(digests) == 3


def test_outputs_neither_come_nor_go_where_a_model_is_gone_on_from(trained):
    before = load_model(trained[1])
    with pytest.raises(SettingError, match="middle_weight cannot be chosen"):
        segment_train._settings("", {"middle_weight": "1"}, before)
    assert segment_train._settings("", {"middle_weight": "0"}, before)
    learnt = replace(before, settings=replace(before.settings, middle_weight=1.0))
    with pytest.raises(SettingError, match="middle_weight cannot be chosen"):
        segment_train._settings("", {"middle_weight": "0"}, learnt)
    assert segment_train._settings("", {"middle_weight": "2"}, learnt).middle_weight == 2


def test_an_object_of_another_class_is_not_found(tmp_path, monkeypatch):
    target = np.zeros((8, 8), np.int16)
    target[2:6, 2:6] = 1
    image = TrainingImage(Image("a", np.zeros((1, 8, 8), np.float32)), target)
    zero = np.zeros((8, 8), np.float32)
    monkeypatch.setattr(segment_held_out, "load_image", lambda _: image)
    monkeypatch.setattr(segment_held_out, "load_objects", lambda _: target.astype(np.int32))
    maps = {}
    for label in (1, 2):
        said = np.where(target > 0, label, 0)
        chance = (np.arange(3)[:, None, None] == said).astype(np.float32)
        found = Segmentation(chance, zero, zero, zero)
        monkeypatch.setattr(segment_held_out, "segment_image", lambda *_, found=found: found)
        job = segment_held_out.HeldOutJob(
            str(tmp_path), "", (), {"separate": "components"}, ("neuron", "glia"), {}, 0, 0.0
        )
        maps[label] = segment_held_out.score_job(job)["map"]
    assert maps == {1: 1.0, 2: 0.0}


@pytest.mark.parametrize(("left", "trains"), [(60.0, [0, 1]), (-1.0, None)])
def test_the_time_bounds_the_rest_of_the_first_answer(tmp_path, monkeypatch, left, trains):
    calls, until = [], time.time() + left

    def noted(training, _kind, numbers, _progress):
        calls.append((list(numbers), training.until))
        return {}

    monkeypatch.setattr(segment_ensemble, "train_networks", noted)
    monkeypatch.setattr(segment_ensemble, "score_held_out", lambda *_: {})
    settings = all_settings.changed(all_settings.PRESETS["first"], {"folds": "2", "members": "2"})
    plan = segment_training.Training(tmp_path, None, settings, {"a": 0, "b": 1}, 0)
    first = segment_ensemble._Trained(plan, "first", {0: {}}, {"a": {"dice": 0.9}})
    networks = segment_ensemble._Trained(
        replace(plan, until=until), "members", {0: {}, 1: {}}, {"a": {"dice": 0.1}}
    )
    best = segment_ensemble._better(first, networks, lambda _: lambda *_: None)
    assert best.kind == "first"
    assert calls == ([] if trains is None else [(trains, until)])


@pytest.mark.slow
def test_continuing_keeps_folds_and_tells_scores_before_and_after(folder, trained, tmp_path):
    _, output, _ = trained
    told = train(
        folder, tmp_path / "on", start=output, changes={"iterations": "3"}, threads=1, workers=1
    )
    before, after = load_model(output), load_model(tmp_path / "on")
    assert told["dice_before"] is not None
    assert {row["name"]: row["fold"] for row in before.history["images"]} == {
        row["name"]: row["fold"] for row in after.history["images"]
    }
    assert after.settings.network == before.settings.network


@pytest.mark.slow
def test_networks_that_are_no_better_do_not_replace_the_first_answer(folder, tmp_path):
    told = learn(folder, tmp_path / "model", {"iterations": "1", "learning_rate": "1e-9"})
    assert told["first_dice"] > told["network_dice"]
    model = load_model(tmp_path / "model")
    assert model.settings.network == "filters"
    assert told["held_out"] == 4


@pytest.mark.parametrize(
    ("more", "error", "told"),
    [
        ({"preset": "best"}, SettingError, "preset"),
        ({"changes": {"iteratons": "5"}}, SettingError, "iteratons"),
        ({"changes": {"weights": "nowhere.pth"}}, InputError, "not there"),
        ({"minutes": 0.0}, SettingError, "minutes"),
        ({"consensus": "loudest"}, SettingError, "loudest"),
        ({"start": "no-model"}, InputError, "not there"),
        ({"annotators": ("zoe",)}, InputError, "zoe"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_made(folder, tmp_path, more, error, told):
    changes = TINY | more.pop("changes", {})
    if "start" in more:
        more["start"] = tmp_path / more["start"]
    with pytest.raises(error, match=told):
        train(folder, tmp_path / "model", changes=changes, **more)
    assert not (tmp_path / "model").exists()
    assert not list(tmp_path.glob("model.training/members"))


def test_neither_a_folder_that_is_there_nor_other_work_beside_it_is_touched(folder, tmp_path):
    (tmp_path / "model").mkdir()
    with pytest.raises(InputError, match="there already"):
        learn(folder, tmp_path / "model")
    mine = tmp_path / "other.training" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("keep", encoding="utf-8")
    with pytest.raises(InputError, match="something else"):
        learn(folder, tmp_path / "other")
    assert mine.read_text(encoding="utf-8") == "keep"


def test_no_foreground_at_all_is_one_error(tmp_path):
    data = annotated(tmp_path / "data", images=2, empty=(0, 1))
    with pytest.raises(SightlineError):
        learn(data, tmp_path / "model")
    assert not list(tmp_path.glob("model*"))


def test_an_image_of_another_pixel_size_is_brought_to_that_of_the_others(tmp_path):
    data = annotated(tmp_path / "data", images=3, sizes_um=(0.5, 0.5, 1.0))
    material = material_of(data, tmp_path / "work")
    assert material.pixel_size_um == (0.5, 0.5)
    other = load_image(material.images[2].file)
    assert other.image.shape == other.target.shape == (128, 128)
    assert any("rescaled from 1 um to 0.5 um" in line for line in material.said)
    small = load_image(material.images[0].file)
    ratio = (other.target > 0).mean() / max((small.target > 0).mean(), 1e-9)
    assert 0.5 < ratio < 2  # the same share of the image, four times the pixels


def test_a_single_image_is_cut_so_that_parts_are_held_out(tmp_path):
    material = material_of(annotated(tmp_path / "data", images=1, size=200), tmp_path / "work")
    assert [image.name for image in material.images] == ["0 part 1", "0 part 2"]
    parts = [load_image(image.file).target for image in material.images]
    assert sum(part.size for part in parts) == 200 * 200
    assert set(assign_folds(material, 5, 0).values()) <= {0, 1, NEVER}


def test_a_single_small_image_holds_nothing_out_and_says_so(tmp_path):
    material = material_of(annotated(tmp_path / "data", images=1), tmp_path / "work")
    assert assign_folds(material, 3, 0) == {"0": NEVER}
    assert any("nothing is held out" in line for line in material.said)


def test_an_image_that_alone_has_foreground_is_never_held_out(tmp_path):
    data = annotated(tmp_path / "data", images=3, empty=(0, 2))
    fold = assign_folds(material_of(data, tmp_path / "work"), 3, 0)
    assert fold["1"] == NEVER
    assert sorted((fold["0"], fold["2"])) == [0, 1]


def test_folds_are_alike_in_size_and_stay_for_images_that_were_known(tmp_path):
    material = material_of(annotated(tmp_path / "data", images=5), tmp_path / "work")
    fold = assign_folds(material, 3, 0)
    assert sorted(np.bincount(list(fold.values()))) == [1, 2, 2]
    assert assign_folds(material, 3, 0) == fold
    kept = assign_folds(material, 3, 9, {"2": 2, "4": 2})
    assert (kept["2"], kept["4"]) == (2, 2)
    assert set(kept.values()) == {0, 1, 2}
