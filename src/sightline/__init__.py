"""Sightline: an expert's eye where it changes the answer.

`SortSession` sorts the candidates of a project, one question at a time. The verbs of the command
line are functions of the same names in `sightline.workflows`.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sightline.review.sort_session import SortSession

__version__ = version("sightline")
__all__ = ["SortSession", "__version__"]

_DOORS = {"SortSession": "sightline.review.sort_session"}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that `import sightline` is instant."""
    if name in _DOORS:
        return getattr(import_module(_DOORS[name]), name)
    raise AttributeError(f"module 'sightline' has no attribute {name!r}")
