"""The size of what is annotated is read from the frame."""

from dataclasses import replace

import numpy as np
import pytest

from sightline.simulate.deforming_settings import ADVERSARIAL, MEDIUM, DeformingSettings
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.track.radius import part_radius, typical_radius


@pytest.mark.parametrize("settings", [MEDIUM, ADVERSARIAL], ids=["medium", "adversarial"])
@pytest.mark.parametrize("radius_um", [1.0, 1.5, 2.5])
def test_it_is_that_of_simulated_nuclei(settings: DeformingSettings, radius_um: float) -> None:
    made = simulate_deforming_volume(replace(settings, frames=1, radius_um=radius_um))
    found = typical_radius(made.frame(0), made.truth(0).positions, settings.voxel_size_um)
    assert found == pytest.approx(radius_um, rel=0.15)


@pytest.mark.parametrize("radius", [2.0, 4.0])
def test_in_a_flat_frame_too_and_points_that_are_missing_do_not_count(radius: float) -> None:
    y, x = np.mgrid[:80, :120]
    centres = np.array([[20.0, 30.0], [50.0, 90.0]])
    frame = sum(np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / 2 / radius**2) for cy, cx in centres)
    positions = np.column_stack([np.zeros(3), np.vstack([centres, [np.nan, np.nan]])])
    found = typical_radius(np.asarray(frame, np.float32)[None, None], positions, (1.0, 1.0, 1.0))
    assert found == pytest.approx(radius, rel=0.15)


def test_of_a_part_it_is_the_distance_to_the_next_part_of_the_same_animal() -> None:
    one = np.array([[0.0, 50, 50], [0, 50, 62], [0, 50, 86]])
    both = np.concatenate([one, one + np.array([0, 4, 0])])
    two = ((0, 1, 2), (3, 4, 5))
    size = (1.0, 0.5, 0.5)
    assert part_radius(both, two, (480, 640), size) == pytest.approx(6)
    assert part_radius(both, (), (480, 640), size) == pytest.approx(2)
    some = np.where(np.array([True, True, False])[:, None], one, np.nan)
    assert part_radius(some, (), (480, 640), (1, 1, 1)) == pytest.approx(12)


def test_a_part_is_never_large_for_its_frame_and_a_lone_one_has_a_size_too() -> None:
    far = np.array([[0.0, 10, 10], [0, 400, 600]])
    assert part_radius(far, (), (480, 640), (1, 1, 1)) == pytest.approx(32)
    assert 5 < part_radius(far[:1], (), (480, 640), (1, 1, 1)) < 40
