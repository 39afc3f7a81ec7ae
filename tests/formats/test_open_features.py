"""The right reader is found by the file's ending."""

from pathlib import Path

import pytest

from sightline.errors import InputError
from sightline.formats.open_features import read_labelled


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"m9.mat: there is no such file"):
        read_labelled(tmp_path / "m9.mat")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "m1.mat").mkdir()
    with pytest.raises(InputError, match="it is a folder"):
        read_labelled(tmp_path / "m1.mat")


@pytest.mark.parametrize(("name", "ending"), [("m1.xlsx", ".xlsx"), ("m1", "without ending")])
def test_another_type_of_file_is_refused_with_the_known_ones(
    tmp_path: Path, name: str, ending: str
) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(
        InputError, match=f"{ending} are not known; expected one of .mat"
    ) as refusal:
        read_labelled(tmp_path / name)
    assert "CSV" in refusal.value.remedy


@pytest.mark.parametrize("name", ["m1.csv", "M1.CSV", "m1.tsv"])
def test_tables_are_read_whatever_the_case_of_the_ending(tmp_path: Path, name: str) -> None:
    mark = "\t" if name.endswith("tsv") else ","
    rows = [["size", "snr"], *[[str(k), str(k * k)] for k in range(6)]]
    (tmp_path / name).write_text("\n".join(mark.join(row) for row in rows))
    features = read_labelled(tmp_path / name).features
    assert features.names == ("size", "snr")
    assert features.values[:, 1].tolist() == [0, 1, 4, 9, 16, 25]
