"""The commands, put together."""

import typer

from sightline.cli import check, demo, shortcut
from sightline.cli.open import open_project
from sightline.cli.segment import benchmark as segment_benchmark
from sightline.cli.segment import consensus as segment_consensus
from sightline.cli.segment import correct as segment_correct
from sightline.cli.segment import evaluate as segment_evaluate
from sightline.cli.segment import export as segment_export
from sightline.cli.segment import next_masks
from sightline.cli.segment import predict as segment_predict
from sightline.cli.segment import status as segment_status
from sightline.cli.segment import train as segment_train
from sightline.cli.sort import (
    accept,
    answer,
    ask,
    audit,
    benchmark,
    decisions,
    duplicates,
    export,
    merge,
    predict,
    prepare,
    status,
    train,
    undo,
)
from sightline.cli.track import benchmark as track_benchmark
from sightline.cli.track import correct, detect, next_points, recommend, run
from sightline.cli.track import export as track_export
from sightline.cli.track import traces as track_traces

app = typer.Typer(
    help="Bring an expert's eye to the few cells, pixels and frames where it changes the answer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
sort = typer.Typer(
    help="Accept or reject the cell candidates of a recording.", no_args_is_help=True
)
segment = typer.Typer(
    help="Fuse experts' masks, train networks on them, and outline what is in images.",
    no_args_is_help=True,
)
track = typer.Typer(help="Follow named points through a video.", no_args_is_help=True)
demos = typer.Typer(callback=demo.demo, invoke_without_command=True)

for verb in (
    prepare,
    ask,
    answer,
    undo,
    status,
    duplicates,
    merge,
    train,
    predict,
    accept,
    export,
    decisions,
    audit,
    benchmark,
):
    name = verb.__name__.rpartition(".")[-1]
    sort.command(name)(getattr(verb, name))
sort.command("redo")(undo.redo)
segment.command("consensus")(segment_consensus.consensus)
segment.command("train")(segment_train.train)
segment.command("predict")(segment_predict.predict)
segment.command("evaluate")(segment_evaluate.evaluate)
segment.command("export")(segment_export.export)
segment.command("next")(next_masks.next_masks)
segment.command("correct")(segment_correct.correct)
segment.command("undo")(segment_correct.undo)
segment.command("redo")(segment_correct.redo)
segment.command("status")(segment_status.status)
segment.command("benchmark")(segment_benchmark.benchmark)
track.command("recommend")(recommend.recommend)
track.command("detect")(detect.detect)
track.command("run")(run.run)
track.command("next")(next_points.next_points)
track.command("correct")(correct.correct)
track.command("export")(track_export.export)
track.command("traces")(track_traces.traces)
track.command("benchmark")(track_benchmark.benchmark)
demos.command("sort")(demo.demo_sort)
demos.command("track")(demo.demo_track)
demos.command("segment")(demo.demo_segment)
app.add_typer(sort, name="sort")
app.add_typer(segment, name="segment")
app.add_typer(track, name="track")
app.add_typer(demos, name="demo")
app.command("open")(open_project)
app.command("check")(check.check)
app.command("shortcut")(shortcut.shortcut)


@app.callback()
def _root() -> None:
    """Sightline."""
