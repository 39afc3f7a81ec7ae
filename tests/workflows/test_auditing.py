"""An audit by files: a blind list goes out, comes back filled in, and gives bounds."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sightline.errors import InputError, ProjectError, SettingError
from sightline.formats.table import read_rows, write_rows
from sightline.project.candidates import store_candidates
from sightline.project.project import Project
from sightline.review.sort_session import SortSession
from sightline.simulate.candidates import SimulatedCandidates, simulate_candidates
from sightline.workflows.auditing import audit


@pytest.fixture(scope="module")
def simulated() -> SimulatedCandidates:
    return simulate_candidates(120, np.random.default_rng(0))


@pytest.fixture
def session(tmp_path: Path, simulated: SimulatedCandidates) -> Iterator[SortSession]:
    project = Project.create(tmp_path / "mice.sightline", "sort")
    store_candidates(project, [simulated.features], ("not cell", "cell"))
    with SortSession(project.path, "anna") as session:
        session.decide_each(truths(simulated, range(40)))
        yield session


def truths(simulated: SimulatedCandidates, rows: range) -> dict[str, str]:
    names = ("not cell", "cell")
    return {simulated.features.items[k]: names[int(simulated.cell[k])] for k in rows}


def fill(path: Path, simulated: SimulatedCandidates, rows: int | None = None) -> None:
    truth = truths(simulated, range(120))
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    path.unlink()
    filled = [truth[row["item"]] if rows is None or k < rows else "" for k, row in enumerate(table)]
    write_rows(
        path, ["item", "verdict"], [[r["item"], v] for r, v in zip(table, filled, strict=True)]
    )


def test_the_list_reveals_nothing_but_names(tmp_path: Path, session: SortSession) -> None:
    said = audit(session, "bob", draw=30, output=tmp_path / "sample.csv")
    header, rows = read_rows(tmp_path / "sample.csv")
    assert header == ["item", "verdict"]
    assert [row[0] for row in rows] == said["drawn"]
    assert {row[1] for row in rows} == {""}
    assert set(said) == {"audit", "drawn"}


def test_filled_in_it_gives_four_quantities_with_bounds(
    tmp_path: Path, session: SortSession, simulated: SimulatedCandidates
) -> None:
    labels = session.predict().labels == 1
    audit(session, "bob", draw=1000, output=tmp_path / "sample.csv")
    fill(tmp_path / "sample.csv", simulated)
    said = audit(session, "bob", answers=tmp_path / "sample.csv")
    truth = simulated.cell
    expected = {
        "precision": (labels & truth).sum() / labels.sum(),
        "recall": (labels & truth).sum() / truth.sum(),
        "false_positive_rate": (labels & ~truth).sum() / (~truth).sum(),
        "cells": truth.sum(),
    }
    for name, value in expected.items():
        assert said[name]["value"] == pytest.approx(value)
    assert said["answered"] == 80


def test_part_now_and_the_rest_later(
    tmp_path: Path, session: SortSession, simulated: SimulatedCandidates
) -> None:
    path = tmp_path / "sample.csv"
    audit(session, "anna", draw=30, output=path)
    fill(path, simulated, 10)
    assert audit(session, "anna", answers=path)["answered"] == 10
    fill(path, simulated)
    assert audit(session, "anna", answers=path)["answered"] == 30
    assert audit(session, "anna")["answered"] == 30


def test_the_latest_audit_is_meant_unless_one_is_named(
    tmp_path: Path, session: SortSession, simulated: SimulatedCandidates
) -> None:
    for name in ("a.csv", "b.csv"):
        audit(session, "bob", draw=20, seed=ord(name[0]), output=tmp_path / name)
        fill(tmp_path / name, simulated)
    assert audit(session, "bob", answers=tmp_path / "b.csv")["audit"] == "audit-002"
    said = audit(session, "bob", answers=tmp_path / "a.csv", name="audit-001")
    assert (said["audit"], said["answered"]) == ("audit-001", 20)


def test_a_file_in_the_way_draws_nothing(
    tmp_path: Path, session: SortSession, simulated: SimulatedCandidates
) -> None:
    path = tmp_path / "sample.csv"
    audit(session, "bob", draw=20, output=path)
    fill(path, simulated)
    before = path.read_bytes()
    with pytest.raises(InputError, match="there already"):
        audit(session, "bob", draw=20, seed=1, output=path)
    assert path.read_bytes() == before
    assert audit(session, "bob", answers=path)["audit"] == "audit-001"


def test_an_unfilled_list_says_that_nothing_was_answered(
    tmp_path: Path, session: SortSession
) -> None:
    audit(session, "bob", draw=20, output=tmp_path / "sample.csv")
    with pytest.raises(SettingError, match="bob has not answered"):
        audit(session, "bob", answers=tmp_path / "sample.csv")


def test_contradictory_requests_are_refused(tmp_path: Path, session: SortSession) -> None:
    path = tmp_path / "sample.csv"
    with pytest.raises(SettingError, match="not both"):
        audit(session, "bob", draw=20, answers=path)
    with pytest.raises(SettingError, match="not both"):
        audit(session, "bob", draw=20, name="audit-001")
    with pytest.raises(SettingError, match="how many"):
        audit(session, "bob", output=path)


def test_without_an_audit_there_is_no_report(session: SortSession) -> None:
    with pytest.raises(SettingError, match="no audit yet"):
        audit(session, "bob")
    with pytest.raises(ProjectError, match="no audit 'audit-007'"):
        audit(session, "bob", name="audit-007")
