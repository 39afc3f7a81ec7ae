"""`sightline sort benchmark`."""

import json as json_format
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from sightline.cli.show import PresetOption, progress_bar
from sightline.errors import InputError, SettingError


def benchmark(
    files: Annotated[list[str], typer.Argument(help="Recordings labelled by several people.")],
    strategy: Annotated[
        str, typer.Option(help="Query strategies, with commas.")
    ] = "dcal,cal,dal,random,rank",
    weight: Annotated[str, typer.Option(help="Weights w0 of DCAL.")] = "0.3,0.5,0.7,0.9",
    stop: Annotated[float, typer.Option(help="Share of the candidates answered.")] = 0.05,
    repeats: Annotated[int, typer.Option(help="Runs with other random numbers.")] = 3,
    seed: Annotated[int, typer.Option(help="Same seed, same result.")] = 0,
    start: Annotated[
        Literal["given", "cold"],
        typer.Option(help="given: 3 + 3 known candidates, uncounted; cold: none."),
    ] = "given",
    preset: PresetOption = "default",
    stacked: Annotated[bool, typer.Option("--stacked", help="All files as one batch.")] = False,
    combinations: Annotated[
        int, typer.Option(help="Combinations of annotators of a stacked batch.")
    ] = 8,
    pretrain: Annotated[str | None, typer.Option(help="Earlier, labelled recording.")] = None,
    pretrain_fraction: Annotated[float, typer.Option(help="Share of it answered.")] = 0.5,
    drop: Annotated[
        Literal["uncertain", "contradicting"],
        typer.Option(help="Earlier answers let go: uncertain (paper) or contradicting."),
    ] = "uncertain",
    align: Annotated[
        bool, typer.Option("--align", help="Align the earlier recording's features to the new's.")
    ] = False,
    features: Annotated[
        Literal["all", "traditional"],
        typer.Option(help="All, or only those of traces and footprints."),
    ] = "all",
    agreement: Annotated[
        bool, typer.Option("--agreement", help="How annotators and classifiers agree; no loop.")
    ] = False,
    json: Annotated[
        str | None, typer.Option("--json", metavar="OUT", help="Write rows to this file; - prints.")
    ] = None,
    figures: Annotated[
        str, typer.Option(help="Folder for the curves, and for finished runs to resume from.")
    ] = "sightline-benchmark",
    workers: Annotated[int | None, typer.Option(help="Processes; one a core if not given.")] = None,
) -> None:
    """Run the paper's experiments: one annotator answers, the majority of the others judges."""
    from sightline.query.choose import parse_strategies
    from sightline.workflows.benchmark import BenchmarkPlan
    from sightline.workflows.benchmark import benchmark as run

    plan = BenchmarkPlan(
        strategies=parse_strategies(strategy),
        weights=_numbers(weight),
        stop=stop,
        repeats=repeats,
        seed=seed,
        start=start,
        preset_name=preset,
        stacked=stacked,
        combinations=combinations,
        pretrain=pretrain,
        pretrain_fraction=pretrain_fraction,
        drop=drop,
        align=align,
        features=features,
    )
    _check_output(json)
    if agreement:
        _agreement(files, plan.preset_name, seed, json, Path(figures), workers)
        return
    folder = Path(figures)
    kept = Path(f"{json}.partial") if json and json != "-" else folder / "finished.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with progress_bar("closed loops") as progress:
        rows = run(files, plan, kept=kept, workers=workers, progress=progress)
    if json:
        _write({"rows": rows}, json)
        if json != "-":
            kept.unlink(missing_ok=True)
        return
    from sightline.workflows.benchmark_figures import draw_curves
    from sightline.workflows.benchmark_tables import benchmark_tables

    _print(benchmark_tables(rows), draw_curves(rows, folder))


def _agreement(
    files: list[str],
    preset_name: str,
    seed: int,
    json: str | None,
    folder: Path,
    workers: int | None,
) -> None:
    from sightline.workflows.agreement import agreement

    with progress_bar("classifiers") as progress:
        results = agreement(
            files, preset_name=preset_name, seed=seed, workers=workers, progress=progress
        )
    if json:
        _write({"recordings": [result.to_dict() for result in results]}, json)
        return
    from sightline.workflows.agreement_report import agreement_tables, draw_calibration

    _print(agreement_tables(results), draw_calibration(results, folder))


def _print(tables: Iterable[Table], figures: Iterable[Path]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 160)
    for table in tables:
        console.print(table)
    for path in figures:
        console.print(f"figure: {path}", markup=False, highlight=False)


def _check_output(out: str | None) -> None:
    """Refuse, before hours of work, to replace a file that no benchmark wrote."""
    if not out or out == "-" or not Path(out).exists():
        return
    start = b"" if Path(out).is_dir() else Path(out).read_bytes()[:40].replace(b" ", b"")
    if Path(out).is_dir() or (start and not start.startswith((b'{\n"rows"', b'{\n"recordings"'))):
        raise InputError(
            out,
            "it is there already, and no benchmark wrote it",
            "a new name, or rows of an earlier benchmark",
            "Choose another name, or move it.",
        )


def _write(result: dict, out: str) -> None:
    text = json_format.dumps(result, indent=1, allow_nan=False) + "\n"
    if out == "-":
        sys.stdout.write(text)
    else:
        Path(out).write_text(text, encoding="utf-8")


def _one_of_each(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in _one_of_each(text))
    except ValueError:
        raise SettingError(
            f"The weights {text!r} are not understood; write numbers with commas, 0.3,0.5."
        ) from None
