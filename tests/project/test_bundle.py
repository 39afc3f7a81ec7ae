"""A bundle opens elsewhere as the same project; a hostile or damaged one leaves nothing behind."""

import json
import os
import sqlite3
import stat
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline.data.decision import Decision
from sightline.data.features import check_features
from sightline.errors import InputError, ProjectError, SightlineError
from sightline.project import Project, read_payload, store_payload
from sightline.project.arrays import read_arrays, write_arrays
from sightline.project.bundle import is_bundle, read_bundle, write_bundle
from sightline.project.candidates import store_candidates
from sightline.project.source import remember_sources, sources_of

Answer = Callable[..., Decision]


@pytest.fixture
def filled(project: Project, verdict: Answer) -> Project:
    """A project with features, evidence, an audit, a payload, and anna's and bob's decisions."""
    values = np.random.default_rng(0).normal(size=(8, 3))
    table = check_features(
        values, source="m1", recording="m1", names=("a", "b", "c"), version="columns-1"
    )
    store_candidates(project, [table], ("not cell", "cell"))
    write_arrays(project.arrays, "evidence-0", {"traces": values.astype(np.float32)})
    write_arrays(project.arrays, "audit-001", {"human": np.ones(8, bool)}, {"annotator": "anna"})
    store_payload(project.payloads, b"a mask")
    with project.journal() as journal:
        journal.record([verdict("m1/0"), verdict("m1/1", "not cell")], "1")
        journal.record([verdict("m1/2", annotator="bob")], "2")
        journal.record([verdict("m1/3")], "3")
        journal.undo("anna", "4")
    return project


