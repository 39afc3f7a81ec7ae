"""Simulated experts disagree as they are asked to, and together they know more than each."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from sightline.consensus.mask_votes import count_votes
from sightline.consensus.staple import staple
from sightline.data.mask import Mask, check_mask
from sightline.errors import SettingError
from sightline.simulate.ambiguous_images import AmbiguousImage, simulate_ambiguous_images
from sightline.simulate.ambiguous_settings import HOME, PLAIN
from sightline.simulate.mask_experts import (
    FIVE_EXPERTS,
    GOOD_EXPERTS,
    MaskExpert,
    outline,
    outline_all,
)
from sightline.trust.mask_scores import dice

EXACT = MaskExpert("exact", 1e-6, 100.0, jitter_px=0.0, missed=0.0, invented=0.0, fuses=0.0)


@pytest.fixture(scope="module")
def images() -> list[AmbiguousImage]:
    return simulate_ambiguous_images(HOME, 6)


def objects(mask: Mask) -> np.ndarray:
    assert mask.objects is not None
    return mask.objects


def counts(masks: tuple[Mask, ...]) -> list[int]:
    return [int(objects(mask).max()) for mask in masks]


def test_masks_are_valid_and_as_large_as_the_images(images: list[AmbiguousImage]) -> None:
    for name, masks in outline_all(FIVE_EXPERTS, images).items():
        assert len(masks) == len(images)
        for mask, image in zip(masks, images, strict=True):
            assert check_mask(mask).shape == image.image.shape
            assert mask.source == name
            numbers = np.unique(objects(mask))
            np.testing.assert_array_equal(numbers, np.arange(len(numbers)))


def test_the_same_seed_gives_the_same_masks_and_another_expert_others(
    images: list[AmbiguousImage],
) -> None:
    anna = FIVE_EXPERTS[0]
    one, two = outline(anna, images, 3), outline(anna, images, 3)
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(objects(first), objects(second))
    for other in (outline(anna, images, 4), outline(replace(anna, name="anne"), images, 3)):
        assert any(
            (first.classes != second.classes).any()
            for first, second in zip(one, other, strict=True)
        )


def test_a_perfect_expert_draws_the_truth() -> None:
    plain = simulate_ambiguous_images(PLAIN, 2)
    for mask, image in zip(outline(EXACT, plain), plain, strict=True):
        np.testing.assert_array_equal(mask.classes, image.truth.classes)
        np.testing.assert_array_equal(objects(mask), image.cells.labels)


def test_the_strict_mark_mostly_what_the_liberal_mark(images: list[AmbiguousImage]) -> None:
    strict = outline(replace(EXACT, name="strict", threshold=6.0, firmness=4.0), images)
    liberal = outline(replace(EXACT, name="liberal", threshold=2.0, firmness=4.0), images)
    assert sum(counts(strict)) < 0.6 * sum(counts(liberal))
    shared = sum((one.foreground & two.foreground).sum()
                 for one, two in zip(strict, liberal, strict=True))  # fmt: skip
    assert shared > 0.95 * sum(one.foreground.sum() for one in strict)


def test_many_good_experts_together_know_more_than_any_one(images: list[AmbiguousImage]) -> None:
    drawn = outline_all(GOOD_EXPERTS, images)
    own = {name: [] for name in drawn}
    together = []
    for number, image in enumerate(images):
        truth = image.truth.foreground
        votes = count_votes([masks[number].foreground for masks in drawn.values()])
        together.append(dice(votes.spread(staple(votes).probability) > 0.5, truth))
        for name, masks in drawn.items():
            own[name].append(dice(masks[number].foreground, truth))
    assert np.mean(together) > max(np.mean(scores) for scores in own.values()) + 0.03


def test_some_draw_around_cells_and_some_inside_of_them() -> None:
    plain = simulate_ambiguous_images(PLAIN, 2)
    areas = {
        border: sum(int(mask.foreground.sum()) for mask in outline(drawn, plain))
        for border in (-1.0, 0.0, 1.0)
        for drawn in [replace(EXACT, border_px=border)]
    }
    radius = 5.0 / 0.6
    for border in (-1.0, 1.0):
        assert areas[border] / areas[0.0] == pytest.approx(((radius + border) / radius) ** 2, 0.1)


def test_outlines_stray_as_far_as_asked() -> None:
    plain = simulate_ambiguous_images(PLAIN, 3)
    strays = []
    for mask, image in zip(outline(replace(EXACT, jitter_px=1.0), plain), plain, strict=True):
        truth = image.truth.foreground
        within, beyond = (
            np.asarray(ndimage.distance_transform_edt(side)) for side in (truth, ~truth)
        )
        off = np.where(truth, within - 0.5, 0.5 - beyond)
        rim = mask.foreground & ~ndimage.binary_erosion(mask.foreground)
        strays.append(off[rim])
    assert np.std(np.concatenate(strays)) == pytest.approx(1.0, rel=0.35)


def test_cells_are_missed_and_invented_as_often_as_asked(images: list[AmbiguousImage]) -> None:
    cells = sum(len(image.cells.visibility) for image in images)
    many = [image for image in images for _ in range(3)]
    no_specks = [replace(image, debris=replace(image.debris, visibility=image.debris.visibility * 0,
                 labels=image.debris.labels * 0)) for image in many]  # fmt: skip
    missing = outline(replace(EXACT, missed=0.3), no_specks)
    share = 1 - sum(counts(missing)) / (3 * cells)
    assert share == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / (3 * cells)))
    inventing = outline(replace(EXACT, threshold=1000.0, invented=2.0), no_specks)
    assert np.mean(counts(inventing)) == pytest.approx(2.0, abs=4 * np.sqrt(2 / len(many)))


def test_specks_are_taken_for_cells_by_the_liberal(images: list[AmbiguousImage]) -> None:
    wrong = {}
    for threshold in (0.5, 20.0):
        masks = outline(replace(EXACT, threshold=threshold), images)
        wrong[threshold] = sum(
            int((mask.foreground & (image.debris.labels > 0)).sum())
            for mask, image in zip(masks, images, strict=True)
        )
    assert wrong[0.5] > 10 * (wrong[20.0] + 1)


def test_who_fuses_draws_touching_cells_as_one() -> None:
    joined = simulate_ambiguous_images(replace(PLAIN, touching=0.8), 3)
    apart, fused = (outline(replace(EXACT, fuses=share), joined) for share in (0.0, 1.0))
    assert sum(counts(fused)) < 0.9 * sum(counts(apart))
    for one, two in zip(apart, fused, strict=True):
        np.testing.assert_array_equal(one.foreground, two.foreground)


def test_who_tires_marks_less_and_less(images: list[AmbiguousImage]) -> None:
    same = [images[0]] * 24
    share = counts(outline(replace(EXACT, tires=0.3), same))
    assert np.mean(share[:10]) > 1.3 * np.mean(share[14:])


def test_classes_are_kept() -> None:
    made = simulate_ambiguous_images(replace(PLAIN, classes=2, touching=0.5), 2)
    for mask, image in zip(outline(replace(EXACT, fuses=1.0), made), made, strict=True):
        assert mask.class_names == ("kind 1", "kind 2")
        np.testing.assert_array_equal(mask.classes, image.truth.classes)


def test_an_empty_image_is_left_empty_by_who_invents_nothing() -> None:
    empty = simulate_ambiguous_images(replace(HOME, cells_per_mm2=0, debris_per_mm2=0), 1)
    (mask,) = outline(EXACT, empty)
    assert not mask.foreground.any()
    (mask,) = outline(replace(EXACT, invented=5.0), empty)
    assert check_mask(mask).foreground.any()


@pytest.mark.parametrize("wrong", [{"missed": 1.5}, {"border_px": 50}, {"firmness": 0}])
def test_what_no_person_is_like_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        replace(EXACT, **wrong)
