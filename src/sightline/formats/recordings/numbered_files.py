"""Files of a folder that are frames or stacks of one recording, in the natural order of names."""

import re
from collections.abc import Collection
from pathlib import Path


def numbered_files(folder: Path, endings: Collection[str]) -> list[Path]:
    """Files of a folder with one of the endings, 2 before 10; hidden ones are left out."""
    names = [
        path
        for path in folder.iterdir()
        if path.suffix.lower() in endings and not path.name.startswith(".")
    ]
    return sorted(names, key=lambda path: [
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in re.split(r"(\d+)", path.name.lower())
        if part
    ])  # fmt: skip
