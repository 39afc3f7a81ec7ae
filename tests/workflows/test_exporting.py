"""Results go back the way the candidates came, beside the originals, which stay as they were."""

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io
from small_projects import (
    ANSWERED,
    anna,
    answer,
    caiman_file,
    exported,
    extraction,
    merge,
    prepared,
    suite2p_folder,
    table,
    truths,
    twins,
)

from sightline.errors import InputError, SettingError
from sightline.formats.candidates.actsort_candidates import read_actsort_labels
from sightline.formats.candidates.caiman import CAIMAN_USER, read_caiman
from sightline.formats.candidates.open_labels import open_labels
from sightline.formats.candidates.suite2p import SUITE2P_USER, read_suite2p
from sightline.project.bundle import read_bundle
from sightline.project.project import Project
from sightline.review.sort_session import SortSession
from sightline.workflows.exporting import export
from sightline.workflows.joining import join_projects

COUNT = len(extraction().candidates)


def accepted_by_table(project: Path, path: Path) -> np.ndarray:
    """Whether each candidate is a cell, by the table of the same project."""
    rows = table(exported(project, "csv", path))
    return np.array([row["verdict"] == "cell" for row in rows])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def by_hand() -> np.ndarray:
    """Which candidates anna answered, and what: 1, 0, or -1 for not."""
    said = np.full(COUNT, -1)
    said[ANSWERED] = extraction().truth[ANSWERED]
    return said


# --- suite2p


