"""Keep a figure as PNG and SVG, the same bytes for the same figure."""

from io import BytesIO
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from sightline.errors import InputError, SightlineError

MARK: Final = "Sightline"
_STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": MARK,
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
}
_METADATA: Final = {
    "png": {"Software": MARK},
    "svg": {"Creator": MARK, "Date": None},
}


def save_figure(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write ``name.png`` and ``name.svg``; earlier ones are replaced if they are ours.

    Raises
    ------
    InputError
        If a file of that name is there that Sightline did not draw.
    SightlineError
        If the folder cannot be written.
    """
    paths = [folder / f"{name}.{kind}" for kind in _METADATA]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            refuse_foreign(path)
        for path, (kind, metadata) in zip(paths, _METADATA.items(), strict=True):
            drawn = BytesIO()
            with mpl.rc_context(_STYLE):
                figure.savefig(drawn, format=kind, dpi=200, metadata=metadata)
            path.write_bytes(drawn.getvalue())
    except OSError as failure:
        raise SightlineError(
            f"{folder}: the figures cannot be written there ({failure.strerror}); expected a "
            "folder that can be written. Choose another one."
        ) from None
    return paths


def refuse_foreign(path: Path) -> None:
    """Raise if a file of that name is there that is not marked as ours.

    Raises
    ------
    InputError
    """
    if path.exists() and MARK.encode() not in path.read_bytes():
        raise InputError(
            path,
            "a file of this name is there that Sightline did not draw",
            "no file, or an earlier figure of ours",
            "Choose another folder, or move the file away.",
        )