@pytest.fixture
def bundle(filled: Project) -> Path:
    path = filled.path.with_name("shared.sightline.zip")
    write_bundle(filled, path)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Payloads and arrays by name."""
    return {
        f"{part}/{path.name}": path.read_bytes()
        for part in ("payloads", "arrays")
        for path in (folder / part).iterdir()
    }


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- there and back


def test_it_opens_elsewhere_with_the_same_bytes_decisions_and_redos(
    filled: Project, bundle: Path, tmp_path: Path
) -> None:
    there = read_bundle(bundle, tmp_path / "copy.sightline")
    assert (there.kind, there.created) == (filled.kind, filled.created)
    assert contents(there.path) == contents(filled.path)
    assert names(there.path) == {"project.json", "decisions.sqlite", "payloads", "arrays"}
    with filled.journal() as ours, there.journal() as theirs:
        assert theirs.entries() == ours.entries()
        assert theirs.redo("anna", "5").target == 3
        assert len(ours.entries()) == 4


def test_it_is_one_plain_zip_without_a_trace_of_where_it_was_made(
    filled: Project, tmp_path: Path
) -> None:
    remember_sources(filled, {"m1": tmp_path})
    (filled.arrays / ".features.zarr.zip.0.tmp").write_bytes(b"left by a killed process")
    write_bundle(filled, tmp_path / "a.sightline.zip")
    with zipfile.ZipFile(tmp_path / "a.sightline.zip") as file:
        assert sorted(path for path in file.namelist() if not path.startswith("payloads/")) == [
            "arrays/audit-001.zarr.zip",
            "arrays/evidence-0.zarr.zip",
            "arrays/features.zarr.zip",
            "decisions.sqlite",
            "project.json",
        ]
        assert all(part.compress_type == zipfile.ZIP_STORED for part in file.infolist())
    assert names(tmp_path) == {"a.sightline.zip"}
    there = read_bundle(tmp_path / "a.sightline.zip", tmp_path / "b.sightline")
    assert sources_of(filled) == {"m1": tmp_path}
    assert sources_of(there) == {}


def test_without_decisions_nothing_of_what_anybody_said_goes_along(
    filled: Project, tmp_path: Path
) -> None:
    write_bundle(filled, tmp_path / "a.sightline.zip", decisions=False)
    there = read_bundle(tmp_path / "a.sightline.zip", tmp_path / "b.sightline")
    with there.journal() as journal:
        assert journal.entries() == ()
    assert names(there.payloads) == set()
    assert names(there.arrays) == {"evidence-0.zarr.zip", "features.zarr.zip"}
    for path in there.arrays.iterdir():
        assert path.read_bytes() == (filled.arrays / path.name).read_bytes()


def test_a_journal_in_use_is_copied_as_it_is_at_one_moment(
    project: Project, verdict: Answer, mode: str, tmp_path: Path
) -> None:
    table = check_features(
        np.eye(8), source="m1", recording="m1", names=tuple("abcdefgh"), version="columns-1"
    )
    store_candidates(project, [table], ("not cell", "cell"))
    with project.journal() as journal:
        journal.record([verdict("m1/0")], "first")
        stop, number = threading.Event(), 0

        def write() -> None:
            nonlocal number
            with project.journal() as own:
                while not stop.is_set():
                    own.record([verdict("m1/1"), verdict("m1/2")], f"{number}")
                    number += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for copy in range(3):
                write_bundle(project, tmp_path / f"{copy}.sightline.zip")
        finally:
            stop.set()
            writer.join()
        entries = journal.entries()
    assert number > 0
    for copy in range(3):
        there = read_bundle(tmp_path / f"{copy}.sightline.zip", tmp_path / f"{copy}.sightline")
        with there.journal() as copied:
            found = copied.entries()
        assert found == entries[: len(found)]
        assert found


def test_payloads_are_those_that_the_decisions_name(
    filled: Project, bundle: Path, tmp_path: Path
) -> None:
    there = read_bundle(bundle, tmp_path / "copy.sightline")
    (digest,) = names(filled.payloads)
    assert read_payload(there.payloads, digest) == b"a mask"


def test_a_project_of_which_an_empty_folder_was_lost_can_be_shared(
    project: Project, tmp_path: Path
) -> None:
    table = check_features(
        np.eye(8), source="m1", recording="m1", names=tuple("abcdefgh"), version="columns-1"
    )
    store_candidates(project, [table], ("not cell", "cell"))
    project.payloads.rmdir()
    write_bundle(project, tmp_path / "a.sightline.zip")
    assert read_bundle(tmp_path / "a.sightline.zip", tmp_path / "b.sightline").payloads.is_dir()


def test_files_older_than_zip_can_tell_are_shared_too(filled: Project, tmp_path: Path) -> None:
    os.utime(filled.arrays / "features.zarr.zip", (0, 0))
    write_bundle(filled, tmp_path / "a.sightline.zip")
    assert read_bundle(tmp_path / "a.sightline.zip", tmp_path / "b.sightline").kind == "sort"


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("a.sightline.zip", True),
        ("A.SIGHTLINE.ZIP", True),
        ("a.zip", False),
        ("a.sightline", False),
    ],
)
def test_a_bundle_is_known_by_its_name(name: str, is_one: bool) -> None:
    assert is_bundle(Path("folder", name)) is is_one


# --- names that are taken or wrong


def test_a_taken_name_is_refused_and_stays_as_it_was(
    filled: Project, bundle: Path, tmp_path: Path
) -> None:
    before = bundle.read_bytes()
    with pytest.raises(InputError, match="Choose another name"):
        write_bundle(filled, bundle)
    assert bundle.read_bytes() == before
    (tmp_path / "b.sightline").mkdir()
    with pytest.raises(InputError, match="Choose another name"):
        read_bundle(bundle, tmp_path / "b.sightline")
    assert names(tmp_path / "b.sightline") == set()


def test_a_file_that_comes_meanwhile_is_not_replaced(
    filled: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, close = tmp_path / "a.sightline.zip", zipfile.ZipFile.close

    def closed(file: zipfile.ZipFile) -> None:
        close(file)
        output.write_text("mine")

    monkeypatch.setattr(zipfile.ZipFile, "close", closed)
    with pytest.raises(InputError, match="Choose another name"):
        write_bundle(filled, output)
    assert output.read_text() == "mine"
    assert names(tmp_path) == {"a.sightline.zip"}


@pytest.mark.parametrize("name", ["a.zip", "a.sightline", "absent/a.sightline.zip"])
def test_a_bundle_cannot_be_called_so(filled: Project, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=name):
        write_bundle(filled, tmp_path / name)
    assert names(tmp_path) == set()


@pytest.mark.parametrize("name", ["b", "b.zip", "absent/b.sightline"])
def test_a_project_cannot_be_called_so(bundle: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=name):
        read_bundle(bundle, tmp_path / name)
    assert names(tmp_path) == set()


def test_a_bundle_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_bundle(tmp_path / "a.sightline.zip", tmp_path / "b.sightline")


def test_a_bundle_taken_for_a_project_is_told_how_to_unpack(bundle: Path) -> None:
    with pytest.raises(ProjectError, match="Unpack the bundle: sightline sort prepare"):
        Project.open(bundle)


def test_a_full_disk_leaves_no_bundle(
    filled: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(ProjectError, match="disk is full"):
        write_bundle(filled, tmp_path / "a.sightline.zip")
    assert names(tmp_path) == set()


# --- hostile and damaged


def repacked(bundle: Path, change: Callable[[zipfile.ZipFile, dict[str, bytes]], None]) -> None:
    """Write the bundle anew; ``change`` alters its parts, or the file that they go to."""
    with zipfile.ZipFile(bundle) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(bundle, "w") as file:
        change(file, parts)
        for name, content in parts.items():
            file.writestr(name, content)


def extra(name: str) -> Callable[[zipfile.ZipFile, dict[str, bytes]], None]:
    return lambda _file, parts: parts.update({name: b"evil"})


def without(name: str) -> Callable[[zipfile.ZipFile, dict[str, bytes]], None]:
    return lambda _file, parts: parts.pop(name) and None


def deflated(file: zipfile.ZipFile, parts: dict[str, bytes]) -> None:
    name = f"payloads/{'0' * 64}"
    file.writestr(name, bytes(10**6), compress_type=zipfile.ZIP_DEFLATED)


def twice(file: zipfile.ZipFile, parts: dict[str, bytes]) -> None:
    file.writestr("project.json", parts["project.json"])
    with pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr("project.json", parts.pop("project.json"))


def linked(file: zipfile.ZipFile, parts: dict[str, bytes]) -> None:
    link = zipfile.ZipInfo("arrays/features.zarr.zip")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    file.writestr(link, "/etc/passwd")
    parts.pop("arrays/features.zarr.zip")


def claiming_more(file: zipfile.ZipFile, parts: dict[str, bytes]) -> None:
    name = f"payloads/{'0' * 64}"
    file.writestr(name, b"few bytes")
    file.getinfo(name).file_size = file.getinfo(name).compress_size = 10**13


def encrypted(file: zipfile.ZipFile, parts: dict[str, bytes]) -> None:
    name = f"payloads/{'0' * 64}"
    file.writestr(name, b"secret")
    file.getinfo(name).flag_bits |= 1


def with_part(name: str, content: bytes) -> Callable[[zipfile.ZipFile, dict[str, bytes]], None]:
    return lambda _file, parts: parts.update({name: content})


def with_array(**changed: Any) -> Callable[[zipfile.ZipFile, dict[str, bytes]], None]:
    """The features' array with something else in its description."""

    def change(file: zipfile.ZipFile, parts: dict[str, bytes]) -> None:
        path = Path(str(file.filename)).with_name("features.zip")
        path.write_bytes(parts["arrays/features.zarr.zip"])
        with zipfile.ZipFile(path) as inner:
            held = {name: inner.read(name) for name in inner.namelist()}
        about = json.loads(held["values-0/zarr.json"])
        held["values-0/zarr.json"] = json.dumps(about | changed).encode()
        with zipfile.ZipFile(path, "w") as inner:
            for name, content in held.items():
                inner.writestr(name, content)
        parts["arrays/features.zarr.zip"] = path.read_bytes()
        path.unlink()

    return change


