"""Nuclei in a flat recording are followed as a set of points, parts of animals are not."""

from dataclasses import replace

import numpy as np
import pytest

from sightline.simulate.animal_settings import ONE_MOUSE, TWO_MICE, AnimalSettings
from sightline.simulate.animal_video import simulate_animal_video
from sightline.simulate.deforming_settings import ADVERSARIAL, EASY, MEDIUM, DeformingSettings
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.track.choose_method import choose_method

PIXELS = (1.0, 1.0, 1.0)


@pytest.mark.parametrize("settings", [EASY, MEDIUM, ADVERSARIAL])
@pytest.mark.parametrize("points", [12, 21, 60])
def test_flat_recordings_of_nuclei_are_points(settings: DeformingSettings, points: int) -> None:
    made = simulate_deforming_volume(replace(settings, planes=1, points=points, seed=3))
    assert choose_method(made.frame(0), made.truth(0).positions, settings.voxel_size_um) == "points"


@pytest.mark.parametrize("settings", [ONE_MOUSE, TWO_MICE])
@pytest.mark.parametrize("seed", [2, 3])
def test_parts_of_animals_are_not(settings: AnimalSettings, seed: int) -> None:
    made = simulate_animal_video(replace(settings, seed=seed))
    assert choose_method(made.frame(9), made.truth(9).positions, PIXELS) == "templates"


def test_a_volume_is_points_and_a_few_points_in_a_plane_are_not() -> None:
    made = simulate_deforming_volume(replace(EASY, points=5))
    assert choose_method(made.frame(0), made.truth(0).positions, EASY.voxel_size_um) == "points"
    flat = simulate_deforming_volume(replace(EASY, points=5, planes=1))
    assert choose_method(flat.frame(0), flat.truth(0).positions, EASY.voxel_size_um) == "templates"


def test_a_constant_frame_has_no_blobs() -> None:
    somewhere = np.column_stack([np.zeros(12), np.arange(12.0) * 5, np.arange(12.0) * 4])
    assert choose_method(np.zeros((1, 1, 80, 80), np.float32), somewhere, PIXELS) == "templates"
