"""After another extraction, what is surely the same candidate keeps its decisions."""

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from small_projects import (
    ANSWERED,
    SIZE,
    anna,
    answer,
    exported,
    extraction,
    merge,
    prepared,
    truths,
    without_traces,
)

from sightline.data.candidate_set import CandidateSet, check_candidates
from sightline.data.decision import Decision
from sightline.errors import InputError, ProjectError, SightlineError
from sightline.formats.table import write_rows
from sightline.project.fold import standing
from sightline.project.project import Project
from sightline.review.merging import merge_groups
from sightline.review.sort_session import SortSession
from sightline.simulate.candidates import simulate_candidates
from sightline.workflows.joining import join_projects
from sightline.workflows.prepare_movie import PrepareOptions, prepare_movie
from sightline.workflows.sorting import prepare_features

FOUND = extraction().candidates
COUNT = len(FOUND)
REMOVED, ADDED = 10, 22  # cells, each in one of the extractions only
OLD_ROWS = [row for row in range(COUNT) if row != ADDED]


def again(
    rows: list[int], seed: int = 1, shift: tuple[int, int] = (0, 0), found: CandidateSet = FOUND
) -> CandidateSet:
    """Candidates as another run finds them: noisier, elsewhere by a shift, named ``n<number>``."""
    rng = np.random.default_rng(seed)
    images = found.footprints.toarray()[rows].reshape(-1, SIZE, SIZE)
    images = images * np.exp(0.1 * rng.normal(size=images.shape))
    images = np.roll(images, shift, (1, 2)).reshape(len(rows), -1)
    traces = found.traces
    if traces is not None:
        traces = traces[rows] + 0.2 * traces[rows].std(1)[:, None] * rng.normal(
            size=traces[rows].shape
        )
        traces = traces.astype(np.float32)
    return check_candidates(
        replace(
            found,
            footprints=sparse.csr_array(images.astype(np.float32)),
            traces=traces,
            identities=tuple(f"n{number}" for number in range(len(rows))),
        )
    )


def shuffled() -> list[int]:
    """Which row of the old extraction each of the new is; one is gone, one has come."""
    rows = [row for row in range(COUNT) if row != REMOVED]
    return np.random.default_rng(0).permutation(rows).tolist()


