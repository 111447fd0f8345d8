"""Training with Lightning: it learns, repeats itself, and says when it diverged."""

import pytest
import torch

from advspace import AdvspaceError
from advspace.training import train
from advspace.weights import digest
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.model.overfeat import OverFeatLike

CPU = {"accelerator": "cpu", "devices": 1}


def test_reported_error_is_that_of_the_network():
    trained = train(Logistic(epochs=8), Digits(), CPU, None)
    test = Digits().split("test")
    network = trained.network.eval()
    wrong = (network(test.image).argmax(1) != test.label).double().mean().item()
    assert trained.report.test_error == pytest.approx(wrong)
    assert wrong < 0.08
    assert trained.report.test_images == 597
    assert trained.says["settings"]["epochs"] == 8


def test_same_seed_same_weights():
    torch.manual_seed(1)
    one = train(Logistic(epochs=1), Digits(), CPU, None)
    torch.manual_seed(2)
    before = torch.get_rng_state()
    same = train(Logistic(epochs=1), Digits(), CPU, None)
    assert torch.equal(torch.get_rng_state(), before)
    other = train(Logistic(epochs=1, seed=1), Digits(), CPU, None)
    assert digest(one.network) == digest(same.network) != digest(other.network)


def test_divergence_is_said():
    with pytest.raises(AdvspaceError, match=r"the training diverged; lower model.learning_rate \(now 1e\+30\)"):
        train(OverFeatLike(epochs=1, learning_rate=1e30), Digits(), CPU, None)
