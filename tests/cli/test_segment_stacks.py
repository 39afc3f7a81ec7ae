"""A stack's pages are what the user says they are, in every verb that reads images."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from sightline import cli


def _run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["sightline", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An image of five channels that says nothing of them, and two experts' masks of it."""
    pixels = np.random.default_rng(0).integers(0, 4096, (5, 40, 50)).astype(np.uint16)
    mask = np.zeros((40, 50), np.uint8)
    mask[10:20, 10:20] = 255
    for place, array in (("images", pixels), ("labels/ann", mask), ("labels/ben", mask)):
        (tmp_path / place).mkdir(parents=True)
        np.save(tmp_path / place / "a.npy", array)
    return tmp_path


def test_pages_are_channels_where_the_user_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "segment", "consensus", folder) != 0
    assert "say `--axes cyx`" in " ".join(capsys.readouterr().err.split())
    assert _run(monkeypatch, "segment", "consensus", folder, "--axes", "CYX", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["images"] == 1


@pytest.mark.parametrize("verb", ["consensus", "train", "predict", "evaluate", "benchmark"])
def test_every_verb_that_reads_images_takes_the_axes(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "segment", verb, "--help") == 0
    assert "--axes" in capsys.readouterr().out