def regular(*lengths: int) -> dict[str, Any]:
    return {"name": "regular", "configuration": {"chunk_shape": list(lengths)}}


HOSTILE: dict[str, Callable[[zipfile.ZipFile, dict[str, bytes]], None]] = {
    "a name above": extra("../evil"),
    "a name far above": extra("payloads/../../evil"),
    "an absolute name": extra("/tmp/evil"),  # noqa: S108
    "a drive": extra("C:\\evil"),
    "another folder": extra("scripts/run.py"),
    "a file of its own": extra("readme.txt"),
    "a source": extra("source.json"),
    "a journal's log": extra("decisions.sqlite-wal"),
    "a hidden array": extra("arrays/.features.zarr.zip"),
    "a folder": extra("arrays/"),
    "a compressed part": deflated,
    "a part twice": twice,
    "a link": linked,
    "more than the file holds": claiming_more,
    "a password": encrypted,
    "no description": without("project.json"),
    "no journal": without("decisions.sqlite"),
    "no features": without("arrays/features.zarr.zip"),
    "a journal that is none": with_part("decisions.sqlite", b"SQLite format 3\0" + bytes(99)),
    "a description that is none": with_part("project.json", b"[" * 10**5),
    "arrays that are none": with_part("arrays/evidence-0.zarr.zip", b"PK\3\4 and no more"),
    "more chunks than memory": with_array(shape=[10**9, 10**9], chunk_grid=regular(1, 1)),
    "one chunk larger than memory": with_array(shape=[10**8] * 2, chunk_grid=regular(10**8, 10**8)),
    "a chunk of no size": with_array(chunk_grid=regular(0, 0)),
    "text for numbers": with_array(data_type="string"),
    "a codec nobody knows": with_array(codecs=[{"name": "pickle", "configuration": {}}]),
    "an array of no shape": with_array(shape=None),
}  # fmt: skip


