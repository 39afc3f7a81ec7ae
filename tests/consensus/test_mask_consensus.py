"""Fused masks: the reference implementation, hand-worked cases, and what must always hold."""

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sightline.consensus.mask_consensus import METHODS, fuse_masks
from sightline.consensus.mask_reliability import Reliability, estimate_reliability, pool_masks
from sightline.data.mask import IGNORED, Mask, check_mask
from sightline.errors import InputError, SettingError

NAMES = ("ann", "ben", "cyd", "dan", "eve")


def masks_of(seed: int, classes: int = 1, annotators: int = 5) -> dict[str, Mask]:
    """A blobby truth, as annotators of different skill outline it."""
    rng = np.random.default_rng(seed)
    field = gaussian_filter(rng.normal(size=(60, 70)), 3)
    truth = np.digitize(field, np.quantile(field, [0.7, 0.9][:classes]))
    found = {}
    for name, skill in zip(NAMES[:annotators], (0.95, 0.8, 0.9, 0.7, 0.85), strict=False):
        drawn = np.where(
            rng.random(truth.shape) < skill, truth, rng.integers(0, classes + 1, truth.shape)
        )
        found[name] = Mask(drawn.astype(np.int16), class_names=("soma", "process")[:classes])
    return found


def rows(*answers: str, names: tuple[str, ...] = ("soma",)) -> dict[str, Mask]:
    """Annotators' answers on a row of pixels, ``-`` for nothing said."""
    return {
        name: Mask(
            np.array([[IGNORED if one == "-" else int(one) for one in row]], np.int16),
            class_names=names,
        )
        for name, row in zip(NAMES, answers, strict=False)
    }


def fused(masks: dict[str, Mask], method: str, least: int = 2) -> list[int]:
    return fuse_masks(masks, method, least=least).mask.classes.ravel().tolist()


def reliability_of(masks: dict[str, Mask], method: str) -> Reliability | None:
    pooled = method == "staple-pooled"
    return estimate_reliability([masks]) if pooled else None


@pytest.mark.parametrize("seed", [0, 1])
def test_binary_staple_is_simpleitks_above_one_half(seed: int) -> None:
    sitk = pytest.importorskip("SimpleITK")
    masks = masks_of(seed)
    given = [sitk.GetImageFromArray(mask.classes.astype(np.uint8)) for mask in masks.values()]
    expected = sitk.GetArrayFromImage(sitk.STAPLE(given, 1.0)) > 0.5
    np.testing.assert_array_equal(fuse_masks(masks).mask.foreground, expected)


@pytest.mark.parametrize("seed", [0, 1])
def test_staple_of_several_classes_is_simpleitks(seed: int) -> None:
    sitk = pytest.importorskip("SimpleITK")
    masks = masks_of(seed, classes=2)
    given = [sitk.GetImageFromArray(mask.classes.astype(np.uint8)) for mask in masks.values()]
    expected = sitk.GetArrayFromImage(sitk.MultiLabelSTAPLE(given, 0))
    np.testing.assert_array_equal(fuse_masks(masks).mask.classes, expected)


def test_votes_are_counted_by_hand() -> None:
    masks = rows("01101", "00111", "01011")
    assert fused(masks, "majority") == [0, 1, 1, 1, 1]
    assert fused(masks, "at-least", 1) == [0, 1, 1, 1, 1]
    assert fused(masks, "at-least", 3) == [0, 0, 0, 0, 1]


def test_a_class_needs_as_many_votes_as_are_asked_for() -> None:
    masks = rows("1122", "1210", "2210", names=("soma", "process"))
    assert fused(masks, "at-least", 2) == [1, 2, 1, 0]
    assert fused(masks, "at-least", 3) == [0, 0, 0, 0]


def test_classes_that_tie_get_the_class_that_is_asked_for() -> None:
    masks = rows("1", "2", names=("soma", "process"))
    for method in ("staple", "majority"):
        for tie in (0, 1, 2):
            assert fuse_masks(masks, method, tie=tie).mask.classes.item() == tie


