"""The size of what is annotated is read from the frame."""

from dataclasses import replace

import numpy as np
import pytest

from sightline.simulate.deforming_settings import ADVERSARIAL, MEDIUM, DeformingSettings
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.track.radius import typical_radius


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
