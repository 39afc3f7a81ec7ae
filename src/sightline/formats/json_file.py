"""JSON files of other programs."""

import json
from pathlib import Path
from typing import Any

from sightline.formats.unreadable import damage_reported


def read_json(path: Path, expected: str) -> Any:
    """Read a JSON file.

    Raises
    ------
    InputError
        If it is damaged or nested too deep.
    """
    with damage_reported(path, expected), path.open(encoding="utf-8-sig") as file:
        return json.load(file)
