"""Tables as an Excel workbook, a sheet each."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sightline.errors import InputError, SettingError
from sightline.formats.new_file import new_file

Table = tuple[Sequence[str], Sequence[Sequence[Any]]]  # header and rows
MOST_ROWS: Final = 2**20 - 1  # that a sheet holds below its header


def write_xlsx(path: Path, tables: Mapping[str, Table]) -> None:
    """Write a new workbook; words are words, whatever they begin with.

    Parameters
    ----------
    path
        New file.
    tables
        Name of each sheet, its header and rows; what is not finite stays empty.

    Raises
    ------
    InputError
        If there is a file of that name, it cannot be written, or a sheet has too many rows.
    SettingError
        If openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook  # noqa: PLC0415 -- an optional package
    except ImportError:
        raise SettingError(
            "XLSX needs the package openpyxl. Install it: pip install 'sightline[segment]', or "
            "write csv."
        ) from None
    for name, (_, rows) in tables.items():
        if len(rows) > MOST_ROWS:
            raise InputError(
                path, f"{len(rows):,} rows of {name}", f"{MOST_ROWS:,} at most, as a sheet holds",
                "Write csv.",
            )  # fmt: skip
    with new_file(path) as aside:
        book = Workbook(write_only=True)
        for name, (header, rows) in tables.items():
            sheet = book.create_sheet(name)
            for row in (header, *rows):
                sheet.append([_cell(sheet, value) for value in row])
        book.save(aside)


def _cell(sheet: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 -- an optional package

    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float) and not math.isfinite(plain):
        return None
    if isinstance(plain, str) and plain.startswith("="):
        cell = WriteOnlyCell(sheet, plain)
        cell.data_type = "s"  # text, no formula
        return cell
    return plain
