"""What the specifications of the loop share: a project of candidates whose truth is known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from sightline.data.decision import Decision
from sightline.project.candidates import store_candidates
from sightline.project.project import Project
from sightline.review.sort_session import SortSession
from sightline.simulate.annotator import SimulatedAnnotator
from sightline.simulate.candidates import SimulatedCandidates, simulate_candidates

MEMORY = Path("/dev/shm")  # noqa: S108


@dataclass(frozen=True)
class Case:
    """A project, what is true of its candidates, and someone who knows."""

    path: Path
    simulated: SimulatedCandidates
    expert: SimulatedAnnotator

    @property
    def items(self) -> tuple[str, ...]:
        return self.simulated.features.items

    def recorded(self) -> list[Decision]:
        """Every decision in the journal, the undone and superseded ones too."""
        with Project.open(self.path).journal() as journal:
            return [decision for entry in journal.entries() for decision in entry.decisions]

    def sort(self, session: SortSession, answers: int) -> list[str]:
        """Answer so many questions truly; give the items asked."""
        asked = []
        for _ in range(answers):
            question = session.next()
            assert question is not None
            session.decide(question.item, self.expert.verdict(question.index))
            asked.append(question.item)
        return asked


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one; faults of the disk are specified elsewhere."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture
def make_case(folder: Path) -> Callable[..., Case]:
    def make(name: str = "mice", candidates: int = 120, seed: int = 0) -> Case:
        simulated = simulate_candidates(candidates, np.random.default_rng(seed))
        project = Project.create(folder / f"{name}.sightline", "sort")
        store_candidates(project, [simulated.features], ("not cell", "cell"))
        return Case(project.path, simulated, SimulatedAnnotator("anna", simulated.cell))

    return make


@pytest.fixture
def case(make_case: Callable[..., Case]) -> Case:
    return make_case()


@pytest.fixture
def anna(case: Case) -> Iterator[SortSession]:
    with SortSession(case.path, "anna") as session:
        yield session
