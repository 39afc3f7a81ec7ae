"""The candidates of a sorting project come back as they were stored, or not at all."""

import numpy as np
import pytest

from sightline.data.features import FeatureTable, check_features
from sightline.errors import ProjectError
from sightline.project import Project
from sightline.project.arrays import read_arrays, write_arrays
from sightline.project.candidates import read_candidates, store_candidates

CLASSES = ("not cell", "cell")


def table(recording: str, candidates: int = 8) -> FeatureTable:
    values = np.random.default_rng(candidates).normal(size=(candidates, 3))
    values[0, 0] = np.nan
    return check_features(
        values,
        source=recording,
        recording=recording,
        names=("größe", "snr", "a,b"),
        version="columns-1",
        identities=[f"C{k}" for k in range(candidates)],
    )


def test_what_was_stored_comes_back(project: Project) -> None:
    tables = [table("m1", 8), table("m2", 11)]
    store_candidates(project, tables, ("noise", "soma", "dendrite"))
    found = read_candidates(Project.open(project.path))
    assert found.classes == ("noise", "soma", "dendrite")
    for stored, read in zip(tables, found.tables, strict=True):
        np.testing.assert_array_equal(read.values, stored.values)
        assert read.values.dtype == np.float32
        for name in ("recording", "names", "version", "identities", "notes", "items"):
            assert getattr(read, name) == getattr(stored, name)
    assert found.tables[0].notes


def test_more_than_ten_recordings_keep_their_order(project: Project) -> None:
    tables = [table(f"m{k}", 6 + k) for k in range(12)]
    store_candidates(project, tables, CLASSES)
    assert [len(read) for read in read_candidates(project).tables] == list(range(6, 18))


def test_an_empty_project_is_one_clear_error(project: Project) -> None:
    with pytest.raises(ProjectError, match=r"missing.*[Pp]repare"):
        read_candidates(project)


@pytest.mark.parametrize("kind", ["segment", "track"])
def test_a_project_of_another_kind_is_refused(project: Project, kind: str) -> None:
    other = Project.create(project.path.with_name("other.sightline"), kind)
    with pytest.raises(ProjectError, match=f"{kind}.*expected one of sorting"):
        read_candidates(other)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_truncated_file_is_never_taken_for_whole(project: Project, share: float) -> None:
    store_candidates(project, [table("m1")], CLASSES)
    path = next(project.arrays.iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ProjectError, match="damaged"):
        read_candidates(project)


@pytest.mark.parametrize(
    "wrong",
    [
        {"recordings": None},
        {"recordings": [{"recording": "m1"}]},
        {"recordings": ["m1"]},
        {"recordings": 3},
        {"classes": None},
    ],
)
def test_a_description_that_is_not_ours_is_refused_and_the_decisions_are_called_safe(
    project: Project, wrong: dict[str, object]
) -> None:
    store_candidates(project, [table("m1")], CLASSES)
    arrays, about = read_arrays(project.arrays, "features")
    write_arrays(project.arrays, "features", arrays, about | wrong)
    with pytest.raises(ProjectError, match="decisions can be read"):
        read_candidates(project)


def test_names_that_do_not_fit_the_values_are_refused(project: Project) -> None:
    store_candidates(project, [table("m1")], CLASSES)
    arrays, about = read_arrays(project.arrays, "features")
    write_arrays(project.arrays, "features", {"values-0": arrays["values-0"][:-1]}, about)
    with pytest.raises(ProjectError, match=r"shape \(7, 3\)"):
        read_candidates(project)
