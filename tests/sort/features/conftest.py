"""Simulated candidates whose truth is known."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.signal import lfilter

from sightline.data.evidence import CandidateEvidence

IMAGE = (256, 256)
HALF_WINDOW = 5


def gaussian_footprint(side: int = 30, sd: tuple[float, float] = (3.0, 3.0)) -> np.ndarray:
    """A bump in the middle of the crop, cut at a twentieth of its maximum."""
    y, x = np.mgrid[:side, :side] - side // 2
    bump = np.exp(-(y**2 / sd[0] ** 2 + x**2 / sd[1] ** 2) / 2)
    return np.where(bump >= 0.05, bump, 0)


def calcium(
    frames: int, rng: np.random.Generator, decay: float = 0.92, events: int = 12
) -> np.ndarray:
    """Sudden rises that decay over some frames, the largest 1."""
    spikes = np.zeros(frames)
    spikes[rng.choice(np.arange(50, frames - 50), events, replace=False)] = rng.uniform(
        0.4, 1, events
    )
    trace = lfilter([1], [1, -decay], spikes)
    return trace / trace.max()


def _peak_frames(trace: np.ndarray, count: int) -> np.ndarray:
    found: list[int] = []
    for frame in np.argsort(-trace, kind="stable") if count else ():
        inside = HALF_WINDOW <= frame < len(trace) - HALF_WINDOW
        if inside and all(abs(frame - other) > 30 for other in found):
            found.append(int(frame))
        if len(found) == count:
            break
    return np.array(found, np.int32)


@pytest.fixture(scope="session")
def candidate() -> Callable[..., CandidateEvidence]:
    """Make one candidate: a cell by default, in double precision so that nothing is rounded."""

    def make(seed: int = 0, **change: Any) -> CandidateEvidence:
        rng = np.random.default_rng(seed)
        settings = {
            "frames": 2000,
            "noise": 0.08,
            "decay": 0.92,
            "movie_noise": 0.2,
            "sd": (3.0, 3.0),
            "neighbour": 0.0,
            "events": 5,
            "place": (100, 60),
        } | {key: change.pop(key) for key in list(change) if key in _SETTINGS}
        activity = calcium(settings["frames"], rng, settings["decay"])
        footprint = gaussian_footprint(sd=settings["sd"])
        trace = activity + settings["noise"] * rng.normal(size=len(activity))
        events = _peak_frames(activity, settings["events"])
        frames = events[:, None] + np.arange(-HALF_WINDOW, HALF_WINDOW + 1)
        beside = settings["neighbour"] * np.roll(footprint, 7, axis=1)
        shown = activity[frames][:, :, None, None] * (footprint + beside)
        shown = shown + settings["movie_noise"] * rng.normal(size=shown.shape)
        top, left = settings["place"]
        evidence = CandidateEvidence(
            seed,
            footprint,
            (top, left, top + len(footprint), left + len(footprint)),
            IMAGE,
            trace,
            events,
            shown,
            trace[frames],
        )
        return replace(evidence, **change)

    return make


_SETTINGS = ("frames", "noise", "decay", "movie_noise", "sd", "neighbour", "events", "place")
