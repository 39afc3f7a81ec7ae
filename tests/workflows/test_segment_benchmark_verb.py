"""`sightline segment benchmark` as it is called: options in, JSON or tables out."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from small_laboratories import ThresholdLearner, write_laboratory_of_discs

from sightline.cli import main

Call = Callable[..., int]


@pytest.fixture(scope="module")
def laboratories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two laboratories in one folder."""
    folder = tmp_path_factory.mktemp("laboratories")
    write_laboratory_of_discs(folder / "home", ("0001", "0002", "0004"))
    write_laboratory_of_discs(folder / "away", ("a", "b"), ("eve", "sue"), suffix="", seed=1)
    return folder


@pytest.fixture
def call(laboratories: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run the verb, with a threshold in place of the ensemble; gives its exit code."""

    @contextmanager
    def stand_in(*_told: Any) -> Iterator[Any]:
        yield ThresholdLearner().learner()

    monkeypatch.setattr("sightline.workflows.segment_benchmark.our_learner", stand_in)

    def run(*options: str) -> int:
        given = ["sightline", "segment", "benchmark", str(laboratories), *options]
        monkeypatch.setattr("sys.argv", given)
        try:
            main()
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    return run


PLAIN = ("--train", "home", "--test", "away", "--peers", "otsu")


def test_json_is_written_to_a_new_file(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert call(*PLAIN, "--adapt", "0,1", "--repeats", "2", "--json", str(out)) == 0
    told = json.loads(out.read_text(encoding="utf-8"))
    assert [row["adapted"] for row in told["images"]] == [0, 0, 1, 1]
    assert [row["name"] for row in told["peers"]] == ["Otsu"]
    assert "figures" not in told


def test_a_dash_prints_it(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*PLAIN, "--json", "-") == 0
    assert len(json.loads(capsys.readouterr().out)["images"]) == 2


def test_tables_and_pictures_without_json(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(*PLAIN, "--adapt", "0,1", "--figures", str(tmp_path / "pictures")) == 0
    shown = capsys.readouterr().out
    for word in ("ours", "eve", "sue", "Otsu", "afresh", "of others", "figure:", "do not count"):
        assert word in shown
    assert (tmp_path / "pictures" / "dice.png").is_file()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--train", "home", "--test", "nowhere"), "nowhere"),
        (("--train", "home"), "--test"),
        ((*PLAIN, "--adapt", "some"), "--adapt"),
        ((*PLAIN, "--set", "iterations"), "NAME=VALUE"),
        ((*PLAIN, "--preset", "guess"), "guess"),
        ((*PLAIN, "--peers", "guess"), "guess"),
    ],
)
def test_a_mistake_is_one_sentence(
    call: Call, options: tuple[str, ...], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(*options, "--json", "-") == 2
    said = capsys.readouterr().err
    assert word in said
    assert "Traceback" not in said


def test_no_file_is_replaced(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("mine", encoding="utf-8")
    assert call(*PLAIN, "--json", str(out)) == 2
    assert out.read_text(encoding="utf-8") == "mine"
    assert call(*PLAIN, "--json", str(tmp_path / "none" / "out.json")) == 2
