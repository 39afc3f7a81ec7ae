"""A session of tracking: questions, decisions that last, and only what depends on them redone."""

from pathlib import Path

import numpy as np
import pytest
from review.tracked_project import MADE, NAMES, TRUTH, copied, make_tracked_project

from sightline.data.tracks import Visibility
from sightline.errors import InputError, ProjectError, SettingError
from sightline.review.track_session import TrackSession


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tracked_project(tmp_path_factory.mktemp("tracked"))


@pytest.fixture
def project(tracked: Path, tmp_path: Path) -> Path:
    return copied(tracked, tmp_path)


def open_session(project: Path, annotator: str = "ben", **settings: object) -> TrackSession:
    video = project.parent / "worm.h5"
    return TrackSession(project, annotator, video=video, **settings)  # type: ignore[arg-type]


def test_after_a_run_nothing_is_stale_and_all_is_predicted(project: Path) -> None:
    with open_session(project) as session:
        assert len(session.stale) == 0
        found = session.predict().positions
    away = np.linalg.norm((found - TRUTH) * np.array(MADE.voxel_size_um), axis=2)
    assert (away < 2).mean() > 0.9


def test_a_point_that_is_fixed_stays_and_only_its_frame_and_those_below_change(
    project: Path,
) -> None:
    with open_session(project) as session:
        before = session.predict()
        right = TRUTH[6, 4] + 0.3
        session.decide(session.item(6, 4), right.tolist())
        assert session.stale.tolist() == [6, 7, 8]  # tracked outwards in time from frame 2
        assert session.refit().tolist() == [6, 7, 8]
        after = session.predict()
    np.testing.assert_array_equal(after.positions[6, 4], right.astype(np.float32))
    assert after.score[6, 4] == 1
    np.testing.assert_array_equal(after.positions[:6], before.positions[:6])


def test_what_was_decided_is_there_for_the_next_session(project: Path) -> None:
    with open_session(project) as session:
        session.decide(session.item(6, 4), (1.0, 20.0, 30.0))
    with open_session(project, "cleo") as session:
        assert session.stale.tolist() == [6, 7, 8]
        assert session.predict().positions[6, 4].tolist() == [1, 20, 30]


def test_one_frame_is_tracked_here_and_now_and_its_dependants_wait(project: Path) -> None:
    with open_session(project) as session:
        session.decide(session.item(6, 4), TRUTH[6, 4].tolist())
        session.follow(6)
        assert session.stale.tolist() == [7, 8]
        session.decide(session.item(4, 1), TRUTH[4, 1].tolist())
        session.follow(6)  # from what is itself to be tracked again
        assert session.stale.tolist() == [4, 5, 6, 7, 8]


def test_undo_brings_back_what_was_and_redo_what_was_said(project: Path) -> None:
    with open_session(project) as session:
        before = session.predict().positions.copy()
        session.decide(session.item(6, 4), (1.0, 20.0, 30.0))
        session.refit()
        session.undo()
        session.refit()
        np.testing.assert_array_equal(session.predict().positions, before)
        session.redo()
        assert session.predict().positions[6, 4].tolist() == [1, 20, 30]
        session.undo()
        with pytest.raises(ProjectError, match="nothing left"):
            session.undo()


def test_a_confirmed_frame_becomes_a_reference(project: Path) -> None:
    with open_session(project) as session:
        positions = session.predict().positions[7].copy()
        seen = session.store.visibility[7] == Visibility.SEEN
        assert session.confirm(7) == seen.sum()
        assert session.progress().references == (2, 7)
        session.refit()
        np.testing.assert_array_equal(session.predict().positions[7][seen], positions[seen])
        assert not any(decision.blind for decision in session.decisions.values())


def test_the_same_act_sent_twice_counts_once(project: Path) -> None:
    with open_session(project) as session:
        for _ in range(2):
            session.decide(session.item(6, 4), (1.0, 20.0, 30.0), client_id="once")
        session.undo()
        assert session.item(6, 4) not in session.decisions


