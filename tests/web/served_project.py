"""A small project with evidence, and what a page does with it."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
from scipy import sparse
from websockets.sync.client import ClientConnection, connect

from sightline.data.evidence import ABSENT, Evidence, MovieNotes
from sightline.data.features import FeatureTable
from sightline.project.candidates import store_candidates
from sightline.project.evidence import new_evidence
from sightline.project.project import Project
from sightline.simulate.candidates import simulate_candidates
from sightline.sort.evidence.layout import lay_out

TOKEN = "t" * 43
CANDIDATES, FRAMES, SIDE, WINDOW = 60, 40, 64, 5


@dataclass(frozen=True)
class Packet:
    """A packet taken apart, by its description and not by our writer."""

    meta: dict[str, Any]
    arrays: dict[str, np.ndarray]


def unpack(body: bytes) -> Packet:
    assert body[:4] == b"SLP1"
    length = int.from_bytes(body[4:8], "little")
    header, data = json.loads(body[8 : 8 + length]), body[8 + length :]
    assert (8 + length) % 8 == 0
    arrays = {}
    for entry in header["arrays"]:
        dtype = np.dtype(f"<{entry['dtype']}")
        size = int(np.prod(entry["shape"]))
        assert entry["offset"] % 8 == 0
        values = np.frombuffer(data, dtype, size, entry["offset"])
        arrays[entry["name"]] = values.reshape(entry["shape"])
    return Packet(header["meta"], arrays)


@dataclass
class Page:
    """What a page does, by HTTP; errors of the server are raised."""

    http: httpx.Client
    annotator: str = "anna"

    def get(self, path: str, /, **query: Any) -> Any:
        answer = self.http.get(f"/api/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def packet(self, path: str, **query: Any) -> Packet:
        answer = self.http.get(f"/api/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return unpack(answer.content)

    def post(self, path: str, **said: Any) -> Any:
        answer = self.http.post(f"/api/{path}", json={"annotator": self.annotator} | said)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, method: str, path: str, **request: Any) -> tuple[int, str]:
        answer = self.http.request(method, f"/api/{path}", **request)
        assert list(answer.json()) == ["error"]
        return answer.status_code, answer.json()["error"]

    def new_id(self) -> str:
        return uuid4().hex

    def state(self) -> Any:
        return self.get("session", annotator=self.annotator)

    def labels(self, **query: Any) -> Packet:
        return self.packet("labels", annotator=self.annotator, **query)

    def questions(self, n: int = 12, **query: Any) -> list[dict[str, Any]]:
        return self.get("questions", annotator=self.annotator, n=n, **query)["questions"]

    def decide(self, rows: int | list[int], verdict: str, **said: Any) -> Any:
        rows = [rows] if isinstance(rows, int) else rows
        act = {"client_id": self.new_id(), "rows": rows, "verdict": verdict}
        return self.post("decide", **(act | said))["state"]

    def undo(self) -> Any:
        return self.post("undo", client_id=self.new_id())

    def redo(self) -> Any:
        return self.post("redo", client_id=self.new_id())

    def live(self) -> ClientConnection:
        """Open the page's WebSocket."""
        place = f"ws://{self.http.base_url.netloc.decode()}/api/live?annotator={self.annotator}"
        token = {"authorization": f"Bearer {TOKEN}"}
        return connect(place, additional_headers=token, max_queue=None)

    def teach(self, answers: int = 20) -> None:
        """Judge some candidates by the truth, and wait until the machine has learnt from them."""
        for row in range(answers):
            self.decide(row, "cell" if TRUTH[row] else "not cell")
        self.wait_for_fit()

    def wait_for_fit(self) -> None:
        """Wait until the latest answers are fitted."""
        while self.state()["refitting"]:
            time.sleep(0.005)


def hear(socket: ClientConnection, kind: str) -> dict[str, Any]:
    """The next message of a kind; others are passed over."""
    while True:
        message = json.loads(socket.recv(10))
        if message["type"] == kind:
            return message


_simulated = simulate_candidates(CANDIDATES, np.random.default_rng(0))
TRUTH = _simulated.cell


def make_project(folder: Path, recordings: Sequence[str] = ("mice",)) -> Path:
    """Sixty candidates on a grid, with a movie's snapshots; of each recording the same."""
    project = Project.create(folder / f"{recordings[0]}.sightline", "sort")
    tables = [replace(_simulated.features, recording=name) for name in recordings]
    store_candidates(project, tables, ("not cell", "cell"))
    for number, table in enumerate(tables):
        _store_evidence(project, number, table)
    return project.path


def _store_evidence(project: Project, number: int, table: FeatureTable) -> None:
    rng = np.random.default_rng(1)
    dense = np.zeros((CANDIDATES, SIDE, SIDE), np.float32)
    for index in range(CANDIDATES):
        y, x = divmod(index, 8)
        dense[index, 8 * y : 8 * y + 5, 8 * x : 8 * x + 5] = rng.uniform(0.5, 1, (5, 5))
    dense[1] = dense[0] * np.float32(0.9)  # found twice
    footprints = sparse.csr_array(dense.reshape(CANDIDATES, -1))
    layout = lay_out(footprints, (SIDE, SIDE))
    events = rng.integers(6, FRAMES - 6, (CANDIDATES, 2)).astype(np.int32)
    events[2] = ABSENT
    sides = layout.crops[:, 2:] - layout.crops[:, :2]
    pixels = (events[:, 0] != ABSENT) * 2 * WINDOW * sides.prod(1, dtype=np.int64)
    evidence = Evidence(
        table.recording,
        table.identities,
        (SIDE, SIDE),
        footprints,
        events,
        np.tile(np.array([0, 10, 1, np.nan], np.float32), (CANDIDATES, 1)),
        layout,
        MovieNotes("movie.tif", 10.0, half_window=2, pixel_size_um=(2.0, 2.0), warnings=("dim",)),
        {"maximum": dense.max(0), "mean": dense.mean(0)},
    )
    coding = (np.arange(CANDIDATES, dtype=float), np.full(CANDIDATES, 0.5))
    traces = rng.normal(size=(CANDIDATES, FRAMES)).astype(np.float32)
    traces[1] = traces[0]
    with new_evidence(project, evidence, traces.shape, coding, pixels, number) as (
        keep,
        keep_codes,
    ):
        keep(traces)
        keep_codes(np.arange(pixels.sum(), dtype=np.int64).astype(np.uint16))
