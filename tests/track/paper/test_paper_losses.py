"""Each loss has the value of its formula, and the gradient that finite differences give."""

import numpy as np
import pytest
from scipy import ndimage

from sightline.track.paper.detection import detection_cost, detection_loss
from sightline.track.paper.foveated import blur_kernels, foveated_grid
from sightline.track.paper.registration import cut_patches, likeness, target_at
from sightline.track.paper.settings import SPRING_LAWS, PaperSettings
from sightline.track.paper.springs import Springs, spring_loss

STEP = 1e-4


def smooth(shape=(2, 9, 60, 64), seed=0):
    noise = np.random.default_rng(seed).random(shape)
    blurred = ndimage.gaussian_filter(noise, (0, 1, 2, 2))
    return ((blurred - blurred.min()) / np.ptp(blurred)).astype(np.float32)


PLACES = np.array([[4.13, 30.21, 31.37], [3.77, 22.43, 40.68], [5.31, 37.76, 25.12]])
ANGLES = np.array([0.21, 0.0, -0.4])
GRID = foveated_grid(PaperSettings(patch_size=13), planes=9)


def compare(places, angles, step):
    target = target_at(cut_patches(smooth(seed=1), PLACES, GRID), step)
    return likeness(smooth(), places, angles, GRID, target)


def differences(function, *, axis):
    """Central, of a function of places and angles; ``axis`` 3 is the angle."""
    by = np.zeros((len(PLACES), 4))
    by[:, axis] = STEP
    ahead = function(PLACES + by[:, :3], ANGLES + by[:, 3])
    behind = function(PLACES - by[:, :3], ANGLES - by[:, 3])
    return (ahead - behind) / (2 * STEP)


@pytest.mark.parametrize("step", [0, 6, 11, 30])
@pytest.mark.parametrize("axis", range(4))
def test_the_slope_of_registration_is_that_of_differences(step, axis) -> None:
    slopes = compare(PLACES, ANGLES, step).slope[:, axis]
    near = differences(lambda p, a: compare(p, a, step).correlation, axis=axis)
    np.testing.assert_allclose(slopes, near, rtol=0.02, atol=2e-4)


@pytest.mark.parametrize("step", [0, 30])
@pytest.mark.parametrize("axis", range(4))
def test_the_slope_of_brightness_is_that_of_differences(step, axis) -> None:
    slopes = compare(PLACES, ANGLES, step).brightness_slope[:, :, axis]
    near = differences(lambda p, a: compare(p, a, step).brightness, axis=axis)
    np.testing.assert_allclose(slopes, near, rtol=0.02, atol=2e-4)


@pytest.mark.parametrize("step", [0, 30])
def test_likeness_is_the_correlation_over_all_channels_and_samples(step) -> None:
    mine, other = (cut_patches(smooth(seed=s), PLACES, GRID).astype(float) for s in (0, 1))
    across, along = blur_kernels(step)
    for axis, kernel in ((2, across), (3, along), (4, along)):
        mine = ndimage.correlate1d(mine, kernel, axis=axis, mode="constant")
        other = ndimage.correlate1d(other, kernel, axis=axis, mode="constant")
    found = compare(PLACES, np.zeros(3), step)
    exact = []
    for a, b in zip(mine, other, strict=True):
        covariance = np.cov(a.ravel(), b.ravel())
        deviations = np.sqrt(covariance[0, 0] * covariance[1, 1])
        exact.append(covariance[0, 1] * (1 - 1 / a.size) / (deviations + 1e-5))
    np.testing.assert_allclose(found.correlation, exact, rtol=1e-5)
    central = mine[:, :, 1:4, 1:12, 1:12].mean(axis=(2, 3, 4))
    np.testing.assert_allclose(found.brightness, central, atol=1e-6)


def test_a_patch_without_contrast_is_unlike_anything_and_pulls_nowhere() -> None:
    target = target_at(cut_patches(smooth(seed=1), PLACES, GRID), 30)
    found = likeness(np.zeros((2, 9, 60, 64), np.float32), PLACES, ANGLES, GRID, target)
    assert not found.correlation.any()
    assert not found.slope.any()


