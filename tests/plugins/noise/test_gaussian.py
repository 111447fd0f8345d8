"""Independent normal pixels, by scipy's distribution (the contract of a noise: tests/framework/testing)."""

import pytest
from noise_law import check_independence, check_law, distortion
from scipy import stats

from advspace import AdvspaceError
from advspace_plugins.noise.gaussian import Gaussian


@pytest.mark.parametrize("mean", ["zero", "distortion"])
@pytest.mark.parametrize("scale", [0.25, 4.0])
def test_law(scale, mean, generator):
    check_law(Gaussian(mean=mean), scale, stats.norm, generator)


def test_pixels_are_independent(generator):
    check_independence(Gaussian(), generator)


def test_scale_zero_is_no_noise(generator):
    assert not Gaussian().sample(distortion(), 0.0, 3, generator).any()


def test_unknown_mean():
    with pytest.raises(AdvspaceError, match="mean must be one of zero, distortion, got 'median'"):
        Gaussian(mean="median")
