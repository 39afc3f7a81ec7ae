"""What is recognised is what preparing takes, with the same words for what is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import tifffile
from small_projects import MOVIE, SIZE, caiman_file, extraction, suite2p_folder

from sightline.errors import SightlineError
from sightline.simulate.calcium_movie import simulate_movie
from sightline.workflows.preparing import prepare
from sightline.workflows.recognising import free_output, recognise


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A movie and candidates, good and bad, as files."""
    folder = tmp_path_factory.mktemp("lab")
    movie = simulate_movie(MOVIE).read(0, MOVIE.frames)
    tifffile.imwrite(folder / "movie.tif", movie)
    tifffile.imwrite(folder / "narrow.tif", movie[:, :, :40])
    tifffile.imwrite(folder / "half.tif", movie[::2])
    with h5py.File(folder / "two.h5", "w") as file:
        file["first"], file["second"] = movie[:20], movie[:20]
    suite2p_folder(folder / "suite2p")
    caiman_file(folder / "estimates.hdf5")
    (folder / "notes.txt").write_text("cells, mostly")
    (folder / "taken.sightline").mkdir()
    return folder


def told(lab: Path, movie: str, candidates: str, output: str = "", **said: Any) -> dict[str, Any]:
    whole = [str(lab / name) if name else "" for name in (movie, candidates, output)]
    return recognise(whole[0], whole[1], whole[2], said)


def test_a_movie_and_its_candidates_are_described(lab: Path) -> None:
    found = told(lab, "movie.tif", "suite2p")
    assert found["troubles"] == {}
    notes = found["movie"].pop("notes")
    assert isinstance(notes, list)
    assert found["movie"] == {
        "format": "TIFF",
        "frames": MOVIE.frames,
        "height": SIZE,
        "width": SIZE,
        "values": simulate_movie(MOVIE).info.dtype.name,
        "frame_rate_hz": None,
        "pixel_size_um": None,
        "units": found["movie"]["units"],
    }
    assert found["candidates"]["format"] == "suite2p"
    assert found["candidates"]["candidates"] == len(extraction().candidates)
    assert (found["candidates"]["frames"], found["candidates"]["frame_rate_hz"]) == (300, 10.0)
    assert found["name"] == "movie"
    assert found["output"] == str(lab / "movie.sightline")


def test_what_the_user_says_overrules_the_file(lab: Path) -> None:
    said = {"frame_rate_hz": 12.5, "pixel_size_um": 2.0, "units": "dF/F", "name": "mouse 7"}
    found = told(lab, "movie.tif", "suite2p", **said)
    movie = found["movie"]
    assert (movie["frame_rate_hz"], movie["pixel_size_um"]) == (12.5, [2.0, 2.0])
    assert (movie["units"], found["name"]) == ("dF/F", "mouse 7")
    assert found["output"] == str(lab / "mouse 7.sightline")


def test_each_is_recognised_as_soon_as_it_is_there(lab: Path) -> None:
    alone = told(lab, "movie.tif", "")
    assert (alone["movie"]["frames"], alone["candidates"], alone["troubles"]) == (300, None, {})
    other = told(lab, "", "estimates.hdf5")
    assert (other["movie"], other["candidates"]["format"]) == (None, "caiman")
    assert told(lab, "", "", frame_rate_hz=5.0)["troubles"] == {}