def test_shares_are_of_those_who_said_something() -> None:
    found = fuse_masks(rows("011-", "01--", "00--", "11--"), "majority")
    np.testing.assert_allclose(found.share[1].ravel(), [1 / 4, 3 / 4, 1, np.nan])
    np.testing.assert_allclose(found.share.sum(axis=0).ravel()[:3], 1)
    assert found.marked.ravel().tolist() == [1, 3, 1, 0]


@pytest.mark.parametrize("method", METHODS)
def test_where_nobody_said_anything_the_consensus_does_not_either(method: str) -> None:
    masks = rows("0110-", "0110-", "0010-")
    given = reliability_of(masks, method)
    assert fuse_masks(masks, method, reliability=given).mask.classes[0, -1] == IGNORED


@pytest.mark.parametrize("method", ["at-least", "objects"])
def test_fewer_than_are_needed_decide_nothing_where_others_are_silent(method: str) -> None:
    assert fused(rows("01100-", "011---", "011---"), method) == [0, 1, 1, -1, -1, -1]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("classes", [1, 2])
def test_the_order_of_annotators_does_not_matter(method: str, classes: int) -> None:
    masks = masks_of(3, classes, annotators=3)
    expected = fuse_masks(masks, method, reliability=reliability_of(masks, method)).mask.classes
    for order in permutations(masks):
        again = {name: masks[name] for name in order}
        found = fuse_masks(again, method, reliability=reliability_of(again, method))
        np.testing.assert_array_equal(found.mask.classes, expected)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("classes", [1, 2])
def test_what_all_drew_alike_is_the_consensus(method: str, classes: int) -> None:
    one = masks_of(4, classes)["ann"]
    masks = dict.fromkeys(NAMES, one)
    found = fuse_masks(masks, method, reliability=reliability_of(masks, method)).mask
    np.testing.assert_array_equal(check_mask(found).classes, one.classes)


@pytest.mark.parametrize("method", METHODS)
def test_a_single_annotators_mask_is_taken_with_its_objects(method: str) -> None:
    objects = np.array([[1, 1, 2, 0]], np.int32)
    masks = {"ann": Mask((objects > 0).astype(np.int16), objects)}
    found = fuse_masks(masks, method, reliability=reliability_of(masks, method))
    assert found.mask is masks["ann"]
    assert found.method == "one"


def test_an_annotator_who_ignores_all_of_an_image_is_as_one_who_did_not_do_it() -> None:
    masks = masks_of(5)
    silent = Mask(np.full_like(masks["ann"].classes, IGNORED), class_names=("soma",))
    for method in ("staple", "majority", "dawid-skene"):
        with_silent = fuse_masks({**masks, "zoe": silent}, method)
        np.testing.assert_array_equal(
            with_silent.mask.classes, fuse_masks(masks, method).mask.classes
        )


def test_two_cells_that_one_annotator_drew_as_one_stay_two_among_objects() -> None:
    two, one = np.zeros((9, 20), np.int32), np.zeros((9, 20), np.int32)
    two[2:7, 2:9], two[2:7, 10:17] = 1, 2
    one[2:7, 2:17] = 1
    drawn = {"ann": two, "ben": two, "cyd": one}
    masks = {name: Mask((mask > 0).astype(np.int16), mask) for name, mask in drawn.items()}
    found = fuse_masks(masks, "objects").mask
    assert found.objects is not None
    assert found.objects[4, 5] != found.objects[4, 13] != 0


def test_an_object_is_of_the_class_that_most_of_its_pixels_were_given() -> None:
    names = ("soma", "process")
    masks = rows("01110220", "01110220", "02220220", names=names)
    assert fused(masks, "objects") == [0, 1, 1, 1, 0, 2, 2, 0]


