"""Sightline: an expert's eye where it changes the answer.

`prepare` makes a project of a movie and its candidates, `SortSession` sorts it one question at a
time, `export` gives the result back. `sightline.workflows.track_run` begins to follow points
through a video, and `TrackSession` corrects them. The other verbs of the command line are functions
of the same names in `sightline.workflows`.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sightline.review.sort_session import SortSession
    from sightline.review.track_session import TrackSession
    from sightline.workflows.exporting import export
    from sightline.workflows.preparing import prepare

__version__ = version("sightline")
__all__ = ["SortSession", "TrackSession", "__version__", "export", "prepare"]

_DOORS = {
    "SortSession": "sightline.review.sort_session",
    "TrackSession": "sightline.review.track_session",
    "export": "sightline.workflows.exporting",
    "prepare": "sightline.workflows.preparing",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that `import sightline` is instant."""
    if name in _DOORS:
        return getattr(import_module(_DOORS[name]), name)
    raise AttributeError(f"module 'sightline' has no attribute {name!r}")
