"""OverFeat among timm's models, and who imports timm."""

import subprocess
import sys

import pytest
import timm
import torch
from torch import nn

import advspace_plugins.model.overfeat.timm_models  # noqa: F401 (makes them models of timm)


def test_timm_knows_config_and_keywords():
    network = timm.create_model("overfeat_fast", num_classes=7, in_chans=1, width=0.02, drop_rate=0.5)
    config = timm.data.resolve_model_data_config(network)
    assert config["input_size"] == (3, 231, 231)
    assert config["mean"] == pytest.approx((118.380948 / 255,) * 3)
    assert config["std"] == pytest.approx((61.896913 / 255,) * 3)
    assert network(torch.rand(2, 1, 231, 231)).shape == (2, 7)
    assert [layer.p for layer in network.modules() if isinstance(layer, nn.Dropout)] == [0.5, 0.5]
    assert "overfeat_accurate" in timm.list_models("overfeat*")


def test_timm_knows_both_nets_once_their_module_is_imported():
    """Also where timm was imported before it, as here."""
    assert timm.is_model("overfeat_fast")
    assert timm.is_model("overfeat_accurate")


def test_the_timm_plugin_knows_both_nets_by_itself():
    """In a process that has imported nothing else."""
    code = """
from advspace_plugins.model.pretrained.timm import Timm
sides = [Timm(architecture=f"overfeat_{name}").preparation.height for name in ("fast", "accurate")]
assert sides == [231, 221], sides
model = Timm(architecture="overfeat_fast", pretrained=False, options={"width": 0.02})
assert model.network((3, 231, 231), 7).network.num_classes == 7
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_advspace_alone_imports_no_library_of_models():
    code = """
import sys, advspace
heavy = {"timm", "torchvision", "pandas", "advspace_plugins"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
