"""Corrections from the command line and from other tools, stopped work, and results given back."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from review.tracked_project import MADE, TRUTH, annotations, copied, make_tracked_project
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.data.keypoints import Author, KeypointSet
from sightline.errors import InputError, SettingError
from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.project.track_store import TrackStore
from sightline.review import retrack
from sightline.workflows.track_correct import correct, next_points
from sightline.workflows.track_export import export
from sightline.workflows.track_run import run

READ = {"axes": "tczyx", "pixel_size_um": MADE.voxel_size_um}


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tracked_project(tmp_path_factory.mktemp("tracked"))


@pytest.fixture
def project(tracked: Path, tmp_path: Path) -> Path:
    return copied(tracked, tmp_path)


def track(folder: Path, output: str, **more: object) -> dict[str, Any]:
    said = {"workers": 1, "order": "linear", **READ, **more}
    return run(folder / "worm.h5", folder / "points.csv", folder / output, **said)


def test_a_second_run_has_nothing_to_do_and_gives_the_same(project: Path) -> None:
    folder = project.parent
    assert track(folder, "again.csv")["tracked"] == 0
    one, other = (open_keypoints(folder / name) for name in ("points_sightline.csv", "again.csv"))
    np.testing.assert_array_equal(one.position, other.position)


def test_annotations_that_were_added_in_another_tool_are_taken_up_by_the_next_run(
    project: Path,
) -> None:
    folder = project.parent
    (folder / "points.csv").unlink()
    write_keypoints(folder / "points.csv", annotations((2, 7)))
    told = track(folder, "again.csv")
    assert told["references"] == [2, 7]
    assert told["tracked"] == MADE.frames - 2


def test_other_settings_track_everything_again(project: Path) -> None:
    assert track(project.parent, "again.csv", radius=1.5)["tracked"] == MADE.frames - 1


def test_a_format_without_depth_is_refused_before_anything_is_tracked(project: Path) -> None:
    folder = project.parent
    with pytest.raises(InputError, match="have a z"):
        track(folder, "tracks.slp", to="sleap", project=folder / "new.sightline")
    assert not (folder / "new.sightline").exists()


def test_the_paper_s_method_is_a_preset_whose_settings_can_be_changed(project: Path) -> None:
    folder = project.parent
    told = track(folder, "paper.csv", preset="zephir", changes={"steps": 30, "patch_size": 15})
    assert told["tracked"] == MADE.frames - 1
    found = open_keypoints(folder / "paper.csv").dense(np.arange(MADE.frames))
    away = np.linalg.norm((found - TRUTH) * np.array(MADE.voxel_size_um), axis=2)
    assert (away < 3).mean() > 0.9
    again = track(folder, "again.csv", preset="zephir", changes={"steps": 30, "patch_size": 15})
    assert again["tracked"] == 0
    with pytest.raises(SettingError, match=r"no setting 'patch'.*patch_size"):
        track(folder, "not.csv", preset="zephir", changes={"patch": 3})
    with pytest.raises(SettingError, match="it must be odd"):
        track(folder, "not.csv", preset="zephir", changes={"patch_size": 14})


def test_all_four_losses_of_the_paper_can_act(project: Path) -> None:
    losses = {"steps": 20, "patch_size": 15, "detection_weight": 1.0, "smoothness": 0.1}
    told = track(project.parent, "paper.csv", preset="zephir", changes={**losses, "window": 3})
    assert told["tracked"] == MADE.frames - 1
    assert told["seen"] > 0.8 * told["tracked"] * MADE.points


def test_a_project_of_other_keypoints_is_not_touched(project: Path) -> None:
    folder = project.parent
    some = annotations((2,))
    fewer = some.chosen(some.keypoint < 8)
    (folder / "points.csv").unlink()
    write_keypoints(folder / "points.csv", fewer)
    with pytest.raises(InputError, match="--project"):
        track(folder, "again.csv")


def test_stopped_work_goes_on_and_ends_the_same(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = open_keypoints(project.parent / "points_sightline.csv")
    folder = tmp_path / "stopped"
    folder.mkdir()
    for name in ("worm.h5", "points.csv"):
        (folder / name).write_bytes((project.parent / name).read_bytes())
    monkeypatch.setattr(retrack, "_STRETCH", 2)
    put, done = TrackStore.put, []

    def put_and_stop(self: TrackStore, frames: np.ndarray, *rest: object) -> None:
        put(self, frames, *rest)  # type: ignore[arg-type]
        done.extend(frames.tolist())
        if len(done) > 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(TrackStore, "put", put_and_stop)
    with pytest.raises(KeyboardInterrupt):
        track(folder, "tracks.csv")
    assert not (folder / "tracks.csv").exists()
    monkeypatch.setattr(TrackStore, "put", put)
    told = track(folder, "tracks.csv")
    assert told["tracked"] == MADE.frames - len(done)
    found = open_keypoints(folder / "tracks.csv")
    np.testing.assert_array_equal(found.position, whole.position)


@pytest.mark.slow
def test_more_processes_give_the_same(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrack, "_FEW", 0)
    folder = project.parent
    told = track(folder, "again.csv", workers=2, project=folder / "other.sightline")
    assert told["tracked"] == MADE.frames - 1
    one, other = (open_keypoints(folder / name) for name in ("points_sightline.csv", "again.csv"))
    np.testing.assert_array_equal(one.position, other.position)


@pytest.mark.slow
def test_a_cluster_gives_the_same(project: Path) -> None:
    distributed = pytest.importorskip("distributed")
    folder, quiet = project.parent, {"dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as cluster:
        address = cluster.scheduler_address
        other = folder / "other.sightline"
        told = track(folder, "again.csv", workers=None, on=address, project=other)
    assert told["tracked"] == MADE.frames - 1
    one, other = (open_keypoints(folder / name) for name in ("points_sightline.csv", "again.csv"))
    np.testing.assert_array_equal(one.position, other.position)


def test_a_frame_is_as_good_as_its_corrections(project: Path) -> None:
    told = correct(project, "ben", frame=6, keypoint="neuron 4", position=TRUTH[6, 4].tolist())
    assert told["tracked"] == [6, 7, 8]
    assert told["recorded"] == 1
    assert told["stale"] == 0
    assert told["annotated"] == MADE.points + 1


def test_a_confirmed_frame_is_a_reference_and_undo_takes_it_back(project: Path) -> None:
    told = correct(project, "ben", confirm=(7,))
    assert told["references"] == (2, 7)
    assert told["recorded"] > MADE.points / 2
    assert correct(project, "ben", undo=True)["references"] == (2,)


def test_an_export_corrected_elsewhere_comes_back_as_what_was_moved(project: Path) -> None:
    result = open_keypoints(export(project, project.parent / "out.csv")["output"])
    moved = 0.0 * result.position
    row = np.flatnonzero((result.frame == 6) & (result.keypoint == 4))[0]
    moved[row] = (0, 3, -2)
    corrected = project.parent / "corrected.csv"
    write_keypoints(corrected, by_nobody(result, result.position + moved))
    told = correct(project, "ben", corrections=corrected)
    assert told["recorded"] == 1
    assert told["tracked"] == [6, 7, 8]
    again = open_keypoints(export(project, project.parent / "out2.csv")["output"])
    np.testing.assert_allclose(again.position[row], result.position[row] + (0, 3, -2), atol=1e-4)
    assert again.authors[again.author[row]].annotator == "ben"


def by_nobody(keypoints: KeypointSet, position: np.ndarray) -> KeypointSet:
    """As tools write that keep neither author nor score."""
    rows = len(keypoints)
    return replace(
        keypoints,
        position=position,
        score=np.full(rows, np.nan),
        author=np.zeros(rows, np.int64),
        authors=(Author(),),
    )


def test_what_comes_back_says_who_said_what(project: Path) -> None:
    correct(project, "ben", frame=6, keypoint="neuron 4", position=TRUTH[6, 4].tolist())
    found = open_keypoints(export(project, project.parent / "out.csv")["output"])
    by = {(a.annotator, a.tool) for a in found.authors}
    assert by == {("anna", ""), ("ben", "Sightline"), ("", "Sightline")}
    assert found.by_person.sum() == MADE.points + 1


def test_questions_say_where_the_machine_puts_a_point_and_why_it_is_asked(project: Path) -> None:
    found = next_points(project, "ben", 3)
    assert len(found) == 3
    for one in found:
        assert one["keypoint"].startswith("neuron")
        assert len(one["position"]) == 3
        assert "machine" in one["reason"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Nothing was said"),
        ({"keypoint": "neuron 4"}, "--frame"),
        ({"keypoint": "nose", "frame": 1}, "none of that name"),
        ({"confirm": (99,)}, "0 to 8"),
    ],
)
def test_what_cannot_be_understood_is_refused(
    project: Path, said: dict[str, object], told: str
) -> None:
    with pytest.raises((InputError, SettingError), match=told):
        correct(project, "ben", **said)  # type: ignore[arg-type]


def test_the_command_line_does_all_of_it(project: Path) -> None:
    def say(*words: str) -> dict[str, object] | list[dict[str, object]]:
        done = CliRunner().invoke(app, ["track", *words, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    questions = say("next", str(project), "-a", "ben", "-n", "2")
    frame, keypoint = questions[0]["frame"], questions[0]["keypoint"]  # type: ignore[index]
    words = ["--frame", str(frame), "--keypoint", str(keypoint), "--at", "3,20,30"]
    told = say("correct", str(project), "-a", "ben", *words)
    assert told["recorded"] == 1  # type: ignore[call-overload]
    told = say("export", str(project), "-o", str(project.parent / "out.csv"))
    assert told["annotated"] == MADE.points + 1  # type: ignore[call-overload]


def test_a_mistake_on_the_command_line_is_one_sentence(project: Path) -> None:
    done = CliRunner().invoke(app, ["track", "correct", str(project), "-a", "ben"])
    assert done.exit_code == 2 or isinstance(done.exception, SettingError)