@pytest.fixture(scope="module")
def from_suite2p(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Suite2p's folder, and a project made of it."""
    home = tmp_path_factory.mktemp("suite2p")
    folder = suite2p_folder(home / "suite2p" / "plane0")
    return folder, answer(prepared(home / "mouse.sightline", folder.parent))


def test_iscell_lies_beside_the_original_which_stays_as_it_was(
    from_suite2p: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, project = from_suite2p
    before = contents(folder)
    path = exported(project, "suite2p")
    assert path == folder / "iscell_sightline.npy"
    assert {name: content for name, content in contents(folder).items() if name in before} == before
    rows = np.load(path)
    assert rows.shape == (COUNT, 2)
    np.testing.assert_array_equal(rows[:, 0] == 1, accepted_by_table(project, tmp_path / "t.csv"))
    with anna(project) as session:
        np.testing.assert_array_equal(rows[:, 1], session.predict().probability)
    with pytest.raises(InputError, match="there already"):
        exported(project, "suite2p")
    np.testing.assert_array_equal(np.load(path), rows)
    path.unlink()


def test_iscell_in_the_place_of_the_old_one_gives_the_same_verdicts(
    from_suite2p: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, project = from_suite2p
    copy = Path(shutil.copytree(folder, tmp_path / "plane0"))
    (copy / "iscell.npy").unlink()
    exported(project, "suite2p", copy / "iscell.npy")
    read = read_suite2p(copy)
    proposal = read.proposal
    assert proposal is not None
    changed = read.labels.get(SUITE2P_USER, np.full(COUNT, -1))
    accepted = np.where(changed >= 0, changed, proposal)
    np.testing.assert_array_equal(accepted == 1, accepted_by_table(project, tmp_path / "t.csv"))
    labels = open_labels(copy / "iscell.npy", read)[SUITE2P_USER]
    np.testing.assert_array_equal(labels, accepted)


def test_where_all_is_decided_and_there_is_no_classifier_the_verdict_is_the_probability(
    fresh: Path, tmp_path: Path
) -> None:
    with anna(fresh) as session:
        session.decide_each(dict.fromkeys(truths(range(COUNT)), "cell"))
    rows = np.load(exported(fresh, "suite2p", tmp_path / "iscell.npy"))
    np.testing.assert_array_equal(rows, np.ones((COUNT, 2)))


# --- CaImAn


def test_caimans_index_holds_all_components_and_apart_those_a_person_decided(
    tmp_path: Path,
) -> None:
    original = caiman_file(tmp_path / "mouse.hdf5")
    before = original.read_bytes()
    project = answer(prepared(tmp_path / "mouse.sightline", original))
    path = exported(project, "caiman")
    assert path == tmp_path / "mouse_sightline.npz"
    assert original.read_bytes() == before
    accepted = accepted_by_table(project, tmp_path / "t.csv")
    with np.load(path) as index:
        np.testing.assert_array_equal(index["idx_components"], np.flatnonzero(accepted))
        np.testing.assert_array_equal(index["idx_components_bad"], np.flatnonzero(~accepted))
        np.testing.assert_array_equal(index["accepted_list"], np.flatnonzero(by_hand() == 1))
        np.testing.assert_array_equal(index["rejected_list"], np.flatnonzero(by_hand() == 0))
    labels = open_labels(path, read_caiman(original))
    np.testing.assert_array_equal(labels[CAIMAN_USER], by_hand())


def test_caimans_index_can_be_hdf5_as_the_original(project: Path, tmp_path: Path) -> None:
    path = exported(project, "caiman", tmp_path / "index.hdf5")
    accepted = accepted_by_table(project, tmp_path / "t.csv")
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["estimates/idx_components"], np.flatnonzero(accepted))


# --- ActSort


def test_actsorts_label_file_tells_the_person_from_the_machine(
    project: Path, tmp_path: Path
) -> None:
    path = exported(project, "actsort", tmp_path / "mouse_LABELS.mat")
    accepted = accepted_by_table(project, tmp_path / "t.csv")
    labels = scipy.io.loadmat(path, simplify_cells=True)["labels"]
    person = np.select([by_hand() == 1, by_hand() == 0], [1, -1], 0)
    overall = np.where(accepted, 1, -1)
    np.testing.assert_array_equal(labels["labels_ex"], person)
    np.testing.assert_array_equal(labels["labels_ml"], np.where(person, 0, overall))
    np.testing.assert_array_equal(labels["labels_overall"], overall)
    read = read_actsort_labels(path)
    np.testing.assert_array_equal(read["human"], by_hand())
    np.testing.assert_array_equal(read["merged"], accepted)


# --- merges


def test_a_merged_cell_is_one_row_of_the_table(project: Path, tmp_path: Path) -> None:
    first, second = twins()[0]
    merge(project, first, second)
    with anna(project) as session:
        said = export(session, "csv", tmp_path / "t.csv")
    rows = {row["item"]: row for row in table(tmp_path / "t.csv")}
    assert (len(rows), said["merged_away"]) == (COUNT - 1, 1)
    assert said["cell"] + said["not cell"] == COUNT - 1
    assert rows[f"mouse/{first}+{second}"]["parts"] == f"{first} {second}"
    assert rows[f"mouse/{first}+{second}"]["verdict"] == "cell"
    assert not {f"mouse/{first}", f"mouse/{second}"} & set(rows)
    assert {row["parts"] for item, row in rows.items() if "+" not in item} == {""}


def test_in_files_of_fixed_rows_the_first_part_stands_for_the_cell(
    project: Path, tmp_path: Path
) -> None:
    before = np.load(exported(project, "suite2p", tmp_path / "before.npy"))
    first, second, third = np.flatnonzero(by_hand() == 1)[:3].tolist()
    assert before[[first, second, third], 0].tolist() == [1, 1, 1]
    merge(project, *map(str, (first, second, third)))
    after = np.load(exported(project, "suite2p", tmp_path / "after.npy"))
    changed = np.flatnonzero(after[:, 0] != before[:, 0])
    assert changed.tolist() == sorted([second, third])
    with np.load(exported(project, "caiman", tmp_path / "index.npz")) as index:
        np.testing.assert_array_equal(index["idx_components"], np.flatnonzero(after[:, 0]))
        assert {second, third} <= set(index["rejected_list"].tolist())
        assert first in index["accepted_list"]
    labels = read_actsort_labels(exported(project, "actsort", tmp_path / "x_LABELS.mat"))
    assert labels["human"][[first, second, third]].tolist() == [1, 0, 0]
    np.testing.assert_array_equal(labels["merged"], after[:, 0])


def test_a_part_that_a_person_rejects_stands_for_the_cell_that_they_saw(
    fresh: Path, tmp_path: Path
) -> None:
    first, second = twins()[2]
    rows = [row for row in range(16) if str(row) not in (first, second)]
    with anna(fresh) as session:
        session.decide_each({**truths(rows), f"mouse/{first}": "not cell"})
        session.decide(f"mouse/{second}", "cell")
    merge(fresh, first, second)
    labels = read_actsort_labels(exported(fresh, "actsort", tmp_path / "x_LABELS.mat"))
    assert labels["human"][[int(first), int(second)]].tolist() == [1, 0]


@pytest.mark.parametrize(("to", "name"), [("csv", "a.csv"), ("suite2p", "a.npy")])
def test_undoing_a_merge_gives_the_export_of_before(
    project: Path, tmp_path: Path, to: str, name: str
) -> None:
    before = exported(project, to, tmp_path / f"1-{name}").read_bytes()
    merge(project, *twins()[0], twins()[1][0])
    assert exported(project, to, tmp_path / f"2-{name}").read_bytes() != before
    with anna(project) as session:
        session.undo()
    assert exported(project, to, tmp_path / f"3-{name}").read_bytes() == before
    with anna(project) as session:
        session.redo()
    merged = (tmp_path / f"2-{name}").read_bytes()
    assert exported(project, to, tmp_path / f"4-{name}").read_bytes() == merged


def test_a_merge_of_one_annotator_is_not_anothers(project: Path, tmp_path: Path) -> None:
    merge(project, *twins()[0])
    answer(project, ANSWERED, "bob")
    with SortSession(project, "bob") as session:
        assert export(session, "csv", tmp_path / "bob.csv")["merged_away"] == 0


# --- several recordings, several classes


@pytest.fixture
def two(project: Path, tmp_path: Path) -> Path:
    """The project joined with a second recording, whose answers are the other way round."""
    other = prepared(tmp_path / "rat.sightline", name="rat")
    with anna(other) as session:
        said = truths(range(16), "rat")
        session.decide_each({k: "cell" if v == "not cell" else "not cell" for k, v in said.items()})
    join_projects([project, other], tmp_path / "both.sightline")
    return tmp_path / "both.sightline"


def test_a_table_holds_all_recordings_or_the_one_that_is_named(two: Path, tmp_path: Path) -> None:
    rows = table(exported(two, "csv", tmp_path / "all.csv"))
    assert len(rows) == 2 * COUNT
    with anna(two) as session:
        said = export(session, "csv", tmp_path / "rat.csv", recording="rat")
    assert table(tmp_path / "rat.csv") == rows[COUNT:]
    assert said["cell"] + said["not cell"] == COUNT
    assert said["decided_by_annotator"] == 16


def test_other_formats_hold_one_recording(two: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"--recording.*mouse, rat.*one recording a file"):
        exported(two, "suite2p", tmp_path / "a.npy")
    with pytest.raises(SettingError, match="--recording is 'cat'"):
        exported(two, "csv", tmp_path / "a.csv", recording="cat")
    with pytest.raises(SettingError, match="whole project"):
        exported(two, "bundle", tmp_path / "a.sightline.zip", recording="rat")
    assert not list(tmp_path.glob("a.*"))
    rows = table(exported(two, "csv", tmp_path / "rat.csv", recording="rat"))
    iscell = np.load(exported(two, "suite2p", tmp_path / "rat.npy", recording="rat"))
    assert (iscell[:, 0] == 1).tolist() == [row["verdict"] == "cell" for row in rows]


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A project of three classes, a third of the candidates each."""
    project = prepared(tmp_path / "three.sightline", classes=("noise", "soma", "dendrite"))
    with anna(project) as session:
        names = [session.classes[row % 3] for row in range(18)]
        session.decide_each({f"mouse/{row}": name for row, name in enumerate(names)})
    return project


def test_of_more_than_two_classes_it_must_be_said_which_are_cells(
    three: Path, tmp_path: Path
) -> None:
    for accept in ((), ("soma", "axon")):
        with pytest.raises(SettingError, match=r"--accept.*noise, soma, dendrite"):
            exported(three, "suite2p", tmp_path / "a.npy", accept=accept)
    assert not (tmp_path / "a.npy").exists()
    rows = np.load(exported(three, "suite2p", tmp_path / "b.npy", accept=("soma", "dendrite")))
    verdicts = [row["verdict"] for row in table(exported(three, "csv", tmp_path / "t.csv"))]
    assert (rows[:, 0] == 1).tolist() == [verdict != "noise" for verdict in verdicts]
    with anna(three) as session:
        chances = session.predict().probability
    np.testing.assert_allclose(rows[:, 1], chances[:, 1:].sum(1), rtol=1e-5)


# --- bundles, names, and what cannot be


def test_a_bundle_lies_beside_the_project_and_opens(project: Path, tmp_path: Path) -> None:
    path = exported(project, "bundle")
    assert path == tmp_path / "mouse.sightline.zip"
    there = read_bundle(path, tmp_path / "copy.sightline")
    with anna(project) as ours, anna(there.path) as theirs:
        assert theirs.decisions == ours.decisions
    exported(project, "bundle", tmp_path / "bare.sightline.zip", decisions=False)
    with anna(read_bundle(tmp_path / "bare.sightline.zip", tmp_path / "bare.sightline").path) as he:
        assert he.decisions == {}


def test_a_table_lies_beside_the_project_however_that_is_named(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exported(project, "csv") == tmp_path / "mouse.csv"
    (tmp_path / "mouse.csv").unlink()
    monkeypatch.chdir(project)
    assert exported(Path(), "csv") == tmp_path / "mouse.csv"


@pytest.mark.parametrize("to", ["suite2p", "caiman", "actsort", "nwb"])
def test_where_the_original_is_gone_it_must_be_said_where_to(project: Path, to: str) -> None:
    with pytest.raises(InputError, match="Give --output"):
        exported(project, to)


@pytest.mark.parametrize("to", ["suite2p", "caiman", "actsort"])
def test_formats_that_need_a_label_for_each_refuse_half_labelled_projects(
    fresh: Path, tmp_path: Path, to: str
) -> None:
    with anna(fresh) as session:
        session.decide("mouse/1", "cell")
    with pytest.raises(InputError, match=r"25 candidates have no label yet.*export as csv"):
        exported(fresh, to, tmp_path / "a.npz")
    assert not (tmp_path / "a.npz").exists()
    rows = table(exported(fresh, "csv", tmp_path / "a.csv"))
    assert [row["verdict"] for row in rows].count("") == COUNT - 1


@pytest.mark.parametrize("to", ["csv", "suite2p", "caiman", "actsort", "nwb", "bundle"])
def test_no_export_overwrites_a_file(project: Path, tmp_path: Path, to: str) -> None:
    if to == "nwb":
        pytest.importorskip("pynwb")
    taken = tmp_path / "taken.sightline.zip"
    taken.write_text("mine")
    with pytest.raises(InputError, match="taken"):
        exported(project, to, taken)
    assert taken.read_text() == "mine"
    assert not [path for path in tmp_path.iterdir() if "part" in path.name or path.name[0] == "."]


def test_an_unknown_format_is_told(project: Path) -> None:
    with pytest.raises(SettingError, match=r"--to is 'xls'.*csv, bundle, suite2p"):
        exported(project, "xls")
    assert Project.open(project).kind == "sort"
