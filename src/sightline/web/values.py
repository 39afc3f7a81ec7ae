"""Values that travel between the page and the server: what JSON can hold, and names."""

import math
from collections.abc import Mapping
from typing import Any, Final

LONGEST_NAME: Final = 100


def plain(value: Any) -> Any:
    """The value with None for numbers that are not finite, and strings that are text."""
    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {as_text(str(key)): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def as_text(string: str) -> str:
    """The string with a question mark for what is no text: a file's name may hold any bytes."""
    return string if string.isascii() else string.encode(errors="replace").decode()


def is_name(text: str) -> bool:
    """Whether an annotator may be called so."""
    return 0 < len(text.strip()) <= LONGEST_NAME and text.isprintable()
