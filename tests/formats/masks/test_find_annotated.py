"""Folders of images and masks as laboratories have them."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from sightline.errors import InputError
from sightline.formats.masks.find_annotated import find_annotated

LABS = {"lab-wue1": (36, [1, 2, 3, 4, 5]), "lab-mue": (5, [1, 3, 4, 5])}


def made(folder: Path, *names: str) -> Path:
    """Small pictures of these names; nothing of them is read."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Pillow.fromarray(np.zeros((4, 4), np.uint8)).save(path)
    return folder


@pytest.mark.parametrize("lab", LABS)
def test_the_laboratories_of_the_paper(shared_data: Path, lab: str) -> None:
    images, experts = LABS[lab]
    found = find_annotated(shared_data / "cfos-multi-expert" / lab)
    assert len(found.images) == images
    assert found.annotators == tuple(f"expert_{number}" for number in experts)
    assert all(len(one.masks) == len(experts) for one in found.images)
    assert set(found.given_consensus) == {one.name for one in found.images}
    assert all("est_GT" in str(path) for path in found.given_consensus.values())
    assert found.unmatched == ()


def test_two_observers_of_vessels_and_no_field_of_view(shared_data: Path) -> None:
    found = find_annotated(shared_data / "drive-two-observers")
    assert found.annotators == ("1st_manual", "2nd_manual")
    first = found.images[0]
    assert first.name == "01_test"
    assert first.masks["2nd_manual"].name == "01_manual2.gif"
    assert all(len(one.masks) == 2 for one in found.images)
    assert found.unmatched == ("The folder mask beside them is no annotator's: left alone.",)


def test_nuclei_of_one_annotator(shared_data: Path) -> None:
    found = find_annotated(shared_data / "dsb2018-fluorescence")
    assert found.annotators == ("labels",)
    assert len(found.images) == 100
    assert all(one.masks["labels"].stem == one.name for one in found.images)


def test_the_references_folder_of_experts(tmp_path: Path) -> None:
    made(tmp_path, "images/a.png", "images/b.png", "experts/Ann/a.png", "experts/Ben/b.png")
    found = find_annotated(tmp_path)
    assert found.annotators == ("Ann", "Ben")
    assert [sorted(one.masks) for one in found.images] == [["Ann"], ["Ben"]]
    assert found.unmatched == (
        "Ann has no mask of 1 of 2 images: b.",
        "Ben has no mask of 1 of 2 images: a.",
    )


def test_the_references_folder_of_masks_beside_what_it_wrote(tmp_path: Path) -> None:
    made(tmp_path, "images/0001.tif", "masks/0001_mask.png", "Prediction/masks/0001.png",
         "GT_Estimation/STAPLE/0001.png")  # fmt: skip
    found = find_annotated(tmp_path)
    assert found.annotators == ("masks",)
    assert found.images[0].masks["masks"].name == "0001_mask.png"
    assert found.given_consensus["0001"] == tmp_path / "GT_Estimation" / "STAPLE" / "0001.png"


def test_images_and_masks_of_several_experts_side_by_side(tmp_path: Path) -> None:
    made(tmp_path, "a.tif", "a_Ann.png", "a_Ben.png", "b.tif", "b_Ann.png", "b_2.tif")
    found = find_annotated(tmp_path)
    assert [one.name for one in found.images] == ["a", "b", "b_2"]
    assert found.annotators == ("Ann", "Ben")
    assert sorted(found.images[0].masks) == ["Ann", "Ben"]
    assert sorted(found.images[1].masks) == ["Ann"]


def test_masks_of_several_experts_in_one_folder(tmp_path: Path) -> None:
    made(tmp_path, "images/a.tif", "masks/a_Ann.png", "masks/a_Ben.png")
    found = find_annotated(tmp_path)
    assert found.annotators == ("Ann", "Ben")


def test_one_coco_file_an_annotator(tmp_path: Path) -> None:
    made(tmp_path, "images/a.png", "images/b.png")
    (tmp_path / "annotations").mkdir()
    for who, images in (("Ann", "ab"), ("Ben", "a")):
        content = {"images": [{"id": n, "file_name": f"data/{name}.png"}
                              for n, name in enumerate(images)], "annotations": []}  # fmt: skip
        path = tmp_path / "annotations" / f"{who}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
    found = find_annotated(tmp_path)
    assert found.annotators == ("Ann", "Ben")
    assert sorted(found.images[0].masks) == ["Ann", "Ben"]
    assert found.images[1].masks == {"Ann": tmp_path / "annotations" / "Ann.json"}


def test_a_json_beside_each_image(tmp_path: Path) -> None:
    made(tmp_path, "a.png", "b.png")
    for name in "ab":
        (tmp_path / f"{name}.json").write_text('{"shapes": []}', encoding="utf-8")
    found = find_annotated(tmp_path)
    assert found.annotators == ("annotations",)
    assert all(one.masks for one in found.images)


