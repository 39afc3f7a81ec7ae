"""A folder of results is replaced only if all in it is ours and as we left it."""

from pathlib import Path

import pytest

from sightline.errors import InputError
from sightline.workflows.renewed_folder import check_renewable, renewed_folder


def fill(path: Path, text: str) -> None:
    with renewed_folder(path, "consensus") as aside:
        (aside / "masks").mkdir()
        (aside / "masks" / "a.png").write_text(text, encoding="utf-8")


def fill_by_half(path: Path) -> None:
    with renewed_folder(path, "consensus") as aside:
        (aside / "half.txt").write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")


def test_what_is_ours_and_untouched_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "made" / "out"
    for text in ("first", "second"):
        fill(out, text)
        assert (out / "masks" / "a.png").read_text(encoding="utf-8") == text
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_file_that_was_changed_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    fill(out, "first")
    (out / "masks" / "a.png").write_text("by hand", encoding="utf-8")
    with pytest.raises(InputError, match=r"masks/a\.png changed since"):
        fill(out, "second")
    assert (out / "masks" / "a.png").read_text(encoding="utf-8") == "by hand"


@pytest.mark.parametrize("kind", ["consensus", "evaluation"])
def test_files_that_are_not_ours_are_kept(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    if kind == "consensus":
        fill(out, "first")
        (out / "notes.txt").write_text("mine", encoding="utf-8")
        with pytest.raises(InputError, match=r"notes\.txt not ours"):
            check_renewable(out, kind)
        return
    fill(out, "first")  # results of another kind
    with pytest.raises(InputError, match="other files"):
        check_renewable(out, kind)


def test_a_file_in_the_way_is_refused_and_an_empty_folder_taken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="a file of this name"):
        check_renewable(tmp_path / "file", "consensus")
    (tmp_path / "empty").mkdir()
    fill(tmp_path / "empty", "first")
    assert (tmp_path / "empty" / "files.json").is_file()


def test_an_error_in_the_middle_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    fill(out, "first")
    with pytest.raises(InputError, match="No space left"):
        fill_by_half(out)
    assert (out / "masks" / "a.png").read_text(encoding="utf-8") == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
