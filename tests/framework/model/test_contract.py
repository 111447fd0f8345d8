"""The settings that every model has, and what its network must give."""

import pytest
import torch

from advspace import AdvspaceError
from advspace.model.contract import checked_logits, freeze
from advspace_plugins.model.convnet import ConvNet
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.model.overfeat.model import OverFeatLike


def test_images_of_another_shape_are_refused(linear):
    with pytest.raises(AdvspaceError, match=r"the model cannot take images of shape \[1, 3, 3\]"):
        checked_logits(linear(torch.rand(2, 4)), torch.rand(1, 1, 3, 3), 2)


def test_logits_of_another_shape_are_refused(linear):
    with pytest.raises(AdvspaceError, match=r"must give logits \[1, 3\], got \[1, 2\]"):
        checked_logits(linear(torch.rand(2, 4)), torch.rand(1, 1, 2, 2), 3)


def test_nan_logits_are_refused(linear):
    with pytest.raises(AdvspaceError, match="logits that are NaN or infinite"):
        checked_logits(linear(torch.full((2, 4), torch.nan)), torch.rand(1, 1, 2, 2), 2)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"epochs": 0}, "epochs must be >= 1, got 0"),
        ({"learning_rate": 0.0}, "learning_rate must be > 0, got 0.0"),
        ({"weight_decay": -1.0}, "weight_decay must be >= 0, got -1.0"),
        ({"train_batch_size": 0}, "train_batch_size must be >= 1, got 0"),
    ],
)
@pytest.mark.parametrize("kind", [Logistic, ConvNet, OverFeatLike])
def test_refused(kind, settings, said):
    with pytest.raises(AdvspaceError, match=said):
        kind(**settings)


def test_settings_are_all_that_shapes_the_weights():
    assert Logistic(epochs=3, weights="file.pt").settings == {
        "epochs": 3,
        "learning_rate": 1e-2,
        "weight_decay": 0.1,
        "train_batch_size": 64,
        "seed": 0,
    }


def test_a_frozen_network_learns_nothing_and_drops_nothing():
    network = freeze(ConvNet(dropout=0.9).network((1, 28, 28), 10))
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
