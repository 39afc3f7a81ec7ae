"""A double click opens the app, on each system."""

import configparser
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sightline.errors import InputError
from sightline.workflows.shortcut import shortcut

COMMAND = [sys.executable, "-m", "sightline.cli", "open"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path


def written(folder: Path, system: str) -> Path:
    return Path(shortcut(folder, system=system)["shortcut"])


def entry(path: Path) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment]
    parser.read(path, encoding="utf-8")
    return parser["Desktop Entry"]


def as_a_desktop_runs_it(text: str) -> list[str]:
    """The words of an Exec line, by the specification of desktop entries: a shell's, but for %%."""
    line = text.replace("\\\\", "\\").replace("%%", "%")
    said = subprocess.run(["sh", "-c", f"printf '%s\\n' {line}"], capture_output=True, check=True)
    return said.stdout.decode().splitlines()


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_a_linux_desktop_starts_this_python_in_a_terminal(tmp_path: Path) -> None:
    path = written(tmp_path, "linux")
    assert path.name == "Sightline.desktop"
    said = entry(path)
    assert (said["Type"], said["Name"], said["Terminal"]) == ("Application", "Sightline", "true")
    assert as_a_desktop_runs_it(said["Exec"]) == COMMAND


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_odd_letters_in_the_path_of_python_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = '/home/o\'neil/100%/a "b" $c `d` \\e/python'
    monkeypatch.setattr(sys, "executable", odd)
    assert as_a_desktop_runs_it(entry(written(tmp_path, "linux"))["Exec"])[0] == odd
    script = written(tmp_path, "darwin").read_text(encoding="utf-8")
    assert shlex.split(script.splitlines()[1])[1] == odd


def test_windows_gets_a_batch_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", r"C:\Users\José 100%\python.exe")
    path = written(tmp_path, "win32")
    assert path.name == "Sightline.bat"
    first, second, rest = path.read_bytes().split(b"\r\n")
    assert (first, rest) == (b"@chcp 65001 >nul", b"")
    command = r'@"C:\Users\José 100%%\python.exe" "-m" "sightline.cli" "open"'
    assert second.decode() == command


@pytest.mark.skipif(os.name == "nt", reason="the file is a shell script")
def test_macos_gets_a_script_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "a python"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    path = written(tmp_path, "darwin")
    assert path.name == "Sightline.command"
    done = subprocess.run([path], capture_output=True, text=True, check=True)
    assert done.stdout.split() == COMMAND[1:]


def test_what_it_starts_is_the_command_line() -> None:
    done = subprocess.run(
        [*COMMAND, "--help"], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    assert "--token-file" in done.stdout


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "Sightline.desktop"
    path.write_text("mine")
    with pytest.raises(InputError, match="there already"):
        shortcut(tmp_path, system="linux")
    assert path.read_text() == "mine"


def test_it_goes_on_the_desktop(home: Path) -> None:
    for system in ("linux", "darwin"):
        if sys.platform == "win32":
            pytest.skip("where the desktop is, the system's registry knows")
        with pytest.raises(InputError, match="sightline shortcut --output FOLDER"):
            shortcut(system=system)
    (home / "Desktop").mkdir()
    for system in ("linux", "darwin"):
        assert Path(shortcut(system=system)["shortcut"]).parent == home / "Desktop"


@pytest.mark.skipif(sys.platform == "win32", reason="where it is, the system's registry knows")
def test_a_linux_desktop_in_another_language_is_found(home: Path) -> None:
    (home / "Schreibtisch").mkdir()
    (home / ".config").mkdir()
    said = '# says\nXDG_DESKTOP_DIR="$HOME/Schreibtisch"\nXDG_DOWNLOAD_DIR="$HOME/x"\n'
    (home / ".config" / "user-dirs.dirs").write_text(said, encoding="utf-8")
    assert Path(shortcut(system="linux")["shortcut"]).parent == home / "Schreibtisch"
