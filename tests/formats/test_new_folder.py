"""A new folder is whole or not there."""

from pathlib import Path

import pytest

from sightline.errors import InputError
from sightline.formats.new_folder import new_folder


def test_it_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    with new_folder(tmp_path / "deep" / "a") as aside:
        (aside / "x").write_text("1")
        assert not (tmp_path / "deep" / "a").exists()
    assert (tmp_path / "deep" / "a" / "x").read_text() == "1"
    assert [one.name for one in (tmp_path / "deep").iterdir()] == ["a"]


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), ValueError("ours")])
def test_nothing_stays_of_what_failed(tmp_path: Path, failure: Exception) -> None:
    def fill() -> None:
        with new_folder(tmp_path / "a") as aside:
            (aside / "x").write_text("1")
            raise failure

    with pytest.raises((InputError, ValueError), match=r"No space left.*Free some space|ours"):
        fill()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["file", "folder"])
def test_what_is_there_stays(tmp_path: Path, there: str) -> None:
    path = tmp_path / "a"
    path.write_text("mine") if there == "file" else path.mkdir()
    with pytest.raises(InputError, match="there already"), new_folder(path):
        raise AssertionError("not to be reached")
    assert [one.name for one in tmp_path.iterdir()] == ["a"]
