"""`sightline demo`: a recording to try the app on, in one word."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sightline import cli

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any, Any]]:
    """What was called, in place of simulating and serving."""
    calls: list[tuple[str, Any, Any]] = []

    def make(folder: str | None, **_options: Any) -> Path:
        calls.append(("demo", folder, None))
        return Path(folder or "somewhere", "demo.sightline")

    def serve(project: Path, **options: Any) -> None:
        calls.append(("open", project, options))

    def loop(folder: str | None, **options: Any) -> SimpleNamespace:
        calls.append(("loop", folder, options["cells"]))
        raise SystemExit(0)

    monkeypatch.setattr("sightline.workflows.demo.demo", make)
    monkeypatch.setattr("sightline.workflows.demo.demo_sort", loop)
    monkeypatch.setattr("sightline.web.serve.open_project", serve)
    return calls


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def program(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sightline", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return program


def test_the_app_opens_on_the_recording_that_was_made(run: Run, called: list[Any]) -> None:
    options = ("--no-browser", "--port", "8700", "--token-file", "key", "-o", "new")
    code, out, err = run("demo", *options)
    assert (code, err) == (0, "")
    project = Path("new", "demo.sightline")
    assert out == f"The simulated recording is {project}\n"
    made, (verb, opened, said) = called
    assert made == ("demo", "new", None)
    assert (verb, opened) == ("open", project)
    assert {name: said[name] for name in ("browser", "port", "token_file")} == {
        "browser": False,
        "port": 8700,
        "token_file": "key",
    }


@pytest.mark.parametrize(
    "words",
    [
        ("demo", "--no-app", "-o", "new"),
        ("demo", "sort", "-o", "new"),
        ("demo", "sort", "--no-app", "-o", "new"),
        ("demo", "--no-app", "sort", "-o", "new"),
    ],
)
def test_the_loop_runs_without_the_app(run: Run, called: list[Any], words: tuple[str]) -> None:
    assert run(*words)[0] == 0
    assert called == [("loop", "new", 250)]


def test_a_folder_named_where_it_would_be_lost_is_told(run: Run, called: list[Any]) -> None:
    code, _, err = run("demo", "-o", "new", "sort")
    assert (code, called) == (2, [])
    assert "sightline demo sort --output" in err
