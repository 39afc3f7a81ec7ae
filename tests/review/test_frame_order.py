"""Frames are ordered once for the same thumbnails, references and settings."""

import numpy as np

from sightline.review.frame_order import ordered_once
from sightline.track.plan import order_video

THUMBNAILS = np.random.default_rng(0).random((12, 30)).astype(np.float16)


def test_the_same_is_found_once() -> None:
    first = ordered_once(THUMBNAILS, "a", (3,), "similarity", ())
    assert ordered_once(THUMBNAILS, "a", (3,), "similarity", ()) is first
    plain = order_video(THUMBNAILS, (3,), "similarity", ())
    np.testing.assert_array_equal(first.tree.parent, plain.tree.parent)


def test_other_references_orders_gaps_or_thumbnails_are_another_order() -> None:
    first = ordered_once(THUMBNAILS, "b", (3,), "similarity", ())
    for digest, references, order, skip in (
        ("b", (3, 7), "similarity", ()),
        ("b", (3,), "linear", ()),
        ("b", (3,), "similarity", (5,)),
        ("c", (3,), "similarity", ()),
    ):
        assert ordered_once(THUMBNAILS, digest, references, order, skip) is not first  # type: ignore[arg-type]


def test_what_was_left_for_long_is_forgotten() -> None:
    first = ordered_once(THUMBNAILS, "d", (3,), "linear", ())
    for digest in "efghi":
        ordered_once(THUMBNAILS, digest, (3,), "linear", ())
    assert ordered_once(THUMBNAILS, "d", (3,), "linear", ()) is not first