def test_several_annotators_are_one_consensus(project: Path) -> None:
    for annotator, place in (("ben", 20.0), ("cleo", 22.0)):
        with open_session(project, annotator) as session:
            session.decide(session.item(6, 4), (1.0, place, 30.0))
    with open_session(project) as session:
        assert session.predict().positions[6, 4].tolist() == [1, 21, 30]


def test_hidden_without_a_place_is_told_and_moves_nothing(project: Path) -> None:
    with open_session(project) as session:
        before = session.predict().positions[6, 4].copy()
        session.decide(session.item(6, 4), value="hidden")
        assert len(session.stale) == 0
        after = session.predict()
        assert after.visibility[6, 4] == Visibility.HIDDEN
        np.testing.assert_array_equal(after.positions[6, 4], before)


def test_questions_are_of_doubtful_points_that_nobody_answered(project: Path) -> None:
    with open_session(project, probe_every=0) as session:
        first = session.next()
        assert first is not None
        frame, keypoint = session.point_of(first.item)
        assert frame != 2
        assert session.store.score[frame, keypoint] <= np.nanmedian(session.store.score)
        session.decide(first.item, value="unsure")
        session.decide(session.batch(1)[0].item, value="skip")
        asked = {question.item for question in session.batch(200)}
        assert len(asked) == (MADE.frames - 1) * MADE.points - 2
        assert first.item not in asked


def test_random_questions_measure_how_far_the_machine_can_be_trusted(project: Path) -> None:
    with open_session(project, probe_every=1) as session:
        for number, question in enumerate(session.batch(20)):
            assert question.probe
            frame, keypoint = session.point_of(question.item)
            place = session.store.positions[frame, keypoint].astype(float)
            if number < 5:
                place[1] += 9 if place[1] < 50 else -9
            session.decide(question.item, place.tolist())
        told = session.progress()
    assert told.probes == 20
    assert told.right == 0.75
    assert told.right_low < 0.75 < told.right_high


def test_looking_at_the_machine_s_place_first_is_not_blind(project: Path) -> None:
    with open_session(project) as session:
        session.decide(session.item(6, 4), (1.0, 20.0, 30.0))
        session.where(session.item(6, 5))
        session.decide(session.item(6, 5), (1.0, 20.0, 30.0))
        assert session.decisions[session.item(6, 4)].blind
        assert not session.decisions[session.item(6, 5)].blind


@pytest.mark.parametrize(
    ("item", "position", "value", "said"),
    [
        ("worm/6/nose", (1, 2, 3), "seen", "no such point"),
        ("other/6/neuron 4", (1, 2, 3), "seen", "no such point"),
        ("worm/99/neuron 4", (1, 2, 3), "seen", "0 to 8"),
        ("worm/6/neuron 4", (1, 2, 300), "seen", "inside of"),
        ("worm/6/neuron 4", (1, float("nan"), 3), "seen", "inside of"),
        ("worm/6/neuron 4", (2, 3), "seen", "inside of"),
        ("worm/6/neuron 4", (1, 2, 3), "perhaps", "seen, hidden"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(
    project: Path, item: str, position: tuple[float, ...], value: str, said: str
) -> None:
    with open_session(project) as session:
        last = session.journal.state().last
        with pytest.raises(InputError, match=said):
            session.decide(item, position, value)
        assert session.journal.state().last == last


def test_without_the_video_it_says_what_to_do(project: Path) -> None:
    (project.parent / "worm.h5").unlink()
    (project / "source.json").write_text("{}")
    with TrackSession(project, "ben") as session:
        session.decide(session.item(6, 4), (1.0, 20.0, 30.0))
        with pytest.raises(ProjectError, match="--video"):
            session.refit()


def test_settings_and_names_are_those_of_the_run(project: Path) -> None:
    with open_session(project) as session:
        assert session.names == NAMES
        assert session.settings.order == "linear"
        with pytest.raises(SettingError, match="at least one"):
            session.batch(0)
