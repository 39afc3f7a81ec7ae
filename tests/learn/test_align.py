"""Alignment of one recording's features to another's."""

import numpy as np

from sightline.learn.align import align


def recording(mixing: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((4000, len(mixing))) @ mixing).astype(np.float32)


def test_the_aligned_source_varies_as_the_target_does() -> None:
    rng = np.random.default_rng(0)
    source, target = (recording(rng.standard_normal((5, 5)), seed) for seed in (1, 2))
    aligned = align(source, target + 3)
    np.testing.assert_allclose(aligned.mean(0), (target + 3).mean(0), atol=1e-3)
    wanted, found, before = (np.corrcoef(x, rowvar=False) for x in (target, aligned, source))
    assert np.abs(found - wanted).max() < 0.3 < np.abs(before - wanted).max()


def test_a_recording_is_left_as_it_is_when_aligned_to_itself() -> None:
    source = recording(np.eye(3) + 0.5, 0)
    np.testing.assert_allclose(align(source, source), source, atol=1e-3)


def test_constant_and_copied_columns_stay_finite() -> None:
    source = recording(np.eye(3), 0)
    source[:, 1] = 0
    source[:, 2] = source[:, 0]
    assert np.isfinite(align(source, source[:, ::-1].copy())).all()
