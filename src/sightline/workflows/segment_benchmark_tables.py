"""The benchmark of segmentation as tables in the terminal."""

from collections.abc import Sequence
from typing import Any, Final

from rich.table import Table

_SCORES: Final = (("Dice", "dice"), ("mAP", "map"), ("AP50", "ap50"))


def segmentation_tables(told: dict[str, Any]) -> list[Table]:
    """Ours by number of images adapted on, experts and peers; then each image as trained.

    Parameters
    ----------
    told
        Of `benchmark`.
    """
    tables = [_together(told)]
    if adapted := [row for row in told["summary"] if row["adapted"]]:
        tables.append(_adapted(adapted))
    tables.append(_images([row for row in told["images"] if row["adapted"] == 0]))
    return [table for table in tables if table.row_count]


def _together(told: dict[str, Any]) -> Table:
    area, images = told["settings"]["min_area"], len(told["test_images"])
    table = _table(
        f"Against the consensus, means over {images} images; objects of {area} px or more",
        "Dice", "of others", "mAP", "AP50", "Train s", "Image s",
    )  # fmt: skip
    for row in told["summary"]:
        if row["adapted"] == 0:
            cost = (told["train_seconds"], told["predict_seconds_per_image"])
            dice, *others = (_with_spread(row, key) for _, key in _SCORES)
            table.add_row("ours", dice, "-", *others, *(_number(each, 1) for each in cost))
    for row in told["experts"]:
        few = "" if row["images"] == images else f" ({row['images']} images)"
        scores = (_number(row[key]) for key in ("dice", "dice_others", "map", "ap50"))
        table.add_row(f"{row['name']}{few}", *scores, "-", "-")
    for row in told["peers"]:
        if row["why"]:
            table.add_row(f"{row['name']}: {row['why']}", *["-"] * 6)
            continue
        cost = (row["train_seconds"], row["predict_seconds_per_image"])
        dice, *others = (_number(row[key]) for _, key in _SCORES)
        table.add_row(row["name"], dice, "-", *others, *(_number(each, 1) for each in cost))
    return table


def _adapted(rows: Sequence[dict[str, Any]]) -> Table:
    table = _table(
        "Continued with a few images, the others scored; worse: choices with a lower mean Dice",
        "choices", "Dice", "mAP", "AP50", "unadapted", "afresh", "worse", "worse than afresh",
    )  # fmt: skip
    for row in rows:
        table.add_row(
            f"{row['adapted']} images",
            f"{row['choices']} of {row['possible_choices']}",
            *(_with_spread(row, key) for _, key in _SCORES),
            _number(row["dice_unadapted"]),
            _number(row["dice_afresh"]),
            str(row["worse_than_unadapted"]),
            str(row["worse_than_afresh"]),
        )
    return table


def _images(rows: Sequence[dict[str, Any]]) -> Table:
    table = _table("Each image, as trained", "Dice", "mAP", "AP50", "U", "Objects", "True", "")
    for row in sorted(rows, key=lambda row: -1 if row["dice"] is None else row["dice"]):
        if "why" in row:
            table.add_row(row["name"], *["-"] * 6, row["why"])
            continue
        said = f"foreign: {row['foreign_why']}" if row.get("foreign") else ""
        table.add_row(
            row["name"],
            *(_with_spread(row, key) for _, key in _SCORES),
            _number(row["uncertainty"], 4),
            str(row["objects"]),
            str(row["true_objects"]),
            said,
        )
    return table


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for heading in headings:
        table.add_column(heading, justify="right" if heading else "left")
    return table


def _with_spread(row: dict[str, Any], key: str) -> str:
    spread = row.get(f"{key}_sd")
    return _number(row[key]) + ("" if spread is None else f" ± {spread:.3f}")


def _number(value: float | None, places: int = 3) -> str:
    return "-" if value is None else f"{value:.{places}f}"
