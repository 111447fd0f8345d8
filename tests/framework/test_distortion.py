"""Moments against scipy's."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from advspace.distortion import deviation, moments, standardised


def test_moments_are_scipys(generator):
    distortion = torch.empty(3, 9, 7).exponential_(generator=generator)
    values = distortion.double().numpy().ravel()
    result = moments(distortion)
    assert result.l2 == pytest.approx(np.linalg.norm(values))
    assert result.rms == pytest.approx(np.sqrt((values**2).mean()))
    assert result.mean == pytest.approx(values.mean())
    assert result.sd == pytest.approx(values.std()) == pytest.approx(deviation(distortion))
    assert result.skewness == pytest.approx(stats.skew(values))
    assert result.excess_kurtosis == pytest.approx(stats.kurtosis(values))


def test_a_constant_distortion_has_no_shape():
    result = moments(torch.full((1, 4, 4), 0.5))
    assert result.sd == 0
    assert math.isnan(result.skewness)


@pytest.mark.parametrize("shape", [(1, 4, 4), (3, 9, 7)])
def test_standardised_pixels_use_the_moments_to_the_last_bit(generator, shape):
    pair = {name: torch.rand(shape, generator=generator) for name in ("image", "adversarial")}
    distortion = pair["adversarial"] - pair["image"]
    size = moments(distortion)
    assert np.array_equal(standardised(pair), ((distortion.flatten() - size.mean) / size.sd).numpy())
    assert not standardised({"image": pair["image"], "adversarial": pair["image"]}).any()
