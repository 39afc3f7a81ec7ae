"""Small projects, prepared once; each test has its own copy."""

import shutil
from pathlib import Path

import pytest
from small_projects import answer, prepared


@pytest.fixture(scope="session")
def _prepared_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("made") / "mouse.sightline")


@pytest.fixture(scope="session")
def _answered_once(_prepared_once: Path) -> Path:
    path = _prepared_once.with_name("answered.sightline")
    return answer(Path(shutil.copytree(_prepared_once, path)))


@pytest.fixture
def fresh(_prepared_once: Path, tmp_path: Path) -> Path:
    """A project of the small extraction, without movie, in which nobody decided."""
    return Path(shutil.copytree(_prepared_once, tmp_path / "mouse.sightline"))


@pytest.fixture
def project(_answered_once: Path, tmp_path: Path) -> Path:
    """The same, in which anna judged the first sixteen candidates by the truth."""
    return Path(shutil.copytree(_answered_once, tmp_path / "mouse.sightline"))
