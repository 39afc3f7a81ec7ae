"""NWB: a copy of the original with columns, else a new file of regions, traces and verdicts."""

from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import numpy as np
import pytest
from small_projects import (
    SIZE,
    anna,
    answer,
    exported,
    extraction,
    merge,
    prepared,
    table,
    twins,
    without_traces,
)

from sightline.errors import InputError
from sightline.formats.candidates.nwb_candidates import read_nwb_candidates
from sightline.formats.table import write_rows
from sightline.simulate.candidates import simulate_candidates
from sightline.workflows.prepare_movie import PrepareOptions, prepare_movie
from sightline.workflows.sorting import prepare_features

COUNT = len(extraction().candidates)


@pytest.fixture
def pynwb() -> ModuleType:
    return pytest.importorskip("pynwb")


def segmentation(file: Any) -> Any:
    (table,) = file.processing["ophys"]["ImageSegmentation"].plane_segmentations.values()
    return table


def critical_findings(path: Path) -> list[Any]:
    inspector = pytest.importorskip("nwbinspector")
    worst = {"CRITICAL", "ERROR", "PYNWB_VALIDATION"}
    found = list(inspector.inspect_nwbfile(nwbfile_path=str(path)))
    assert found, "an inspector that finds nothing has not looked"
    return [one for one in found if one.importance.name in worst]


def test_a_new_nwb_file_holds_regions_traces_and_verdicts(
    pynwb: ModuleType, project: Path, tmp_path: Path
) -> None:
    path = exported(project, "nwb", tmp_path / "mouse.nwb")
    rows = table(exported(project, "csv", tmp_path / "t.csv"))
    found = extraction().candidates
    with pynwb.NWBHDF5IO(path, "r") as opened:
        file = opened.read()
        regions = segmentation(file)
        assert [f"mouse/{name}" for name in regions["roi_name"][:]] == [r["item"] for r in rows]
        assert list(regions["sightline_verdict"][:]) == [row["verdict"] for row in rows]
        assert list(regions["sightline_decided_by"][:]) == [row["decided_by"] for row in rows]
        for row in (0, COUNT - 1):
            image = np.zeros((SIZE, SIZE), np.float32)
            for x, y, weight in regions["pixel_mask"][row]:
                image[int(y), int(x)] = weight
            np.testing.assert_array_equal(image.ravel(), found.footprints.toarray()[row])
        series = file.processing["ophys"]["Fluorescence"].roi_response_series
        data = np.concatenate([one.data[:] for one in series.values()], axis=1)
        np.testing.assert_allclose(data.T, found.traces, rtol=1e-6)
    assert critical_findings(path) == []


