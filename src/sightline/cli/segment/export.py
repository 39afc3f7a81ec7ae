"""`sightline segment export`."""

from typing import Annotated, Any

import typer

from sightline.cli.show import JsonOption, show


def export(
    predictions: Annotated[str, typer.Argument(help="Folder that `segment predict` wrote.")],
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
    json: JsonOption = False,
) -> None:
    """Write masks, objects, measurements and uncertainty for other programs."""
    from sightline.workflows.segment_export import export as write

    kind: Any = "detection" if detections else "annotation"
    show(write(predictions, output or None, to=to, object_type=kind), json)
