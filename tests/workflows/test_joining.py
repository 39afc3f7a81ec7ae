"""Projects and bundles become one batch: evidence and what everybody says come along."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_projects import anna, answer, exported, extraction, merge, prepared, truths, twins

from sightline.data.decision import Decision
from sightline.errors import InputError, ProjectError, SightlineError
from sightline.formats.table import write_rows
from sightline.project.candidates import read_candidates, store_candidates
from sightline.project.evidence import evidence_path, open_evidence
from sightline.project.fold import standing
from sightline.project.project import Project
from sightline.project.source import remember_sources, sources_of
from sightline.review import sort_audit
from sightline.review.merging import merge_groups
from sightline.review.sort_session import SortSession
from sightline.simulate.candidates import simulate_candidates
from sightline.sort.features.compute import feature_names
from sightline.workflows.joining import is_project, join_projects
from sightline.workflows.sorting import prepare_features

COUNT = len(extraction().candidates)


@pytest.fixture(scope="session")
def _rat_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = prepared(tmp_path_factory.mktemp("rat") / "rat.sightline", name="rat", movie=True)
    return answer(answer(project, range(5, 12), "bob"), range(3), "anna")


@pytest.fixture
def rat(_rat_once: Path, tmp_path: Path) -> Path:
    """A second recording, with a movie, in which bob judged seven and anna three."""
    return Path(shutil.copytree(_rat_once, tmp_path / "rat.sightline"))


@pytest.fixture
def both(tmp_path: Path) -> Path:
    return tmp_path / "both.sightline"


def said(path: Path) -> dict[str, dict[str, Decision]]:
    """What each annotator says now."""
    with Project.open(path).journal() as journal:
        state = journal.state()
    return {name: standing(state, name) for name in state.hands}


def values(decisions: dict[str, Decision]) -> dict[str, str]:
    return {item: decision.value for item, decision in decisions.items()}


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_both_recordings_are_one_batch(project: Path, rat: Path, both: Path) -> None:
    done = join_projects([project, rat], both)
    assert done["recordings"] == {"mouse": COUNT, "rat": COUNT}
    assert done["decisions"] == {"anna": 19, "bob": 7}
    parts = [read_candidates(Project.open(path)).tables[0] for path in (project, rat)]
    for table, part in zip(read_candidates(Project.open(both)).tables, parts, strict=True):
        np.testing.assert_array_equal(table.values, part.values)
        assert (table.items, table.version, table.notes) == (part.items, part.version, part.notes)
    with anna(both) as session:
        assert session.batch(5)
        assert len(session.predict().items) == 2 * COUNT


def test_evidence_is_that_of_each_project_byte_by_byte(
    project: Path, rat: Path, both: Path
) -> None:
    join_projects([rat, project], both)
    for number, path in enumerate((rat, project)):
        copied = evidence_path(Project.open(both), number)
        assert copied.read_bytes() == evidence_path(Project.open(path)).read_bytes()
    with open_evidence(Project.open(both)) as reader:
        assert reader.candidate(0).snapshots is not None
    with open_evidence(Project.open(both), 1) as reader:
        assert reader.evidence.recording == "mouse"
        assert reader.candidate(0).snapshots is None


def test_a_recording_without_evidence_leaves_its_place_empty(
    project: Path, both: Path, tmp_path: Path
) -> None:
    features = read_candidates(Project.open(project)).tables[0]
    bare = Project.create(tmp_path / "bare.sightline", "sort")
    store_candidates(bare, [replace(features, recording="bare")], ("not cell", "cell"))
    join_projects([bare.path, project], both)
    assert not evidence_path(Project.open(both), 0).exists()
    with open_evidence(Project.open(both), 1) as reader:
        assert reader.evidence.recording == "mouse"


def test_everybody_says_what_they_said(project: Path, rat: Path, both: Path) -> None:
    merge(project, *twins()[0])
    join_projects([project, rat], both)
    expected = {**said(project)["anna"], **said(rat)["anna"]}
    assert values(said(both)["anna"]) == values(expected)
    assert values(said(both)["bob"]) == truths(range(5, 12), "rat")
    with anna(both) as session:
        assert merge_groups(session) == {"mouse": (twins()[0],)}


def test_acts_keep_their_time_and_are_undone_one_by_one(fresh: Path, rat: Path, both: Path) -> None:
    with anna(fresh) as session:
        session.decide("mouse/0", "cell")
        session.decide(["mouse/1", "mouse/2"], "cell")
        session.decide("mouse/0", "not cell")
        session.decide("mouse/9", "cell")
        session.undo()
        times = [entry.time_utc for entry in session.journal.state().hand("anna").standing]
    join_projects([fresh, rat], both)
    with anna(both) as session:
        entries = [e for e in session.journal.entries() if e.decisions[0].item[:5] == "mouse"]
        assert [entry.time_utc for entry in entries] == times
        assert [len(entry.decisions) for entry in entries] == [1, 2, 1]
        assert "mouse/9" not in session.decisions
        session.undo()  # anna's of rat
        session.undo()
        assert session.decisions["mouse/0"].value == "cell"
        session.undo()
        assert set(session.decisions) == {"mouse/0"}


def test_random_questions_of_a_part_and_its_audits_count_as_neither(
    fresh: Path, rat: Path, both: Path
) -> None:
    with anna(fresh) as session:
        session.decide_each(truths(range(12)), probes={"mouse/0", "mouse/1"})
        name, items = sort_audit.draw(session, 4, 0)
        sort_audit.answer(session, name, "bob", dict.fromkeys(items, "cell"))
    join_projects([fresh, rat], both)
    decisions = [one for hand in said(both).values() for one in hand.values()]
    assert not any(decision.probe for decision in decisions)
    assert {decision.evidence.partition(":")[0] for decision in decisions} == {"joined"}
    with anna(both) as session:
        assert sort_audit.names(session) == []
    again = both.with_name("again.sightline")
    other = prepared(both.with_name("cat.sightline"), name="cat")
    join_projects([both, other], again)
    evidence = {one.evidence for hand in said(again).values() for one in hand.values()}
    assert evidence == {one.evidence for one in decisions}


def test_a_bundle_joins_like_the_project_it_was_made_of(
    project: Path, rat: Path, both: Path, tmp_path: Path
) -> None:
    bundle = exported(project, "bundle", tmp_path / "elsewhere.sightline.zip")
    join_projects([bundle, rat], both)
    join_projects([project, rat], tmp_path / "plain.sightline")
    assert values(said(both)["anna"]) == values(said(tmp_path / "plain.sightline")["anna"])
    for path in (tmp_path / "plain.sightline" / "arrays").glob("evidence-*"):
        assert (both / "arrays" / path.name).read_bytes() == path.read_bytes()


def test_one_bundle_is_unpacked_with_its_history(project: Path, tmp_path: Path) -> None:
    with anna(project) as session:
        session.undo()
    bundle = exported(project, "bundle", tmp_path / "a.sightline.zip")
    done = join_projects([bundle], tmp_path / "copy.sightline")
    assert done["decisions"] == {"anna": 0}
    with anna(tmp_path / "copy.sightline") as session:
        session.redo()
        assert values(session.decisions) == truths(range(16))
    assert hidden(tmp_path) == []


def test_one_project_is_copied(project: Path, both: Path) -> None:
    join_projects([project], both)
    assert values(said(both)["anna"]) == values(said(project)["anna"])


def test_where_the_inputs_lay_is_known_of_all(
    project: Path, rat: Path, both: Path, tmp_path: Path
) -> None:
    remember_sources(Project.open(project), {"mouse": project})
    remember_sources(Project.open(rat), {"rat": rat})
    join_projects([project, rat], both)
    assert sources_of(Project.open(both)) == {"mouse": project, "rat": rat}


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("a.sightline", True), ("a.sightline.zip", True), ("a.csv", False), ("a.zip", False)],
)
def test_what_can_be_joined_is_known_by_its_name(name: str, is_one: bool) -> None:
    assert is_project(name) is is_one
    assert is_project(Path("folder") / name) is is_one


# --- what does not go together


def refused(tmp_path: Path, *inputs: Path, match: str, output: str = "out.sightline") -> None:
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("arrays/*")}
    there = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(SightlineError, match=match):
        join_projects(inputs, tmp_path / output)
    assert sorted(path.name for path in tmp_path.iterdir()) == there
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("arrays/*")} == before


def test_the_same_name_twice(project: Path, tmp_path: Path) -> None:
    refused(tmp_path, project, project, match="two recordings are called 'mouse'.*--name")


def test_other_classes(project: Path, tmp_path: Path) -> None:
    other = prepared(tmp_path / "o.sightline", name="o", classes=("noise", "soma", "dendrite"))
    refused(tmp_path, project, other, match=r"classes differ: noise / soma.*not cell / cell.*--cla")


def test_other_features(project: Path, tmp_path: Path) -> None:
    other = prepared(tmp_path / "o.sightline", name="o", features="actsort")
    refused(tmp_path, project, other, match=r"o: its features are actsort.*sightline")


def test_other_columns(project: Path, tmp_path: Path) -> None:
    table = [[row, row % 3] for row in range(COUNT)]
    write_rows(tmp_path / "more.csv", ["candidate", "depth"], table)
    other = prepared(tmp_path / "o.sightline", name="o", columns=tmp_path / "more.csv")
    refused(tmp_path, project, other, match=f"{len(feature_names()) + 1} columns")


def test_features_from_elsewhere(project: Path, tmp_path: Path) -> None:
    found = simulate_candidates(40, np.random.default_rng(0)).features
    write_rows(tmp_path / "m1.csv", found.names, found.values.tolist())
    prepare_features([tmp_path / "m1.csv"], tmp_path / "m1.sightline")
    refused(tmp_path, project, tmp_path / "m1.sightline", match="m1: its features are columns-")


@pytest.mark.parametrize("kind", ["segment", "track"])
def test_projects_of_another_kind(project: Path, tmp_path: Path, kind: str) -> None:
    other = Project.create(tmp_path / "o.sightline", kind)
    refused(tmp_path, project, other.path, match=f"kind '{kind}'")


def test_what_is_not_there_or_damaged(project: Path, rat: Path, tmp_path: Path) -> None:
    refused(tmp_path, project, tmp_path / "none.sightline", match=r"none\.sightline: no project")
    refused(tmp_path, project, tmp_path / "none.sightline.zip", match="no such file")
    (rat / "arrays" / "features.zarr.zip").write_bytes(b"PK")
    refused(tmp_path, project, rat, match=r"rat\.sightline.*damaged")
    (tmp_path / "b.sightline.zip").write_bytes(b"PK")
    refused(tmp_path, tmp_path / "b.sightline.zip", match="damaged, or no bundle")
    refused(tmp_path, project, tmp_path / "b.sightline.zip", match="damaged, or no bundle")


def test_outputs_that_are_taken_or_misnamed(project: Path, rat: Path, tmp_path: Path) -> None:
    refused(tmp_path, project, rat, match="something there", output="rat.sightline")
    refused(tmp_path, project, rat, match=r"Call it out\.sightline", output="out")
    refused(tmp_path, project, rat, match="No such file", output="absent/out.sightline")


@pytest.mark.parametrize("broken", ["copyfile", "record"])
def test_a_crash_on_the_way_leaves_nothing(
    project: Path, rat: Path, both: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    calls = 0

    def crash(*_: Any, **__: Any) -> None:
        nonlocal calls
        calls += 1
        raise KeyboardInterrupt

    place = "shutil.copyfile" if broken == "copyfile" else "sightline.project.Journal.record"
    monkeypatch.setattr(place, crash)
    with pytest.raises(KeyboardInterrupt):
        join_projects([project, rat], both)
    assert calls == 1
    assert not both.exists()
    assert hidden(both.parent) == []


def test_a_full_disk_leaves_nothing(
    project: Path, rat: Path, both: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(ProjectError, match="disk is full"):
        join_projects([project, rat], both)
    assert not both.exists()
    assert hidden(both.parent) == []


def test_the_inputs_stay_as_they_were(project: Path, rat: Path, both: Path) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.rglob("*.zip")}

    before = contents(project), contents(rat), said(project), said(rat)
    join_projects([project, rat], both)
    with SortSession(both, "anna") as session:
        session.undo()
    assert (contents(project), contents(rat), said(project), said(rat)) == before
    with pytest.raises(InputError, match="something there"):
        join_projects([project, rat], both)
