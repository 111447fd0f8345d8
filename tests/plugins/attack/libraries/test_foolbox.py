"""What Foolbox hands back where it fails."""

import re

import pytest
import torch

from advspace import AdvspaceError
from advspace.attack.verify import verified
from advspace_plugins.attack.libraries.foolbox import Foolbox


def one_and_only(reasons):
    assert len(set(reasons)) == 1
    return reasons[0]


def test_foolbox_cw_hands_over_a_black_image(plane, linear):
    """Also where the model takes black for the class that was wanted."""
    model, images, label, _ = plane
    attack = Foolbox(name="L2CarliniWagnerAttack", options={"steps": 1, "binary_search_steps": 1})
    made = verified(attack(model, images, label, 1 - label), model, label, 1 - label)
    assert not made.success.any()
    assert one_and_only(made.reason) == "a black image was handed over"
    dark = linear(torch.stack([torch.ones(64), torch.zeros(64)]), torch.tensor([0.0, 10.0]))
    assert dark(torch.zeros(1, 1, 8, 8)).argmax() == 1
    assert dark(images).argmax(1).tolist() == label.tolist()
    made = verified(attack(dark, images, label, 1 - label), dark, label, 1 - label)
    assert made.reason == ("a black image was handed over",) * 5
    assert made.image.isnan().all()


def test_foolbox_hands_over_another_class(linear, generator):
    """Noise seldom is of the class that was wanted."""
    model = linear(torch.randn(10, 64, generator=generator))
    images = torch.rand(4, 1, 8, 8, generator=generator)
    logits = model(images)
    label, target = logits.argmax(1), logits.argmin(1)
    attack = Foolbox(name="L2AdditiveGaussianNoiseAttack", epsilon=3.0)
    made = verified(attack(model, images, label, target), model, label, target)
    assert not made.success.any()
    assert all(re.fullmatch(r"an image of class \d was handed over", reason) for reason in made.reason)


def test_a_package_that_one_attack_needs(monkeypatch):
    """Foolbox says so only when the attack is built."""
    import foolbox

    error = ModuleNotFoundError("No module named 'numba'", name="numba")
    monkeypatch.setattr(foolbox.attacks.brendel_bethge, "NUMBA_IMPORT_ERROR", error)
    with pytest.raises(AdvspaceError, match="Foolbox's L2BrendelBethgeAttack needs numba; pip install numba"):
        Foolbox(name="L2BrendelBethgeAttack")
