"""Noise from the distortion's own histogram, at an error probability of 1e-6 per check."""

import numpy as np
import pytest
import torch
from noise_law import DRAWS, RARE, distortion
from scipy import stats

from advspace import AdvspaceError
from advspace_plugins.noise.empirical import Empirical


@pytest.mark.parametrize("mean", ["zero", "distortion"])
def test_empirical_draws_the_distortions_own_values_uniformly(mean, generator):
    made = distortion()
    noise = Empirical(mean=mean).sample(made, 1.0, DRAWS, generator)
    shift = 0 if mean == "distortion" else made.mean()
    values = (made - shift).flatten().sort().values
    nearest = (noise.flatten()[:, None] - values).abs().min(1)
    assert nearest.values.max() < 1e-6
    assert stats.chisquare(torch.bincount(nearest.indices, minlength=len(values)).numpy()).pvalue > RARE


@pytest.mark.parametrize("scale", [0.5, 8.0])
def test_empirical_moments(scale, generator):
    made = distortion()
    values = made.double().numpy().ravel()
    noise = Empirical().sample(made, scale, DRAWS, generator).double().numpy().ravel()
    error = scale * values.std() / np.sqrt(len(noise))
    assert abs(noise.mean()) < stats.norm.isf(RARE / 2) * error
    assert noise.std() == pytest.approx(scale * values.std(), rel=0.03)
    assert stats.skew(noise) == pytest.approx(stats.skew(values), abs=0.15)


@pytest.mark.parametrize("mean", ["zero", "distortion"])
@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_per_channel_draws_each_channels_own_values_mean_and_deviation(mean, scale, generator):
    made = distortion().double()
    noise = Empirical(pool="channel", mean=mean).sample(made, scale, DRAWS, generator)
    for channel, values in enumerate(made.flatten(1)):
        drawn, middle = noise[:, channel].flatten(), values.mean() if mean == "distortion" else 0.0
        own = (middle + scale * (values - values.mean())).sort().values
        nearest = (drawn[:, None] - own).abs().min(1)
        assert nearest.values.max() < 1e-9
        assert stats.chisquare(torch.bincount(nearest.indices, minlength=35).numpy()).pvalue > RARE
        error = scale * values.std(correction=0) / np.sqrt(len(drawn))
        assert abs(drawn.mean() - middle) < stats.norm.isf(RARE / 2) * error
        assert drawn.std(correction=0).item() == pytest.approx(scale * values.std(correction=0).item(), rel=0.03)


def test_per_channel_the_deviation_over_all_pixels_is_the_distortions_with_its_means(generator):
    """The law of total variance: within the channels plus between them."""
    made = distortion().double()
    whole = Empirical(pool="channel", mean="distortion").sample(made, 1.0, DRAWS, generator)
    assert whole.std(correction=0).item() == pytest.approx(made.std(correction=0).item(), rel=0.02)
    between = made.mean((1, 2)).var(correction=0)
    expected = (made.var(correction=0) - between).sqrt().item()
    assert Empirical(pool="channel").sd(made) == pytest.approx(expected, rel=1e-9)
    assert Empirical(pool="channel").sample(made, 1.0, DRAWS, generator).std(correction=0).item() == pytest.approx(
        expected, rel=0.02
    )
    assert Empirical().sd(made) == pytest.approx(made.std(correction=0).item(), rel=1e-9)


def test_scale_zero_is_no_noise(generator):
    assert not Empirical().sample(distortion(), 0.0, 3, generator).any()


def test_unknown_mean_or_pool():
    with pytest.raises(AdvspaceError, match="mean must be one of zero, distortion, got 'median'"):
        Empirical(mean="median")
    with pytest.raises(AdvspaceError, match="pool must be one of all, channel, got 'row'"):
        Empirical(pool="row")
