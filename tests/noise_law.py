"""The law of a noise whose pixels are independent, at an error probability of 1e-6 per check."""

import numpy as np
import torch
from scipy import stats

RARE = 1e-6
DRAWS = 400


def distortion():
    """Skewed, with another sign and size in each of three channels."""
    made = torch.empty(3, 5, 7).exponential_(generator=torch.Generator().manual_seed(5))
    return 0.1 * made * torch.tensor([1.0, -0.5, 2.0]).reshape(3, 1, 1)


def check_law(noise, scale, law, generator):
    """Insist that noise has scipy's distribution, its mean and its variance.

    Args:
        noise: The plugin.
        scale: What to sample at.
        law: Of mean and standard deviation, a frozen distribution of scipy.
        generator: Of the draws.
    """
    made = distortion()
    drawn = noise.sample(made, scale, DRAWS, generator)
    assert drawn.shape == (DRAWS, 3, 5, 7)
    assert drawn.dtype == torch.float32
    expected = law(made.mean().item() if noise.mean == "distortion" else 0.0, scale * made.std(correction=0).item())
    values = drawn.double().numpy().ravel()
    assert stats.kstest(values, expected.cdf).pvalue > RARE
    z = (values.mean() - expected.mean()) / (expected.std() / np.sqrt(len(values)))
    assert abs(z) < stats.norm.isf(RARE / 2)
    spread = expected.std() ** 2 * np.sqrt((float(expected.stats("k")) + 2) / len(values))
    assert abs(values.var() - expected.var()) < stats.norm.isf(RARE / 2) * spread


def check_independence(noise, generator):
    """Insist that no two pixels are correlated."""
    drawn = noise.sample(distortion(), 1.0, DRAWS, generator).flatten(1).double().numpy()
    correlation = np.corrcoef(drawn.T)[np.triu_indices(drawn.shape[1], 1)]
    assert np.abs(correlation).max() < stats.norm.isf(RARE / 2 / len(correlation)) / np.sqrt(DRAWS)
