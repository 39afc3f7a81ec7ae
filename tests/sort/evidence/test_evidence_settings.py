"""Settings of the evidence are checked when they are made."""

import pytest

from sightline.errors import SettingError
from sightline.sort.evidence.settings import DEFAULT_EVIDENCE, EvidenceSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": 0},
        {"events": 2.5},
        {"half_window": -1},
        {"half_window": 1.5},
        {"event_distance": float("nan")},
        {"event_distance": 1.1},
        {"margin_px": -1},
        {"reach_px": 0.5},
        {"outline_level": 0.0},
        {"coding_error": 0.51},
        {"half_window_s": -0.1},
        {"half_window_s": float("inf")},
    ],
)
def test_a_value_outside_its_range_is_named(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        EvidenceSettings(**wrong)  # type: ignore[arg-type]


def test_eleven_frames_of_five_events_by_default() -> None:
    assert (DEFAULT_EVIDENCE.events, DEFAULT_EVIDENCE.window) == (5, 11)


@pytest.mark.parametrize(
    ("seconds", "rate", "frames"), [(0.5, 30.0, 15), (0.5, 4.9, 2), (0.0, 9.0, 0)]
)
def test_a_window_in_seconds_follows_the_frame_rate(
    seconds: float, rate: float, frames: int
) -> None:
    settings = EvidenceSettings(half_window_s=seconds, events=3).in_frames(rate)
    assert (settings.half_window, settings.half_window_s, settings.events) == (frames, None, 3)


def test_a_window_in_frames_needs_no_rate() -> None:
    assert EvidenceSettings(half_window=4).in_frames(None).half_window == 4


def test_a_window_in_seconds_of_an_unknown_rate_says_how_to_give_it() -> None:
    with pytest.raises(SettingError, match="--frame-rate"):
        EvidenceSettings(half_window_s=0.5).in_frames(None)


def test_a_window_in_seconds_that_is_too_long_is_named() -> None:
    with pytest.raises(SettingError, match="half_window is 100000"):
        EvidenceSettings(half_window_s=1000.0).in_frames(100.0)
