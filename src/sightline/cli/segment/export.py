"""`sightline segment export`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sightline.cli.show import JsonOption, show


def export(
    predictions: Annotated[
        str,
        typer.Argument(
            help="Folder that `segment predict` wrote, or a project (NAME.sightline), whose masks "
            "are written as they stand after review."
        ),
    ],
    to: Annotated[
        str,
        typer.Option(help="labels, rois, geojson, csv, xlsx, points, ome-zarr or deepflash2."),
    ],
    output: Annotated[
        str,
        typer.Option("--output", "-o", help="New file or folder; beside the predictions else."),
    ] = "",
    detections: Annotated[
        bool, typer.Option("--detections", help="QuPath's detections rather than annotations.")
    ] = False,
    method: Annotated[
        str, typer.Option(help="Of the consensus, where several people outlined an image.")
    ] = "staple",
    json: JsonOption = False,
) -> None:
    """Write masks, objects, measurements and uncertainty for other programs."""
    from sightline.project.project import SUFFIX
    from sightline.workflows.segment_export import export as write
    from sightline.workflows.segment_export_project import export_project

    kind: Any = "detection" if detections else "annotation"
    if Path(predictions).suffix == SUFFIX:
        told = export_project(predictions, output or None, to=to, method=method, object_type=kind)
    else:
        told = write(predictions, output or None, to=to, object_type=kind)
    show(told, json)
