"""Objects of two masks are compared by their pixels, whatever their numbers."""

import numpy as np

from sightline.segment.object_changes import ObjectChanges, object_changes


def row(*numbers: int) -> np.ndarray:
    return np.array([numbers])


def test_other_numbers_are_no_change() -> None:
    found = object_changes(row(1, 1, 0, 2, 3), row(7, 7, 0, 5, 1))
    assert found == ObjectChanges(kept=3)


def test_one_deleted_one_moved_one_added() -> None:
    before = row(1, 1, 0, 2, 2, 0, 3, 3, 0, 0)
    after = row(0, 0, 0, 0, 1, 1, 2, 2, 0, 3)
    assert object_changes(before, after) == ObjectChanges(
        kept=1, changed=1, added=1, removed=1, pixels=5
    )


def test_one_object_cut_in_two_is_one_changed_and_one_added() -> None:
    found = object_changes(row(1, 1, 1, 1, 1), row(1, 1, 1, 0, 2))
    assert found == ObjectChanges(changed=1, added=1, pixels=1)


def test_nothing_and_everything() -> None:
    assert object_changes(row(0, 0), row(0, 0)) == ObjectChanges()
    assert object_changes(row(0, 0), row(1, 1)) == ObjectChanges(added=1, pixels=2)
    assert object_changes(row(4, 4), row(0, 0)) == ObjectChanges(removed=1, pixels=2)
    assert object_changes(row(4, 4), row(1, 1)) == ObjectChanges(kept=1)
