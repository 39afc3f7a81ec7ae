"""Sorting by functions: features become a project; ask, answer, status, a table of results."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sightline.data.features import FeatureTable
from sightline.errors import InputError, SettingError
from sightline.formats.table import read_rows, write_rows
from sightline.project.project import Project
from sightline.review.sort_session import SortSession
from sightline.simulate.candidates import SimulatedCandidates, simulate_candidates
from sightline.workflows.exporting import export
from sightline.workflows.sorting import answer, ask, open_session, prepare_features, status

NAMES = ("not cell", "cell")


@pytest.fixture(scope="module")
def simulated() -> SimulatedCandidates:
    return simulate_candidates(80, np.random.default_rng(0))


def write_features(path: Path, table: FeatureTable, **labels: list[str]) -> Path:
    columns = [f"{name}_choices" for name in labels]
    said = zip(*labels.values(), strict=True) if labels else [()] * len(table)
    rows = [[*row, *words] for row, words in zip(table.values.tolist(), said, strict=True)]
    write_rows(path, [*table.names, *columns], rows)
    return path


@pytest.fixture
def features(tmp_path: Path, simulated: SimulatedCandidates) -> Path:
    return write_features(tmp_path / "m1.csv", simulated.features)


@pytest.fixture
def session(tmp_path: Path, features: Path) -> Iterator[SortSession]:
    prepare_features([features], tmp_path / "mice.sightline")
    with open_session(tmp_path / "mice.sightline", "anna") as session:
        yield session


def fill(path: Path, simulated: SimulatedCandidates, rows: int | None = None) -> None:
    """Fill in the verdicts of the first rows, as a person with a spreadsheet would."""
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    for row in table[:rows]:
        row["verdict"] = NAMES[int(simulated.cell[int(row["item"].rpartition("/")[2])])]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)


# --- prepare -----------------------------------------------------------------------------------


def test_a_project_holds_the_candidates_of_all_files(
    tmp_path: Path, features: Path, simulated: SimulatedCandidates
) -> None:
    other = write_features(tmp_path / "m2.csv", simulated.features)
    said = prepare_features([features, other], tmp_path / "mice.sightline")
    assert said["recordings"] == {"m1": 80, "m2": 80}
    assert said["decisions"] == {}
    with open_session(said["project"], "anna") as session:
        assert {item.partition("/")[0] for item in session.predict().items} == {"m1", "m2"}


def test_labels_in_the_file_become_decisions_of_who_is_named(
    tmp_path: Path, simulated: SimulatedCandidates
) -> None:
    words = ["cell", "not cell", "unsure", "", *[""] * 76]
    path = write_features(
        tmp_path / "m1.csv", simulated.features, anna=words, bob=["cell"] * 80, eve=[""] * 80
    )
    said = prepare_features([path], tmp_path / "mice.sightline")
    assert said["decisions"] == {"anna": 2, "bob": 80}
    with open_session(said["project"], "anna") as session:
        predictions = session.predict()
    assert predictions.names()[:2] == ["cell", "not cell"]
    assert predictions.human.tolist() == [True, True, *[False] * 78]
    with open_session(said["project"], "eve") as session:
        assert session.decisions == {}


def test_labels_of_one_annotator_in_two_files_are_joined(
    tmp_path: Path, simulated: SimulatedCandidates
) -> None:
    paths = [
        write_features(tmp_path / f"{name}.csv", simulated.features, anna=["cell"] * 80)
        for name in ("m1", "m2")
    ]
    assert prepare_features(paths, tmp_path / "mice.sightline")["decisions"] == {"anna": 160}


def test_labels_are_left_out_and_told_where_the_classes_are_others(
    tmp_path: Path, simulated: SimulatedCandidates
) -> None:
    path = write_features(tmp_path / "m1.csv", simulated.features, anna=["cell"] * 80)
    said = prepare_features([path], tmp_path / "mice.sightline", ["noise", "soma", "dendrite"])
    assert said["decisions"] == {}
    assert any("left out" in note for note in said["notes"])


def test_what_was_repaired_is_told(tmp_path: Path) -> None:
    write_rows(tmp_path / "m1.csv", ["a", "b"], [["", 1], *[[k, k] for k in range(9)]])
    notes = prepare_features([tmp_path / "m1.csv"], tmp_path / "mice.sightline")["notes"]
    assert len(notes) == 1
    assert notes[0].startswith("m1: ")
    assert "missing" in notes[0]


@pytest.mark.parametrize(
    "classes",
    [["cell"], ["a", "a"], ["a", "unsure"], ["a", "skip"], ["a", ""], ["a", " b"], []],
)
def test_classes_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, features: Path, classes: list[str]
) -> None:
    with pytest.raises(InputError, match="two different names"):
        prepare_features([features], tmp_path / "mice.sightline", classes)
    assert not (tmp_path / "mice.sightline").exists()


def test_a_refused_file_leaves_no_project_behind(
    tmp_path: Path, features: Path, simulated: SimulatedCandidates
) -> None:
    nameless = write_features(tmp_path / "m2.csv", simulated.features, **{"": ["cell"] * 80})
    for files in ([], [tmp_path / "none.csv"], [features, features], [nameless]):
        with pytest.raises(InputError):
            prepare_features(files, tmp_path / "mice.sightline")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["m1.csv", "m2.csv"]


def test_a_project_is_not_overwritten(tmp_path: Path, features: Path) -> None:
    prepare_features([features], tmp_path / "mice.sightline")
    created = Project.open(tmp_path / "mice.sightline").created
    with pytest.raises(InputError, match="something there"):
        prepare_features([features], tmp_path / "mice.sightline")
    assert Project.open(tmp_path / "mice.sightline").created == created


# --- ask and answer ----------------------------------------------------------------------------


def test_a_table_goes_out_is_filled_in_and_comes_back(
    tmp_path: Path, session: SortSession, simulated: SimulatedCandidates
) -> None:
    asked = ask(session, 25, tmp_path / "q.csv")
    header, rows = read_rows(tmp_path / "q.csv")
    assert header == ["item", "reason", "probe", "verdict"]
    assert [row[0] for row in rows] == [question["item"] for question in asked]
    fill(tmp_path / "q.csv", simulated, 20)
    assert answer(session, tmp_path / "q.csv") == {"recorded": 20, "left": 5}
    said = {item: decision.value for item, decision in session.decisions.items()}
    assert said == {q["item"]: NAMES[int(simulated.cell[q["index"]])] for q in asked[:20]}


def test_probes_stay_probes_across_the_table(
    tmp_path: Path, session: SortSession, simulated: SimulatedCandidates
) -> None:
    asked = ask(session, 20, tmp_path / "q.csv")
    fill(tmp_path / "q.csv", simulated)
    with open_session(session.project.path, "anna") as later:
        answer(later, tmp_path / "q.csv")
        probes = {item for item, decision in later.decisions.items() if decision.probe}
    assert probes == {question["item"] for question in asked if question["probe"]}
    assert len(probes) == 2


def test_a_table_is_undone_as_one(
    tmp_path: Path, session: SortSession, simulated: SimulatedCandidates
) -> None:
    ask(session, 10, tmp_path / "q.csv")
    fill(tmp_path / "q.csv", simulated)
    answer(session, tmp_path / "q.csv")
    session.undo()
    assert session.decisions == {}


def test_an_unfilled_table_records_nothing(tmp_path: Path, session: SortSession) -> None:
    ask(session, 5, tmp_path / "q.csv")
    assert answer(session, tmp_path / "q.csv") == {"recorded": 0, "left": 5}
    assert session.decisions == {}


def test_unsure_and_skip_and_spaces_are_taken(tmp_path: Path, session: SortSession) -> None:
    rows = [["m1/0", " cell "], ["m1/1", "unsure"], ["m1/2", "skip"]]
    write_rows(tmp_path / "q.csv", ["item", "verdict"], rows)
    assert answer(session, tmp_path / "q.csv")["recorded"] == 3
    assert [d.value for d in session.decisions.values()] == ["cell", "unsure", "skip"]


@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        (["item", "said"], [["m1/0", "cell"]], "among them item and verdict"),
        (["item", "verdict"], [["m1/0", "cell"], ["m1/1", "maybe"]], "line 3 .*'maybe'"),
        (["item", "verdict"], [["m1/0", "cell"], ["m1/0", "not cell"]], "line 3 judges m1/0 again"),
        (["item", "verdict"], [["m1/0", "cell"], ["m1/999", "cell"]], "no such candidate"),
        (["item", "verdict"], [["m1/0", "cell"], ["m1/999", ""]], "no such candidate"),
    ],
)
def test_a_table_with_a_mistake_is_refused_as_a_whole(
    tmp_path: Path, session: SortSession, header: list[str], rows: list[list[str]], message: str
) -> None:
    write_rows(tmp_path / "q.csv", header, rows)
    with pytest.raises(InputError, match=message):
        answer(session, tmp_path / "q.csv")
    assert session.decisions == {}


def test_a_table_that_is_not_there_is_refused(tmp_path: Path, session: SortSession) -> None:
    with pytest.raises(InputError, match="no such file"):
        answer(session, tmp_path / "q.csv")


def test_questions_do_not_overwrite_a_file(tmp_path: Path, session: SortSession) -> None:
    (tmp_path / "q.csv").write_text("mine")
    with pytest.raises(InputError, match="there already"):
        ask(session, 5, tmp_path / "q.csv")
    assert (tmp_path / "q.csv").read_text() == "mine"


# --- status, export, settings ------------------------------------------------------------------


def test_status_tells_the_sessions_progress(session: SortSession) -> None:
    session.decide("m1/0", "cell", seconds=3.0)
    said = status(session)
    assert said["decided"] == {"not cell": 0, "cell": 1}
    assert said["seconds"] == 3.0


def test_status_tells_how_far_the_annotator_agrees_with_himself(session: SortSession) -> None:
    for item in ("m1/0", "m1/1", "m1/2"):
        session.decide(item, "cell")
        session.decide_each({item: "not cell" if item == "m1/2" else "cell"}, repeats=[item])
    own = status(session)["self_agreement"]
    assert own["agreement"]["pairs"] == 3
    assert own["agreement"]["share"]["value"] == pytest.approx(2 / 3)
    assert own["words"].startswith("2 of 3 repeats were answered as before")


def test_the_export_holds_every_candidate_and_who_decided(
    tmp_path: Path, session: SortSession, simulated: SimulatedCandidates
) -> None:
    ask(session, 30, tmp_path / "q.csv")
    fill(tmp_path / "q.csv", simulated)
    answer(session, tmp_path / "q.csv")
    said = export(session, output=tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["item"] for row in rows] == [f"m1/{k}" for k in range(80)]
    by = {row["item"]: row["decided_by"] for row in rows}
    assert {item for item, who in by.items() if who == "anna"} == set(session.decisions)
    assert set(by.values()) == {"anna", "machine"}
    for row in rows:
        if row["decided_by"] == "machine":
            above = float(row["probability"]) > said["threshold"]
            assert (row["verdict"] == "cell") == above
        else:
            assert row["verdict"] == session.decisions[row["item"]].value
    assert said["cell"] + said["not cell"] == 80
    assert (said["decided_by_annotator"], said["without_label"]) == (30, 0)


def test_without_a_classifier_the_rest_stays_without_label(
    tmp_path: Path, session: SortSession
) -> None:
    session.decide("m1/0", "cell")
    said = export(session, output=tmp_path / "out.csv")
    assert (said["cell"], said["without_label"]) == (1, 79)
    _, rows = read_rows(tmp_path / "out.csv")
    assert rows[1][1:3] == ["", ""]


def test_an_export_overwrites_nothing(tmp_path: Path, session: SortSession) -> None:
    export(session, output=tmp_path / "out.csv")
    before = (tmp_path / "out.csv").read_bytes()
    session.decide("m1/0", "cell")
    with pytest.raises(InputError, match="there already"):
        export(session, output=tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == before


def test_a_session_opens_with_the_settings_named(session: SortSession) -> None:
    path = session.project.path
    with open_session(path, "anna", preset_name="actsort", target="false-cells=5%") as strict:
        assert strict.learner.settings.l1 == 1.0
        assert str(strict.learner.settings.target) == "false-cells=5%"
    for wrong in ({"preset_name": "best"}, {"target": "all"}, {"weight": 2.0}, {"strategy": "x"}):
        with pytest.raises(SettingError):
            open_session(path, "anna", **wrong)
