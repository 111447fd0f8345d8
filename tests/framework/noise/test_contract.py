"""What noises are measured by."""

import numpy as np
import pytest
import torch

from advspace import AdvspaceError
from advspace.noise.contract import blank, centre, spread


@pytest.fixture
def distortion(generator):
    return torch.empty(3, 5, 7).exponential_(generator=generator)


def test_the_standard_deviation_is_the_scale_times_the_distortions(distortion):
    values = distortion.double().numpy()
    assert spread(distortion, 0.5) == pytest.approx(0.5 * values.std())
    assert spread(distortion, 0.0) == 0.0
    with pytest.raises(AdvspaceError, match=r"^scale must be >= 0, got -0.5$"):
        spread(distortion, -0.5)


def test_the_mean_is_nothing_or_the_distortions(distortion):
    assert centre(distortion, "zero") == 0.0
    assert centre(distortion, "distortion") == pytest.approx(np.mean(distortion.double().numpy()))
    with pytest.raises(AdvspaceError, match="mean must be one of zero, distortion, got 'median'"):
        centre(distortion, "median")


def test_memory_is_like_the_distortion():
    made = blank(torch.zeros(1, 2, 3, dtype=torch.float64), 5)
    assert (made.shape, made.dtype) == ((5, 1, 2, 3), torch.float64)