@pytest.fixture
def from_nwb(pynwb: ModuleType, project: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A file that an extraction wrote, and a project made of it."""
    home = tmp_path / "raw"
    home.mkdir()
    original = exported(project, "nwb", home / "session.nwb")
    with h5py.File(original, "r+") as file:
        regions = file["processing/ophys/ImageSegmentation/PlaneSegmentation"]
        names = [name for name in regions.attrs["colnames"] if not name.startswith("sightline_")]
        regions.attrs["colnames"] = np.array(names, object)
        for name in [name for name in regions if name.startswith("sightline_")]:
            del regions[name]
    return original, answer(prepared(home / "mouse.sightline", original))


def test_an_nwb_original_gets_columns_in_a_copy(
    pynwb: ModuleType, from_nwb: tuple[Path, Path], tmp_path: Path
) -> None:
    original, project = from_nwb
    before = original.read_bytes()
    path = exported(project, "nwb")
    assert path == original.with_name("session_sightline.nwb")
    assert original.read_bytes() == before
    rows = table(exported(project, "csv", tmp_path / "u.csv"))
    with pynwb.NWBHDF5IO(path, "r") as opened:
        regions = segmentation(opened.read())
        assert list(regions["sightline_verdict"][:]) == [row["verdict"] for row in rows]
        assert "sightline_merged_into" not in regions.colnames
    assert critical_findings(path) == []
    old, new = read_nwb_candidates(original), read_nwb_candidates(path)
    assert new.identities == old.identities
    assert (new.footprints != old.footprints).nnz == 0
    np.testing.assert_array_equal(new.traces, old.traces)


def test_of_regions_that_are_one_cell_one_has_the_verdict_in_the_copy(
    pynwb: ModuleType, from_nwb: tuple[Path, Path]
) -> None:
    original, project = from_nwb
    first, second = twins()[0]
    third = twins()[1][0]
    merge(project, first, second, third)
    with pynwb.NWBHDF5IO(exported(project, "nwb"), "r") as opened:
        regions = segmentation(opened.read())
        verdict = dict(zip(regions["roi_name"][:], regions["sightline_verdict"][:], strict=True))
        into = dict(zip(regions["roi_name"][:], regions["sightline_merged_into"][:], strict=True))
        who = dict(zip(regions["roi_name"][:], regions["sightline_decided_by"][:], strict=True))
    assert len(verdict) == COUNT
    assert [verdict[name] for name in (first, second, third)] == ["cell", "merged", "merged"]
    assert {name: other for name, other in into.items() if other} == {second: first, third: first}
    assert who[second] == "anna"
    assert critical_findings(original.with_name("session_sightline.nwb")) == []


def test_an_original_of_several_segmentations_needs_to_be_told_which(
    pynwb: ModuleType, from_nwb: tuple[Path, Path], tmp_path: Path
) -> None:
    original, project = from_nwb
    with h5py.File(original, "r+") as file:
        home = file["processing/ophys/ImageSegmentation"]
        home.copy("PlaneSegmentation", "Other")
        home["Other"].attrs["object_id"] = "another"
    with pytest.raises(InputError, match="--segmentation NAME"):
        exported(project, "nwb", tmp_path / "a.nwb")
    exported(project, "nwb", tmp_path / "b.nwb", segmentation="Other")
    with h5py.File(tmp_path / "b.nwb") as file:
        home = file["processing/ophys/ImageSegmentation"]
        assert "sightline_verdict" in home["Other"]
        assert "sightline_verdict" not in home["PlaneSegmentation"]


def test_where_the_nwb_original_is_gone_a_new_file_is_made(
    from_nwb: tuple[Path, Path], tmp_path: Path
) -> None:
    original, project = from_nwb
    original.unlink()
    path = exported(project, "nwb", tmp_path / "new.nwb")
    assert len(read_nwb_candidates(path)) == COUNT


def test_footprints_without_traces_make_an_nwb_file_too(pynwb: ModuleType, tmp_path: Path) -> None:
    found = without_traces(extraction().candidates)
    project = answer(prepared(tmp_path / "mouse.sightline", found))
    read = read_nwb_candidates(exported(project, "nwb", tmp_path / "mouse.nwb"))
    assert read.traces is None
    assert (read.footprints != found.footprints).nnz == 0


def test_without_a_frame_rate_the_error_tells_how_to_give_one(
    pynwb: ModuleType, tmp_path: Path
) -> None:
    found = extraction().candidates
    unknown = type(found)(**{**vars(found), "frame_rate_hz": None})
    project = prepared(tmp_path / "mouse.sightline", unknown)
    with pytest.raises(InputError, match="Prepare it again with --frame-rate"):
        exported(project, "nwb", tmp_path / "mouse.nwb")
    assert not (tmp_path / "mouse.nwb").exists()
    told = tmp_path / "told.sightline"
    prepare_movie(None, unknown, told, PrepareOptions(movie={"frame_rate_hz": 7.5}), workers=1)
    assert read_nwb_candidates(exported(told, "nwb", tmp_path / "mouse.nwb")).frame_rate_hz == 7.5


def test_a_new_nwb_file_has_one_region_with_the_joint_footprint(
    pynwb: ModuleType, project: Path, tmp_path: Path
) -> None:
    first, second = twins()[0]
    merge(project, first, second)
    read = read_nwb_candidates(exported(project, "nwb", tmp_path / "mouse.nwb"))
    found = extraction().candidates
    assert found.traces is not None
    assert read.traces is not None
    place = read.identities.index(f"{first}+{second}")
    kept = [row for row in range(COUNT) if str(row) not in (first, second)]
    rest = [row for row in range(COUNT - 1) if row != place]
    assert len(read) == COUNT - 1
    np.testing.assert_array_equal(read.footprints.toarray()[rest], found.footprints.toarray()[kept])
    np.testing.assert_allclose(read.traces[rest], found.traces[kept], rtol=1e-6)
    # traces are means here: the union of both supports, and a mean of both activities
    parts = found.footprints.toarray()[[int(first), int(second)]]
    joint = read.footprints.toarray()[place]
    np.testing.assert_array_equal(joint > 0, (parts > 0).any(0))
    assert joint.max() == 1
    low, high = np.sort(found.traces[[int(first), int(second)]], axis=0)
    assert (read.traces[place] >= low - 1e-3).all()
    assert (read.traces[place] <= high + 1e-3).all()
    assert critical_findings(tmp_path / "mouse.nwb") == []


def test_an_nwb_file_holds_the_classes_themselves(pynwb: ModuleType, tmp_path: Path) -> None:
    project = prepared(tmp_path / "three.sightline", classes=("noise", "soma", "dendrite"))
    with anna(project) as session:
        names = [session.classes[row % 3] for row in range(18)]
        session.decide_each({f"mouse/{row}": name for row, name in enumerate(names)})
    path = exported(project, "nwb", tmp_path / "three.nwb")
    verdicts = [row["verdict"] for row in table(exported(project, "csv", tmp_path / "t.csv"))]
    with pynwb.NWBHDF5IO(path, "r") as opened:
        assert list(segmentation(opened.read())["sightline_verdict"][:]) == verdicts
    assert set(verdicts) > {"noise"}


def test_an_nwb_file_may_be_half_labelled(pynwb: ModuleType, fresh: Path, tmp_path: Path) -> None:
    with anna(fresh) as session:
        session.decide("mouse/1", "cell")
    with pynwb.NWBHDF5IO(exported(fresh, "nwb", tmp_path / "a.nwb"), "r") as opened:
        verdicts = list(segmentation(opened.read())["sightline_verdict"][:])
    assert verdicts == ["", "cell", *[""] * (COUNT - 2)]


def test_a_project_of_features_only_has_no_regions_to_write(tmp_path: Path) -> None:
    found = simulate_candidates(40, np.random.default_rng(0)).features
    write_rows(tmp_path / "m1.csv", found.names, found.values.tolist())
    prepare_features([tmp_path / "m1.csv"], tmp_path / "m1.sightline")
    with pytest.raises(InputError, match=r"features only.*Export as csv"):
        exported(tmp_path / "m1.sightline", "nwb", tmp_path / "a.nwb")
