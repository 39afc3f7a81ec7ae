"""Workbooks, read back by openpyxl."""

import sys
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from sightline.errors import InputError, SettingError
from sightline.formats import spreadsheet
from sightline.formats.spreadsheet import write_xlsx


def test_numbers_are_numbers_and_words_are_words(tmp_path: Path) -> None:
    rows = [[1, np.float32(0.5), "a", np.bool_(True)], [2, float("nan"), "=1+1", None]]
    write_xlsx(tmp_path / "a.xlsx", {"one": (("n", "x", "word", "is"), rows), "two": (("z",), [])})
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["one", "two"]
    found = list(book["one"].iter_rows(values_only=True))
    assert found == [("n", "x", "word", "is"), (1, 0.5, "a", True), (2, None, "=1+1", None)]
    assert book["one"]["C3"].data_type == "s"


def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("mine")
    with pytest.raises(InputError, match="there already"):
        write_xlsx(tmp_path / "a.xlsx", {"one": (("n",), [])})


def test_more_rows_than_a_sheet_holds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 2)
    write_xlsx(tmp_path / "a.xlsx", {"one": (("n",), [[1], [2]])})
    with pytest.raises(InputError, match="Write csv"):
        write_xlsx(tmp_path / "b.xlsx", {"one": (("n",), [[1], [2], [3]])})
    assert not (tmp_path / "b.xlsx").exists()


def test_without_the_package_it_is_said_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(SettingError, match=r"sightline\[segment\]"):
        write_xlsx(tmp_path / "a.xlsx", {"one": (("n",), [])})
