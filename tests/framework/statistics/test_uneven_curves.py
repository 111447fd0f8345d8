"""Curves that are known at different scales: each read by itself, and filled so that they can be averaged."""

import numpy as np
import pytest
from scipy.special import ndtr

from advspace.statistics.half_scale import half_scale
from advspace.statistics.half_scale_interval import half_scale_interval
from advspace.statistics.uneven_curves import UnevenCurves

FINE = 2.0 ** np.arange(-3, 3.01, 1 / 8)
OCTAVE = np.arange(len(FINE)) % 8 == 0
DRAWS = 100


def known(kept, seen):
    shares, draws = np.where(seen, kept, np.nan), np.where(seen, float(DRAWS), np.nan)
    probed = seen.any(0)
    return UnevenCurves(FINE[probed], shares[:, probed], draws[:, probed])


def whole_and_octaves():
    """One attack probed at all scales, one at the octaves."""
    return np.array([np.ones(len(FINE), bool), OCTAVE])


def around_half(kept):
    """Whether a scale is an octave, or between those where half is lost."""
    first = (kept[OCTAVE] <= 0.5).argmax()
    return OCTAVE | ((np.arange(len(FINE)) > 8 * (first - 1)) & (np.arange(len(FINE)) < 8 * first))


def test_each_curve_is_read_at_its_own_scales():
    rng = np.random.default_rng(0)
    kept = np.sort(rng.random((30, len(FINE))), axis=1)[:, ::-1]
    seen = OCTAVE | (rng.random(kept.shape) < 0.3)
    alone = [half_scale(FINE[own], row[own], DRAWS) for row, own in zip(kept, seen, strict=True)]
    assert known(kept, seen).half_scales() == alone


def test_what_is_known_stays_and_what_is_not_lies_between_its_neighbours():
    rng = np.random.default_rng(1)
    kept = np.sort(rng.binomial(DRAWS, rng.random((20, len(FINE)))) / DRAWS, axis=1)[:, ::-1]
    seen = OCTAVE | (rng.random(kept.shape) < 0.2)
    filled = known(kept, seen).filled
    assert filled[seen].tolist() == kept[seen].tolist()
    assert (np.diff(filled, axis=1) <= 0).all()


def test_a_smooth_curve_is_filled_closely():
    curve = np.tile(ndtr((0.3 - np.log2(FINE)) / 0.8), (2, 1))
    assert known(curve, whole_and_octaves()).filled == pytest.approx(curve, abs=0.01)


def test_between_scales_that_keep_all_probes_all_are_kept():
    kept = np.tile(np.where(FINE < 3, 1.0, 0.0), (2, 1))
    assert known(kept, whole_and_octaves()).filled[1, FINE <= 2].tolist() == [1.0] * 33


def test_an_attack_counts_with_its_mean_number_of_draws_where_it_was_not_probed():
    draws = np.array([[100.0, np.nan, 300.0], [50.0, 50.0, 50.0]])
    curves = UnevenCurves(np.array([1.0, 2.0, 4.0]), np.where(np.isnan(draws), np.nan, 0.5), draws)
    assert curves.trials.tolist() == [150.0, 250.0, 350.0]


def test_scales_where_half_is_lost_remove_the_bias_of_steep_curves():
    """Steep curves on octaves: half scales are read from the middle of the step, and the interval is the whole step.

    The true half scale is a third of an octave above a scale of the ladder.
    """
    rng, true = np.random.default_rng(2), 1 / 3
    errors, widths, held = [], [], []
    for _ in range(60):
        own = true + rng.normal(0, 0.05, (8, 1))
        kept = (rng.random((8, DRAWS, 1)) < ndtr((own - np.log2(FINE)) / 0.05)[:, None]).mean(1)
        for seen in (np.tile(OCTAVE, (8, 1)), np.array([around_half(row) for row in kept])):
            curves = known(kept, seen)
            low, high = half_scale_interval(curves.scales, curves.filled, curves.trials)
            errors.append(np.log2(half_scale(curves.scales, curves.filled.mean(0), curves.trials).scale) - true)
            widths.append(np.log2(high.scale / low.scale))
            held.append(np.log2(low.scale) <= true <= np.log2(high.scale))
    bias, width = np.reshape(errors, (-1, 2)).mean(0), np.median(np.reshape(widths, (-1, 2)), axis=0)
    assert bias == pytest.approx([1 / 6, 0], abs=0.01)
    assert width[0] > 0.99
    assert width[1] < 0.15
    assert np.mean(held[1::2]) >= 0.95 - 3 * (0.95 * 0.05 / 60) ** 0.5
