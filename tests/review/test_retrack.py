"""Tracking again what is stale: each frame read once, parents first, the same however it is cut."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray
from review.tracked_project import MADE, TRUTH, VIDEO, annotations

from sightline.data.recording import RecordingInfo
from sightline.data.tracks import Visibility
from sightline.project.track_store import TrackStore
from sightline.review import retrack
from sightline.review.retrack import Follower, bring_up_to_date
from sightline.track.follow_settings import FollowSettings
from sightline.track.frame_distance import thumbnail
from sightline.track.plan import Plan, make_plan, order_video

SETTINGS = FollowSettings(MADE.voxel_size_um, MADE.radius_um, "points")
THUMBNAILS = np.stack([thumbnail(VIDEO.frame(frame)) for frame in range(MADE.frames)])


@dataclass
class Counted:
    """The video, which counts how often each frame is read."""

    reads: Counter[int] = field(default_factory=Counter)

    @property
    def info(self) -> RecordingInfo:
        return VIDEO.info

    def read(self, start: int, stop: int, out: object = None) -> NDArray[np.float32]:
        del out
        self.reads.update(range(start, stop))
        return VIDEO.read(start, stop)

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> "Counted":
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is open."""


def plan_of(references: tuple[int, ...], skip: tuple[int, ...] = ()) -> Plan:
    ordered = order_video(THUMBNAILS, references, "similarity", skip)
    return make_plan(ordered, annotations(references), "", together=False)


def follower(video: Counted, plan: Plan, name: str) -> Follower:
    return Follower.of(lambda: video, SETTINGS, plan, name)


def tracked(plan: Plan, name: str) -> TrackStore:
    store = TrackStore.in_memory(MADE.frames, MADE.points)
    bring_up_to_date(follower(Counted(), plan, name), plan, store)
    return store


def test_each_frame_is_read_once_and_references_once() -> None:
    video, plan = Counted(), plan_of((0, 5))
    store = TrackStore.in_memory(MADE.frames, MADE.points)
    done = bring_up_to_date(follower(video, plan, "reads"), plan, store)
    assert sorted(done.tolist()) == [1, 2, 3, 4, 6, 7, 8]
    assert video.reads == Counter(range(MADE.frames))
    bring_up_to_date(follower(video, plan, "reads"), plan, store)
    assert video.reads == Counter(range(MADE.frames))


@pytest.mark.parametrize("stretch", [1, 2, 5])
def test_however_it_is_cut_the_result_is_the_same(
    stretch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of((4,))
    whole = tracked(plan, "whole")
    monkeypatch.setattr(retrack, "_STRETCH", stretch)
    parts = tracked(plan, f"parts {stretch}")
    np.testing.assert_array_equal(parts.positions, whole.positions)
    np.testing.assert_array_equal(parts.score, whole.score)
    np.testing.assert_array_equal(parts.recipe, whole.recipe)


def test_references_stand_as_they_were_given() -> None:
    store = tracked(plan_of((0, 5)), "references")
    np.testing.assert_array_equal(store.positions[[0, 5]], TRUTH[[0, 5]].astype(np.float32))
    assert (store.score[[0, 5]] == 1).all()


def test_a_frame_that_is_skipped_has_no_positions_even_if_it_had_before() -> None:
    store = tracked(plan_of((0, 5)), "before")
    plan = plan_of((0, 5), skip=(3,))
    bring_up_to_date(follower(Counted(), plan, "after"), plan, store)
    assert np.isnan(store.positions[3]).all()
    assert (store.visibility[3] == Visibility.NOT_TRACKED).all()
    assert len(plan.stale(store.recipe)) == 0


def test_progress_counts_what_is_stale() -> None:
    told: list[tuple[int, int]] = []
    plan, store = plan_of((0, 5)), TrackStore.in_memory(MADE.frames, MADE.points)
    one = follower(Counted(), plan, "progress")
    bring_up_to_date(one, plan, store, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, 7)
    assert told[-1] == (7, 7)
