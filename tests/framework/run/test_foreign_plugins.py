"""Runs with plugins of third parties: a model of NaN, targets, precisions, bad settings."""

import pytest

from advspace import AdvspaceError

OWN = """
from dataclasses import dataclass
import torch
from torch import nn
from advspace import Model, Noise
@dataclass(frozen=True, kw_only=True)
class Plugin(Model):
    hidden: int = 12
    epochs: int = 5
    learning_rate: float = 1e-2
    def network(self, shape, classes):
        first = nn.Linear(shape[0] * shape[1] * shape[2], self.hidden)
        return nn.Sequential(nn.Flatten(), first, nn.Tanh(), nn.Linear(self.hidden, classes))
"""
COIN = """
from dataclasses import dataclass
import torch
from advspace import Noise
@dataclass(frozen=True)
class Plugin(Noise):
    bias: float = 0.5
    def sample(self, distortion, scale, draws, generator):
        coins = torch.rand(draws, *distortion.shape, generator=generator) < self.bias
        return (2.0 * coins - 1) * scale * distortion.std(correction=0)
"""


def test_third_party_model_and_noise_by_entry_point_alone(run, third_party):
    third_party("model", "tanh", OWN, package="their_model")
    third_party("noise", "coin", COIN, package="their_noise")
    result = run("model=tanh", "model.hidden=16", "noise=coin", "noise.bias=0.5")
    assert set(result.probes["noise"]) == {"coin"}
    assert set(result.probes["noise_version"]) == {"their_noise 1.0"}
    assert set(result.images["model_version"]) == {"their_model 1.0"}
    unclipped = result.probes[result.probes["box"] == "none"].merge(result.images[["image_id", "sd"]], on="image_id")
    assert (unclipped["noise_sd"] / (unclipped["scale"] * unclipped["sd"])).between(0.97, 1.03).all()


NAN = """
import torch
from advspace import Model
class Broken(torch.nn.Module):
    def forward(self, image):
        return torch.full((len(image), 10), torch.nan)
class Plugin(Model):
    trained = True
    def network(self, shape, classes):
        return Broken()
"""


def test_a_model_that_gives_nan_is_refused(run, third_party, tmp_path):
    third_party("model", "broken", NAN)
    with pytest.raises(AdvspaceError, match="the model gives logits that are NaN or infinite"):
        run("model=broken", directory=tmp_path / "run")
    assert not list(tmp_path.glob("run/*.parquet"))


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("images=0", "images must be >= 1, got 0"),
        ("targets_per_image=0", "targets_per_image must be >= 1, got 0"),
        ("targets_per_image=10", "targets_per_image must be <= 9, the classes other than an image's own, got 10"),
        ("batch_size=0", "batch_size must be >= 1, got 0"),
        ("draws_per_forward=0", "draws_per_forward must be >= 1, got 0"),
        ("draws_per_forward=many", "draws_per_forward must be one of auto, got 'many'"),
        ("precision=half", "precision must be one of 32-true, bf16-mixed, got 'half'"),
        ("probe.draws=0", "probe 'ladder': draws must be >= 1, got 0"),
        ("probe.scales=[-1.0]", "probe 'ladder': scales must be finite and > 0, got -1.0"),
        ("target=eleven", r"target must be random, .* or a class name .*, got eleven"),
        ("model=convnet", "convnet needs images of at least 22 x 22, got 8 x 8"),
        ("model.weights=gone.safetensors", "there is no file gone.safetensors"),
    ],
)
def test_bad_settings_leave_no_table(run, override, said, tmp_path):
    with pytest.raises(AdvspaceError, match=said):
        run(override, directory=tmp_path / "run")
    assert not list(tmp_path.glob("run/*.parquet"))


@pytest.mark.parametrize("rule", ["least_likely", "untargeted", "3"])
def test_only_random_targets_are_several(run, rule):
    with pytest.raises(AdvspaceError, match=f"targets_per_image must be 1 for target={rule}, .* got 2; take"):
        run("targets_per_image=2", f"target={rule}")


def test_a_target_class_is_aimed_at_and_passed_over(run):
    result = run("target=2", "images=40", "probe.draws=1", "probe.scales=[1.0]")
    assert set(result.images["target"]) == {2}
    assert 2 not in set(result.images["label"])
    assert result.summary["images"]["of_target_class"]


SEES_PRECISION = """
import torch
from torch import nn
from advspace import Model
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(64, 10)
        with torch.no_grad():
            self.layer.weight.copy_(torch.randn(10, 64, generator=torch.Generator().manual_seed(0)))
    def forward(self, image):
        logits = self.layer(image.flatten(1))
        if image.requires_grad:
            assert logits.dtype == torch.float32
        elif len(image) == 40:
            assert logits.dtype == torch.PRECISION
        return logits
class Plugin(Model):
    trained = True
    def network(self, shape, classes):
        return Net()
"""


@pytest.mark.parametrize(("precision", "dtype"), [("32-true", "float32"), ("bf16-mixed", "bfloat16")])
def test_precision_is_that_of_the_probes_alone(run, third_party, precision, dtype):
    third_party("model", "sees_precision", SEES_PRECISION.replace("PRECISION", dtype))
    result = run("model=sees_precision", f"precision={precision}", "+trainer.precision=bf16-mixed")
    assert result.images["success"].all()
    assert set(result.probes["precision"]) == {precision}
