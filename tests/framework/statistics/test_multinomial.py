"""Shares and entropy of several classes, against closed forms, scipy and multinomial samples."""

import numpy as np
import pytest
from scipy import stats

from advspace.statistics.multinomial import entropy, goodman, leader, together

SHARES = {
    "even": [0.1] * 10,
    "one large": [0.91, *9 * [0.01]],
    "falling": (0.5 ** np.arange(1, 7) / (1 - 0.5**6)).tolist(),
    "three": [0.6, 0.3, 0.1],
}


def test_goodmans_formula():
    """His equation: both roots of (N + A) p^2 - (2 n + A) p + n^2 / N, with A of chi-square at alpha / classes."""
    counts = np.array([22, 42, 36.0])
    total, limit = counts.sum(), stats.chi2.ppf(1 - 0.05 / 3, 1)
    spread = np.sqrt(limit * (limit + 4 * counts * (total - counts) / total))
    low, high = goodman(counts)
    np.testing.assert_allclose(low, (limit + 2 * counts - spread) / (2 * (total + limit)), rtol=1e-10)
    np.testing.assert_allclose(high, (limit + 2 * counts + spread) / (2 * (total + limit)), rtol=1e-10)


@pytest.mark.parametrize(
    ("name", "draws", "nominal"),
    [("even", 100, 0.95), ("three", 100, 0.957), ("falling", 1000, 0.95), ("even", 1000, 0.95)],
)
def test_all_shares_are_held_together(name, draws, nominal):
    """Nominal coverage where each class is expected ten times or more; standard error .0034."""
    assert covered(name, draws) == pytest.approx(nominal, abs=0.011)


def test_many_rare_classes_cover_less():
    """Nine classes that are expected once each: .84, as the documentation says."""
    assert covered("one large", 100) == pytest.approx(0.84, abs=0.02)


def covered(name, draws):
    """How often all intervals of a sample hold their shares."""
    low, high = goodman(np.random.default_rng(0).multinomial(draws, SHARES[name], size=4000))
    return ((low <= SHARES[name]) & (SHARES[name] <= high)).all(-1).mean()


@pytest.mark.parametrize("draws", [100, 1000])
def test_of_two_equal_classes_none_leads(draws):
    """A false leader in .4 % of the samples, far below 5 %: both intervals would have to miss."""
    samples = np.random.default_rng(0).multinomial(draws, [0.45, 0.45, *4 * [0.025]], size=4000)
    assert (leader(samples) >= 0).mean() < 0.01


def test_a_clear_leader_is_found():
    assert leader(np.array([[0, 100, 0], [60, 20, 20], [35, 40, 25]])).tolist() == [1, 0, -1]
    assert leader(np.array([[[5, 5]]])).tolist() == [[-1]]


def test_confidence_of_each_of_several():
    assert together(0.95, 10) == pytest.approx(0.995)
    assert together(0.95, 1) == together(0.95, 0) == pytest.approx(0.95)


def test_entropy_of_many_draws_is_scipys():
    for shares in SHARES.values():
        counts = np.round(np.array(shares) * 1e9)
        assert entropy(counts) == pytest.approx(stats.entropy(shares, base=2), abs=1e-6)


def test_the_correction_in_closed_form():
    """Two classes once each: log 2, and half of 1 / 2 draws more; but two classes have one bit at most."""
    assert entropy(np.array([1, 1, 0, 0])) == pytest.approx(1 + 0.25 / np.log(2))
    assert entropy(np.array([1, 1])) == 1
    assert entropy(np.array([[7, 0], [0, 3]])).tolist() == [0, 0]


@pytest.mark.parametrize("name", SHARES)
def test_the_correction_removes_most_of_the_bias(name):
    truth = stats.entropy(SHARES[name], base=2)
    samples = np.random.default_rng(0).multinomial(100, SHARES[name], size=4000)
    plain = stats.entropy(samples, base=2, axis=1).mean() - truth
    corrected = entropy(samples).mean() - truth
    assert plain < -0.01
    assert abs(corrected) < 0.5 * abs(plain)
