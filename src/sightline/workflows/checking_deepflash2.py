"""What is in a project folder of deepflash2: part of `sightline check`."""

from pathlib import Path
from typing import Any

from sightline.formats.deepflash2_project import read_deepflash2_project


def check_deepflash2(path: Path) -> dict[str, Any]:
    """Tell settings by our names, masks and tables; networks are left alone.

    Raises
    ------
    InputError
        If a table or configuration is damaged.
    """
    found = read_deepflash2_project(path)
    return {
        "deepflash2": str(path),
        "settings": dict(found.settings),
        "consensus": {method: len(masks) for method, masks in found.consensus.items()},
        "predicted": len(found.predicted),
        "tables": {name: len(table.rows) for name, table in found.tables.items()},
        "networks": [str(one.relative_to(path)) for one in found.networks],
        "notes": list(found.said),
    }
