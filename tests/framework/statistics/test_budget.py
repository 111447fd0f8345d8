"""Variances, and the images and draws that follow from them, against populations of known variance."""

from math import inf, isinf, isnan

import numpy as np
import pytest

from advspace.statistics.budget import Sample, Spread, best_draws, images_needed, variance_interval

DRAWS = 50


def pilot(dice, images, attacks=1):
    """Shares of a population Beta(2, 2): variance 1/20 between images, and 1/5 of a draw."""
    kept = dice.binomial(DRAWS, np.repeat(dice.beta(2, 2, images), attacks)) / DRAWS
    return Sample.of(kept, [f"image {index // attacks}" for index in range(images * attacks)], DRAWS)


@pytest.mark.parametrize("attacks", [1, 3])
def test_both_variances_have_no_bias(attacks):
    dice = np.random.default_rng(0)
    found = [pilot(dice, 20, attacks).spread for _ in range(1000)]
    assert np.mean([each.between for each in found]) == pytest.approx(1 / 20, rel=0.03)
    assert np.mean([each.within for each in found]) == pytest.approx(1 / 5 / attacks, rel=0.03)


def test_so_many_images_have_the_wanted_interval():
    dice = np.random.default_rng(0)
    images = images_needed(Spread(1 / 20, 1 / 5).variance(DRAWS), 0.05)
    means = [pilot(dice, images).mean.mean() for _ in range(2000)]
    assert np.mean(np.abs(np.array(means) - 0.5) <= 0.05) == pytest.approx(0.95, abs=0.015)


def test_no_population_needs_more_than_the_largest_variance():
    assert images_needed(Spread(0.25, 0.25).variance(1), 0.05) == 385  # 1.96^2 / 4 / 0.05^2
    assert images_needed(0.0, 0.05) == 1


def test_the_best_draws_are_cheapest():
    found = Spread(0.01, 0.2)

    def cost(draws, per_image=3.0, per_draw=0.02):
        return (found.between + found.within / draws) * (per_image + draws * per_draw)

    cheapest = min(range(1, 500), key=cost)
    assert best_draws(found, 3.0, 0.02) == pytest.approx(cheapest, abs=1)
    assert best_draws(Spread(0.2, 0.01), 1e-9, 1.0) == 1
    assert isinf(best_draws(Spread(0.0, 0.2), 3.0, 0.02))


@pytest.mark.parametrize("images", [5, 10])
def test_the_interval_covers_the_variance(images):
    dice, true = np.random.default_rng(0), Spread(1 / 20, 1 / 5).variance(100)
    intervals = [variance_interval(pilot(dice, images), 100) for _ in range(100)]
    assert np.mean([low <= true <= high for low, high in intervals]) >= 0.93
    assert max(high for _, high in intervals) <= 0.25


def test_one_image_says_nothing_of_others():
    spread = pilot(np.random.default_rng(0), 1).spread
    assert isnan(spread.between)
    assert best_draws(spread, 1.0, 1.0) == inf