def test_folders_inside_of_the_images_folder(tmp_path: Path) -> None:
    made(tmp_path, "images/x/1.png", "images/y/1.png", "labels/Ann/x/1.png", "labels/Ann/y/1.png")
    found = find_annotated(tmp_path)
    assert [one.name for one in found.images] == ["x/1", "y/1"]
    assert found.images[1].masks["Ann"] == tmp_path / "labels" / "Ann" / "y" / "1.png"


def test_images_under_another_name_or_elsewhere(tmp_path: Path) -> None:
    made(tmp_path / "pictures", "a.png")
    made(tmp_path / "study", "Ann/a.png", "Ben/a.png", "raw8/a.png")
    inside = find_annotated(tmp_path / "study", images="raw8")
    assert inside.annotators == ("Ann", "Ben")
    elsewhere = find_annotated(tmp_path / "study", images=tmp_path / "pictures")
    assert elsewhere.images[0].image == tmp_path / "pictures" / "a.png"
    with pytest.raises(InputError, match="no such folder"):
        find_annotated(tmp_path / "study", images="nowhere")


def test_only_the_annotators_that_are_named(tmp_path: Path) -> None:
    made(tmp_path, "images/a.png", "experts/Ann/a.png", "experts/Ben/a.png")
    assert find_annotated(tmp_path, annotators=["Ben"]).annotators == ("Ben",)
    with pytest.raises(InputError, match=r"Ann, Ben.*of Cat"):
        find_annotated(tmp_path, annotators=["Cat"])


def test_a_consensus_alone_is_taken_for_masks(tmp_path: Path) -> None:
    made(tmp_path, "images/a.png", "labels/est_GT/a.png")
    found = find_annotated(tmp_path)
    assert found.annotators == ("est_GT",)
    assert found.given_consensus == {}


def test_an_expert_who_annotated_other_images_is_left_out_and_named(tmp_path: Path) -> None:
    made(tmp_path, "images/a.png", "experts/Ann/a.png", "experts/Ben/other.png")
    found = find_annotated(tmp_path)
    assert found.annotators == ("Ann",)
    assert found.unmatched == ("Ben: none of its 1 masks fits an image (other); left out.",)


def test_all_mismatches_are_listed(tmp_path: Path) -> None:
    made(tmp_path, "images/a.png", "images/b.png", "experts/Ann/a.png", "experts/Ann/c.png",
         "experts/Ben/a.png", "experts/Ben/b.png")  # fmt: skip
    assert find_annotated(tmp_path).unmatched == (
        "Ann has no mask of 1 of 2 images: b.",
        "Ann has 1 masks that fit no image: c.",
    )


def test_images_whose_names_differ_in_the_ending_only_are_both_named(tmp_path: Path) -> None:
    made(tmp_path, "images/a.png", "images/a.tif", "images/b.png", "images/b.bmp",
         "experts/Ann/a.png")  # fmt: skip
    with pytest.raises(InputError, match=r"a\.png and a\.tif.*b\.bmp and b\.png"):
        find_annotated(tmp_path)


def test_masks_of_one_image_by_one_annotator_are_both_named(tmp_path: Path) -> None:
    made(tmp_path, "images/a.png", "images/b.png", "experts/Ann/a_1.png", "experts/Ann/a_x.png",
         "experts/Ben/b.png", "experts/Ben/b.tif")  # fmt: skip
    with pytest.raises(InputError, match=r"a_1, a_x.*b\.png and b\.tif"):
        find_annotated(tmp_path)


def test_a_folder_of_results_is_no_annotators(tmp_path: Path) -> None:
    made(tmp_path, "images/a.png", "Ann/a.png", "out/classes/a.tif", "p.sightline/a.png")
    (tmp_path / "out" / "about.json").write_text("{}")
    found = find_annotated(tmp_path)
    assert found.annotators == ("Ann",)
    assert found.unmatched == ()


def test_other_folders_beside_experts_are_left_alone_and_named(tmp_path: Path) -> None:
    made(tmp_path, "images/a.png", "masks/a.png", "thumbnails/a.png")
    found = find_annotated(tmp_path)
    assert found.annotators == ("masks",)
    assert found.unmatched == ("The folder thumbnails beside them is no annotator's: left alone.",)


def test_annotators_of_one_name_are_an_error(tmp_path: Path) -> None:
    made(tmp_path, "images/a.png", "experts/Ann/a.png", "labels/Ann/a.png")
    with pytest.raises(InputError, match="2 folders or files are called 'Ann'"):
        find_annotated(tmp_path)


def test_folders_without_images_or_masks(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        find_annotated(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no images"):
        find_annotated(tmp_path)
    made(tmp_path, "images/a.png")
    with pytest.raises(InputError, match="no masks"):
        find_annotated(tmp_path)
    made(tmp_path, "experts/Ann/b.png")
    with pytest.raises(InputError, match=r"1 masks of other names \(b\)"):
        find_annotated(tmp_path)