def test_a_bundle_packed_by_another_program_is_read(
    filled: Project, bundle: Path, tmp_path: Path
) -> None:
    repacked(bundle, lambda _file, _parts: None)
    assert contents(read_bundle(bundle, tmp_path / "b.sightline").path) == contents(filled.path)


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_bundle_of_ours_is_refused_in_one_sentence_and_leaves_nothing(
    bundle: Path, tmp_path: Path, change: Callable[[zipfile.ZipFile, dict[str, bytes]], None]
) -> None:
    repacked(bundle, change)
    with pytest.raises(SightlineError, match=r"shared\.sightline\.zip") as refused:
        read_bundle(bundle, tmp_path / "b.sightline")
    assert "\n" not in str(refused.value)
    assert ".tmp" not in str(refused.value)
    assert names(tmp_path) == set()
    assert names(bundle.parent) == {"mice.sightline", "shared.sightline.zip"}


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.7, 0.95, 0.9999])
def test_a_truncated_bundle_is_refused(bundle: Path, tmp_path: Path, share: float) -> None:
    content = bundle.read_bytes()
    bundle.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"damaged, or no bundle.*Copy it again"):
        read_bundle(bundle, tmp_path / "b.sightline")
    assert names(tmp_path) == set()


def test_no_flipped_bit_is_taken_for_what_was_shared(
    filled: Project, bundle: Path, tmp_path: Path
) -> None:
    content, rng = bundle.read_bytes(), np.random.default_rng(0)
    for place in rng.integers(len(content), size=60).tolist():
        changed = bytearray(content)
        changed[place] ^= 1 << int(rng.integers(8))
        bundle.write_bytes(changed)
        output = tmp_path / f"{place}.sightline"
        try:
            there = read_bundle(bundle, output)
        except SightlineError:
            assert not output.exists()
        else:  # a bit that says nothing, such as a file's time
            assert contents(there.path) == contents(filled.path)
    assert not [name for name in names(tmp_path) if name.startswith(".")]


def test_a_bundle_of_a_newer_version_says_so(bundle: Path, tmp_path: Path) -> None:
    def newer(_file: zipfile.ZipFile, parts: dict[str, bytes]) -> None:
        about = json.loads(parts["project.json"])
        parts["project.json"] = json.dumps(about | {"version": 99}).encode()

    repacked(bundle, newer)
    with pytest.raises(ProjectError, match=r"shared\.sightline\.zip.*Update Sightline"):
        read_bundle(bundle, tmp_path / "b.sightline")
    assert names(tmp_path) == set()


def test_an_altered_journal_is_refused(filled: Project, tmp_path: Path, verdict: Answer) -> None:
    write_bundle(filled, tmp_path / "a.sightline.zip")
    there = read_bundle(tmp_path / "a.sightline.zip", tmp_path / "b.sightline")
    with sqlite3.connect(there.path / "decisions.sqlite") as altered:
        altered.execute(
            "INSERT INTO entry (client_id, annotator, time_utc, act, target) "
            "VALUES ('evil', 'anna', '2026-01-01T00:00:00+00:00', 'undo', 2)"
        )
    altered.close()
    write_bundle(there, tmp_path / "c.sightline.zip")
    with pytest.raises(ProjectError, match="altered"):
        read_bundle(tmp_path / "c.sightline.zip", tmp_path / "d.sightline")
    assert not (tmp_path / "d.sightline").exists()


def test_arrays_come_back_as_numbers(bundle: Path, filled: Project, tmp_path: Path) -> None:
    there = read_bundle(bundle, tmp_path / "b.sightline")
    ours, _ = read_arrays(filled.arrays, "evidence-0")
    theirs, _ = read_arrays(there.arrays, "evidence-0")
    np.testing.assert_array_equal(ours["traces"], theirs["traces"])
