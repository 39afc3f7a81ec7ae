"""What verbs print."""

import json

import pytest

from sightline.cli.show import lines, show


def test_each_value_is_one_line_and_nothing_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    lines({"m" * 120: "why " * 60, "b": "short"})
    first, second = capsys.readouterr().out.splitlines()
    assert first == "m" * 120 + "  " + "why " * 60
    assert second.split() == ["b", "short"]


def test_values_are_put_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    show(
        {"a_share": 1 / 3, "none_yet": float("nan"), "by": {"cell": 2}, "notes": [], "two": (1, 2)},
        as_json=False,
    )
    assert [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()] == [
        ["a", "share", "0.3333"],
        ["none", "yet", "unknown"],
        ["by", "cell", "2"],
        ["notes", "none"],
        ["two", "1;", "2"],
    ]


def test_json_has_null_for_what_is_not_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    show({"a": float("nan"), "b": [{"c": float("nan")}, 0.5], "d": (1,)}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [{"c": None}, 0.5], "d": [1]}


def test_nothing_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    lines({})
    assert capsys.readouterr().out == ""
