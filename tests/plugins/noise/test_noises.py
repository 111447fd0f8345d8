"""Every noise against its law, from scipy, at an error probability of 1e-6 per check (its contract: tests/testing)."""

import numpy as np
import pytest
import torch
from scipy import stats

from advspace import AdvspaceError
from advspace_plugins.noise.empirical import Empirical
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.noise.laplace import Laplace
from advspace_plugins.noise.uniform import Uniform

RARE = 1e-6
DRAWS = 400
FLAT = [Gaussian, Uniform, Laplace]


@pytest.fixture
def distortion():
    made = torch.empty(3, 5, 7).exponential_(generator=torch.Generator().manual_seed(5))
    return 0.1 * made * torch.tensor([1.0, -0.5, 2.0]).reshape(3, 1, 1)


def expected(kind, mean, sd):
    """Scipy's distribution of that mean and standard deviation."""
    if kind is Gaussian:
        return stats.norm(mean, sd)
    if kind is Uniform:
        half = sd * np.sqrt(3)
        return stats.uniform(mean - half, 2 * half)
    return stats.laplace(mean, sd / np.sqrt(2))


@pytest.mark.parametrize("mean", ["zero", "distortion"])
@pytest.mark.parametrize("scale", [0.25, 4.0])
@pytest.mark.parametrize("kind", FLAT)
def test_law(kind, scale, mean, distortion, generator):
    noise = kind(mean=mean).sample(distortion, scale, DRAWS, generator)
    assert noise.shape == (DRAWS, 3, 5, 7)
    assert noise.dtype == torch.float32
    law = expected(
        kind, distortion.mean().item() if mean == "distortion" else 0.0, scale * distortion.std(correction=0).item()
    )
    values = noise.double().numpy().ravel()
    assert stats.kstest(values, law.cdf).pvalue > RARE
    z = (values.mean() - law.mean()) / (law.std() / np.sqrt(len(values)))
    assert abs(z) < stats.norm.isf(RARE / 2)
    spread = law.std() ** 2 * np.sqrt((float(law.stats("k")) + 2) / len(values))
    assert abs(values.var() - law.var()) < stats.norm.isf(RARE / 2) * spread


@pytest.mark.parametrize("kind", FLAT)
def test_pixels_are_independent(kind, distortion, generator):
    noise = kind().sample(distortion, 1.0, DRAWS, generator).flatten(1).double().numpy()
    correlation = np.corrcoef(noise.T)[np.triu_indices(noise.shape[1], 1)]
    assert np.abs(correlation).max() < stats.norm.isf(RARE / 2 / len(correlation)) / np.sqrt(DRAWS)


@pytest.mark.parametrize("mean", ["zero", "distortion"])
def test_empirical_draws_the_distortions_own_values_uniformly(mean, distortion, generator):
    noise = Empirical(mean=mean).sample(distortion, 1.0, DRAWS, generator)
    shift = 0 if mean == "distortion" else distortion.mean()
    values = (distortion - shift).flatten().sort().values
    nearest = (noise.flatten()[:, None] - values).abs().min(1)
    assert nearest.values.max() < 1e-6
    assert stats.chisquare(torch.bincount(nearest.indices, minlength=len(values)).numpy()).pvalue > RARE


@pytest.mark.parametrize("scale", [0.5, 8.0])
def test_empirical_moments(scale, distortion, generator):
    values = distortion.double().numpy().ravel()
    noise = Empirical().sample(distortion, scale, DRAWS, generator).double().numpy().ravel()
    error = scale * values.std() / np.sqrt(len(noise))
    assert abs(noise.mean()) < stats.norm.isf(RARE / 2) * error
    assert noise.std() == pytest.approx(scale * values.std(), rel=0.03)
    assert stats.skew(noise) == pytest.approx(stats.skew(values), abs=0.15)


def test_empirical_per_channel_keeps_channels_apart(distortion, generator):
    noise = Empirical(pool="channel").sample(distortion, 1.0, DRAWS, generator).double()
    centred = distortion.double() - distortion.double().mean((1, 2), keepdim=True)
    factor = distortion.double().std(correction=0) / centred.square().mean().sqrt()
    for channel in range(3):
        own = (centred[channel] * factor).flatten()
        assert (noise[:, channel].flatten()[:, None] - own).abs().amin(1).max() < 1e-6
    assert noise.std(correction=0).item() == pytest.approx(distortion.double().std(correction=0).item(), rel=0.03)
    assert noise.mean((0, 2, 3)).abs().max() < 6 * distortion.std() / np.sqrt(DRAWS * 35)


@pytest.mark.parametrize("kind", [*FLAT, Empirical])
def test_scale_zero_is_no_noise(kind, distortion, generator):
    assert not kind().sample(distortion, 0.0, 3, generator).any()


@pytest.mark.parametrize("kind", [*FLAT, Empirical])
def test_unknown_mean(kind):
    with pytest.raises(AdvspaceError, match="mean must be one of zero, distortion, got 'median'"):
        kind(mean="median")


def test_unknown_pool():
    with pytest.raises(AdvspaceError, match="pool must be one of all, channel, got 'row'"):
        Empirical(pool="row")
