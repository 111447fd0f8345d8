"""Training by itself: photographs are trained on when asked, weights are kept, what has weights is refused."""

import pytest
import torch

from advspace import AdvspaceError
from advspace.dataset.in_memory import TensorSplit
from advspace.registry.components import Components
from advspace.run.train import run_train
from advspace.training.store import ready_network

PICTURES = """
import torch
from advspace import Dataset, TensorSplit

class Plugin(Dataset):
    @property
    def shape(self):
        return 3, 231, 231

    @property
    def classes(self):
        return ["left", "right"]

    def split(self, name):
        label = torch.arange(24) % 2
        image = 0.2 * torch.rand(24, 3, 231, 231, generator=torch.Generator().manual_seed(len(name)))
        for place, side in enumerate(label):
            image[place, :, :, 120 * side : 120 * side + 111] += 0.8
        return TensorSplit(f"pictures-{name}", image, label, 2)
"""


@pytest.fixture
def pictures(third_party):
    """A dataset of photographs' size: bright on the left or on the right."""
    third_party("dataset", "pictures", PICTURES)


def no_training():
    raise AssertionError("photographs must not be trained on in passing")


def test_overfeat_like_is_trained_on_photographs_when_asked(pictures, compose_config, tmp_path):
    settings = (
        *("dataset=pictures", "model=overfeat_like", "model.width=0.03", "model.epochs=4", "model.train_batch_size=4"),
        *("tracking=off", f"cache={tmp_path}"),
    )
    parts = Components.of(compose_config(*settings))
    names = ("pictures", "overfeat_like")
    with pytest.raises(
        AdvspaceError, match=r"no weights yet for overfeat_like on pictures; .* \(python train.py dataset="
    ):
        ready_network(parts.model, parts.dataset, names, tmp_path, no_training)
    assert run_train(compose_config(*settings, name="train"), tmp_path / "run", "python train.py resume=run") == 0
    ready = ready_network(parts.model, parts.dataset, names, tmp_path, no_training)
    assert ready.source == "kept"
    test = parts.dataset.split("test")
    assert isinstance(test, TensorSplit)
    assert torch.equal(ready.network(test.image).argmax(1), test.label)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["model=timm"], "timm comes with its weights; set model.pretrained=false to train it from random ones"),
        (
            ["model.weights=net.pt"],
            "a training starts from random weights, got model.weights=net.pt; leave it out, or report its test error",
        ),
    ],
    ids=str,
)
def test_what_has_weights_is_not_trained(compose_config, tmp_path, settings, said):
    with pytest.raises(AdvspaceError, match=said):
        run_train(compose_config(*settings, "tracking=off", name="train"), tmp_path, "python train.py resume=run")
    assert not list(tmp_path.iterdir())


def test_the_test_error_of_given_weights_is_that_of_their_training(compose_config, tmp_path, capsys):
    """`test=true` reads a file, or the weights that a training has kept, and trains nothing."""
    few = ("model.epochs=1", "tracking=off", f"cache={tmp_path}")
    again = "python train.py resume=run"
    with pytest.raises(AdvspaceError, match=r"^test=true needs weights, .* logistic on digits; give a file"):
        run_train(compose_config(*few, "test=true", name="train"), tmp_path / "none", again)
    error = run_train(compose_config(*few, name="train"), tmp_path / "trained", again)
    (path,) = (tmp_path / "weights").glob("*.safetensors")
    said = f"test error {error:.2%} ({round(error * 597)} of 597)"
    assert 0 < error < 0.5
    assert said in capsys.readouterr().err
    for name, weights in (("kept", ()), ("given", (f"model.weights={path}", "cache=off"))):
        config = compose_config(*few, *weights, "test=true", name="train")
        assert run_train(config, tmp_path / name, again) == error
        assert f"logistic on digits, weights {path}: {said}" in capsys.readouterr().err
    assert [each.name for each in (tmp_path / "weights").glob("*.safetensors")] == [path.name]
