"""A session of segmentation: questions, answers that last, undo, and what stands of each image."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from review.segmented_project import (
    ANNOTATED,
    CLASSES,
    OPINIONS,
    PREDICTED,
    SHAPE,
    U,
    copied,
    discs,
    machine_of,
    make_segmented_project,
)

from sightline.consensus.mask_consensus import fuse_masks
from sightline.data.decision import ACCEPTED, SKIP, UNSURE
from sightline.data.mask import Mask
from sightline.errors import InputError, ProjectError, SettingError
from sightline.project.predictions import NewPrediction, store_predictions
from sightline.project.project import Project
from sightline.review import standing_masks
from sightline.review.said_masks import REJECTED
from sightline.review.segment_session import SegmentSession


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_segmented_project(tmp_path_factory.mktemp("made"))


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    return copied(made, tmp_path)


def open_session(project: Path, annotator: str = "dora", **settings: object) -> SegmentSession:
    return SegmentSession(project, annotator, **settings)  # type: ignore[arg-type]


def image_of(session: SegmentSession, item: str) -> str:
    return session.about(item).image


def test_images_are_asked_most_uncertain_first_with_the_reason(project: Path) -> None:
    with open_session(project, probe_every=0) as session:
        questions = session.batch(99)
    by_u = sorted(PREDICTED, key=lambda name: -U[name])
    assert [one.item for one in questions] == [f"discs/{name}" for name in by_u]
    assert questions[0].reason == "its uncertainty U is 0.120, 2 of 15; borders are faint most"
    assert questions[0].score == pytest.approx(U[by_u[0]])


def test_an_image_in_which_nothing_was_found_or_that_is_foreign_says_so(project: Path) -> None:
    empty = Mask(np.zeros(SHAPE, np.int16), np.zeros(SHAPE, np.int32), CLASSES)
    one = NewPrediction("p00", empty)
    foreign = NewPrediction("p01", machine_of(1), None, replace(one.scores, uncertainty=0.01,
                            foreign=True, why="twice as bright"))  # fmt: skip
    store_predictions(Project.open(project), [one, foreign])
    with open_session(project, probe_every=0) as session:
        reasons = {image_of(session, one.item): one.reason for one in session.batch(99)}
        first = session.next()
    assert first is not None
    assert first.item == "discs/p00"
    assert reasons["p00"] == "the machine found nothing in it"
    assert "unlike the training images (twice as bright)" in reasons["p01"]


def test_objects_are_asked_by_their_own_uncertainty(project: Path) -> None:
    with open_session(project, probe_every=0) as session:
        found = session.batch(3, "objects")
        names = [(image_of(session, one.item), session.about(one.item).object) for one in found]
    assert [image for image, _ in names] == ["p11", "p10", "p09"]  # the disc on the right is worse
    assert all(name.startswith("28-40-") for _, name in names)
    assert found[0].reason.startswith("at y 28, x 40 of p11; uncertainty 0.1")


def test_every_tenth_question_is_drawn_at_random_and_recorded_as_such(project: Path) -> None:
    with open_session(project) as session:
        questions = session.batch(12)
        assert [one.probe for one in questions] == [place == 9 for place in range(12)]
        session.decide(questions[9].item, ACCEPTED)
        session.decide(questions[0].item, ACCEPTED)
        said = session.decisions
    assert said[questions[9].item].probe
    assert not said[questions[0].item].probe


def test_accepting_takes_the_machine_s_mask_as_the_annotator_s(project: Path) -> None:
    with open_session(project) as session:
        item = session.item("p03")
        session.decide(item, ACCEPTED, seconds=2.5)
        found = session.predict(["p03"])["p03"]
        assert (found.who, found.how, found.is_person) == (("dora",), "drawn", True)
        np.testing.assert_array_equal(found.mask.classes, machine_of(4).classes)
        assert not session.decisions[item].blind
        assert item not in [one.item for one in session.batch(99)]
    store_predictions(Project.open(project), [NewPrediction("p03", discs((1, 1)))])
    with open_session(project, "ben") as session:
        found = session.predict(["p03"])["p03"]
    np.testing.assert_array_equal(found.mask.classes, machine_of(4).classes)


def test_a_mask_of_one_s_own_stands_over_the_machine_s(project: Path) -> None:
    drawn = discs((20, 20))
    with open_session(project) as session:
        session.decide(session.item("p03"), drawn)
        assert session.decisions[session.item("p03")].blind
        session.machine(session.item("p04"))
        session.decide(session.item("p04"), drawn)
        assert not session.decisions[session.item("p04")].blind
        for name in ("p03", "p04"):
            np.testing.assert_array_equal(session.predict([name])[name].mask.classes, drawn.classes)


def test_several_annotators_masks_are_one_consensus(project: Path) -> None:
    opinions = {"anna": discs((10, 10)), "ben": discs((10, 12)), "cleo": discs((12, 10))}
    for annotator, mask in opinions.items():
        with open_session(project, annotator) as session:
            session.decide(session.item("p03"), mask)
    with open_session(project, method="majority") as session:
        found = session.predict(["p03"])["p03"]
    assert found.who == tuple(opinions)
    votes = sum(mask.classes for mask in opinions.values())
    np.testing.assert_array_equal(found.mask.classes, votes >= 2)


def test_a_corrected_consensus_survives_other_methods_and_new_predictions(project: Path) -> None:
    right = discs((15, 15))
    with open_session(project) as session:
        session.decide(session.correction("a1"), right)
    store_predictions(Project.open(project), [NewPrediction("a1", discs((1, 1)))])
    for method in ("staple", "majority", "staple-pooled", "objects"):
        with open_session(project, "ben", method=method) as session:
            found = session.predict(["a0", "a1"])
        assert (found["a1"].how, found["a1"].who) == ("by hand", ("dora",))
        np.testing.assert_array_equal(found["a1"].mask.classes, right.classes)
        assert found["a0"].how == method
    with open_session(project) as session:
        session.undo()
        computed = session.predict(["a1"])["a1"].mask.classes
        session.redo()
        again = session.predict(["a1"])["a1"].mask.classes
    masks = {who: draw(1) for who, draw in OPINIONS.items()}
    np.testing.assert_array_equal(computed, fuse_masks(masks).mask.classes)
    np.testing.assert_array_equal(again, right.classes)


def test_a_rejected_mask_says_nothing_until_the_machine_has_another(project: Path) -> None:
    with open_session(project) as session:
        session.decide(session.item("p03"), REJECTED)
        found = session.predict(["p03"])["p03"]
        assert found.how == "rejected"
        assert (found.mask.classes == -1).all()
        assert session.item("p03") not in [one.item for one in session.batch(99)]
        store_predictions(session.project, [NewPrediction("p03", discs((1, 1)))])
        session.refresh()
        assert session.predict(["p03"])["p03"].how == "machine"
        assert session.item("p03") in [one.item for one in session.batch(99)]


def test_a_rejected_object_is_not_in_the_result(project: Path) -> None:
    with open_session(project) as session:
        item = session.batch(1, "objects")[0].item
        image = image_of(session, item)
        session.decide(item, REJECTED)
        number = PREDICTED.index(image) + 1
        left = session.predict([image])[image].mask
        np.testing.assert_array_equal(left.classes, discs((10, 10 + number)).classes)
        assert item not in [one.item for one in session.batch(99, "objects")]
        told = session.progress()
        assert (told.objects, told.objects_rejected, told.decided) == (26, 1, 0)
        session.undo()
        whole = session.predict([image])[image].mask
        np.testing.assert_array_equal(whole.classes, machine_of(number).classes)


def test_accepting_an_image_does_not_bring_a_rejected_object_back(project: Path) -> None:
    with open_session(project) as session:
        item = session.batch(1, "objects")[0].item
        image = image_of(session, item)
        session.decide(item, REJECTED)
        without = session.predict([image])[image].mask
        session.decide(session.item(image), ACCEPTED)
        found = session.predict([image])[image]
        assert found.who == ("dora",)
        np.testing.assert_array_equal(found.mask.objects, without.objects)
        np.testing.assert_array_equal(found.mask.classes, without.classes)


def test_a_correction_answers_the_question_of_its_image(project: Path) -> None:
    with open_session(project, probe_every=1) as session:
        question = session.batch(1)[0]
        item = session.correction(image_of(session, question.item))
        session.decide(item, discs((20, 20)))
        assert session.decisions[item].probe
        assert session.progress().probes == 1


def test_reliability_is_estimated_once_for_all_images(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimated = []
    real = standing_masks.reliability_of
    monkeypatch.setattr(
        standing_masks, "reliability_of", lambda *given: estimated.append(1) or real(*given)
    )
    with open_session(project, method="staple-pooled") as session:
        for name in (*ANNOTATED, *ANNOTATED):
            session.predict([name])
        assert len(estimated) == 1
        session.decide(session.item("a0"), discs((20, 20)))
        session.predict(["a0"])
        assert len(estimated) == 2


def test_an_object_that_was_judged_is_judged_for_as_long_as_it_keeps_its_pixels(
    project: Path,
) -> None:
    with open_session(project) as session:
        item = session.batch(1, "objects")[0].item
        image = image_of(session, item)
        session.decide(item, REJECTED)
        kept = discs((28, 40), (12, 30))
        store_predictions(session.project, [NewPrediction(image, kept)])
        session.refresh()
        np.testing.assert_array_equal(
            session.predict([image])[image].mask.classes, discs((12, 30)).classes
        )
        store_predictions(session.project, [NewPrediction(image, discs((28, 41)))])
        session.refresh()
        assert session.predict([image])[image].mask.classes.any()


def test_unsure_and_skip_are_answers_that_change_nothing(project: Path) -> None:
    with open_session(project) as session:
        session.decide(session.item("p03"), UNSURE)
        session.decide(session.item("p04"), SKIP)
        asked = [one.item for one in session.batch(99)]
        assert not {session.item("p03"), session.item("p04")} & set(asked)
        assert session.predict(["p03"])["p03"].how == "machine"
        told = session.progress()
        assert (told.unsure, told.skipped, told.decided) == (1, 1, 2)
    with open_session(project, "ben") as session:
        assert session.item("p03") in [one.item for one in session.batch(99)]


def test_the_same_act_sent_twice_counts_once(project: Path) -> None:
    with open_session(project) as session:
        for _ in range(2):
            session.decide(session.item("p03"), discs((20, 20)), client_id="once")
            session.machine(session.item("p03"))  # what was seen since makes no other act of it
        session.undo()
        assert session.item("p03") not in session.decisions
        with pytest.raises(ProjectError, match="nothing left"):
            session.undo()


def test_several_answers_are_one_act(project: Path) -> None:
    with open_session(project) as session:
        session.decide_each({session.item("p03"): ACCEPTED, session.item("p04"): discs((9, 9))})
        session.undo()
        assert not session.decisions


def test_what_others_decide_is_there_after_a_refresh(project: Path) -> None:
    with open_session(project) as session, open_session(project, "ben") as other:
        other.decide(other.item("p11"), ACCEPTED)
        session.refresh()
        first = session.next()
        assert first is not None
        assert first.item == session.item("p10")


def test_progress_compares_the_machine_with_people_and_forecasts_the_rest(project: Path) -> None:
    with open_session(project, wanted_dice=0.9, probe_every=1) as session:
        questions = session.batch(12)
        before = session.progress()
        assert (before.images, before.outlined, before.predicted, before.left) == (15, 3, 13, 12)
        assert (before.compared, np.isnan(before.expected_dice)) == (1, True)
        for question in questions[:10]:
            name = image_of(session, question.item)
            number = PREDICTED.index(name) + 1
            good = U[name] < 0.05
            session.decide(question.item, machine_of(number) if good else discs((28, 40)))
        told = session.progress()
    assert (told.decided, told.compared, told.left, told.probes) == (10, 11, 2, 10)
    assert told.dice_low < told.dice < told.dice_high
    area = float(discs((28, 40)).classes.sum())
    dice = [1.0 if U[image_of(session, q.item)] < 0.05 else 2 * area / (3 * area)
            for q in questions[:10]]  # fmt: skip
    assert told.dice == pytest.approx(np.mean(dice), abs=0.01)
    assert 0.5 < told.expected_dice <= 1
    assert told.below in (0, 0.5, 1)


def test_a_forecast_of_the_model_s_is_used_until_there_are_enough_comparisons(
    project: Path,
) -> None:
    scores = {"p00": 0.95, "p01": 0.7}
    store_predictions(
        Project.open(project),
        [
            NewPrediction(name, machine_of(1), None,
                          replace(NewPrediction(name, machine_of(1)).scores, expected_dice=dice))
            for name, dice in scores.items()
        ],
    )  # fmt: skip
    with open_session(project, wanted_dice=0.8) as session:
        told = session.progress()
    assert told.expected_dice == pytest.approx(0.825)
    assert told.below == 0.5


@pytest.mark.parametrize(
    ("item", "said", "told"),
    [
        ("discs/nine", ACCEPTED, "no such mask"),
        ("others/p00", ACCEPTED, "no such mask"),
        ("discs/p00/object/1-2-3", ACCEPTED, "no such object"),
        ("p00", ACCEPTED, "names no mask"),
        ("discs/p00", "yes", "accepted, rejected, unsure, skip"),
        ("discs/a0", ACCEPTED, "the machine has no mask"),
        ("discs/p00", Mask(np.zeros((3, 4), np.int16), None, CLASSES), r"shape \(40, 60\)"),
        ("discs/p00", Mask(np.zeros(SHAPE, np.int16), None, ("a", "b")), "classes cell"),
        ("discs/p00", Mask(np.full(SHAPE, 3, np.int16), None, CLASSES), "named classes"),
    ],
)
def test_what_cannot_be_understood_is_refused_and_nothing_recorded(
    project: Path, item: str, said: Mask | str, told: str
) -> None:
    with open_session(project) as session:
        with pytest.raises(InputError, match=told):
            session.decide_each({session.item("p05"): ACCEPTED, item: said})
        assert not session.decisions


def test_settings_that_mean_nothing_are_refused(project: Path) -> None:
    with pytest.raises(SettingError, match="choose one of"):
        open_session(project, method="best")
    with open_session(project) as session:
        with pytest.raises(SettingError, match="images or objects"):
            session.batch(1, "pixels")  # type: ignore[arg-type]
        with pytest.raises(SettingError, match="at least one"):
            session.batch(0)


KILLED = """
import sys
from pathlib import Path
from sightline.review.segment_session import SegmentSession
from review.segmented_project import discs

with SegmentSession(Path(sys.argv[1]), "dora") as session:
    for place in range(1000):
        session.decide(session.item("p00"), discs((5 + place % 30, 5 + place // 30)))
        print(place, flush=True)
"""


def test_a_kill_in_the_middle_loses_nothing_that_was_acknowledged(project: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(project)],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert process.stdout is not None
    with process, process.stdout as acknowledged:
        for _ in range(3):
            acknowledged.readline()
        process.kill()
        last = 2 + len(acknowledged.readlines())
    with open_session(project) as session:
        found = session.predict(["p00"])["p00"].mask.classes
        count = len(session.journal.state().hand("dora").standing)
    assert count in (last + 1, last + 2)  # the one that was under way may be there, whole
    place = count - 1
    np.testing.assert_array_equal(found, discs((5 + place % 30, 5 + place // 30)).classes)


def test_images_annotated_by_people_are_not_asked(project: Path) -> None:
    with open_session(project) as session:
        asked = {image_of(session, one.item) for one in session.batch(99)}
        assert not asked & set(ANNOTATED)
        assert not {image_of(session, one.item) for one in session.batch(99, "objects")} & {"a2"}
