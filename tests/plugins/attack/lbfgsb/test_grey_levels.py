"""Adversarials of 256 grey levels, against a bound that no such image can beat."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from stopping import attacked

from advspace import AdvspaceError
from advspace_plugins.attack.lbfgsb.attack import LBFGSB


def norms(made, images):
    return (made.image - images).flatten(1).norm(dim=1)


def least_distance(weight, image, needed):
    """A lower bound of |D| over images of 256 grey levels with weight . D >= needed: the Lagrangian's dual."""
    levels = np.arange(256) / 255

    def dual(multiplier):
        cost = (levels[:, None] - image) ** 2 - multiplier * weight * (levels[:, None] - image)
        return -(cost.min(0).sum() + multiplier * needed)

    high = 1.0
    while dual(2 * high) < dual(high):
        high *= 2
    return np.sqrt(-minimize_scalar(dual, bounds=(0, 2 * high), method="bounded", options={"xatol": 1e-10}).fun)


@pytest.fixture
def plane(linear, generator):
    """Two classes; images of grey levels, some of their pixels on the box; distances of one grey level a pixel."""
    images = (torch.rand(12, 1, 14, 14, generator=generator) * 300 - 20).round().clamp(0, 255) / 255
    weight = torch.stack([torch.zeros(196), torch.randn(196, generator=generator)])
    scores = images.flatten(1) @ weight[1]
    return linear(weight, torch.tensor([0.0, -scores.max().item() - 0.3])), images, weight[1], scores


def test_no_image_of_grey_levels_is_much_closer(plane):
    model, images, weight, scores = plane
    label, target = torch.zeros(12, dtype=torch.int64), torch.ones(12, dtype=torch.int64)
    made = attacked(LBFGSB(quantise="8bit"), model, images, label, target, stop="tight")
    assert made.success.all()
    assert made.survives_8bit.all()
    assert torch.equal(made.image, (made.image * 255).round() / 255)
    result = (made.image - images).flatten(1).norm(dim=1).double().numpy()
    needed = (-model[1].bias[1] - scores).double().numpy()
    for i, distance in enumerate(result):
        bound = least_distance(weight.double().numpy(), images[i].flatten().double().numpy(), needed[i])
        assert bound * (1 - 1e-6) <= distance <= bound * 1.01
    assert (made.extra["l2_unquantised"].numpy() <= result * (1 + 1e-6)).all()


def test_rounding_alone_does_not_do(plane):
    model, images, _, _ = plane
    label, target = torch.zeros(12, dtype=torch.int64), torch.ones(12, dtype=torch.int64)
    tight = attacked(LBFGSB(), model, images, label, target, stop="tight")
    assert tight.success.all()
    assert not tight.survives_8bit.all()


def test_overshoot_goes_on_on_the_lattice(plane):
    model, images, _, _ = plane
    label, target = torch.zeros(12, dtype=torch.int64), torch.ones(12, dtype=torch.int64)
    tight, beyond = (
        attacked(LBFGSB(quantise="8bit"), model, images, label, target, stop=stop, overshoot=0.3)
        for stop in ("tight", "overshoot")
    )
    assert torch.equal(beyond.image, (beyond.image * 255).round() / 255)
    assert (norms(beyond, images) > 1.1 * norms(tight, images)).all()
    assert (beyond.margin > tight.margin).all()


def test_an_image_that_no_grey_level_reaches(linear):
    """The target needs a pixel strictly between two levels: a narrow band that only unrounded pixels fall into."""

    class Band(torch.nn.Module):
        def forward(self, image):
            offset = (image.flatten(1)[:, 0] * 255 - 100.5).abs()
            return torch.stack([torch.zeros_like(offset), 0.3 - offset], 1)

    image = torch.full((1, 1, 1, 1), 100 / 255)
    made = attacked(LBFGSB(quantise="8bit"), Band(), image, torch.tensor([0]), torch.tensor([1]), stop="tight")
    assert made.reason == ("no image of 256 grey levels was found that reaches the goal",)
    assert made.image.isnan().all()


def test_refused():
    with pytest.raises(AdvspaceError, match="quantise must be one of none, 8bit, got '4bit'"):
        LBFGSB(quantise="4bit")
