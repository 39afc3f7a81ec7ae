"""What is double-clicked to open the app: `sightline shortcut`."""

import os
import re
import shlex
import sys
from pathlib import Path
from typing import Final

import sightline
from sightline.errors import InputError
from sightline.workflows.sorting import Summary

_ICON: Final = Path(sightline.__file__).parent / "web" / "static" / "sightline.svg"
_WORDS: Final = ("-m", "sightline.cli", "open")


def shortcut(folder: str | Path | None = None, *, system: str = sys.platform) -> Summary:
    """Write a file that opens the app on its start page when it is double-clicked.

    Parameters
    ----------
    folder
        Where to; the desktop if not given.
    system
        ``sys.platform`` of the machine that it is for.

    Returns
    -------
    dict
        ``shortcut``: the file, which starts the Python that runs this.

    Raises
    ------
    InputError
        If there is no such folder, no desktop, or a shortcut already.
    """
    home = Path(folder) if folder else _desktop(system)
    if not home.is_dir():
        remedy = "Say where: sightline shortcut --output FOLDER."
        raise InputError(home, "there is no such folder", "a folder that exists", remedy)
    name, text = _launcher(system)
    path = home / name
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        remedy = "Remove it first, or name another folder with --output."
        raise InputError(path, "it is there already", "no such file", remedy) from None
    path.chmod(0o755)
    return {"shortcut": str(path)}


def _launcher(system: str) -> tuple[str, str]:
    """Name and content of the file."""
    words = (sys.executable, *_WORDS)
    if system == "win32":
        command = " ".join(f'"{word}"' for word in words).replace("%", "%%")
        return "Sightline.bat", f"@chcp 65001 >nul\r\n@{command}\r\n"
    if system == "darwin":
        return "Sightline.command", f"#!/bin/sh\nexec {shlex.join(words)}\n"
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Name=Sightline",
        "Comment=Sort the cells of a recording",
        f"Exec={' '.join(map(_in_exec, words))}",
        "Terminal=true",
        "Categories=Science;",
        *([f"Icon={_ICON}"] if _ICON.is_file() else []),
    ]
    return "Sightline.desktop", "\n".join([*lines, ""])


def _in_exec(word: str) -> str:
    """A word as the desktop entry specification has it: quoted, then escaped as any text there."""
    quoted = re.sub(r'(["`$\\])', r"\\\1", word).replace("%", "%%")
    return f'"{quoted}"'.replace("\\", "\\\\")


def _desktop(system: str) -> Path:
    """The user's desktop, which may bear another name."""
    if sys.platform == "win32":
        return _desktop_of_windows()
    plain = Path.home() / "Desktop"
    if system == "darwin":
        return plain
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    try:
        said = (settings / "user-dirs.dirs").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return plain
    found = re.search(r'^XDG_DESKTOP_DIR="(.+)"', said, re.MULTILINE)
    return Path(found[1].replace("$HOME", str(Path.home()))) if found else plain


def _desktop_of_windows() -> Path:
    if sys.platform != "win32":
        raise NotImplementedError
    import winreg  # noqa: PLC0415 - there is none elsewhere

    place = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, place) as key:
            return Path(os.path.expandvars(winreg.QueryValueEx(key, "Desktop")[0]))
    except OSError:
        return Path.home() / "Desktop"
