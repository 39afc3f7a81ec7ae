"""Pairs that look like one cell go out as a table and come back as answers that can be undone."""

import csv
from pathlib import Path

import numpy as np
import pytest
from small_projects import anna, exported, extraction, prepared, table, twins, without_traces

from sightline.data.decision import pair_item
from sightline.errors import InputError, ProjectError
from sightline.formats.table import write_rows
from sightline.review.merging import merge_groups
from sightline.simulate.candidates import simulate_candidates
from sightline.workflows.joining import join_projects
from sightline.workflows.merging import duplicates, merge
from sightline.workflows.sorting import prepare_features


def filled(path: Path, verdicts: dict[str, str]) -> Path:
    """Fill in the table of `duplicates` as a person with a spreadsheet would."""
    rows = table(path)
    for row in rows:
        row["verdict"] = verdicts.get(row["item"], "")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def answers(path: Path, **verdicts: str) -> Path:
    """A table of answers; pairs as ``a_b``."""
    rows = [[pair_item("mouse", *pair.split("_")), said] for pair, said in verdicts.items()]
    write_rows(path, ["item", "verdict"], rows)
    return path


def test_cells_that_were_found_twice_are_suggested_with_their_evidence(
    fresh: Path, tmp_path: Path
) -> None:
    with anna(fresh) as session:
        pairs = duplicates(session, tmp_path / "pairs.csv")
    items = [pair["item"] for pair in pairs]
    assert {pair_item("mouse", *twin) for twin in twins()} <= set(items)
    scores = [pair["score"] for pair in pairs]
    assert scores == sorted(scores, reverse=True)
    found = extraction().candidates.footprints.toarray()
    for pair in pairs:
        first, second = (int(name) for name in pair["item"].removeprefix("mouse/").split("+"))
        a, b = (np.where(image > 0.2 * image.max(), image, 0) for image in found[[first, second]])
        cosine = a @ b / np.sqrt((a @ a) * (b @ b))
        assert pair["overlap"] == pytest.approx(cosine, abs=1e-5)
    rows = table(tmp_path / "pairs.csv")
    assert [row["item"] for row in rows] == items
    assert {row["verdict"] for row in rows} == {""}
    assert [float(row["score"]) for row in rows] == pytest.approx(scores, abs=5e-4)


def test_a_filled_table_makes_groups_and_is_undone_as_one(fresh: Path, tmp_path: Path) -> None:
    first, second, third = (pair_item("mouse", *twin) for twin in twins())
    with anna(fresh) as session:
        pairs = duplicates(session, tmp_path / "pairs.csv")
        said = {first: "same cell", second: "same cell", third: "different cells"}
        done = merge(session, filled(tmp_path / "pairs.csv", said))
        assert done == {"recorded": 3, "left": len(pairs) - 3, "groups": 2, "contradict": []}
        assert merge_groups(session) == {"mouse": (twins()[0], twins()[1])}
        left = {pair["item"] for pair in duplicates(session)}
        assert left == {pair["item"] for pair in pairs} - set(said)
        session.undo()
        assert merge_groups(session) == {}
        assert duplicates(session) == pairs


def test_a_chain_of_pairs_is_one_cell_and_what_it_contradicts_is_told(
    fresh: Path, tmp_path: Path
) -> None:
    said = {"1_2": "same cell", "2_4": "same cell", "1_4": "different cells", "5_6": "unsure"}
    with anna(fresh) as session:
        done = merge(session, answers(tmp_path / "pairs.csv", **said))
        assert done == {"recorded": 4, "left": 0, "groups": 1, "contradict": ["mouse/1+4"]}
        assert merge_groups(session)["mouse"] == (("1", "2", "4"),)
        corrected = merge(session, answers(tmp_path / "again.csv", **{"1_4": "same cell"}))
        assert corrected["contradict"] == []
    rows = table(exported(fresh, "csv", tmp_path / "t.csv"))
    assert [row["parts"] for row in rows if row["parts"]] == ["1 2 4"]


def test_suggestions_of_several_recordings_keep_to_their_own(fresh: Path, tmp_path: Path) -> None:
    other = prepared(tmp_path / "rat.sightline", name="rat")
    join_projects([fresh, other], tmp_path / "both.sightline")
    with anna(fresh) as session:
        alone = [pair["item"] for pair in duplicates(session)]
    with anna(tmp_path / "both.sightline") as session:
        pairs = [pair["item"] for pair in duplicates(session)]
    assert pairs == alone + [item.replace("mouse/", "rat/") for item in alone]


def test_footprints_alone_can_suggest_pairs(tmp_path: Path) -> None:
    found = without_traces(extraction().candidates)
    with anna(prepared(tmp_path / "mouse.sightline", found)) as session:
        pairs = duplicates(session, tmp_path / "pairs.csv")
    assert {pair["kind"] for pair in pairs} == {"duplicate"}
    assert all(np.isnan(pair["trace_correlation"]) for pair in pairs)


@pytest.mark.parametrize(
    ("item", "verdict", "said"),
    [
        ("mouse/1+2", "cell", "line 2 has the verdict 'cell'"),
        ("mouse/1+99", "same cell", "no such candidate"),
        ("rat/1+2", "same cell", "no such candidate"),
        ("mouse/2+1", "same cell", "names no pair"),
        ("mouse/1", "same cell", "names no pair"),
        ("", "same cell", "names no pair"),
    ],
)
def test_a_table_with_a_mistake_records_nothing(
    fresh: Path, tmp_path: Path, item: str, verdict: str, said: str
) -> None:
    rows = [[item, verdict], ["mouse/4+7", "same cell"]]
    write_rows(tmp_path / "pairs.csv", ["item", "verdict"], rows)
    with anna(fresh) as session:
        with pytest.raises(InputError, match=said):
            merge(session, tmp_path / "pairs.csv")
        assert merge_groups(session) == {}


def test_an_unfilled_table_records_nothing(fresh: Path, tmp_path: Path) -> None:
    with anna(fresh) as session:
        pairs = duplicates(session, tmp_path / "pairs.csv")
        assert merge(session, tmp_path / "pairs.csv")["left"] == len(pairs)
        assert session.journal.entries() == ()


def test_a_table_is_not_overwritten(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("mine")
    with anna(fresh) as session, pytest.raises(InputError, match="there already"):
        duplicates(session, tmp_path / "pairs.csv")
    assert (tmp_path / "pairs.csv").read_text() == "mine"


def test_without_footprints_there_is_nothing_to_compare(tmp_path: Path) -> None:
    found = simulate_candidates(40, np.random.default_rng(0)).features
    write_rows(tmp_path / "m1.csv", found.names, found.values.tolist())
    prepare_features([tmp_path / "m1.csv"], tmp_path / "m1.sightline")
    with (
        anna(tmp_path / "m1.sightline") as session,
        pytest.raises(ProjectError, match="features only"),
    ):
        duplicates(session, tmp_path / "pairs.csv")
    assert not (tmp_path / "pairs.csv").exists()
