"""What an annotator does: acknowledged once it is on disk, counted once, undone in one step."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from served_project import CANDIDATES, Page, hear

from sightline.data.decision import Decision, DecisionKind
from sightline.project.project import Project
from sightline.review.sort_session import SortSession


def recorded(path: Path) -> list[Decision]:
    """Every decision in the journal, the undone and superseded ones too."""
    with Project.open(path).journal() as journal:
        return [decision for entry in journal.entries() for decision in entry.decisions]


# --- deciding ----------------------------------------------------------------------------------


def test_a_verdict_is_on_disk_when_it_is_acknowledged(anna: Page, path: Path) -> None:
    state = anna.decide(4, "cell", seconds=1.25, probe=[4])
    assert recorded(path) == [
        Decision(
            "mice/4",
            "anna",
            DecisionKind.VERDICT,
            "cell",
            seconds=1.25,
            evidence="features:simulated-1",
            probe=True,
        )
    ]
    assert (state["decided"], state["counts"]) == (1, {"not cell": 0, "cell": 1})


def test_a_question_may_be_one_that_was_answered_before(anna: Page, path: Path) -> None:
    anna.post("session", repeat_share=0.5, refit_every=25)
    anna.teach(24)
    (row, *_) = [question["row"] for question in anna.questions(30) if question["repeat"]]
    assert row < 4
    anna.decide(row, "cell", repeat=[row])
    assert [one.repeat for one in recorded(path) if one.item == f"mice/{row}"] == [False, True]
    assert anna.undo()["repeat"] == [row]
    assert anna.redo()["repeat"] == []
    anna.decide(50, "cell")
    assert anna.undo()["repeat"] == []


def test_agreement_with_oneself_is_told_of_oneself(anna: Page, ben: Page) -> None:
    anna.decide(3, "cell", seconds=2.0)
    anna.decide(4, "cell", seconds=4.0)
    anna.decide(3, "not cell", repeat=[3])
    anna.decide(4, "cell", repeat=[4])
    found = anna.get("agreement", annotator="anna")
    assert (found["repeats"], found["agreement"]["pairs"]) == (2, 2)
    assert found["agreement"]["share"]["value"] == 0.5
    (block,) = found["blocks"]
    assert (block["last"], block["accepted"], block["seconds"]) == (4, 0.75, 3.0)
    nothing = ben.get("agreement", annotator="ben")
    assert (nothing["repeats"], nothing["blocks"]) == (0, [])
    assert nothing["agreement"]["kappa"] is None


def test_the_state_counts_every_kind_of_answer(anna: Page) -> None:
    for row, verdict in enumerate(("cell", "not cell", "cell", "unsure", "skip", "skip")):
        anna.decide(row, verdict)
    state = anna.state()
    assert state["counts"] == {"not cell": 1, "cell": 2}
    assert (state["decided"], state["unsure"], state["skipped"]) == (3, 1, 2)
    assert anna.labels().arrays["decided"][:7].tolist() == [1, 0, 1, -2, -3, -3, -1]


def test_many_rows_are_one_act(anna: Page, path: Path) -> None:
    anna.decide([1, 2, 3, 2], "cell")
    assert len(recorded(path)) == 3
    told = anna.undo()
    assert (sorted(told["rows"]), told["kind"]) == ([1, 2, 3], "verdict")
    assert told["state"]["decided"] == 0
    assert told["state"]["can_redo"]


def test_sent_twice_an_act_counts_once(anna: Page, path: Path) -> None:
    for _ in range(2):
        anna.decide(4, "cell", client_id="once")
    for _ in range(2):
        anna.post("undo", client_id="undone")
    assert anna.state()["decided"] == 0
    assert len(recorded(path)) == 1


def test_a_retry_counts_once_though_the_prediction_was_seen_meanwhile(
    anna: Page, path: Path
) -> None:
    anna.teach()
    act = {"client_id": "once", "rows": [30], "verdict": "cell"}
    anna.post("decide", **act)
    anna.labels(reveal=True)
    assert anna.post("decide", **act)["state"]["decided"] == 21
    assert len([d for d in recorded(path) if d.item == "mice/30"]) == 1


def test_another_act_under_the_same_name_is_refused(anna: Page) -> None:
    anna.decide(4, "cell", client_id="once")
    said = {"annotator": "anna", "client_id": "once", "rows": [5], "verdict": "cell"}
    status, told = anna.refused("POST", "decide", json=said)
    assert status == 409
    assert "another act" in told
    assert anna.state()["decided"] == 1


def test_undo_and_redo_reach_back_across_a_restart(serve: Any, path: Path) -> None:
    Page(serve(path)).decide(7, "cell")
    again = Page(serve(path))
    assert again.state()["can_undo"]
    assert again.post("undo", client_id="u")["rows"] == [7]
    third = Page(serve(path))
    assert third.post("redo", client_id="r")["rows"] == [7]
    assert third.labels().arrays["decided"][7] == 1


def test_with_nothing_left_to_undo_it_says_so(anna: Page) -> None:
    said = {"annotator": "anna", "client_id": "u"}
    status, told = anna.refused("POST", "undo", json=said)
    assert status == 409
    assert "nothing left to undo" in told


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"verdict": "Cell"}, "not cell, cell, unsure, skip"),
        ({"rows": [CANDIDATES]}, "no such candidate"),
        ({"rows": []}, "rows"),
        ({"rows": [-1]}, "rows.0"),
        ({"rows": "all"}, "rows"),
        ({"rows": [1.5]}, "rows.0"),
        ({"probe": [99]}, "no such candidate"),
        ({"seconds": -1}, "seconds"),
        ({"client_id": ""}, "client_id"),
        ({"annotator": " "}, "annotator"),
        ({"annotator": "a\nb"}, "annotator"),
        ({"annotator": "\ud800"}, "annotator"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_malformed_is_refused_and_nothing_is_recorded(
    viewer: Page, made: Path, change: dict[str, Any], about: str
) -> None:
    said = {"annotator": "anna", "client_id": "c", "rows": [1], "verdict": "cell"} | change
    # httpx would refuse to send what is no text
    body = {"content": json.dumps(said), "headers": {"content-type": "application/json"}}
    status, told = viewer.refused("POST", "decide", **body)
    assert status == 400
    assert about in told
    assert recorded(made) == []


# --- the machine -------------------------------------------------------------------------------


def test_the_fit_to_an_answer_is_pushed_when_it_is_there(anna: Page) -> None:
    with anna.live() as socket:
        assert hear(socket, "hello")["server"]
        anna.decide(0, "cell")
        acknowledged = anna.decide(1, "not cell")
        assert acknowledged["refitting"]
        while hear(socket, "state")["state"]["threshold"] is None:
            pass
        assert hear(socket, "labels")["version"] > acknowledged["version"]
        hear(socket, "questions")
    assert (anna.labels().arrays["predicted"][:2] >= 0).all()


def test_what_is_fitted_is_what_a_session_without_a_screen_fits(anna: Page, path: Path) -> None:
    anna.teach()
    found = anna.labels(reveal=True).arrays
    with SortSession(path, "anna") as session:
        predictions = session.predict()
        progress = session.progress()
    np.testing.assert_allclose(found["probability"], predictions.probability, atol=1e-3)
    machine = ~predictions.human
    np.testing.assert_array_equal(found["predicted"][machine], predictions.labels[machine])
    state = anna.state()
    assert state["threshold"] == pytest.approx(predictions.threshold, abs=1e-3)
    assert state["precision"] == pytest.approx(progress.expected_precision, abs=1e-3)
    assert state["sure"] == pytest.approx(progress.sure, abs=0.05)


def test_the_machine_refits_as_rarely_as_is_wished(anna: Page) -> None:
    anna.post("session", refit_every=5)
    anna.wait_for_fit()
    versions = []
    for row in range(4):
        anna.decide(row, "cell")
        versions.append(anna.state()["refitting"])
    assert not any(versions)
    anna.decide(4, "not cell")
    anna.wait_for_fit()
    assert (anna.labels().arrays["predicted"][:5] >= 0).all()


def test_settings_stay_until_they_are_changed_also_after_a_restart(serve: Any, path: Path) -> None:
    page = Page(serve(path))
    page.post("session", strategy="cal", weight=0.25, target="threshold=0.65")
    page.post("session", probe_every=0, blind=False)
    wanted = {
        "strategy": "cal",
        "weight": 0.25,
        "probe_every": 0,
        "repeat_share": 0.05,
        "preset": "default",
        "target": "threshold=0.65",
        "refit_every": 1,
        "blind": False,
        "start_from": "",
        "start": "",
    }
    assert page.state()["settings"] == wanted
    assert Page(serve(path)).state()["settings"] == wanted
    assert Page(serve(path), "ben").state()["settings"]["strategy"] == "dcal"


@pytest.mark.parametrize(
    "change",
    [{"strategy": "x"}, {"weight": 2}, {"preset": "x"}, {"target": "x"}, {"refit_every": 0},
     {"blind": "yes"}, {"probe_every": -1}, {"weight": "0.5"}],
)  # fmt: skip
def test_an_impossible_setting_is_refused_and_nothing_changes(
    viewer: Page, change: dict[str, Any]
) -> None:
    before = viewer.state()["settings"]
    assert viewer.refused("POST", "session", json={"annotator": "anna"} | change)[0] == 400
    assert viewer.state()["settings"] == before


def test_an_explanation_names_features_and_their_parts(anna: Page) -> None:
    anna.teach()
    told = anna.get("explain", annotator="anna", row=40)
    assert all(part > 0 for _, part in told["for"])
    assert all(part < 0 for _, part in told["against"])
    assert told["for"]
    assert told["predicted"] in ("cell", "not cell")


def test_without_a_classifier_nothing_is_explained(viewer: Page) -> None:
    status, told = viewer.refused("GET", "explain?annotator=anna&row=1")
    assert status == 400
    assert "no classifier" in told


# --- questions ---------------------------------------------------------------------------------


def test_questions_are_of_what_is_not_answered_yet(anna: Page) -> None:
    anna.teach(12)
    asked = anna.questions(12)
    assert len({question["row"] for question in asked}) == 12
    assert all(question["row"] >= 12 for question in asked)
    assert all(question["item"] == f"mice/{question['row']}" for question in asked)
    assert all(question["reason"] for question in asked)
    assert [question["probe"] for question in asked].count(True) == 1


def test_the_question_on_screen_is_not_asked_again(anna: Page) -> None:
    first, *others = [question["row"] for question in anna.questions(5)]
    again = [question["row"] for question in anna.questions(5, current=first)]
    assert first not in again
    assert set(others) & set(again)


def test_what_was_skipped_comes_again_when_nothing_else_is_left(anna: Page) -> None:
    anna.decide(list(range(2, CANDIDATES)), "cell")
    for row in (1, 0):
        anna.decide(row, "skip")
    assert [question["row"] for question in anna.questions()] == [1, 0]
    assert [question["row"] for question in anna.questions(current=1)] == [0]
    anna.decide([0, 1], "cell")
    assert anna.questions() == []


def test_an_undone_answer_is_asked_again(anna: Page) -> None:
    anna.decide(list(range(CANDIDATES)), "cell")
    assert anna.questions() == []
    anna.undo()
    anna.wait_for_fit()
    assert len(anna.questions(100)) == CANDIDATES


def test_without_a_strategy_nothing_is_asked(anna: Page) -> None:
    anna.post("session", strategy="none")
    assert anna.questions() == []


@pytest.mark.parametrize("query", ["n=0", "n=1000", "n=x", f"current={CANDIDATES}", "current=-1"])
def test_what_is_no_number_of_questions_is_refused(viewer: Page, query: str) -> None:
    assert viewer.refused("GET", f"questions?annotator=anna&{query}")[0] == 400


# --- notes, merges, exports --------------------------------------------------------------------


def test_notes_are_kept_replaced_removed_and_undone(anna: Page, ben: Page) -> None:
    def notes(page: Page) -> list[tuple[int, str]]:
        found = page.get("notes", annotator=page.annotator)["notes"]
        return [(note["row"], note["text"]) for note in found]

    for row, text in ((5, "dim"), (2, "Gefäß ☃"), (5, "near a vessel"), (2, "")):
        anna.post("note", client_id=anna.new_id(), row=row, text=text)
    assert notes(anna) == [(5, "near a vessel")]
    assert notes(ben) == []
    told = anna.undo()
    assert (told["kind"], told["rows"]) == ("note", [2])
    assert notes(anna) == [(2, "Gefäß ☃"), (5, "near a vessel")]
    assert anna.state()["decided"] == 0


def test_pairs_that_look_like_one_cell_are_suggested_answered_and_undone(anna: Page) -> None:
    (pair,) = anna.get("merges", annotator="anna")["pairs"]
    assert (pair["first"], pair["second"], pair["kind"]) == (0, 1, "duplicate")
    assert pair["overlap"] == pytest.approx(1, abs=1e-3)
    anna.post("merges", client_id=anna.new_id(), item=pair["item"], value="same cell")
    assert anna.get("merges", annotator="anna")["pairs"] == []
    told = anna.undo()
    assert (told["kind"], told["rows"]) == ("merge", [0, 1])
    assert len(anna.get("merges", annotator="anna")["pairs"]) == 1


def test_an_export_is_what_the_command_line_writes(anna: Page, path: Path) -> None:
    anna.teach()
    told = anna.post("export", output="result.csv")
    assert Path(told["output"]) == path.parent / "result.csv"
    with (path.parent / "result.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == CANDIDATES
    assert sum(row["decided_by"] == "anna" for row in rows) == told["decided_by_annotator"] == 20
    said = {"annotator": "anna", "output": "result.csv"}
    assert anna.refused("POST", "export", json=said)[0] == 400


def test_a_bundle_is_exported_beside_the_project(anna: Page, path: Path) -> None:
    anna.decide(1, "cell")
    told = anna.post("export", to="bundle")
    assert Path(told["output"]) == path.parent / "mice.sightline.zip"


@pytest.mark.parametrize(
    "said", [{"to": "x"}, {"to": "suite2p", "output": "iscell.npy"}, {"recording": 1}]
)
def test_an_export_that_cannot_be_is_refused_in_a_sentence(
    viewer: Page, said: dict[str, Any]
) -> None:
    status, told = viewer.refused("POST", "export", json={"annotator": "anna"} | said)
    assert status == 400
    assert len(told) > 20


def test_an_unknown_method_is_told_as_an_error_too(viewer: Page) -> None:
    assert viewer.refused("POST", "project")[0] == 405
