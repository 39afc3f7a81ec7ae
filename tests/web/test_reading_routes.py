"""What a page reads: the project as it lies on disk, in rows that count all candidates."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from served_project import CANDIDATES, FRAMES, SIDE, Page, make_project, unpack

from sightline.project.candidates import read_candidates
from sightline.project.evidence import open_evidence
from sightline.project.project import Project


@pytest.fixture
def reader(made: Path) -> Any:
    with open_evidence(Project.open(made)) as opened:
        yield opened


def test_the_project_is_described(viewer: Page) -> None:
    told = viewer.get("project")
    (recording,) = told.pop("recordings")
    assert len(told.pop("features")) == 18
    assert len(told.pop("data_version")) == 8
    assert len(told.pop("id")) == 16
    assert told == {
        "name": "mice",
        "kind": "sort",
        "path_name": "mice.sightline",
        "classes": ["not cell", "cell"],
        "annotators": [],
        "feature_version": "simulated-1",
        "readonly": False,
        "start_page": False,
    }
    assert recording == {
        "number": 0,
        "name": "mice",
        "candidates": CANDIDATES,
        "first": 0,
        "image_shape": [SIDE, SIDE],
        "images": ["maximum", "mean"],
        "evidence": True,
        "frames": FRAMES,
        "frame_rate_hz": 10.0,
        "window": 5,
        "movie_downsampled": 1,
        "pixel_size_um": [2.0, 2.0],
        "warnings": ["dim"],
        "notes": [],
    }


def test_annotators_are_those_who_decided_anything(anna: Page, ben: Page) -> None:
    ben.decide(0, "cell")
    anna.decide(0, "cell")
    assert anna.get("project")["annotators"] == ["anna", "ben"]


def test_images_come_as_they_are(viewer: Page, reader: Any) -> None:
    for name, image in reader.evidence.images.items():
        found = viewer.packet(f"recordings/0/images/{name}").arrays["image"]
        np.testing.assert_array_equal(found, image)


def test_the_map_gives_outlines_to_a_sixteenth_of_a_pixel(viewer: Page, reader: Any) -> None:
    found, layout = viewer.packet("recordings/0/map"), reader.evidence.layout
    points = found.arrays["outline_points"] / found.meta["scale"] - found.meta["offset"]
    assert layout.outline_points.min() < 0
    np.testing.assert_allclose(points, layout.outline_points, atol=1 / 16)
    for name in ("outline_parts", "outline_starts", "centres", "boxes"):
        np.testing.assert_array_equal(found.arrays[name], getattr(layout, name))


def test_identities_are_the_extractors(viewer: Page, reader: Any) -> None:
    assert viewer.get("recordings/0/identities") == {"identities": list(reader.evidence.identities)}


def test_features_come_unscaled(viewer: Page, made: Path) -> None:
    (table,) = read_candidates(Project.open(made)).tables
    wanted = [table.names[3], table.names[0]]
    found = viewer.packet("features", names=",".join(wanted)).arrays["values"]
    np.testing.assert_array_equal(found, table.select(wanted).values)


def test_a_candidate_comes_with_all_that_is_to_be_seen_of_it(viewer: Page, reader: Any) -> None:
    found, truth = viewer.packet("candidates/9"), reader.candidate(9)
    meta, arrays = found.meta, found.arrays
    values = meta["least"] + meta["step"] * arrays["codes"].astype(float)
    np.testing.assert_allclose(values, truth.snapshots, rtol=1e-6)
    np.testing.assert_array_equal(arrays["footprint"], truth.footprint)
    np.testing.assert_array_equal(arrays["trace"], truth.trace)
    assert meta["crop"] == list(truth.crop)
    assert meta["events"] == truth.events.tolist()
    assert meta["contrast"] == [0, 10, 1, None]
    assert (meta["item"], meta["identity"]) == ("mice/9", "9")
    layout = reader.evidence.layout
    begin, end = layout.neighbour_starts[9:11]
    assert meta["neighbours"] == layout.neighbours[begin:end].tolist()


def test_a_candidate_without_events_has_no_snapshots(viewer: Page) -> None:
    found = viewer.packet("candidates/2")
    assert found.meta["events"] == []
    assert sorted(found.arrays) == ["footprint", "trace"]


def test_traces_come_in_the_order_asked(viewer: Page, reader: Any) -> None:
    found = viewer.packet("traces", rows="7,3,7").arrays["traces"]
    np.testing.assert_array_equal(found, reader.traces()[[7, 3, 7]])


def test_rows_go_on_from_recording_to_recording(
    serve: Callable[..., httpx.Client], folder: Path
) -> None:
    page = Page(serve(make_project(folder, ("mice", "rats"))))
    assert [one["first"] for one in page.get("project")["recordings"]] == [0, CANDIDATES]
    first, second = page.packet("candidates/9"), page.packet(f"candidates/{CANDIDATES + 9}")
    assert (first.meta["item"], second.meta["item"]) == ("mice/9", "rats/9")
    assert second.meta["neighbours"] == [row + CANDIDATES for row in first.meta["neighbours"]]
    name = page.get("project")["features"][0]
    assert len(page.packet("features", names=name).arrays["values"]) == 2 * CANDIDATES
    status, said = page.refused("GET", f"traces?rows=0,{CANDIDATES}")
    assert status == 400
    assert "one recording" in said


@pytest.mark.parametrize(
    "place",
    [
        "candidates/60",
        "candidates/-1",
        "traces?rows=60",
        "recordings/1/map",
        "recordings/-1/identities",
        "recordings/0/images/none",
        "features?names=none",
        "nothing",
    ],
)
def test_what_is_not_there_is_not_found(viewer: Page, place: str) -> None:
    status, said = viewer.refused("GET", place)
    assert status == 404
    assert said.startswith("There is no")


@pytest.mark.parametrize("place", ["candidates/x", "traces?rows=1,", "traces", "features"])
def test_what_is_no_question_is_refused(viewer: Page, place: str) -> None:
    assert viewer.refused("GET", place)[0] == 400


def test_a_browser_keeps_data_for_ever_only_by_their_version(viewer: Page) -> None:
    version = viewer.get("project")["data_version"]
    kept = viewer.http.get("/api/candidates/3", params={"v": version})
    assert "immutable" in kept.headers["cache-control"]
    for other in ({}, {"v": "12345678"}):
        asked = viewer.http.get("/api/candidates/3", params=other)
        assert asked.headers["cache-control"] == "private, no-cache"
        assert asked.content == kept.content
    again = viewer.http.get("/api/candidates/3", headers={"if-none-match": kept.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_another_preparation_has_another_version(
    serve: Callable[..., httpx.Client], path: Path, folder: Path
) -> None:
    (folder / "again").mkdir()
    other = make_project(folder / "again")
    versions = {Page(serve(one)).get("project")["data_version"] for one in (path, other)}
    assert len(versions) == 2


def test_everybodys_decisions_are_a_table(anna: Page, ben: Page) -> None:
    anna.decide(4, "cell", seconds=1.5)
    anna.decide(4, "not cell")
    anna.decide(5, "cell")
    anna.undo()
    ben.decide(4, "unsure", probe=[4])
    rows = list(csv.DictReader(io.StringIO(anna.http.get("/api/decisions").text)))
    told = [(r["item"], r["annotator"], r["kind"], r["value"], r["probe"]) for r in rows]
    assert told == [
        ("mice/4", "anna", "verdict", "not cell", "no"),
        ("mice/4", "ben", "verdict", "unsure", "yes"),
    ]


def test_a_packet_is_read_as_it_was_packed(viewer: Page) -> None:
    answer = viewer.http.get("/api/recordings/0/map")
    assert answer.headers["content-type"] == "application/x-sightline-packet"
    assert unpack(answer.content).meta["scale"] == 8
