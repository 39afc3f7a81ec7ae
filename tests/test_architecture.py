"""The rooms of the house, and which may import which."""

import re
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "sightline"


def test_imports_go_one_way_only() -> None:
    assert lint_imports(str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_the_architecture_page_names_every_room_and_no_other() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert named == folders | {"errors"}


def test_what_is_imported_at_once_is_in_the_base_install() -> None:
    extras = re.compile(
        r"^(?:import|from) (dask|distributed|pynwb|openpyxl|safetensors)\b", re.MULTILINE
    )
    users = [p.name for p in PACKAGE.rglob("*.py") if extras.search(p.read_text(encoding="utf-8"))]
    assert users == ["dask_cluster.py"]  # imported only when an address is given


def test_no_file_is_read_by_executing_it() -> None:
    unsafe = re.compile(r"\b(pickle|(?<!\.)eval\(|exec\(|allow_pickle=True|yaml\.load\()")
    users = [p.name for p in PACKAGE.rglob("*.py") if unsafe.search(p.read_text(encoding="utf-8"))]
    assert users == ["safe_pickle.py"]  # which admits a short list of NumPy's own names
