"""Which mask belongs to which image, by names alone."""

from hypothesis import given
from hypothesis import strategies as st

from sightline.formats.masks.match_names import match_names


def test_the_name_itself_comes_first() -> None:
    found = match_names(["a", "b"], ["a", "b", "a_b"])
    assert found.by_image == {"a": ["a"], "b": ["b"]}
    assert found.left == ("a_b",)
    assert found.rule == "the image's name"


def test_something_behind_the_name_is_named_in_the_rule() -> None:
    found = match_names(["0001", "0002"], ["0001_cFOS", "0002_cFOS"])
    assert found.by_image == {"0001": ["0001_cFOS"], "0002": ["0002_cFOS"]}
    assert "'_cFOS'" in found.rule


def test_a_name_goes_on_only_behind_a_break() -> None:
    found = match_names(["1", "10"], ["10_mask", "1_mask", "100_mask"])
    assert found.by_image == {"10": ["10_mask"], "1": ["1_mask"]}
    assert found.left == ("100_mask",)


def test_of_two_images_that_fit_the_longer_name_is_meant() -> None:
    found = match_names(["cell", "cell_2"], ["cell_mask", "cell_2_mask"])
    assert found.by_image == {"cell": ["cell_mask"], "cell_2": ["cell_2_mask"]}


def test_something_before_the_name() -> None:
    found = match_names(["a", "b"], ["RoiSet_a", "RoiSet_b"])
    assert found.by_image == {"a": ["RoiSet_a"], "b": ["RoiSet_b"]}
    assert "'RoiSet_'" in found.rule


def test_an_ending_that_all_images_share_may_be_another_one() -> None:
    found = match_names(["01_test", "02_test"], ["01_manual1", "02_manual1", "03_manual1"])
    assert found.by_image == {"01_test": ["01_manual1"], "02_test": ["02_manual1"]}
    assert found.left == ("03_manual1",)
    assert "'_test'" in found.rule
    assert "'_manual1'" in found.rule


def test_points_in_names_are_kept() -> None:
    found = match_names(["a.b", "a"], ["a.b", "a"])
    assert found.by_image == {"a.b": ["a.b"], "a": ["a"]}


def test_folders_must_be_the_same() -> None:
    found = match_names(["left/1", "right/1"], ["left/1_mask", "1_mask"])
    assert found.by_image == {"left/1": ["left/1_mask"]}
    assert found.left == ("1_mask",)


def test_two_masks_of_one_image_are_both_told() -> None:
    found = match_names(["a", "b"], ["a_1", "a_2", "b_1"])
    assert found.by_image["a"] == ["a_1", "a_2"]


NAMES = st.lists(st.text("abc019_-. ", min_size=1, max_size=6), unique=True, max_size=8)


@given(NAMES, NAMES)
def test_each_mask_fits_one_image_or_is_left(images: list[str], masks: list[str]) -> None:
    found = match_names(images, masks)
    fitted = [name for names in found.by_image.values() for name in names]
    assert sorted([*fitted, *found.left]) == sorted(masks)
    assert set(found.by_image) <= set(images)


@given(NAMES.filter(bool), st.text("xyz", min_size=1, max_size=4))
def test_the_same_ending_behind_every_name_matches_all(images: list[str], ending: str) -> None:
    found = match_names(images, [f"{name}_{ending}" for name in images])
    assert found.left == ()
    assert found.by_image == {name: [f"{name}_{ending}"] for name in images}