def test_it_says_which_count_of_votes_it_amounts_to() -> None:
    masks = masks_of(6)
    for least in (1, 2, 4):
        assert least in fuse_masks(masks, "at-least", least=least).same_as_at_least
    assert 3 in fuse_masks(masks, "majority").same_as_at_least
    assert fuse_masks(masks_of(6, classes=2), "majority").same_as_at_least == ()


def blocks(truth: NDArray[np.int16], errors: float, seed: int) -> Mask:
    wrong = np.random.default_rng(seed).random(truth.shape) < errors
    return Mask(np.where(wrong, 1 - truth, truth).astype(np.int16), class_names=("soma",))


def test_pooled_reliability_is_that_of_all_images_put_side_by_side() -> None:
    images = [masks_of(seed) for seed in range(3)]
    beside = {
        name: Mask(np.hstack([one[name].classes for one in images]), class_names=("soma",))
        for name in NAMES
    }
    pooled, whole = estimate_reliability(images), fuse_masks(beside)
    assert whole.reliability is not None
    np.testing.assert_allclose(pooled.confusion, whole.reliability.confusion, atol=1e-9)
    each = [fuse_masks(one, "staple-pooled", reliability=pooled).mask.classes for one in images]
    np.testing.assert_array_equal(np.hstack(each), whole.mask.classes)


def test_who_missed_images_is_rated_by_those_that_were_done() -> None:
    truth = (np.indices((80, 80)).sum(axis=0) % 2).astype(np.int16)
    errors = {"ann": 0.05, "ben": 0.1, "cyd": 0.2, "dan": 0.3}
    images = [
        {name: blocks(truth, rate, 10 * k + m) for m, (name, rate) in enumerate(errors.items())
         if (name, k) != ("dan", 0)}
        for k in range(3)
    ]  # fmt: skip
    found = estimate_reliability(images)
    for name, rate in errors.items():
        assert found.sensitivity()[name] == pytest.approx(1 - rate, abs=0.05)
        assert found.specificity()[name] == pytest.approx(1 - rate, abs=0.02)


def test_leaving_out_an_annotator_is_as_if_they_had_not_been_asked() -> None:
    images = [masks_of(seed, classes=2) for seed in range(2)]
    fewer = [{name: mask for name, mask in one.items() if name != "cyd"} for one in images]
    expected = estimate_reliability(fewer)
    found = pool_masks(images).without("cyd").reliability()
    assert found.annotators == expected.annotators
    np.testing.assert_allclose(found.confusion, expected.confusion, atol=1e-9)


@pytest.mark.parametrize(
    ("masks", "settings", "words"),
    [
        (rows("01", "01"), {"method": "mean"}, "not known"),
        (rows("01", "01"), {"method": "at-least", "least": 3}, "expected 1 to 2"),
        (rows("01", "01"), {"method": "staple-pooled"}, "over all images"),
        (rows("01", "01"), {"tie": 2}, "expected 0 to 1"),
    ],
)
def test_settings_that_make_no_mask_are_refused(
    masks: dict[str, Mask], settings: dict[str, object], words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        fuse_masks(masks, **settings)  # pyright: ignore[reportArgumentType]


def test_masks_that_do_not_fit_each_other_are_refused() -> None:
    with pytest.raises(InputError, match="shapes"):
        fuse_masks(rows("01", "011"))
    other = {"zoe": Mask(np.zeros((1, 2), np.int16), class_names=("nucleus",))}
    with pytest.raises(InputError, match="nucleus or soma"):
        fuse_masks({**rows("01"), **other})
    with pytest.raises(InputError, match="at least one"):
        fuse_masks({})
    with pytest.raises(InputError, match="none of zoe"):
        fuse_masks(
            {**rows("01"), "zoe": rows("01")["ann"]}, "staple-pooled",
            reliability=estimate_reliability([rows("01", "01")]),
        )  # fmt: skip
