"""Several classes: the reference implementation's answer, and simulated experts' confusions."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sightline.consensus.dawid_skene import dawid_skene
from sightline.consensus.mask_votes import count_votes

CONFUSION = np.array(
    [
        [[0.95, 0.1, 0.1], [0.03, 0.8, 0.2], [0.02, 0.1, 0.7]],
        [[0.9, 0.2, 0.05], [0.05, 0.7, 0.05], [0.05, 0.1, 0.9]],
        [[0.98, 0.3, 0.2], [0.01, 0.65, 0.1], [0.01, 0.05, 0.7]],
        [[0.92, 0.1, 0.3], [0.04, 0.85, 0.1], [0.04, 0.05, 0.6]],
    ]
)  # of each expert, (class given, true class)


def scene(seed: int) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    rng = np.random.default_rng(seed)
    field = gaussian_filter(rng.normal(size=(150, 150)), 3)
    truth = np.digitize(field, np.quantile(field, [0.6, 0.85]))
    masks = [
        (rng.random(truth.shape) > np.cumsum(one, axis=0)[:, truth]).sum(axis=0)
        for one in CONFUSION
    ]
    return truth, masks


def test_confusions_are_found_without_the_truth() -> None:
    _, masks = scene(0)
    found = dawid_skene(count_votes(masks))
    np.testing.assert_allclose(found.confusion, CONFUSION, atol=0.04)
    np.testing.assert_allclose(found.prior, [0.6, 0.25, 0.15], atol=0.02)


def test_it_is_nearer_to_the_truth_than_the_majority() -> None:
    truth, masks = scene(1)
    votes = count_votes(masks)
    found = votes.spread(dawid_skene(votes).probability.argmax(axis=1))
    counts = np.stack([np.sum([mask == k for mask in masks], axis=0) for k in range(3)])
    assert (found != truth).mean() < (counts.argmax(axis=0) != truth).mean()


def test_columns_are_shares_and_probabilities_add_up() -> None:
    _, masks = scene(2)
    for fixed in (False, True):
        found = dawid_skene(count_votes(masks), fixed_prior=fixed)
        np.testing.assert_allclose(found.confusion.sum(axis=1), 1)
        np.testing.assert_allclose(found.probability.sum(axis=1), 1)


def test_who_said_nothing_anywhere_has_no_confusions() -> None:
    _, masks = scene(3)
    found = dawid_skene(count_votes([*masks, np.full_like(masks[0], -1)]))
    assert np.isnan(found.confusion[4]).all()
    np.testing.assert_allclose(
        found.confusion[:4], dawid_skene(count_votes(masks)).confusion, atol=1e-6
    )


def test_with_a_fixed_prior_it_gives_what_simpleitk_gives() -> None:
    sitk = pytest.importorskip("SimpleITK")
    for seed in range(3):
        _, masks = scene(seed)
        reference = sitk.MultiLabelSTAPLEImageFilter()
        reference.SetLabelForUndecidedPixels(255)
        images = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in masks]
        expected = sitk.GetArrayFromImage(reference.Execute(images))
        votes = count_votes(masks)
        found = dawid_skene(votes, fixed_prior=True)
        decided = expected != 255
        assert decided.mean() > 0.99
        ours = votes.spread(found.probability.argmax(axis=1))
        np.testing.assert_array_equal(ours[decided], expected[decided])
