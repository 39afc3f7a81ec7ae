"""New files are whole or not there, and never replace another."""

import pytest

from sightline.errors import InputError
from sightline.formats.new_file import new_file


def test_what_was_written_aside_gets_its_name(tmp_path):
    with new_file(tmp_path / "new.nwb") as aside:
        aside.write_bytes(b"content")
        assert not (tmp_path / "new.nwb").exists()
        assert aside.suffix == ".nwb"
    assert [file.name for file in tmp_path.iterdir()] == ["new.nwb"]
    assert (tmp_path / "new.nwb").read_bytes() == b"content"


def test_a_file_that_is_there_is_kept(tmp_path):
    (tmp_path / "new.nwb").write_bytes(b"old")
    with pytest.raises(InputError, match="there already"), new_file(tmp_path / "new.nwb"):
        pass
    assert (tmp_path / "new.nwb").read_bytes() == b"old"


def test_a_file_that_appears_meanwhile_is_kept(tmp_path):
    told = pytest.raises(InputError, match="there already")
    with told, new_file(tmp_path / "new") as aside:
        aside.write_bytes(b"mine")
        (tmp_path / "new").write_bytes(b"theirs")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"theirs"]


def test_a_failure_leaves_nothing_behind(tmp_path):
    with pytest.raises(KeyError), new_file(tmp_path / "new") as aside:  # noqa: PT012
        aside.write_bytes(b"half")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be written"), new_file(tmp_path / "no/new") as one:
        one.write_bytes(b"")
