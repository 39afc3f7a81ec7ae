"""Classifiers on files: kept as plain text, applied to many recordings, never trusted blindly."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline.errors import InputError, SettingError
from sightline.formats.table import read_rows, write_rows
from sightline.review.sort_session import SortSession
from sightline.simulate.candidates import SimulatedCandidates, simulate_candidates
from sightline.workflows.classifying import predict, read_classifier, train
from sightline.workflows.sorting import open_session, prepare_features


def write_features(path: Path, values: np.ndarray, names: tuple[str, ...]) -> Path:
    write_rows(path, names, values.tolist())
    return path


@pytest.fixture(scope="module")
def simulated() -> SimulatedCandidates:
    return simulate_candidates(600, np.random.default_rng(0))


@pytest.fixture
def session(tmp_path: Path, simulated: SimulatedCandidates) -> Iterator[SortSession]:
    table = simulated.features
    prepare_features(
        [write_features(tmp_path / "m1.csv", table.values, table.names)],
        tmp_path / "mice.sightline",
    )
    with open_session(tmp_path / "mice.sightline", "anna") as session:
        names = ("not cell", "cell")
        session.decide_each({f"m1/{k}": names[int(simulated.cell[k])] for k in range(150)})
        yield session


@pytest.fixture
def classifier(tmp_path: Path, session: SortSession) -> Path:
    train(session, tmp_path / "anna.json")
    return tmp_path / "anna.json"


@pytest.fixture
def later(tmp_path: Path) -> Path:
    found = simulate_candidates(200, np.random.default_rng(7))
    return write_features(tmp_path / "later.csv", found.features.values, found.features.names)


def test_a_kept_classifier_is_the_sessions(session: SortSession, classifier: Path) -> None:
    kept = read_classifier(classifier)
    assert kept.answers == session.classifier().answers
    np.testing.assert_allclose(
        kept.model.coefficients, session.classifier().model.coefficients, atol=1e-4
    )


def test_training_tells_what_it_rests_on_and_overwrites_nothing(
    tmp_path: Path, session: SortSession, classifier: Path
) -> None:
    before = classifier.read_bytes()
    with pytest.raises(InputError, match="there already"):
        train(session, classifier)
    assert classifier.read_bytes() == before
    assert sum(train(session, tmp_path / "b.json")["answers"].values()) == 150


def test_without_both_classes_nothing_is_trained(tmp_path: Path, session: SortSession) -> None:
    with (
        open_session(session.project.path, "bob") as bob,
        pytest.raises(SettingError, match="bob has not decided"),
    ):
        train(bob, tmp_path / "bob.json")
    assert not (tmp_path / "bob.json").exists()


def test_new_recordings_are_labelled_well_and_familiar_ones_are_not_flagged(
    tmp_path: Path, classifier: Path, later: Path
) -> None:
    truth = simulate_candidates(200, np.random.default_rng(7)).cell
    said = predict(classifier, [later], tmp_path / "out")
    assert said["failed"] == []
    (one,) = said["recordings"]
    assert one["recording"] == "later"
    assert not one["foreign"]
    header, rows = read_rows(Path(one["output"]))
    assert header == ["item", "verdict", "probability", "unlike_training"]
    accepted = np.array([row[1] == "cell" for row in rows])
    assert one["accepted"] == accepted.sum()
    assert (accepted == truth).mean() > 0.8
    np.testing.assert_array_equal(
        accepted, np.array([float(row[2]) for row in rows]) > one["threshold"]
    )


def test_foreign_data_are_flagged(tmp_path: Path, classifier: Path) -> None:
    rng = np.random.default_rng(1)
    found = simulate_candidates(200, rng)
    values = 10 * rng.standard_t(2, found.features.values.shape) + 20
    path = write_features(tmp_path / "odd.csv", values, found.features.names)
    (one,) = predict(classifier, [path], tmp_path / "out")["recordings"]
    assert one["foreign"]
    assert len(one["shifted"]) > 5


def test_a_bad_file_is_reported_and_does_not_stop_the_others(
    tmp_path: Path, classifier: Path, later: Path
) -> None:
    (tmp_path / "bad.csv").write_text("size,snr\n1,big\n")
    other = write_features(tmp_path / "other.csv", np.eye(8), tuple("abcdefgh"))
    files = [tmp_path / "none.csv", tmp_path / "bad.csv", other, later]
    said = predict(classifier, files, tmp_path / "out")
    assert [one["recording"] for one in said["recordings"]] == ["later"]
    assert [Path(one["file"]).name for one in said["failed"]] == [f.name for f in files[:3]]
    assert "no such file" in said["failed"][0]["reason"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["later_verdicts.csv"]


def test_another_target_may_be_asked_for(tmp_path: Path, classifier: Path, later: Path) -> None:
    accepted = [
        predict(classifier, [later], tmp_path / name, target)["recordings"][0]["accepted"]
        for name, target in (("a", "threshold=0.2"), ("b", "threshold=0.9"))
    ]
    assert accepted[0] > accepted[1]
    with pytest.raises(SettingError, match="target"):
        predict(classifier, [later], tmp_path / "c", "everything")
    assert not (tmp_path / "c").exists()


def test_verdicts_overwrite_nothing(tmp_path: Path, classifier: Path, later: Path) -> None:
    predict(classifier, [later], tmp_path / "out")
    written = tmp_path / "out" / "later_verdicts.csv"
    before = written.read_bytes()
    with pytest.raises(InputError, match="there already"):
        predict(classifier, [tmp_path / "m1.csv", later], tmp_path / "out")
    assert written.read_bytes() == before
    assert not (tmp_path / "out" / "m1_verdicts.csv").exists()


def test_two_files_of_one_name_are_refused(tmp_path: Path, classifier: Path, later: Path) -> None:
    (tmp_path / "copy").mkdir()
    copy = tmp_path / "copy" / "later.csv"
    copy.write_bytes(later.read_bytes())
    with pytest.raises(InputError, match="two files share the name"):
        predict(classifier, [later, copy], tmp_path / "out")


def tampered(classifier: Path, change: Any) -> Path:
    values = json.loads(classifier.read_text())
    change(values)
    classifier.write_text(json.dumps(values))
    return classifier


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.pop("model"),
        lambda v: v["model"]["coefficients"].pop(),
        lambda v: v["model"].update(coefficients="import os"),
        lambda v: v["model"].update(intercept=float("nan")),
        lambda v: v["settings"].update(l2=-1),
        lambda v: v["settings"].update(extra=1),
        lambda v: v.update(version=99),
        lambda v: v.update(format="pickle"),
        lambda v: v.update(classes=["a", "b", "c"]),
        lambda v: v["familiarity"].update(mean=[1]),
    ],
)
def test_a_tampered_classifier_is_one_clear_error(
    tmp_path: Path, classifier: Path, later: Path, change: Any
) -> None:
    with pytest.raises(InputError, match=r"anna\.json: "):
        predict(tampered(classifier, change), [later], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"\x80\x04K\x01.", b"[1, 2]", b"\xff\xfe{"])
def test_what_is_no_classifier_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.json").write_bytes(content)
    with pytest.raises(InputError, match="no Sightline classifier"):
        read_classifier(tmp_path / "c.json")
    with pytest.raises(InputError, match="no such file"):
        read_classifier(tmp_path / "d.json")


def test_three_classes_are_predicted_by_the_most_probable(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    centres = 3 * rng.normal(size=(3, 4))
    for name in ("m1", "m2"):
        values = centres[np.arange(90) % 3] + rng.normal(size=(90, 4))
        write_features(tmp_path / f"{name}.csv", values, tuple("abcd"))
    classes = ["noise", "soma", "dendrite"]
    prepare_features([tmp_path / "m1.csv"], tmp_path / "three.sightline", classes)
    with open_session(tmp_path / "three.sightline", "anna") as session:
        session.decide_each({f"m1/{k}": classes[k % 3] for k in range(60)})
        train(session, tmp_path / "c.json")
    (one,) = predict(tmp_path / "c.json", [tmp_path / "m2.csv"], tmp_path / "out")["recordings"]
    _, rows = read_rows(Path(one["output"]))
    assert np.mean([row[1] == classes[k % 3] for k, row in enumerate(rows)]) > 0.9
    assert one["threshold"] is None
    assert one["accepted"] == sum(row[1] == "dendrite" for row in rows)
