"""STAPLE: the reference implementation's answer, the published masks, and simulated experts."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sightline.consensus.mask_votes import count_votes, pool_votes
from sightline.consensus.staple import staple


def blobs(seed: int, size: int = 120) -> NDArray[np.bool_]:
    field = gaussian_filter(np.random.default_rng(seed).normal(size=(size, size)), 4)
    return field > np.quantile(field, 0.85)


def expert(
    truth: NDArray[np.bool_], sensitivity: float, specificity: float, seed: int
) -> NDArray[np.bool_]:
    drawn = np.random.default_rng(seed).random(truth.shape)
    return np.where(truth, drawn < sensitivity, drawn > specificity)


SKILLS = ((0.9, 0.99), (0.7, 0.95), (0.5, 0.999), (0.8, 0.9), (0.6, 0.97))


def experts(seed: int) -> list[NDArray[np.bool_]]:
    return [expert(blobs(seed), *skill, 100 * seed + k) for k, skill in enumerate(SKILLS)]


def test_experts_reliability_is_found_without_the_truth() -> None:
    found = staple(pool_votes([count_votes(experts(seed)) for seed in range(4)]))
    np.testing.assert_allclose(found.sensitivity, [one for one, _ in SKILLS], atol=0.02)
    np.testing.assert_allclose(found.specificity, [one for _, one in SKILLS], atol=0.005)


def test_it_is_nearer_to_the_truth_than_the_majority() -> None:
    truth, masks = blobs(3), experts(3)
    votes = count_votes(masks)
    ours = votes.spread(staple(votes).probability) > 0.5
    majority = np.sum(masks, axis=0) > len(masks) / 2
    assert (ours != truth).sum() < 0.8 * (majority != truth).sum()


def test_probabilities_are_bayes_rule_of_the_reliabilities() -> None:
    votes = count_votes(experts(1))
    found = staple(votes)
    prior = np.mean(experts(1))
    for pattern, probability in zip(votes.patterns, found.probability, strict=True):
        yes = prior * np.prod(np.where(pattern == 1, found.sensitivity, 1 - found.sensitivity))
        no = (1 - prior) * np.prod(np.where(pattern == 1, 1 - found.specificity, found.specificity))
        assert probability == pytest.approx(yes / (yes + no), abs=1e-9)


def test_who_said_nothing_of_a_pixel_counts_as_absent_there() -> None:
    masks = [mask.astype(int) for mask in experts(2)]
    silent = [*masks, np.full_like(masks[0], -1)]
    one, other = staple(count_votes(masks)), staple(count_votes(silent))
    np.testing.assert_allclose(other.sensitivity[:5], one.sensitivity, atol=1e-12)
    assert np.isnan(other.sensitivity[5])


@pytest.mark.parametrize("value", [False, True])
def test_where_all_agree_on_every_pixel_that_is_the_answer(value: bool) -> None:
    votes = count_votes([np.full((5, 5), value)] * 3)
    assert (votes.spread(staple(votes).probability) == value).all()


def test_it_gives_what_simpleitk_gives() -> None:
    sitk = pytest.importorskip("SimpleITK")
    for seed in range(3):
        masks = experts(seed)
        images = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in masks]
        reference = sitk.STAPLEImageFilter()
        reference.SetForegroundValue(1)
        expected = sitk.GetArrayFromImage(reference.Execute(images))
        votes = count_votes(masks)
        found = staple(votes)
        np.testing.assert_allclose(votes.spread(found.probability), expected, atol=1e-5)
        np.testing.assert_allclose(found.sensitivity, reference.GetSensitivity(), atol=1e-5)


def of_laboratories(data: Path) -> Iterator[tuple[list[NDArray[np.bool_]], NDArray[np.bool_]]]:
    """Experts' masks and the published consensus of each image."""
    for labels in sorted((data / "cfos-multi-expert").glob("lab-*/labels")):
        for path in sorted((labels / "est_GT").glob("*.png")):
            folders = sorted(labels.glob("expert_*"))
            yield [read_mask(folder / path.name) for folder in folders], read_mask(path)


def read_mask(path: Path) -> NDArray[np.bool_]:
    image = imread(path)
    return (image if image.ndim == 2 else image[..., :3].max(axis=2)) > 0


@pytest.mark.slow
def test_the_published_consensus_of_two_laboratories_comes_out_pixel_for_pixel(
    shared_data: Path,
) -> None:
    same = []
    for masks, consensus in of_laboratories(shared_data):
        votes = count_votes(masks)
        same.append(np.array_equal(votes.spread(staple(votes).probability) > 0.5, consensus))
    assert (sum(same), len(same)) == (41, 41)
