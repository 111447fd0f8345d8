"""Covariances between scales: NumPy's of the single draws, and those of counts over many repeats."""

import numpy as np

from advspace.statistics.shared_draws import (
    covariance_of_counts,
    covariance_of_joint,
    covariance_of_pairs,
    independent,
)

LIMITS = np.array([0.2, 0.0, -0.4])[:, None]


def drawn(generator, draws):
    """Draws of a half-space at three scales."""
    return generator.standard_normal(draws) < LIMITS


def test_of_joint_is_numpys():
    kept = drawn(np.random.default_rng(0), 200)
    joint = kept.astype(float) @ kept.T
    np.testing.assert_allclose(covariance_of_joint(joint, np.array(200.0)), np.cov(kept))


def test_of_pairs_is_the_variance_of_their_counts():
    """Pairs of mirror images: the count varies less than that of independent draws, at the middle not at all."""
    generator = np.random.default_rng(0)
    half = generator.standard_normal((4000, 50))
    kept = np.stack([half, -half], 2).reshape(4000, 1, 100) < LIMITS
    counts = kept.sum(2)
    mean = np.mean([covariance_of_pairs(each) for each in kept[:400]], 0)
    np.testing.assert_allclose(100 * mean, np.cov(counts.T), atol=0.4)
    assert covariance_of_pairs(kept[0])[1, 1] == 0
    assert covariance_of_pairs(kept[0][:, :99]).shape == (3, 3)


def test_of_counts_with_different_numbers_of_draws():
    generator = np.random.default_rng(0)
    trials = np.array([100, 50, 25])
    kept = generator.standard_normal((8000, 1, 100)) < LIMITS
    counts = np.stack([each[:, :n].sum(1) for each, n in zip(kept.transpose(1, 0, 2), trials, strict=True)])
    per_draw = np.cov(drawn(generator, 100_000))
    np.testing.assert_allclose(covariance_of_counts(per_draw, trials.astype(float)), np.cov(counts), atol=0.6)


def test_independent_cells_are_binomial():
    np.testing.assert_allclose(independent(np.array([[0.5, 0.1]])), [[[0.25, 0], [0, 0.09]]])
