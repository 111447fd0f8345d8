"""Independent uniform pixels, by scipy's distribution (the contract of a noise: tests/framework/testing)."""

import numpy as np
import pytest
from noise_law import check_independence, check_law, distortion
from scipy import stats

from advspace import AdvspaceError
from advspace_plugins.noise.uniform import Uniform


def law(mean, sd):
    half = sd * np.sqrt(3)
    return stats.uniform(mean - half, 2 * half)


@pytest.mark.parametrize("mean", ["zero", "distortion"])
@pytest.mark.parametrize("scale", [0.25, 4.0])
def test_law(scale, mean, generator):
    check_law(Uniform(mean=mean), scale, law, generator)


def test_pixels_are_independent(generator):
    check_independence(Uniform(), generator)


def test_scale_zero_is_no_noise(generator):
    assert not Uniform().sample(distortion(), 0.0, 3, generator).any()


def test_unknown_mean():
    with pytest.raises(AdvspaceError, match="mean must be one of zero, distortion, got 'median'"):
        Uniform(mean="median")
