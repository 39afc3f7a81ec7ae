"""A payload is named by what it holds, and is whole or not there."""

import errno
from hashlib import sha256
from pathlib import Path

import pytest

from sightline.errors import ProjectError
from sightline.project import durable, read_payload, store_payload


@pytest.mark.parametrize("content", [b"", b"mask", bytes(range(256)) * 4096])
def test_what_was_stored_is_given_back_under_its_sha256(tmp_path: Path, content: bytes) -> None:
    digest = store_payload(tmp_path, content)
    assert digest == sha256(content).hexdigest()
    assert read_payload(tmp_path, digest) == content


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    assert store_payload(tmp_path, b"mask") == store_payload(tmp_path, b"mask")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_damaged_payload_is_told_and_mended_by_storing_it_again(tmp_path: Path) -> None:
    digest = store_payload(tmp_path, b"mask")
    (tmp_path / digest).write_bytes(b"mas")
    with pytest.raises(ProjectError, match="damaged"):
        read_payload(tmp_path, digest)
    store_payload(tmp_path, b"mask")
    assert read_payload(tmp_path, digest) == b"mask"


def test_a_missing_payload_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="missing"):
        read_payload(tmp_path, "0" * 64)


def test_it_is_synced_before_it_has_its_name_and_its_name_before_it_is_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    replace = Path.replace
    monkeypatch.setattr(durable, "sync", lambda _: steps.append("file"))
    monkeypatch.setattr(durable, "sync_folder", lambda _: steps.append("folder"))
    monkeypatch.setattr(Path, "replace", lambda *way: (steps.append("name"), replace(*way))[1])
    store_payload(tmp_path, b"mask")
    assert steps == ["file", "name", "folder"]


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.ENOSPC, "Free some space"), (errno.EACCES, "Allow that"), (errno.EIO, "Check it")],
)
def test_a_write_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def broken(_: int) -> None:
        raise OSError(number, "told by the system")

    monkeypatch.setattr(durable, "sync", broken)
    with pytest.raises(ProjectError, match=remedy):
        store_payload(tmp_path, b"mask")
    assert list(tmp_path.iterdir()) == []
