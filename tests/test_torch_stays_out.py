"""torch is an extra: imported where networks are computed with, and nowhere before."""

import ast
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sightline.formats.model_folder import write_model_folder
from sightline.segment.model import Model
from sightline.segment.settings import preset
from sightline.simulate.ambiguous_images import simulate_ambiguous_images
from sightline.simulate.ambiguous_settings import HOME
from sightline.simulate.mask_experts import FIVE_EXPERTS, outline_all
from sightline.workflows.simulated_images import write_ambiguous_folder

PACKAGE = Path(__file__).parents[1] / "src" / "sightline"

# What computes with networks. All else must do without torch.
NETWORKS = re.compile(
    r"sightline\.segment\.|sightline\.workflows\.segment_(train|predict|bench|ensemble|members|held|rate)"
)

# Put before a program: torch, and what it needs of the extra, as if not installed.
WITHOUT = """
import sys
class Without:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "safetensors"):
            return None
        return self.finder.find_spec(name, path, target)
    def __getattr__(self, name):
        return getattr(self.finder, name)
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""


def python(program: str, *words: object, cwd: Path | None = None) -> subprocess.CompletedProcess:
    said = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.run(said, capture_output=True, text=True, cwd=cwd, check=False)


def sightline(*words: object, cwd: Path) -> subprocess.CompletedProcess:
    """The command line where torch is not installed."""
    return python(f"{WITHOUT}\nfrom sightline import cli\ncli.main()", *words, cwd=cwd)


def test_torch_is_imported_in_segment_alone() -> None:
    users = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.partition(".")[0] == "torch" for name in names):
                users.add(path.relative_to(PACKAGE).parts[0])
    assert users == {"segment"}


def test_what_needs_no_network_does_not_import_torch() -> None:
    modules = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
               for path in sorted(PACKAGE.rglob("*.py"))]  # fmt: skip
    light = [name for name in modules if not NETWORKS.match(name) and "__main__" not in name]
    light = [*(name.removesuffix(".__init__") for name in light), "sightline.segment.settings"]
    assert "sightline.workflows.segment_consensus" in light
    done = python(f"""
import importlib, sys
for name in {light!r}:
    importlib.import_module(name)
    assert "torch" not in sys.modules, name
""")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "words",
    [("--help",), ("segment", "--help"), ("segment", "train", "--help"), ("demo", "--help")],
)
def test_help_does_not_import_torch(words: tuple[str, ...], tmp_path: Path) -> None:
    program = """
import sys
from sightline import cli
try:
    cli.main()
finally:
    assert "torch" not in sys.modules
"""
    done = python(program, *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
    assert sightline(*words, cwd=tmp_path).returncode == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small images and five experts' masks of them."""
    images = simulate_ambiguous_images(replace(HOME, height=96, width=96), 3)
    masks = outline_all(FIVE_EXPERTS, images)
    return write_ambiguous_folder(tmp_path_factory.mktemp("lab"), images, masks)


def test_a_consensus_needs_no_torch(folder: Path, tmp_path: Path) -> None:
    done = sightline("segment", "consensus", folder, "-o", "fused", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "fused").is_dir()


@pytest.mark.parametrize("verb", ["train", "predict", "demo"])
def test_where_torch_is_missing_one_sentence_says_what_to_install(
    verb: str, folder: Path, tmp_path: Path
) -> None:
    words = {
        "train": ("segment", "train", folder, "-o", "out"),
        "predict": ("segment", "predict", folder / "images", "--model", "model", "-o", "out"),
        "demo": ("demo", "segment", "-o", "out"),
    }
    weights = {"w": np.zeros(1, np.float32)}
    model = Model((weights,), preset("first"), ("foreground",), 1)
    write_model_folder(tmp_path / "model", model.arrays(), model.about())
    done = sightline(*words[verb], cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "sightline[segment]" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
