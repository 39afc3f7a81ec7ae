"""What segmentation makes of bad input: one clear sentence, or a result that says what it is."""

import errno
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image as Picture

from sightline import cli
from sightline.data.image import Image
from sightline.formats.images.write_image import write_image
from sightline.formats.model_folder import read_model_about
from sightline.formats.prediction_folder import read_prediction_folder
from sightline.simulate.ambiguous_images import simulate_ambiguous_images
from sightline.simulate.ambiguous_settings import HOME
from sightline.simulate.mask_experts import FIVE_EXPERTS, outline_all
from sightline.workflows.simulated_images import write_ambiguous_folder

pytest.importorskip("torch", reason="networks need the extra sightline[segment]")

Program = Callable[..., tuple[int, str, str]]
Verb = Callable[..., tuple[int, str, str]]

SIZE = 96
IMAGES = simulate_ambiguous_images(replace(HOME, height=SIZE, width=SIZE, touching=0.0), 4)
MASKS = outline_all(FIVE_EXPERTS[:3], IMAGES)
HERE = ("--workers", "1")
QUICK = (
    *("--preset", "first", "--set", "iterations=3", "--set", "tile=32", "--set", "folds=2"),
    *("--threads", "1", *HERE),
)
VERBS = ("consensus", "train")


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Four images, and the masks of anna, ben and carla."""
    return write_ambiguous_folder(tmp_path / "lab", IMAGES, MASKS)


@pytest.fixture
def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Program:
    monkeypatch.chdir(tmp_path)

    def called(*words: object) -> tuple[int, str, str]:
        here = HERE if words[1] == "predict" else ()
        monkeypatch.setattr(sys, "argv", ["sightline", *map(str, words), *here])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return called


@pytest.fixture
def verb(program: Program) -> Verb:
    """Run a verb that takes a folder of images and masks; its output is ``out``."""

    def called(name: str, folder: Path, *words: object) -> tuple[int, str, str]:
        more = QUICK if name == "train" else ("--no-pictures",)
        return program("segment", name, folder, "-o", "out", *more, *words, "--json")

    return called


def refused(said: tuple[int, str, str], *words: str) -> str:
    """The one sentence of an error, which has all these words; nothing else is there.

    What was found and assumed may have been said before it.
    """
    code, out, whole = said
    assert (code, out) == (2, ""), (out, whole)
    err = whole.splitlines()[-1]
    assert err.startswith("sightline: "), whole
    assert whole.count("sightline: ") == 1
    assert "Traceback" not in whole
    for word in words:
        assert word in err, err
    assert not Path("out").exists()
    assert not [path.name for path in Path().iterdir() if ".part" in path.name]
    return err


def told(said: tuple[int, str, str], *words: str) -> dict[str, Any]:
    """What a verb that went well says; all these words are in it."""
    code, out, err = said
    assert code == 0, err
    for word in words:
        assert word in out, out
    return json.loads(out)


def refused_or_told(said: tuple[int, str, str], *words: str) -> None:
    """Either way it is said, in the error or beside the result."""
    if said[0]:
        refused(said, *words)
    else:
        told(said)
        for word in words:
            assert word in said[1] + said[2], said


def image_file(lab: Path, number: int = 0) -> Path:
    return lab / "images" / f"{IMAGES[number].image.name}.tif"


def mask_file(lab: Path, expert: str, number: int = 0) -> Path:
    return lab / "experts" / expert / f"{IMAGES[number].image.name}.png"


def read(path: Path) -> NDArray[Any]:
    with Picture.open(path) as opened:
        return np.array(opened)


def write(path: Path, values: NDArray[Any]) -> None:
    Picture.fromarray(values).save(path)


def change_masks(lab: Path, change: Callable[[NDArray[Any]], NDArray[Any]], *experts: str) -> None:
    for expert in experts or tuple(MASKS):
        for path in (lab / "experts" / expert).iterdir():
            write(path, change(read(path)))


def change_image(lab: Path, values: NDArray[Any], number: int = 0) -> None:
    path = image_file(lab, number)
    path.unlink()
    made = IMAGES[number].image
    write_image(Image(made.name, values, made.pixel_size_um), path)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was trained for a moment on good input."""
    home = tmp_path_factory.mktemp("trained")
    folder = write_ambiguous_folder(home / "lab", IMAGES, MASKS)
    words = ("sightline", "segment", "train", folder, "-o", home / "model", *QUICK)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", list(map(str, words)))
        with pytest.raises(SystemExit) as ended:
            cli.main()
    assert not ended.value.code
    return home / "model"


