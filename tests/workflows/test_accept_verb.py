"""`sightline sort accept`, and what exports and status make of it."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sightline.errors import SettingError
from sightline.project.candidates import store_candidates
from sightline.project.project import Project
from sightline.review import sort_audit
from sightline.review.sort_session import SortSession
from sightline.simulate.candidates import simulate_candidates
from sightline.workflows.accepting import accept
from sightline.workflows.auditing import audit
from sightline.workflows.exporting import export
from sightline.workflows.joining import join_projects
from sightline.workflows.sorting import open_session, status

SIMULATED = simulate_candidates(80, np.random.default_rng(1))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = Project.create(tmp_path / "mice.sightline", "sort")
    store_candidates(made, [SIMULATED.features], ("not cell", "cell"))
    with SortSession(made.path, "anna") as session:
        answer(session, range(30))
    return made.path


def answer(session: SortSession, rows: range) -> None:
    items = session.learner.design.items
    session.decide_each({items[row]: "cell" if SIMULATED.cell[row] else "not cell" for row in rows})


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_exports_give_the_accepted_labels_whatever_settings_they_are_made_with(
    project: Path, tmp_path: Path
) -> None:
    with open_session(project, "anna", target="false-cells=5%") as session:
        told = accept(session)
        export(session, "csv", tmp_path / "one.csv")
    with open_session(project, "anna", preset_name="actsort") as other:
        answer(other, range(30, 50))
        said = export(other, "csv", tmp_path / "two.csv")
    one, two = table(tmp_path / "one.csv"), table(tmp_path / "two.csv")
    assert one[:30] + one[50:] == two[:30] + two[50:]
    assert {each["decided_by"] for each in two[30:50]} == {"anna"}
    assert said["threshold"] == told["threshold"]
    assert "on 30 answers: false-cells=5%" in said["accepted"]


def test_status_says_what_was_accepted_and_undo_takes_it_back(project: Path) -> None:
    with open_session(project, "anna") as session:
        assert status(session)["accepted"].startswith("nothing")
        accept(session)
        assert "on 30 answers: balanced" in status(session)["accepted"]
        assert status(session)["decided"] == {
            "not cell": int((~SIMULATED.cell[:30]).sum()),
            "cell": int(SIMULATED.cell[:30].sum()),
        }
        session.undo()
        assert status(session)["accepted"].startswith("nothing")


def test_withdrawn_after_more_answers_exports_follow_the_machine_again(
    project: Path, tmp_path: Path
) -> None:
    with open_session(project, "anna") as session:
        accept(session)
        answer(session, range(30, 60))
        accept(session, withdraw=True)
        export(session, "csv", tmp_path / "now.csv")
        assert [
            each["verdict"] for each in table(tmp_path / "now.csv")
        ] == session.predict().names()
        with pytest.raises(SettingError, match="nothing"):
            accept(session, withdraw=True)


def test_an_audit_is_of_the_accepted_labels(project: Path) -> None:
    with open_session(project, "anna", target="threshold=0.9") as session:
        accept(session)
        accepted = session.predict().labels == 1
    with open_session(project, "anna", target="threshold=0.1") as session:
        drawn = audit(session, "bob", draw=1000)["drawn"]
        rows = [session.index_of(item) for item in drawn]
        verdicts = {
            item: "cell" if SIMULATED.cell[row] else "not cell"
            for item, row in zip(drawn, rows, strict=True)
        }
        sort_audit.answer(session, "audit-001", "bob", verdicts)
        told = sort_audit.report(session, "audit-001", "bob")
    accepted[:30] = SIMULATED.cell[:30]
    assert told.precision.value == pytest.approx(SIMULATED.cell[accepted].mean())


def test_a_joined_project_takes_no_accepted_result_along(project: Path, tmp_path: Path) -> None:
    with open_session(project, "anna") as session:
        accept(session)
        answer(session, range(30, 35))
    other = Project.create(tmp_path / "rats.sightline", "sort")
    features = replace(SIMULATED.features, recording="rats")
    store_candidates(other, [features], ("not cell", "cell"))
    join_projects([project, other.path], tmp_path / "both.sightline")
    with open_session(tmp_path / "both.sightline", "anna") as session:
        assert len(session.decisions) == 35
        assert status(session)["accepted"].startswith("nothing")
