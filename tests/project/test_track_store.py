"""Tracks on disk: kept as they are done, begun anew where damaged, never taken for done."""

from pathlib import Path

import numpy as np

from sightline.data.tracks import Tracks, Visibility
from sightline.project.track_store import TrackStore

SHAPE = (7, 3)


def two_frames() -> Tracks:
    positions = np.arange(18, dtype=np.float32).reshape(2, 3, 3)
    return Tracks(positions, np.full((2, 3), 0.5, np.float32), np.zeros((2, 3), np.int8))


def filled(folder: Path) -> TrackStore:
    store = TrackStore.on_disk(folder, *SHAPE)
    store.put(np.array([4, 1]), two_frames(), np.full((2, 16), 7, np.uint8))
    store.flush()
    return store


def test_at_first_nothing_is_tracked(tmp_path: Path) -> None:
    for store in (TrackStore.on_disk(tmp_path / "tracks", *SHAPE), TrackStore.in_memory(*SHAPE)):
        assert np.isnan(store.positions).all()
        assert np.isnan(store.score).all()
        assert (store.visibility == Visibility.NOT_TRACKED).all()
        assert not store.recipe.any()


def test_what_was_put_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    filled(tmp_path / "tracks")
    again = TrackStore.on_disk(tmp_path / "tracks", *SHAPE)
    np.testing.assert_array_equal(again.positions[[4, 1]], two_frames().positions)
    assert again.recipe.any(axis=1).tolist() == [False, True, False, False, True, False, False]


def test_of_another_size_it_begins_anew(tmp_path: Path) -> None:
    filled(tmp_path / "tracks")
    again = TrackStore.on_disk(tmp_path / "tracks", 7, 4)
    assert again.positions.shape == (7, 4, 3)
    assert not again.recipe.any()


def test_a_truncated_or_lost_array_makes_all_be_tracked_again(tmp_path: Path) -> None:
    for number, harm in enumerate(("cut", "gone")):
        folder = tmp_path / str(number)
        filled(folder)
        path = folder / "score.npy"
        if harm == "cut":
            path.write_bytes(path.read_bytes()[:100])
        else:
            path.unlink()
        assert not TrackStore.on_disk(folder, *SHAPE).recipe.any()
