"""The benchmark of tracking as tables in the terminal."""

from collections.abc import Sequence
from typing import Any, Final

from rich.table import Table

# (heading, key, decimals)
_COLUMNS: Final = (
    ("References", "references", 0),
    ("Frames", "frames", 0),
    ("Accuracy", "accuracy", 3),
    ("at half", "accuracy_half", 3),
    ("Of all", "accuracy_of_all", 3),
    ("Median px", "median_error_px", 2),
    ("Mean px", "mean_error_px", 2),
    ("Mean um", "mean_error_um", 2),
    ("Switches", "identity_switches", 0),
    ("Missing", "missing", 0),
    ("MOTA", "mota", 3),
    ("MOTP px", "motp", 2),
    ("CPU s", "cpu_seconds_per_frame", 3),
    ("Wall s", "wall_seconds_per_frame", 3),
    ("MB", "peak_memory_mb", 0),
)


def tracking_tables(rows: Sequence[dict[str, Any]], tolerance_px: float) -> list[Table]:
    """One table for each number of given keypoints; columns of which nothing is known are left out.

    Parameters
    ----------
    rows
        Of `benchmark`.
    tolerance_px
        Farthest from the truth that counted as right.
    """
    shown = [each for each in _COLUMNS if any(row.get(each[1]) is not None for row in rows)]
    placed = any(row["accuracy_half"] is not None for row in rows)
    right = f"within {tolerance_px:g} px" if placed else "given the right identity"
    tables = []
    for partial in dict.fromkeys(row["partial"] for row in rows):
        title = f"Share {right}, {partial} keypoints given in every frame; times are a frame's"
        table = Table(title=title, title_justify="left")
        for heading, *_ in shown:
            table.add_column(heading, justify="right")
        for row in rows:
            if row["partial"] == partial:
                table.add_row(*(_number(row.get(key), places) for _, key, places in shown))
        tables.append(table)
    return tables


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:,.{places}f}"
