"""Resampled means of images: against scipy's bootstrap."""

from inspect import signature

import numpy as np
import pytest
from scipy.stats import bootstrap

from advspace.statistics import bootstrap as module
from advspace.statistics.bootstrap import resampled_means


def test_resampled_means_agree_with_scipy():
    shares = np.random.default_rng(1).beta(2, 5, size=(60, 1))
    ours = np.quantile(resampled_means(shares, seed=3, resamples=20_000), [0.025, 0.975])
    asked = {"n_resamples": 20_000, "method": "percentile"}
    seed = "rng" if "rng" in signature(bootstrap).parameters else "random_state"  # its name before scipy 1.15
    theirs = bootstrap((shares[:, 0],), np.mean, **asked, **{seed: 4}).confidence_interval
    assert ours == pytest.approx([theirs.low, theirs.high], abs=2e-3)


def test_same_images_are_drawn_for_every_scale():
    share = np.random.default_rng(0).random((30, 1))
    means = resampled_means(np.hstack([share, 1 - share]))
    assert means.sum(1) == pytest.approx(np.ones(len(means)))


def test_means_are_the_same_in_parts(monkeypatch):
    shares = np.random.default_rng(0).random((7, 3))
    whole = resampled_means(shares)
    monkeypatch.setattr(module, "AT_ONCE", 50)
    assert resampled_means(shares) == pytest.approx(whole, abs=1e-15)
