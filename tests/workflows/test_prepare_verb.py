"""`prepare` makes a project of whatever it is given, and uses all that is said or refuses it."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_projects import (
    MOVIE,
    SIZE,
    anna,
    exported,
    extraction,
    prepared,
    suite2p_folder,
    truths,
)

import sightline
from sightline.data.decision import Decision
from sightline.errors import InputError, SettingError, SightlineError
from sightline.formats.table import write_rows
from sightline.project.candidates import read_candidates
from sightline.project.evidence import EvidenceReader, open_evidence
from sightline.project.fold import standing
from sightline.project.project import Project
from sightline.project.source import sources_of
from sightline.simulate.calcium_movie import simulate_movie
from sightline.simulate.candidates import simulate_candidates
from sightline.sort.features.compute import feature_names
from sightline.workflows.preparing import prepare

FOUND = extraction().candidates
COUNT = len(FOUND)


@pytest.fixture(scope="session")
def _files_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("files")
    np.save(home / "movie.npy", simulate_movie(MOVIE).read(0, MOVIE.frames))
    for plane in ("plane0", "plane1"):
        suite2p_folder(home / "suite2p" / plane)
    iscell = np.load(home / "suite2p" / "plane1" / "iscell.npy")
    np.save(home / "suite2p" / "plane1" / "iscell.npy", iscell[::-1])
    table = simulate_candidates(40, np.random.default_rng(0)).features
    write_rows(home / "features.csv", table.names, table.values.tolist())
    return home


@pytest.fixture
def files(_files_once: Path, tmp_path: Path) -> Path:
    """A movie, a suite2p folder of two planes, and a table of features."""
    return Path(shutil.copytree(_files_once, tmp_path / "files"))


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out.sightline"


def made(inputs: Any, output: Path | str, **said: Any) -> dict[str, Any]:
    return prepare(inputs, output, workers=1, **said)


def evidence_of(project: Path) -> Any:
    with open_evidence(Project.open(project)) as reader:
        return reader.evidence


def decisions(project: Path) -> dict[str, dict[str, Decision]]:
    with Project.open(project).journal() as journal:
        state = journal.state()
    return {name: standing(state, name) for name in state.hands}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- a movie and its candidates


def test_a_movie_and_a_suite2p_folder_become_a_project(files: Path, output: Path) -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    done = made(
        files / "movie.npy",
        output,
        candidates=files / "suite2p" / "plane0",
        frame_rate_hz=10,
        pixel_size_um=2,
        units="raw",
        phase=lambda name: lambda *parts: told.setdefault(name, []).append(parts),
    )
    assert done["project"] == str(output)
    assert done["recordings"] == {"movie": COUNT}
    assert set(done) == {"project", "recordings", "decisions", "warnings", "notes"}
    about = evidence_of(output).about
    assert (about.movie, about.frame_rate_hz, about.units) == ("movie", 10, "raw")
    assert about.pixel_size_um == (2, 2)
    assert sources_of(Project.open(output)) == {"movie": files / "suite2p" / "plane0"}
    with open_evidence(Project.open(output)) as reader:
        assert_snapshots_show_the_movie(reader)
    assert told
    assert all(parts[-1][0] == parts[-1][1] for parts in told.values())
    assert names(output.parent) == ["files", "out.sightline"]


def assert_snapshots_show_the_movie(reader: EvidenceReader) -> None:
    one = reader.candidate(1)
    assert one.snapshots is not None
    event, half = int(one.events[0]), reader.evidence.about.half_window
    top, left, bottom, right = one.crop
    frames = simulate_movie(MOVIE).read(event - half, event + half + 1)
    shown = frames[:, top:bottom, left:right].astype(np.float32)
    assert np.abs(one.snapshots[0] - shown).max() < 0.5 * reader.evidence.about.noise


def test_the_plane_is_the_movies_where_that_has_planes_and_the_candidates(
    files: Path, output: Path, tmp_path: Path
) -> None:
    made(files / "movie.npy", output, candidates=files / "suite2p", plane=1)
    proposal = evidence_of(output).proposal
    np.testing.assert_array_equal(proposal, np.linspace(0.98, 0.02, COUNT) > 0.5)
    frames = np.load(files / "movie.npy")
    np.save(files / "stack.npy", np.stack([frames[::-1], frames], 1))
    other = tmp_path / "other.sightline"
    said = {"candidates": files / "suite2p", "plane": 1, "axes": "tzyx"}
    made(files / "stack.npy", other, **said)
    np.testing.assert_array_equal(*(evidence_of(path).images["mean"] for path in (other, output)))
    with pytest.raises(InputError, match=r"no plane7.*--plane 0"):
        made(None, tmp_path / "x.sightline", candidates=files / "suite2p", plane=7)


def test_events_and_windows_are_as_said(files: Path, output: Path) -> None:
    found = {"candidates": files / "suite2p" / "plane0", "frame_rate_hz": 10.0}
    made(files / "movie.npy", output, **found, events=2, half_window_s=0.3)
    with open_evidence(Project.open(output)) as reader:
        snapshots = reader.snapshots(1)
    assert snapshots is not None
    assert snapshots.shape[:2] == (2, 7)


def test_without_a_movie_the_frame_rate_is_the_traces(output: Path, files: Path) -> None:
    plane = files / "suite2p" / "plane0"
    made(None, output, candidates=plane, name="mouse")
    assert evidence_of(output).about.frame_rate_hz == 10
    made([], output.with_name("b.sightline"), candidates=plane, frame_rate_hz=7.5)
    assert evidence_of(output.with_name("b.sightline")).about.frame_rate_hz == 7.5
    with pytest.raises(SettingError, match="--frame-rate is -1"):
        made([], output.with_name("c.sightline"), candidates=plane, frame_rate_hz=-1)


def test_regions_that_know_no_image_are_placed_as_said(tmp_path: Path, output: Path) -> None:
    regions = [{"id": k, "coordinates": [[10 + 3 * k, 20], [11 + 3 * k, 21]]} for k in range(8)]
    (tmp_path / "regions.json").write_text(json.dumps(regions))
    said = {"candidates": tmp_path / "regions.json", "image_size": "40x30", "offset": "10,5"}
    made(None, output, **said)
    evidence = evidence_of(output)
    assert evidence.image_shape == (40, 30)
    images = evidence.footprints.toarray().reshape(8, 40, 30)
    assert np.argwhere(images[0]).tolist() == [[0, 15], [1, 16]]


# --- verdicts that come along


def test_labels_of_a_file_are_of_the_annotator_who_is_named(files: Path, output: Path) -> None:
    plane = files / "suite2p" / "plane0"
    said = {"candidates": plane, "name": "mouse", "labels": plane / "iscell.npy"}
    done = made(None, output, **said, annotator="bob")
    assert done["decisions"] == {"bob": COUNT}
    expected = np.load(plane / "iscell.npy")[:, 0]
    values = [one.value for one in decisions(output)["bob"].values()]
    assert values == [("not cell", "cell")[int(one)] for one in expected]


def test_an_exported_table_comes_back_as_labels(project: Path, output: Path, files: Path) -> None:
    table = exported(project, "csv", project.with_name("t.csv"))
    said = {"candidates": files / "suite2p" / "plane0", "name": "mouse", "labels": table}
    done = made(None, output, **said)
    assert done["decisions"] == {"anna": 16}
    values = {item: one.value for item, one in decisions(output)["anna"].items()}
    assert values == truths(range(16))


def test_other_names_of_two_classes_take_the_labels_and_more_classes_leave_them_out(
    files: Path, output: Path
) -> None:
    plane = files / "suite2p" / "plane0"
    said = {"candidates": plane, "labels": plane / "iscell.npy", "annotator": "bob"}
    made(None, output, **said, classes=("junk", "soma"))
    assert {one.value for one in decisions(output)["bob"].values()} == {"junk", "soma"}
    other = output.with_name("three.sightline")
    done = made(None, other, **said, classes=("junk", "soma", "dendrite"))
    assert (done["decisions"], decisions(other)) == ({}, {})
    assert any("left out" in note for note in done["notes"])


# --- the user's own columns


def columns(path: Path, identities: list[str], name: str = "depth") -> Path:
    rows = [[identity, f"{float(number)}"] for number, identity in enumerate(identities)]
    write_rows(path, ["candidate", name], rows)
    return path


def test_a_table_of_columns_is_part_of_the_features_and_their_version(
    files: Path, output: Path, tmp_path: Path
) -> None:
    identities = [str(row) for row in reversed(range(COUNT))]
    said = {"candidates": files / "suite2p" / "plane0"}
    made(None, output, **said, columns=columns(tmp_path / "more.csv", identities))
    (table,) = read_candidates(Project.open(output)).tables
    assert table.names == (*feature_names(), "depth")
    np.testing.assert_array_equal(table.values[:, -1], np.arange(COUNT)[::-1])
    paths = plain, _, other = (tmp_path / "p.sightline", output, tmp_path / "o.sightline")
    made(None, plain, **said)
    made(None, other, **said, columns=columns(tmp_path / "o.csv", identities, "height"))
    versions = [read_candidates(Project.open(path)).tables[0].version for path in paths]
    assert len(set(versions)) == 3
    assert all(version.startswith(versions[0]) for version in versions)
    with pytest.raises(InputError, match="Compute the features of all recordings"):
        made([output, prepared(tmp_path / "x.sightline", name="x")], tmp_path / "y.sightline")


@pytest.mark.parametrize(
    ("identities", "name", "match"),
    [
        (["a", *map(str, range(1, COUNT))], "depth", "column `candidate`"),
        (
            [str(row) for row in range(COUNT - 1)],
            "depth",
            f"{COUNT - 1} candidates.*the {COUNT} of",
        ),
        ([str(row) for row in range(COUNT)], "spike_snr", "names that no feature of the set has"),
    ],
    ids=["another name", "one too few", "one of the 76"],
)
def test_columns_that_do_not_fit_are_refused_before_the_work(
    files: Path, output: Path, identities: list[str], name: str, match: str
) -> None:
    if name != "depth":
        (table,) = read_candidates(Project.open(prepared(files / "p.sightline"))).tables
        name = table.names[10]
    path = columns(files / "more.csv", identities, name)
    with pytest.raises(InputError, match=match):
        made(None, output, candidates=files / "suite2p" / "plane0", columns=path)
    assert names(output.parent) == ["files"]


# --- features, projects, bundles


def test_files_of_features_and_projects_need_no_candidates(
    files: Path, project: Path, output: Path, tmp_path: Path
) -> None:
    assert made(str(files / "features.csv"), output)["recordings"] == {"features": 40}
    bundle = exported(project, "bundle", tmp_path / "a.sightline.zip")
    other = prepared(tmp_path / "rat.sightline", name="rat")
    done = made([bundle, str(other)], tmp_path / "both.sightline")
    assert done["recordings"] == {"mouse": COUNT, "rat": COUNT}
    with anna(tmp_path / "both.sightline") as session:
        assert len(session.decisions) == 16


def test_it_is_the_packages_door() -> None:
    assert sightline.prepare is prepare


# --- what is refused, and leaves nothing


@pytest.mark.parametrize(
    ("inputs", "said", "match"),
    [
        ([], {}, "no file was given"),
        (["none.csv"], {}, "no such file"),
        (["movie.npy"], {}, "name the --candidates"),
        (["suite2p"], {}, "is a folder.*name the --candidates"),
        (["made.sightline", "features.csv"], {}, "features.csv: no project.*join"),
        (["movie.npy", "movie.npy"], {"candidates": "suite2p"}, "2 movies.*join the projects"),
        (["none.npy"], {"candidates": "suite2p"}, "none.npy"),
        (["movie.npy"], {"candidates": "none"}, "none"),
        (["movie.npy"], {"candidates": "suite2p"}, "plane0, plane1.*--plane 0"),
        ([], {"candidates": "suite2p", "plane": 0, "image_size": "64"}, "--image-size is '64'"),
        ([], {"candidates": "suite2p", "plane": 0, "offset": "1x2"}, "--offset is '1x2'"),
        ([], {"candidates": "suite2p", "plane": 0, "classes": ["cell"]}, "two different names"),
        ([], {"candidates": "suite2p", "plane": 0, "features": "best"}, "features is 'best'"),
        ([], {"candidates": "suite2p", "plane": 0, "movie_downsampled": 0}, "must be 1 or more"),
        ([], {"candidates": "suite2p", "plane": 0, "events": 0}, "events"),
        ([], {"candidates": "suite2p", "plane": 0, "labels": "none.npy"}, "none.npy"),
        ([], {"candidates": "suite2p", "plane": 0, "columns": "none.csv"}, "none.csv"),
        ([], {"candidates": "suite2p", "plane": 0, "carry_from": "none.sightline"}, "no project"),
        # said in vain
        (["features.csv"], {"labels": "iscell.npy"}, "^--labels: not used without --candidates"),
        (["features.csv"], {"frame_rate_hz": 1.0, "carry_from": "x"}, "^--frame-rate, --from: not"),
        (["made.sightline"], {"classes": ("a", "b")}, "^--class: not used to join"),
        (["made.sightline"], {"half_window": 3}, "^--half-window: not used to join"),
        ([], {"candidates": "suite2p", "units": "raw"}, "^--units: not used without a movie"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_sentence_before_the_work(
    files: Path,
    output: Path,
    monkeypatch: pytest.MonkeyPatch,
    inputs: list[str],
    said: dict[str, Any],
    match: str,
) -> None:
    if "made.sightline" in inputs:
        prepared(files / "made.sightline")
    monkeypatch.chdir(files)
    before = names(files)
    with pytest.raises(SightlineError, match=match) as refused:
        made(inputs, output, **said)
    assert "\n" not in str(refused.value)
    assert names(output.parent) == ["files"]
    assert names(files) == before


@pytest.mark.parametrize("name", ["", "out", "out.zip", "absent/out.sightline"])
def test_outputs_that_cannot_be_are_refused(files: Path, tmp_path: Path, name: str) -> None:
    said = {"candidates": files / "suite2p" / "plane0"}
    with pytest.raises(SightlineError, match=r"NAME\.sightline|Call it|no folder"):
        made(None, tmp_path / name if name else "", **said)
    assert names(tmp_path) == ["files"]


def test_a_project_that_is_there_stays_as_it_was(files: Path, project: Path) -> None:
    before = decisions(project)
    with pytest.raises(InputError, match="Choose another name"):
        made(None, project, candidates=files / "suite2p" / "plane0")
    assert decisions(project) == before


def test_a_movie_of_another_size_than_said_is_told(files: Path, output: Path) -> None:
    np.save(files / "wide.npy", np.zeros((300, SIZE, SIZE + 2), np.uint16))
    with pytest.raises(InputError, match="64 x 64; expected 64 x 66"):
        made(files / "wide.npy", output, candidates=files / "suite2p" / "plane0")