@pytest.mark.parametrize(
    ("at_fault", "movie", "candidates", "output", "said"),
    [
        ("movie", "none.tif", "suite2p", "new.sightline", {}),
        ("movie", "two.h5", "suite2p", "new.sightline", {}),
        ("movie", "movie.tif", "suite2p", "new.sightline", {"frame_rate_hz": -1.0}),
        ("candidates", "movie.tif", "notes.txt", "new.sightline", {}),
        ("candidates", "movie.tif", "none", "new.sightline", {}),
        ("candidates", "narrow.tif", "suite2p", "new.sightline", {}),
        ("fit", "half.tif", "suite2p", "new.sightline", {}),
        ("fit", "movie.tif", "suite2p", "new.sightline", {"movie_downsampled": 2}),
        ("options", "movie.tif", "suite2p", "new.sightline", {"classes": ["cell"]}),
        ("options", "movie.tif", "suite2p", "new.sightline", {"movie_downsampled": 0}),
        ("options", "movie.tif", "suite2p", "new.sightline", {"image_size": "big"}),
        ("options", "", "suite2p", "new.sightline", {"pixel_size_um": 2.0}),
        ("output", "movie.tif", "suite2p", "taken.sightline", {}),
        ("output", "movie.tif", "suite2p", "new.folder", {}),
        ("output", "movie.tif", "suite2p", "nowhere/new.sightline", {}),
    ],
)
def test_what_is_wrong_is_told_in_the_words_of_prepare(
    lab: Path, at_fault: str, movie: str, candidates: str, output: str, said: dict[str, Any]
) -> None:
    troubles = told(lab, movie, candidates, output, **said)["troubles"]
    inputs = [lab / movie] if movie else []
    with pytest.raises(SightlineError) as refused:
        prepare(inputs, lab / output, candidates=lab / candidates, **said)
    assert troubles[at_fault] == str(refused.value)


def test_all_that_is_wrong_is_told_at_once(lab: Path) -> None:
    troubles = told(lab, "none.tif", "notes.txt", "taken.sightline", movie_downsampled=0)[
        "troubles"
    ]
    assert set(troubles) == {"options", "movie", "candidates", "output"}


def test_a_ratio_of_frames_is_advised_where_that_is_what_is_missing(lab: Path) -> None:
    assert "Give --movie-downsampled 2." in told(lab, "half.tif", "suite2p")["troubles"]["fit"]
    assert told(lab, "half.tif", "suite2p", movie_downsampled=2)["troubles"] == {}


@pytest.mark.parametrize(
    "content", [b"\x89HDF\r\n\x1a\n" + b"\0" * 200, b"II*\0\xff", b"PK\x03\x04x"]
)
def test_a_damaged_file_is_told_and_breaks_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad").write_bytes(content)
    found = recognise(tmp_path / "bad", tmp_path / "bad", "", {})
    assert found["troubles"]["movie"]
    assert found["troubles"]["candidates"]
    assert (found["movie"], found["candidates"]) == (None, None)


def test_nothing_is_written(lab: Path) -> None:
    before = sorted(lab.rglob("*"))
    told(lab, "movie.tif", "suite2p", "new.sightline")
    assert sorted(lab.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("mouse", "mouse-3"), ("a/b:c", "a-b-c"), ("...", "project"), ("Maus ü", "Maus ü")],
)
def test_the_proposed_name_is_free_and_plain(tmp_path: Path, name: str, wanted: str) -> None:
    for taken in ("mouse", "mouse-2"):
        (tmp_path / f"{taken}.sightline").mkdir()
    assert free_output(tmp_path / "movie.tif", name) == tmp_path / f"{wanted}.sightline"


def _hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["movie"] = np.zeros((9, 8, 8), "u2")


def _folder(path: Path) -> None:
    path.mkdir()
    for number in range(3):
        tifffile.imwrite(path / f"frame{number}.tif", np.zeros((8, 8), "u2"))


@pytest.mark.parametrize(
    ("write", "format_name"),
    [
        (lambda path: np.save(path.with_suffix(".npy"), np.zeros((9, 8, 8), "u2")), "npy"),
        (lambda path: _hdf5(path.with_suffix(".h5")), "HDF5"),
        (_folder, "folder of TIFFs"),
    ],
)
def test_formats_are_named(tmp_path: Path, write: Callable[[Path], None], format_name: str) -> None:
    write(tmp_path / "movie")
    (path,) = tmp_path.iterdir()
    assert recognise(path, "", "", {})["movie"]["format"] == format_name
