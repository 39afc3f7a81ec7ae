"""`sightline sort status`."""

from sightline.cli.show import (
    AnnotatorOption,
    JsonOption,
    PresetOption,
    ProjectArgument,
    TargetOption,
    show,
)


def status(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    preset: PresetOption = "default",
    target: TargetOption = "",
    json: JsonOption = False,
) -> None:
    """Say how far the sorting has come, and how far you agree with yourself."""
    from sightline.workflows.sorting import open_session
    from sightline.workflows.sorting import status as run

    with open_session(project, annotator, preset_name=preset, target=target) as session:
        result = run(session)
    if not json:
        result["self_agreement"] = result["self_agreement"]["words"]
    show(result, json)
