"""Modules of a user's, in the current directory."""

import sys

import pytest

SOURCE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, weight=1.0):
        super().__init__()
        self.layer = nn.Linear(12, 4)
        nn.init.constant_(self.layer.bias, 0)
        with torch.no_grad():
            self.layer.weight.copy_(weight * torch.arange(48.0).reshape(4, 12))

    def forward(self, image):
        return self.layer(image.flatten(1))

def build(*, weight):
    return Net(weight)

def random():
    return nn.Sequential(nn.Flatten(), nn.Linear(12, 4))

def fails():
    raise OSError("no weights\\nat this address")

def nothing():
    pass

net = Net()
number = 3
"""


@pytest.fixture
def user_module(tmp_path, monkeypatch):
    """Write a module into the current directory, which no path of Python names; returns its file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    kept = set(sys.modules)
    names = []

    def written(name, source=SOURCE):
        names.append(name)
        (tmp_path / f"{name}.py").write_text(source)
        return tmp_path / f"{name}.py"

    yield written
    for name in set(names) - kept:
        sys.modules.pop(name, None)
