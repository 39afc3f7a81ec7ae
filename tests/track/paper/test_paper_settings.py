"""Settings of the published method refuse what cannot be, and weights follow their schedules."""

import pytest

from sightline.errors import SettingError
from sightline.track.paper.settings import PaperSettings, weight_at


def test_the_defaults_are_those_of_the_reference_program() -> None:
    made = PaperSettings()
    assert (made.patch_size, made.patch_depth, made.edge_weight, made.patch_sigma) == (
        25,
        5,
        0.1,
        2.5,
    )
    assert (made.gamma, made.stiffness, made.neighbours, made.spring_law) == (2, 1, 5, "norm")
    assert (made.step_coefficient, made.step_floor, made.step_ceiling) == (2, 0.02, 0.2)
    assert (made.steps, made.detection_steps, made.gradient_cap, made.window) == (40, 10, 1, 1)
    assert not made.detects
    assert (made.smoothness, made.z_step, made.rotate_patches) == (0, 0, False)
    assert made.spread_corrections


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"patch_size": 24}, "odd, such as 25"),
        ({"patch_size": 0}, "from 1 to 999"),
        ({"patch_sigma": -1.0}, "patch_sigma"),
        ({"gradient_cap": 0.0}, "gradient_cap"),
        ({"steps": 2.5}, "whole"),
        ({"steps": True}, "whole"),
        ({"gamma": float("nan")}, "gamma"),
        ({"step_floor": 0.3}, "must not be above the ceiling"),
        ({"spring_law": "rubber"}, "norm, displacement, lennard_jones"),
        ({"stiffness": -1.0}, "stiffness"),
        ({"stiffness": ()}, "pairs"),
        ({"stiffness": "soft"}, "pairs"),
        ({"smoothness": ((5, 1.0), (2, 0.5))}, "rising"),
        ({"detection_weight": ((0, -1.0),)}, "rising"),
        ({"channel": -1}, "brightest"),
        ({"channel": "red"}, "brightest"),
        ({"links": ((2, 2),)}, "two different points"),
        ({"window": 4}, "odd"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(wrong, told) -> None:
    with pytest.raises(SettingError, match=told):
        PaperSettings(**wrong)


def test_a_weight_keeps_to_its_schedule() -> None:
    schedule = ((5, 1.0), (20, 0.1))
    assert [weight_at(schedule, step) for step in (0, 4, 5, 19, 20, 99)] == [0, 0, 1, 1, 0.1, 0.1]
    assert weight_at(0.7, 33) == 0.7


def test_detection_takes_over_from_registration_in_its_own_steps() -> None:
    made = PaperSettings(detection_weight=3.0)
    assert made.total_steps == 50
    assert made.weights(39) == (1, 1, 0, 0)
    assert made.weights(40) == (0, 1, 3, 0)


def test_detection_with_a_schedule_runs_beside_registration() -> None:
    made = PaperSettings(detection_weight=((10, 2.0),))
    assert made.weights(9)[::2] == (1, 0)
    assert made.weights(45)[::2] == (1, 2)


@pytest.mark.parametrize(("distance", "step"), [(0.0, 0.02), (1e-3, 0.02), (0.05, 0.1), (1.0, 0.2)])
def test_the_first_step_grows_with_the_distance_between_floor_and_ceiling(distance, step) -> None:
    assert PaperSettings().first_step(distance) == pytest.approx(step)


def test_without_a_coefficient_the_first_step_is_the_floor() -> None:
    assert PaperSettings(step_coefficient=0).first_step(0.5) == 0.02
