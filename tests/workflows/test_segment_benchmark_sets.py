"""Which images are trained on and judged on, in every form that users write."""

import shutil
from pathlib import Path

import pytest
from small_laboratories import write_laboratory_of_discs

from sightline.errors import InputError
from sightline.workflows.segment_benchmark_sets import Sets, choose_sets

HOME = ("0001", "0002", "0004", "0010")
AWAY = ("a", "b", "c")


@pytest.fixture(scope="module")
def laboratories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two laboratories in one folder."""
    folder = tmp_path_factory.mktemp("laboratories")
    write_laboratory_of_discs(folder / "home", HOME)
    write_laboratory_of_discs(folder / "away", AWAY, ("eve", "sue"), suffix="", seed=1)
    return folder


def names(sets: Sets) -> tuple[list[str], list[str]]:
    return [one.which.name for one in sets.train], [one.which.name for one in sets.test]


def test_folders_inside_the_folder(laboratories: Path) -> None:
    assert names(choose_sets(laboratories, "home", "away")) == (list(HOME), list(AWAY))


def test_folders_elsewhere(laboratories: Path, tmp_path: Path) -> None:
    other = write_laboratory_of_discs(tmp_path / "other", ("x",), ("kim",), seed=2)
    assert names(choose_sets(laboratories, "home", str(other))) == (list(HOME), ["x"])


def test_names_of_the_folder_to_train_on_and_the_rest_is_trained_on(laboratories: Path) -> None:
    sets = choose_sets(laboratories, "home", "0002,0010")
    assert names(sets) == (["0001", "0004"], ["0002", "0010"])
    assert any("0002, 0010" in said and "not trained on" in said for said in sets.said)


def test_names_alone_leave_the_rest_of_their_folder(laboratories: Path) -> None:
    assert names(choose_sets(laboratories, "", "0002")) == (["0001", "0004", "0010"], ["0002"])


def test_the_folder_itself(laboratories: Path) -> None:
    assert names(choose_sets(laboratories / "home", ".", "0001")) == (list(HOME[1:]), ["0001"])


@pytest.mark.parametrize("written", ["home/0002", "0002.png", " 0002 ", "home/0002.png", "0002,"])
def test_names_may_have_a_folder_an_ending_and_spaces(laboratories: Path, written: str) -> None:
    assert names(choose_sets(laboratories, "home", written))[1] == ["0002"]


def test_names_on_both_sides(laboratories: Path) -> None:
    assert names(choose_sets(laboratories, "0001,0004", "a,b")) == (["0001", "0004"], ["a", "b"])


def test_a_list_of_names_longer_than_any_path_may_be(tmp_path: Path) -> None:
    many = tuple(f"recording-of-a-long-name-{number:04d}" for number in range(20))
    write_laboratory_of_discs(tmp_path / "lab", many, ("kim",))
    sets = choose_sets(tmp_path / "lab", "", ",".join(many[2:]))
    assert names(sets) == (list(many[:2]), list(many[2:]))


def test_a_text_file_with_a_name_on_each_line(laboratories: Path, tmp_path: Path) -> None:
    listed = tmp_path / "test images.txt"
    listed.write_text("# judged on\n0002\n\n0010\n", encoding="utf-8")
    assert names(choose_sets(laboratories, "home", str(listed)))[1] == ["0002", "0010"]


def test_several_folders(laboratories: Path) -> None:
    sets = choose_sets(laboratories, "home,away", "b,0001")
    assert names(sets) == (["0002", "0004", "0010", "a", "c"], ["b", "0001"])


def test_an_image_named_twice_counts_once(laboratories: Path) -> None:
    assert names(choose_sets(laboratories, "home", "0001,home/0001,0001"))[1] == ["0001"]


def test_a_copy_of_an_image_to_be_judged_on_is_not_trained_on(
    laboratories: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(laboratories, tmp_path / "both")
    for file in ("images/0002.png", *(f"labels/{who}/0002_cells.png" for who in ("ada", "bob"))):
        shutil.copy(folder / "home" / file, folder / "home" / file.replace("0002", "0077"))
    sets = choose_sets(folder, "home", "0002")
    assert "0077" not in names(sets)[0]
    assert any("0077 (of 0002)" in said for said in sets.said)


def test_what_matched_and_what_did_not_is_said(laboratories: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(laboratories, tmp_path / "both")
    (folder / "home" / "labels" / "ada" / "0001_cells.png").unlink()
    said = " ".join(choose_sets(folder, "home", "away").said)
    assert "_cells" in said
    assert "ada has no mask of 1 of 4 images: 0001" in said


def test_unknown_names_are_listed_all_at_once_with_what_is_there(laboratories: Path) -> None:
    with pytest.raises(InputError, match=r"nine, ten.*0001") as failure:
        choose_sets(laboratories, "home", "0001,nine,ten")
    assert "--test" in str(failure.value)


def test_an_unknown_folder_to_train_on(laboratories: Path) -> None:
    with pytest.raises(InputError, match=r"--train: nowhere"):
        choose_sets(laboratories, "nowhere", "away")


@pytest.mark.parametrize("test", ["", "  ", ","])
def test_nothing_to_judge_on(laboratories: Path, test: str) -> None:
    with pytest.raises(InputError, match="--test"):
        choose_sets(laboratories, "home", test)


@pytest.mark.parametrize("test", ["home", "0001,0002,0004,0010"])
def test_training_on_what_is_judged_on_is_refused(laboratories: Path, test: str) -> None:
    with pytest.raises(InputError, match="all 4 images are in --test too"):
        choose_sets(laboratories, "home", test)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        choose_sets(tmp_path / "none", "a", "b")


def test_an_empty_list(laboratories: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match="--test"):
        choose_sets(laboratories, "home", str(empty))


def test_the_same_name_in_two_laboratories_must_be_told_apart(
    laboratories: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(laboratories, tmp_path / "both")
    write_laboratory_of_discs(folder / "third", ("0001",), seed=5)
    with pytest.raises(InputError, match="several folders"):
        choose_sets(folder, "", "0001")
    assert names(choose_sets(folder, "home", "third/0001"))[1] == ["0001"]
