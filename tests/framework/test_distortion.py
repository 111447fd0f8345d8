"""Moments against scipy's."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from advspace.distortion import deviation, moments


def test_moments_are_scipys(generator):
    distortion = torch.empty(3, 9, 7).exponential_(generator=generator)
    values = distortion.double().numpy().ravel()
    found = moments(distortion)
    assert found.l2 == pytest.approx(np.linalg.norm(values))
    assert found.rms == pytest.approx(np.sqrt((values**2).mean()))
    assert found.mean == pytest.approx(values.mean())
    assert found.sd == pytest.approx(values.std()) == pytest.approx(deviation(distortion))
    assert found.skewness == pytest.approx(stats.skew(values))
    assert found.excess_kurtosis == pytest.approx(stats.kurtosis(values))


def test_a_constant_distortion_has_no_shape():
    found = moments(torch.full((1, 4, 4), 0.5))
    assert found.sd == 0
    assert math.isnan(found.skewness)