@pytest.fixture(scope="session")
def _earlier_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Anna judged the first sixteen candidates of the first extraction, bob all of them."""
    rows = OLD_ROWS
    found = replace(
        FOUND,
        footprints=sparse.csr_array(FOUND.footprints[rows]),
        traces=None if FOUND.traces is None else FOUND.traces[rows],
        identities=tuple(FOUND.identities[row] for row in rows),
    )
    project = prepared(tmp_path_factory.mktemp("earlier") / "earlier.sightline", found)
    answer(project, [row for row in rows if row in ANSWERED])
    return answer(project, rows, "bob")


@pytest.fixture
def earlier(_earlier_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(_earlier_once, tmp_path / "earlier.sightline"))


def carried(
    path: Path, earlier: Path, found: CandidateSet, **options: object
) -> tuple[Path, dict[str, int]]:
    """Prepare the new extraction; give the project, and what is told of the earlier one."""
    said = PrepareOptions(**{"name": "mouse", "carry_from": earlier, **options})
    done = prepare_movie(None, found, path, said, workers=1)
    return path, done["earlier_extraction"]


def decisions(path: Path, annotator: str = "anna") -> dict[str, Decision]:
    with Project.open(path).journal() as journal:
        return standing(journal.state(), annotator)


def test_sure_matches_take_over_everyones_verdicts_under_their_new_names(
    earlier: Path, tmp_path: Path
) -> None:
    rows = shuffled()
    project, told = carried(tmp_path / "new.sightline", earlier, again(rows))
    origin = {f"mouse/n{number}": f"mouse/{row}" for number, row in enumerate(rows)}
    for annotator in ("anna", "bob"):
        old, new = decisions(earlier, annotator), decisions(project, annotator)
        assert {origin[item]: one.value for item, one in new.items()}.items() <= {
            item: one.value for item, one in old.items()
        }.items()
    shown = Counter(extraction().cells.ravel().tolist())
    kept = {origin[item] for item in decisions(project, "bob")}
    alone = {row for row in set(OLD_ROWS) & set(rows) if shown[extraction().cells[row, 0]] == 1}
    assert len(alone) > 2
    assert {f"mouse/{row}" for row in alone} <= kept
    counts = [len(decisions(path, who)) for path in (project, earlier) for who in ("anna", "bob")]
    assert told["carried"] == counts[0] + counts[1]
    assert told["left"] == counts[2] + counts[3] - told["carried"]
    assert told["surely_the_same"] == counts[1]
    assert told["new_questions"] == len(rows) - counts[1]


def test_what_is_new_is_asked_and_what_is_gone_is_left(earlier: Path, tmp_path: Path) -> None:
    rows = shuffled()
    project, _ = carried(tmp_path / "new.sightline", earlier, again(rows))
    added = f"mouse/n{rows.index(ADDED)}"
    with SortSession(project, "bob") as session:
        assert added not in session.decisions
        asked = {question.item for question in session.batch(COUNT)}
        assert asked == set(session.predict().items) - set(session.decisions)
    assert added in asked
    assert f"carried:mouse/{REMOVED}" not in {one.evidence for one in decisions(project).values()}


def test_what_is_carried_says_where_from_and_is_no_random_question(
    earlier: Path, tmp_path: Path
) -> None:
    with anna(earlier) as session:
        session.decide_each({"mouse/1": "cell"}, probes={"mouse/1"}, seconds=3.0)
    project, _ = carried(tmp_path / "new.sightline", earlier, again(OLD_ROWS))
    one = decisions(project)["mouse/n1"]
    assert (one.value, one.evidence) == ("cell", "carried:mouse/1")
    assert (one.probe, one.seconds) == (False, None)


def test_a_merge_goes_to_the_new_pair(earlier: Path, tmp_path: Path) -> None:
    merge(earlier, "1", "5", "6")
    rows = shuffled()
    project, _ = carried(tmp_path / "new.sightline", earlier, again(rows))
    names = tuple(sorted(f"n{rows.index(row)}" for row in (1, 5, 6)))
    with anna(project) as session:
        assert merge_groups(session) == {"mouse": (names,)}


def test_a_candidate_that_is_called_like_a_pair_keeps_its_own_verdict(tmp_path: Path) -> None:
    names = tuple("1+4" if row == 6 else name for row, name in enumerate(FOUND.identities))
    earlier = prepared(tmp_path / "earlier.sightline", replace(FOUND, identities=names))
    merge(earlier, "1", "4")
    with anna(earlier) as session:
        session.decide("mouse/1+4", "not cell")
    project, told = carried(tmp_path / "new.sightline", earlier, replace(FOUND, identities=names))
    assert told["carried"] == 2
    with anna(project) as session:
        assert session.decisions["mouse/1+4"].value == "not cell"
        assert merge_groups(session) == {"mouse": (("1", "4"),)}


def test_a_field_that_moved_is_found_again(earlier: Path, tmp_path: Path) -> None:
    rows = shuffled()
    project, told = carried(tmp_path / "new.sightline", earlier, again(rows, shift=(2, -3)))
    assert told["carried"] > 0.5 * len(rows)
    for item, one in decisions(project).items():
        row = rows[int(item.removeprefix("mouse/n"))]
        assert one.evidence == f"carried:mouse/{row}"


def test_footprints_suffice_on_either_side(earlier: Path, tmp_path: Path) -> None:
    bare = without_traces(again(OLD_ROWS))
    project, told = carried(tmp_path / "new.sightline", earlier, bare)
    assert told["carried"] > len(OLD_ROWS) / 2
    _, again_told = carried(tmp_path / "newer.sightline", project, bare)
    assert again_told["carried"] > len(OLD_ROWS) / 2


def test_labels_that_come_with_the_new_extraction_give_way(earlier: Path, tmp_path: Path) -> None:
    labels = np.zeros(len(OLD_ROWS), np.int8)
    found = replace(again(OLD_ROWS), labels={"anna": labels})
    project, _ = carried(tmp_path / "new.sightline", earlier, found)
    said = decisions(project)
    assert said["mouse/n1"].value == truths([1])["mouse/1"] == "cell"
    assert len(said) == len(OLD_ROWS)


def test_of_several_recordings_the_one_of_this_name_is_meant(
    earlier: Path, fresh: Path, tmp_path: Path
) -> None:
    other = answer(prepared(tmp_path / "rat.sightline", name="rat"), ANSWERED)
    both = Path(join_projects([other, earlier], tmp_path / "both.sightline")["project"])
    project, told = carried(tmp_path / "new.sightline", both, again(OLD_ROWS))
    _, alone = carried(tmp_path / "same.sightline", earlier, again(OLD_ROWS))
    assert told == alone
    assert {one.evidence[:14] for one in decisions(project).values()} == {"carried:mouse/"}
    with pytest.raises(InputError, match=r"recordings are rat, mouse.*one called 'cat'.*--name"):
        carried(tmp_path / "x.sightline", both, again(OLD_ROWS), name="cat")


def test_an_earlier_recording_may_have_had_another_name(earlier: Path, tmp_path: Path) -> None:
    project, told = carried(tmp_path / "new.sightline", earlier, again(OLD_ROWS), name="renamed")
    assert told["carried"] > 0
    assert all(item.startswith("renamed/") for item in decisions(project))


def test_the_earlier_project_stays_as_it_was(earlier: Path, tmp_path: Path) -> None:
    before = {name: decisions(earlier, name) for name in ("anna", "bob")}
    project, _ = carried(tmp_path / "new.sightline", earlier, again(OLD_ROWS))
    with anna(project) as session:
        session.undo()
        assert session.decisions == {}
    assert {name: decisions(earlier, name) for name in ("anna", "bob")} == before


# --- what cannot be carried is said before the work, and leaves nothing


def refused(tmp_path: Path, earlier: Path, found: CandidateSet, match: str) -> None:
    there = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(SightlineError, match=match):
        carried(tmp_path / "new.sightline", earlier, found)
    assert sorted(path.name for path in tmp_path.iterdir()) == there


def test_images_of_another_size(earlier: Path, tmp_path: Path) -> None:
    wider = replace(
        FOUND,
        image_shape=(SIZE, SIZE + 8),
        footprints=sparse.csr_array(
            np.pad(
                FOUND.footprints.toarray().reshape(-1, SIZE, SIZE), ((0, 0), (0, 0), (0, 8))
            ).reshape(COUNT, -1)
        ),
        images={},
    )
    refused(tmp_path, earlier, wider, r"images have \(height, width\) \(64, 64\).*\(64, 72\)")


def test_other_classes(tmp_path: Path) -> None:
    earlier = prepared(tmp_path / "three.sightline", classes=("noise", "soma", "dendrite"))
    refused(tmp_path, earlier, FOUND, r"classes are noise, soma, dendrite.*--class")


def test_no_project(earlier: Path, tmp_path: Path) -> None:
    refused(tmp_path, tmp_path / "none.sightline", FOUND, r"none\.sightline: no project")
    bundle = exported(earlier, "bundle", tmp_path / "a.sightline.zip")
    refused(tmp_path, bundle, FOUND, "Unpack the bundle")


def test_features_only(tmp_path: Path) -> None:
    found = simulate_candidates(40, np.random.default_rng(0)).features
    write_rows(tmp_path / "mouse.csv", found.names, found.values.tolist())
    prepare_features([tmp_path / "mouse.csv"], tmp_path / "mouse.sightline")
    with pytest.raises(ProjectError, match="features only"):
        carried(tmp_path / "new.sightline", tmp_path / "mouse.sightline", FOUND)
    assert not (tmp_path / "new.sightline").exists()