# --- names


@pytest.mark.parametrize("name", VERBS)
def test_an_expert_who_annotated_other_images_is_named(verb: Verb, lab: Path, name: str) -> None:
    for number, path in enumerate(sorted((lab / "experts" / "carla").iterdir())):
        path.rename(path.with_name(f"other{number}.png"))
    refused_or_told(verb(name, lab), "carla")


@pytest.mark.parametrize("name", VERBS)
def test_masks_of_nothing_that_is_there_are_refused(verb: Verb, lab: Path, name: str) -> None:
    for path in sorted((lab / "experts").rglob("*.png")):
        path.rename(path.with_name(f"other-{path.stem[-1]}x.png"))
    refused(verb(name, lab), "lab")


@pytest.mark.parametrize("name", VERBS)
def test_images_whose_names_differ_in_the_suffix_only_are_refused(
    verb: Verb, lab: Path, name: str
) -> None:
    write(image_file(lab).with_suffix(".png"), IMAGES[0].image.pixels[0])
    refused(verb(name, lab), "section001.tif", "section001.png")


def test_images_to_predict_whose_names_differ_in_the_suffix_only_are_refused(
    program: Program, lab: Path, model: Path
) -> None:
    write(image_file(lab).with_suffix(".png"), IMAGES[0].image.pixels[0])
    said = program("segment", "predict", lab / "images", "--model", model, "-o", "out")
    refused(said, "section001.tif", "section001.png")