def springs(seed=0) -> tuple[Springs, np.ndarray]:
    rng = np.random.default_rng(seed)
    rest = rng.uniform(-0.8, 0.8, (6, 3))
    rows = np.array([[1, 2], [0, 3], [5, -1], [4, 1], [0, 2], [-1, -1]])
    ties = Springs(rows, rng.random((6, 2)), rest[rows] - rest[:, None])
    return ties, rest + rng.normal(0, 0.1, (6, 3))


@pytest.mark.parametrize("law", SPRING_LAWS)
def test_the_gradient_of_springs_is_that_of_differences(law) -> None:
    ties, places = springs()
    near = np.zeros_like(places)
    for point, axis in np.ndindex(*places.shape):
        by = np.zeros_like(places)
        by[point, axis] = 1e-6
        ahead, behind = (spring_loss(ties, p, law)[0] for p in (places + by, places - by))
        near[point, axis] = (ahead - behind) / 2e-6
    np.testing.assert_allclose(spring_loss(ties, places, law)[1], near, rtol=1e-5, atol=1e-7)


def test_springs_cost_what_their_laws_say() -> None:
    ties = Springs(np.array([[1], [-1]]), np.array([[0.5], [0.5]]), np.array([[[0, 0, 0.2]]] * 2))
    stretched, turned = np.zeros((2, 3)), np.zeros((2, 3))
    stretched[1, 2], turned[1, 1] = 0.3, 0.2
    share = 0.5 / 2  # stiffness, mean over two points of one tie each
    assert spring_loss(ties, stretched, "norm")[0] == pytest.approx(share * 0.5, rel=1e-3)
    assert spring_loss(ties, turned, "norm")[0] == pytest.approx(0, abs=1e-4)
    assert spring_loss(ties, stretched, "displacement")[0] == pytest.approx(share * 0.5)
    assert spring_loss(ties, turned, "displacement")[0] == pytest.approx(share * 2**0.5)
    assert spring_loss(ties, turned, "lennard_jones")[0] == pytest.approx(-share)
    share_of_rest = 2 / 3
    exact = share * (share_of_rest**4 - 2 * share_of_rest**2)
    assert spring_loss(ties, stretched, "lennard_jones")[0] == pytest.approx(exact)


def test_a_tie_to_a_point_without_a_position_pulls_nothing() -> None:
    ties, places = springs()
    places[0] = np.nan
    cost, gradient = spring_loss(ties, places, "norm")
    assert np.isfinite(cost)
    assert np.isfinite(gradient).all()
    assert not gradient[0].any()


def test_points_at_one_place_do_not_break_any_law() -> None:
    ties, places = springs()
    for law in SPRING_LAWS:
        cost, gradient = spring_loss(ties, np.zeros_like(places), law)
        assert np.isfinite(cost)
        assert np.isfinite(gradient).all()


def test_detection_costs_nothing_at_its_maximum_and_half_far_away() -> None:
    likely = np.zeros((5, 30, 30))
    likely[2, 10:16, 10:16] = 0.8
    cost = detection_cost(likely)
    assert cost[2, 12, 12] < 0.01
    assert cost[2, 22, 22] == pytest.approx(0.5)
    assert 0.1 < cost[2, 12, 16] < 0.4  # the blurred border


def test_the_gradient_of_detection_is_that_of_differences_and_leads_inside() -> None:
    likely = np.zeros((5, 30, 30))
    likely[2, 10:16, 10:16] = 0.8
    cost = detection_cost(likely)
    places = np.array([[2.0, 12.3, 16.7], [2.2, 9.4, 12.5]])
    _, gradient = detection_loss(cost, places)
    for axis in range(3):
        by = np.zeros(3)
        by[axis] = STEP
        for point, place in enumerate(places):
            ahead, behind = (detection_loss(cost, (place + s * by)[None])[0] for s in (1, -1))
            near = (ahead - behind) / (2 * STEP) / len(places)
            if axis > 0:  # along z a place lies on a plane, where the slope jumps
                assert gradient[point, axis] == pytest.approx(near, rel=0.01, abs=1e-4)
    assert gradient[0, 2] > 0  # downhill is back towards the blob
    assert gradient[1, 1] < 0


def test_without_any_detection_nothing_is_pulled() -> None:
    _, gradient = detection_loss(detection_cost(np.zeros((3, 20, 20))), np.full((2, 3), 1.3))
    assert not gradient.any()
