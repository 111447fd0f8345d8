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


def test_empirical_per_channel_keeps_channels_apart(generator):
    made = distortion()
    noise = Empirical(pool="channel").sample(made, 1.0, DRAWS, generator).double()
    centred = made.double() - made.double().mean((1, 2), keepdim=True)
    factor = made.double().std(correction=0) / centred.square().mean().sqrt()
    for channel in range(3):
        own = (centred[channel] * factor).flatten()
        assert (noise[:, channel].flatten()[:, None] - own).abs().amin(1).max() < 1e-6
    assert noise.std(correction=0).item() == pytest.approx(made.double().std(correction=0).item(), rel=0.03)
    assert noise.mean((0, 2, 3)).abs().max() < 6 * made.std() / np.sqrt(DRAWS * 35)


def test_scale_zero_is_no_noise(generator):
    assert not Empirical().sample(distortion(), 0.0, 3, generator).any()


def test_unknown_mean_or_pool():
    with pytest.raises(AdvspaceError, match="mean must be one of zero, distortion, got 'median'"):
        Empirical(mean="median")
    with pytest.raises(AdvspaceError, match="pool must be one of all, channel, got 'row'"):
        Empirical(pool="row")