@pytest.mark.parametrize("name", VERBS)
def test_a_folder_without_images_is_refused(verb: Verb, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    refused(verb(name, tmp_path / "empty"), "empty")
    refused(verb(name, tmp_path / "nowhere"), "nowhere")


# --- masks


@pytest.mark.parametrize("name", VERBS)
def test_all_masks_of_another_size_are_listed_at_once(verb: Verb, lab: Path, name: str) -> None:
    write(mask_file(lab, "anna", 0), np.zeros((SIZE, 50), np.uint8))
    write(mask_file(lab, "ben", 2), np.zeros((20, SIZE), np.uint8))
    said = refused(verb(name, lab), str(Path("anna", "section001.png")), "50")
    assert str(Path("ben", "section003.png")) in said


@pytest.mark.parametrize("name", VERBS)
def test_inverted_masks_are_noticed(verb: Verb, lab: Path, name: str) -> None:
    change_masks(lab, lambda mask: 255 - mask, "carla")
    said = verb(name, lab)
    refused_or_told(said, "carla", "invert")


def test_an_expert_who_marked_nothing_agrees_with_nobody(verb: Verb, lab: Path) -> None:
    change_masks(lab, np.zeros_like, "carla")
    refused_or_told(verb("consensus", lab), "carla")


def test_one_empty_image_among_others_is_trained_on(verb: Verb, lab: Path) -> None:
    for expert in MASKS:
        write(mask_file(lab, expert, 1), np.zeros((SIZE, SIZE), np.uint8))
    told(verb("train", lab))
    assert read_model_about(Path("out"))["members"] >= 1


def test_without_any_foreground_there_is_nothing_to_learn(verb: Verb, lab: Path) -> None:
    change_masks(lab, np.zeros_like)
    refused(verb("train", lab), "lab")


def test_a_consensus_of_empty_masks_is_empty_or_refused(verb: Verb, lab: Path) -> None:
    change_masks(lab, np.zeros_like)
    said = verb("consensus", lab)
    if said[0]:
        refused(said, "lab")
    else:
        told(said)


def test_that_nothing_is_background_is_said(verb: Verb, lab: Path) -> None:
    change_masks(lab, lambda mask: np.full_like(mask, 255))
    refused(verb("train", lab), "lab", "no background")


def test_a_class_that_nobody_marked_is_named(verb: Verb, lab: Path) -> None:
    change_masks(lab, lambda mask: (mask > 0).astype(np.uint8))
    refused_or_told(verb("train", lab, "--classes", "neuron,glia"), "glia")


@pytest.mark.parametrize("name", VERBS)
def test_a_mask_that_is_no_image_is_named(verb: Verb, lab: Path, name: str) -> None:
    mask_file(lab, "ben", 1).write_bytes(b"no image")
    refused(verb(name, lab), str(Path("ben", "section002.png")))


@pytest.mark.parametrize("name", VERBS)
def test_a_photograph_in_place_of_a_mask_is_noticed(verb: Verb, lab: Path, name: str) -> None:
    write(mask_file(lab, "ben", 1), IMAGES[1].image.pixels[0])
    refused_or_told(verb(name, lab), "section002")


# --- few images


def test_one_image_alone_is_trained_on_and_said_to_be_unchecked(verb: Verb, lab: Path) -> None:
    for number in (1, 2, 3):
        image_file(lab, number).unlink()
        for expert in MASKS:
            mask_file(lab, expert, number).unlink()
    said = verb("train", lab)
    if said[0]:
        refused(said, "1 image")
    else:
        told(said)
        assert read_model_about(Path("out"))["members"] == 1


def test_members_are_not_more_than_images(verb: Verb, lab: Path) -> None:
    said = verb("train", lab, "--set", "members=9", "--set", "folds=9")
    result = told(said)
    assert read_model_about(Path("out"))["members"] <= 4
    assert "4" in json.dumps(result)


def test_one_expert_alone_is_taken_at_the_word(verb: Verb, lab: Path) -> None:
    for expert in ("ben", "carla"):
        shutil.rmtree(lab / "experts" / expert)
    told(verb("train", lab))


# --- images


@pytest.mark.parametrize("name", VERBS)
def test_a_truncated_tiff_is_named(verb: Verb, lab: Path, name: str) -> None:
    path = image_file(lab, 2)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(verb(name, lab), "section003.tif")


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", VERBS)
def test_values_that_are_no_numbers_are_refused(
    verb: Verb, lab: Path, name: str, value: float
) -> None:
    values = IMAGES[1].image.pixels.astype(np.float32)
    values[0, 3, 4] = value
    change_image(lab, values, 1)
    refused(verb(name, lab), "section002.tif", "NaN")


def test_a_constant_image_is_told_and_hurts_nothing(
    verb: Verb, program: Program, lab: Path
) -> None:
    change_image(lab, np.full((1, SIZE, SIZE), 7, np.uint8), 1)
    refused_or_told(verb("train", lab), "section002")
    if Path("out").exists():
        told(program("segment", "predict", lab / "images", "--model", "out", "-o", "p", "--json"))
        found = read_prediction_folder("p").segmentation("section002")
        assert np.isfinite(found.probability).all()


def test_constant_images_alone_are_nothing_to_learn_from(verb: Verb, lab: Path) -> None:
    for number in range(4):
        change_image(lab, np.zeros((1, SIZE, SIZE), np.uint8), number)
    refused_or_told(verb("train", lab), "section001")


def test_twelve_bits_of_sixteen_are_as_good_as_eight(
    program: Program, lab: Path, model: Path
) -> None:
    """Brightness is measured in the image's own noise, so that its unit does not matter."""
    for number, made in enumerate(IMAGES):
        change_image(lab, made.image.pixels.astype(np.uint16) * 16, number)
    told(program("segment", "predict", lab / "images", "--model", model, "-o", "p", "--json"))
    shutil.rmtree(lab)
    write_ambiguous_folder(lab, IMAGES)
    told(program("segment", "predict", lab / "images", "--model", model, "-o", "q", "--json"))
    wide, narrow = read_prediction_folder("p"), read_prediction_folder("q")
    for name in narrow.names:
        apart = wide.segmentation(name).probability - narrow.segmentation(name).probability
        assert np.abs(apart).max() < 0.02


def test_alpha_is_left_out_and_grey_is_one_channel(
    program: Program, lab: Path, model: Path
) -> None:
    grey = IMAGES[0].image.pixels[0]
    shutil.rmtree(lab / "images")
    (lab / "images").mkdir()
    alpha = np.full_like(grey, 255)
    write(image_file(lab).with_suffix(".png"), np.stack([grey, grey, grey, alpha], axis=2))
    told(program("segment", "predict", lab / "images", "--model", model, "-o", "p", "--json"))
    assert read_prediction_folder("p").names == ("section001",)


def test_images_of_other_channels_than_the_models_are_refused(
    program: Program, lab: Path, model: Path
) -> None:
    grey = IMAGES[1].image.pixels[0]
    change_image(lab, np.stack([grey, grey // 2]), 1)
    said = program("segment", "predict", lab / "images", "--model", model, "-o", "out")
    refused(said, "section002.tif", "2 channels")


@pytest.mark.parametrize("name", VERBS)
def test_images_of_different_channels_are_refused_together(
    verb: Verb, lab: Path, name: str
) -> None:
    grey = IMAGES[1].image.pixels[0]
    change_image(lab, np.stack([grey, grey // 2]), 1)
    if name == "train":
        refused(verb(name, lab), "section002")


@pytest.mark.parametrize("name", VERBS)
def test_a_stack_is_never_projected_in_silence(verb: Verb, lab: Path, name: str) -> None:
    path = image_file(lab)
    path.unlink()
    stack = np.stack([IMAGES[0].image.pixels[0]] * 3)
    tifffile.imwrite(path, stack, imagej=True, metadata={"axes": "ZYX"})
    refused(verb(name, lab), "section001.tif", "projection")


def test_a_truncated_image_to_predict_is_refused_before_any_is_predicted(
    program: Program, lab: Path, model: Path
) -> None:
    path = image_file(lab, 3)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    said = program("segment", "predict", lab / "images", "--model", model, "-o", "out")
    refused(said, "section004.tif")


# --- models


@pytest.mark.parametrize("part", ["weights.safetensors", "model.json"])
def test_a_model_that_was_tampered_with_is_refused(
    program: Program, lab: Path, model: Path, tmp_path: Path, part: str
) -> None:
    hurt = Path(shutil.copytree(model, tmp_path / "hurt"))
    content = bytearray((hurt / part).read_bytes())
    content[len(content) // 2] ^= 1
    (hurt / part).write_bytes(bytes(content))
    if part == "model.json":
        (hurt / part).write_bytes(bytes(content[: len(content) // 2]))
    words = ("--model", hurt, "-o", "out")
    refused(program("segment", "predict", lab / "images", *words), part)
    refused(program("segment", "train", lab, "-o", "out", "--from", hurt, *QUICK), part)


def test_what_is_no_model_is_refused(program: Program, lab: Path, tmp_path: Path) -> None:
    (tmp_path / "pickle.pth").write_bytes(b"\x80\x04.")
    for model in (lab, tmp_path / "pickle.pth", tmp_path / "nothing"):
        said = program("segment", "predict", lab / "images", "--model", model, "-o", "out")
        refused(said, model.name)


# --- places


@pytest.fixture(params=[*VERBS, "predict"])
def any_verb(
    request: pytest.FixtureRequest, verb: Verb, program: Program, lab: Path
) -> Callable[[], tuple[int, str, str]]:
    """Each verb that writes, ready to run on good input."""
    if request.param != "predict":
        return lambda: verb(request.param, lab)
    model = request.getfixturevalue("model")
    return lambda: program("segment", "predict", lab / "images", "--model", model, "-o", "out")


def test_nothing_of_the_users_is_overwritten(
    any_verb: Callable[[], tuple[int, str, str]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    code, _, err = any_verb()
    assert code == 2
    assert "out" in err
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_a_full_disk_is_said_to_be_full(
    any_verb: Callable[[], tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    code, out, err = any_verb()
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith("sightline: ")
    assert "Traceback" not in err
    assert "space" in err.splitlines()[-1]
    assert [path for path in Path().rglob("*") if ".part" in path.name] == []


def test_the_users_files_are_left_as_they_were(
    verb: Verb, program: Program, lab: Path, model: Path
) -> None:
    before = {path: path.read_bytes() for path in lab.rglob("*") if path.is_file()}
    told(verb("consensus", lab))
    told(program("segment", "predict", lab / "images", "--model", model, "-o", "p", "--json"))
    assert {path: path.read_bytes() for path in lab.rglob("*") if path.is_file()} == before
