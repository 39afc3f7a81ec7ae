"""A user's own features and labels as a table, whole and damaged."""

import csv
from pathlib import Path

import numpy as np
import pytest

from sightline.data.feature_set import ACTSORT_FEATURES
from sightline.errors import InputError
from sightline.formats.table import feature_version, read_rows, read_table, write_rows

HEADER = ["candidate", "size", "snr", "anna_choices"]


def table(path: Path, rows: int = 6, header: list[str] = HEADER, **columns: list[str]) -> Path:
    """Write a good table in which whole columns may be replaced."""
    good = {
        "candidate": [f"c{k}" for k in range(rows)],
        "size": [str(k + 0.5) for k in range(rows)],
        "snr": [str(10 * k) for k in range(rows)],
        "anna_choices": ["cell", "not cell", "", "1", "-1", "0"][:rows],
    } | columns
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *zip(*(good[name] for name in header), strict=True)])
    return path


def test_features_names_and_labels_are_read(tmp_path: Path) -> None:
    read = read_table(table(tmp_path / "mine.csv"))
    assert read.features.names == ("size", "snr")
    assert read.features.items == tuple(f"mine/c{k}" for k in range(6))
    np.testing.assert_array_equal(read.features.values[:, 0], np.arange(6) + 0.5)
    assert read.labels["anna"].tolist() == [1, 0, -1, 1, 0, -1]


def test_candidates_without_names_are_numbered_and_labels_are_optional(tmp_path: Path) -> None:
    read = read_table(table(tmp_path / "mine.csv", header=["snr", "size"]))
    assert read.features.identities == tuple("012345")
    assert read.features.names == ("snr", "size")
    assert read.labels == {}


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("Cell", 1), (" cell ", 1), ("1", 1), ("+1", 1), ("1.0", 1),
        ("NOT CELL", 0), ("-1", 0), ("-1.0", 0),
        ("0", -1), ("0.0", -1), ("", -1), ("unsure", -1), ("skip", -1),
    ],
)  # fmt: skip
def test_labels_may_be_words_or_numbers(tmp_path: Path, word: str, label: int) -> None:
    path = table(tmp_path / "mine.csv", anna_choices=[word] * 6)
    assert read_table(path).labels["anna"].tolist() == [label] * 6


@pytest.mark.parametrize("word", ["2", "yes", "nan", "cel", "0.5", "+", "--1"])
def test_another_label_is_refused_with_its_annotator_and_candidate(
    tmp_path: Path, word: str
) -> None:
    words = ["cell", "cell", word, "cell", "cell", "cell"]
    with pytest.raises(InputError, match=r"mine.csv: anna.* has the label .* for candidate 2"):
        read_table(table(tmp_path / "mine.csv", anna_choices=words))


@pytest.mark.parametrize("missing", ["", " ", "nan", "NaN", "inf", "-Infinity"])
def test_missing_values_are_filled_and_told(tmp_path: Path, missing: str) -> None:
    path = table(tmp_path / "mine.csv", size=[missing, "1", "2", "3", "4", "5"])
    features = read_table(path).features
    assert features.values[0, 0] == 3
    assert "missing" in features.notes[0]


def test_a_byte_order_mark_spaces_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    path = table(tmp_path / "mine.csv")
    text = path.read_text(encoding="utf-8").replace("size", " size ")
    path.write_text("\ufeff" + text + "\n\n", encoding="utf-8")
    assert read_table(path).features.names == ("size", "snr")


def test_the_76_columns_by_name_are_the_papers_features(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([ACTSORT_FEATURES, *[range(k, k + 76) for k in range(6)]])
    assert read_table(path).features.version == "actsort-1"


def test_other_columns_have_a_version_of_their_own_that_depends_on_their_names_only() -> None:
    versions = [feature_version(names) for names in (["a", "b"], ["a", "b"], ["b", "a"], ["ab"])]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def write_text(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "it is empty"),
        ("\n\n", "it is empty"),
        ("size,snr\n", "0 candidates"),
        ("size,snr\n" + "1,2\n" * 5, "5 candidates"),
        ("size,snr\n" + "1,2\n" * 6 + "3", "line 8 has 1 fields"),
        ("size,snr\n" + "1,2,3\n" * 6, "line 2 has 3 fields"),
        ("size,size\n" + "1,2\n" * 6, "two columns share a name"),
        ("size,snr\n" + "1,2\n" * 5 + "1,big\n", "column 'snr' holds 'big' in line 7"),
        ("candidate,anna_choices\n" + "".join(f"{k},1\n" for k in range(6)), "no column of feat"),
        ("candidate,size\n" + "a,1\n" * 6, "6 identities, 1 of them different"),
        ("size;snr\n" + "1,5;2\n" * 6, "line 2 has 2 fields"),
    ],
)
def test_a_damaged_table_is_refused_with_file_found_expected_and_remedy(
    tmp_path: Path, text: str, found: str
) -> None:
    path = write_text(tmp_path / "mine.csv", text)
    with pytest.raises(InputError, match=f"mine.csv: .*{found}.*; expected .") as refusal:
        read_table(path)
    assert refusal.value.where == str(path)
    assert refusal.value.remedy


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n\xff", "size,snr\n1,2\n".encode("utf-16")])
def test_what_is_no_text_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "mine.csv").write_bytes(raw)
    with pytest.raises(InputError, match="it is not a text table"):
        read_table(tmp_path / "mine.csv")


def test_a_field_longer_than_any_number_is_refused(tmp_path: Path) -> None:
    path = write_text(tmp_path / "mine.csv", "size\n" + "1" * 200_000 + "\n")
    with pytest.raises(InputError, match="it is not a text table"):
        read_table(path)


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    rows = [["m1/ü", 0.5, "a,b"], ['say "x"', 1, ""]]
    write_rows(tmp_path / "out.csv", ["candidate", "p", "note"], rows)
    header, body = read_rows(tmp_path / "out.csv")
    assert header == ["candidate", "p", "note"]
    assert body == [[str(value) for value in row] for row in rows]


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    path = write_text(tmp_path / "out.csv", "mine")
    with pytest.raises(InputError, match=r"out.csv: the file is there already"):
        write_rows(path, ["a"], [["b"]])
    assert path.read_text() == "mine"
