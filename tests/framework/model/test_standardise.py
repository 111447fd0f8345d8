"""Standardising by the training images."""

import pytest
import torch

from advspace import Standardise


def test_standardise_gives_mean_zero_and_deviation_one():
    images = torch.rand(50, 1, 4, 4).pow(2)
    layer = Standardise()
    layer.measure(images)
    assert layer(images).mean().item() == pytest.approx(0, abs=1e-6)
    assert layer(images).std(correction=0).item() == pytest.approx(1, abs=1e-5)
    assert set(layer.state_dict()) == {"mean", "deviation"}
