"""`sightline sort duplicates`."""

from typing import Annotated

import typer

from sightline.cli.show import AnnotatorOption, JsonOption, ProjectArgument, lines, show


def duplicates(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    output: Annotated[
        str, typer.Option("--output", "-o", help="CSV file to write, to be filled in for `merge`.")
    ] = "",
    json: JsonOption = False,
) -> None:
    """Suggest pairs of candidates that look like one cell."""
    from sightline.workflows.merging import duplicates as run
    from sightline.workflows.sorting import open_session

    with open_session(project, annotator) as session:
        pairs = run(session, output or None)
    if json:
        show({"pairs": pairs}, as_json=True)
        return
    if output:
        show({"pairs": len(pairs), "output": output}, as_json=False)
        return
    lines(
        {
            pair["item"]: f"{pair['kind']}: score {pair['score']:.2f}, overlap "
            f"{pair['overlap']:.2f}, trace correlation {pair['trace_correlation']:.2f}"
            for pair in pairs
        }
        or {"pairs": "none"}
    )
