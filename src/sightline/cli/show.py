"""What verbs print, and the options that several of them share."""

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sightline.compute.jobs import Progress as Report

BrowserOption = Annotated[
    bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
]
PortOption = Annotated[
    int | None, typer.Option(help="Port of this machine; a free one if not given.")
]
TokenFileOption = Annotated[
    str | None, typer.Option(help="File to write the token to, readable by its owner only.")
]
AnnotatorOption = Annotated[str, typer.Option("--annotator", "-a", help="Who decides.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
ProjectArgument = Annotated[str, typer.Argument(help="Project folder, NAME.sightline.")]
TargetOption = Annotated[
    str,
    typer.Option(
        help="What is wanted of the labels: balanced, as-annotator, false-cells=5%, "
        "cells-kept=95% or threshold=0.65. The preset's own if not given."
    ),
]
PresetOption = Annotated[
    str, typer.Option("--preset", help="default, or actsort for the paper's classifier.")
]


def show(result: Mapping[str, Any], as_json: bool) -> None:
    """Print a result, as JSON or as one line a value; what is not a number is unknown."""
    result = _known(result)
    if as_json:
        sys.stdout.write(json.dumps(result, indent=1, allow_nan=False) + "\n")
        return
    lines({key.replace("_", " "): _words(value) for key, value in result.items()})


def lines(texts: Mapping[str, str]) -> None:
    """Print one line each, the names on the left; nothing is cut or wrapped."""
    width = max(map(len, texts), default=0)
    sys.stdout.writelines(f"{name:<{width}}  {text}\n" for name, text in texts.items())


@contextmanager
def progress_bar(task: str) -> Iterator[Report]:
    """Show the progress of long work on the error stream, where that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn(task), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        number = bar.add_task(task, total=None)
        yield lambda done, total: bar.update(number, completed=done, total=total)


@contextmanager
def phases() -> Iterator[Callable[[str], Report]]:
    """Show the progress of work of several steps; gives what takes a step's name."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    ) as bar:

        def phase(name: str) -> Report:
            number = bar.add_task(name, total=None)
            return lambda done, total: bar.update(number, completed=done, total=total)

        yield phase


def _known(value: Any) -> Any:
    """JSON knows no NaN."""
    if isinstance(value, Mapping):
        return {key: _known(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_known(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _words(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_words(part)}" for key, part in value.items()) or "none"
    if isinstance(value, list):
        return "; ".join(map(_words, value)) or "none"
    return str(value)
