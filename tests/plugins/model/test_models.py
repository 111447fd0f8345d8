"""Each model: its layers by hand count, its shapes, its preprocessing, what it refuses."""

import pytest
import torch
from torch import nn

from advspace import AdvspaceError, Standardise
from advspace.model.contract import checked_logits
from advspace_plugins.model.convnet import ConvNet
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.model.overfeat.model import OverFeatLike


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize(
    ("model", "shape", "expected"),
    [
        (Logistic(), (1, 28, 28), 784 * 10 + 10),
        (ConvNet(), (1, 32, 32), 832 + 51_264 + 256 * 200 + 200 + 2010),  # the authors' layer sizes (paper's code)
        (ConvNet(), (1, 28, 28), 832 + 51_264 + 256 * 200 + 200 + 2010),
    ],
    ids=str,
)
def test_parameters_are_counted_by_hand(model, shape, expected):
    assert parameters(model.network(shape, 10)) == expected


def test_overfeat_like_has_overfeats_sequence():
    network = OverFeatLike(width=1.0).network((3, 16, 16), 1000)
    kinds = [type(layer).__name__ for layer in network if not isinstance(layer, nn.ReLU | nn.Dropout | Standardise)]
    assert kinds == [
        *("Conv2d", "MaxPool2d", "Conv2d", "MaxPool2d", "Conv2d", "Conv2d", "Conv2d", "MaxPool2d"),
        *("Flatten", "Linear", "Linear", "Linear"),
    ]
    assert [layer.out_channels for layer in network if isinstance(layer, nn.Conv2d)] == [96, 256, 512, 1024, 1024]
    assert [layer.out_features for layer in network if isinstance(layer, nn.Linear)] == [3072, 4096, 1000]


def test_standardise_gives_mean_zero_and_deviation_one():
    images = torch.rand(50, 1, 4, 4).pow(2)
    layer = Standardise()
    layer.measure(images)
    assert layer(images).mean().item() == pytest.approx(0, abs=1e-6)
    assert layer(images).std(correction=0).item() == pytest.approx(1, abs=1e-5)
    assert set(layer.state_dict()) == {"mean", "deviation"}


@pytest.mark.parametrize(
    ("model", "shape", "said"),
    [
        (ConvNet(), (1, 8, 8), "convnet needs images of at least 22 x 22, got 8 x 8; .* pad the images"),
        (ConvNet(), (1, 28, 21), "convnet needs images of at least 22 x 22, got 28 x 21"),
        (
            OverFeatLike(),
            (3, 7, 8),
            "overfeat_like needs images of 8 x 8 to 64 x 64, or of at least 231 x 231, got 7 x",
        ),
        (OverFeatLike(), (3, 65, 64), "overfeat_like needs images of .*, got 65 x 64; choose another model"),
        (OverFeatLike(), (3, 230, 231), "overfeat_like needs images of .*, got 230 x 231; choose another model"),
    ],
    ids=str,
)
def test_images_that_do_not_fit(model, shape, said):
    with pytest.raises(AdvspaceError, match=said):
        model.network(shape, 10)


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


def test_images_of_another_shape_are_refused(linear):
    with pytest.raises(AdvspaceError, match=r"the model cannot take images of shape \[1, 3, 3\]"):
        checked_logits(linear(torch.rand(2, 4)), torch.rand(1, 1, 3, 3), 2)


def test_logits_of_another_shape_are_refused(linear):
    with pytest.raises(AdvspaceError, match=r"must give logits \[1, 3\], got \[1, 2\]"):
        checked_logits(linear(torch.rand(2, 4)), torch.rand(1, 1, 2, 2), 3)


def test_nan_logits_are_refused(linear):
    with pytest.raises(AdvspaceError, match="logits that are NaN or infinite"):
        checked_logits(linear(torch.full((2, 4), torch.nan)), torch.rand(1, 1, 2, 2), 2)
