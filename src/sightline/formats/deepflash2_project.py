"""A project folder of deepflash2: its settings, consensus, predictions and tables, as far as read.

Networks are files that run code when they are loaded: they are listed, and never opened. Names of
images lack what stood behind a point in them, for deepflash2 cuts it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sightline.errors import InputError
from sightline.formats.deepflash2_settings import our_settings
from sightline.formats.images.image_files import images_within, plain_folders
from sightline.formats.json_file import read_json
from sightline.formats.table import read_rows

CONSENSUS, TRAINING, PREDICTION = "GT_Estimation", "Training", "Prediction"

_NETWORKS: Final = (".pth", ".pt", ".pkl")
_TABLES: Final = ("GT_Estimation/*.csv", "Training/valid/*.csv", "Prediction/*.csv")


@dataclass(frozen=True)
class Deepflash2Table:
    """A table of results: its columns, and a row each as texts."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Deepflash2Project:
    """What a project folder holds.

    Parameters
    ----------
    folder
        The project.
    settings
        Ours, by our names (`SegmentSettings`, and ``seed``), of the newest configuration.
    unknown
        Settings that have no counterpart, and why.
    consensus
        Method, such as ``STAPLE``, to image name and mask file.
    predicted
        Image name to the mask file that was predicted.
    tables
        Results, by the path inside the folder.
    networks
        Files that are never loaded.
    said
        All that was found, in words.
    """

    folder: Path
    settings: Mapping[str, Any]
    unknown: tuple[str, ...]
    consensus: Mapping[str, Mapping[str, Path]]
    predicted: Mapping[str, Path]
    tables: Mapping[str, Deepflash2Table]
    networks: tuple[Path, ...]
    said: tuple[str, ...]


def is_deepflash2_project(folder: Path) -> bool:
    """Whether a folder has one of the folders that deepflash2 writes."""
    return any((folder / name).is_dir() for name in (CONSENSUS, TRAINING, PREDICTION))


def read_deepflash2_project(folder: str | Path) -> Deepflash2Project:
    """Look through a project folder; masks are found, not read, and networks never opened.

    Raises
    ------
    InputError
        If it is no such folder, or a table or configuration is damaged.
    """
    folder = Path(folder)
    if not folder.is_dir() or not is_deepflash2_project(folder):
        raise InputError(
            folder, f"it has no folder {CONSENSUS}, {TRAINING} or {PREDICTION}",
            "a project folder of deepflash2", "Give the folder that holds these.",
        )  # fmt: skip
    settings, unknown, configuration = _settings(folder)
    consensus = {one.name: _masks(one) for one in _folders(folder / CONSENSUS)}
    predicted = _masks(folder / PREDICTION / "masks")
    tables = {
        path.relative_to(folder).as_posix(): _table(path)
        for pattern in _TABLES for path in sorted(folder.glob(pattern))
    }  # fmt: skip
    networks = tuple(sorted(path for path in folder.glob("**/*") if path.suffix in _NETWORKS))
    said = [f"Settings of {configuration.name}."] if configuration else []
    said += [f"{method}: consensus of {len(masks)} images." for method, masks in consensus.items()]
    said += [f"{len(predicted)} predicted masks."] if predicted else []
    said += [f"{name}: {len(table.rows)} rows." for name, table in tables.items()]
    if networks:
        said.append(
            f"{len(networks)} networks ({networks[0].name}, ...) are files that run code when "
            "they are loaded: they are left alone. Train anew with these settings and masks."
        )
    said += unknown
    return Deepflash2Project(folder, settings, unknown, consensus, predicted, tables, networks,
                             tuple(said))  # fmt: skip


def _settings(folder: Path) -> tuple[dict[str, Any], tuple[str, ...], Path | None]:
    """Settings of the newest configuration, whose name is its time."""
    files = sorted((folder / TRAINING).glob("config_*.json"))
    if not files:
        return {}, (), None
    found = read_json(files[-1], "a configuration of deepflash2")
    if not isinstance(found, dict):
        raise InputError(files[-1], "it holds no settings", "a configuration of deepflash2",
                         "Save the settings again, or move it away.")  # fmt: skip
    settings, unknown = our_settings(found)
    return settings, unknown, files[-1]


def _folders(folder: Path) -> list[Path]:
    return plain_folders(folder) if folder.is_dir() else []


def _masks(folder: Path) -> dict[str, Path]:
    return dict(images_within(folder)) if folder.is_dir() else {}


def _table(path: Path) -> Deepflash2Table:
    header, rows = read_rows(path)
    first = 1 if header[:1] == [""] else 0  # the row numbers that pandas puts first
    columns = tuple(header[first:])
    return Deepflash2Table(
        path, columns, tuple(dict(zip(columns, row[first:], strict=True)) for row in rows)
    )
