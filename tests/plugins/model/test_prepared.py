"""Normalisation and preparation as settings, on the plainest subclass."""

from dataclasses import dataclass

import pytest
from torch import nn

from advspace import AdvspaceError, Preparation
from advspace_plugins.model.prepared import Prepared


@dataclass(frozen=True, kw_only=True)
class Plain(Prepared):
    @property
    def preparation(self):
        return self._changed(Preparation(10, 20, 0.5, "bilinear"))

    def channels(self, count):
        return self._per_channel((0.1, 0.2, 0.3), (1.0,), count)

    def network(self, shape, classes):
        return nn.Identity()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, Preparation(10, 20, 0.5, "bilinear")),
        ({"input_size": (3, 7, 9)}, Preparation(7, 9, 0.5, "bilinear")),
        ({"crop": 1.0, "interpolation": "bicubic"}, Preparation(10, 20, 1.0, "bicubic")),
    ],
)
def test_settings_change_the_preparation_of_the_network(settings, expected):
    assert Plain(**settings).preparation == expected


def test_channels():
    assert Plain().channels(3) == ((0.1, 0.2, 0.3), (1.0, 1.0, 1.0))
    assert Plain().channels(1)[0] == pytest.approx((0.2,))
    assert Plain(mean=(0.5,), std=(1.0, 2.0, 3.0)).channels(3) == ((0.5, 0.5, 0.5), (1.0, 2.0, 3.0))
    with pytest.raises(AdvspaceError, match=r"model.std must have 1 or 3 numbers, got 2"):
        Plain(std=(1.0, 2.0)).channels(3)


def test_trained_unless_random_weights_are_asked_for():
    assert Plain().trained
    assert not Plain(pretrained=False).trained
