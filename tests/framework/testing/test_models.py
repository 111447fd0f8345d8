"""Each clause of the model contract fails on a model that breaks it."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

from advspace import Model
from advspace.testing import check_model

SHAPE = 1, 6, 5
PIXELS = 30


class Net(nn.Module):
    """Keeps every clause; each broken network differs from it in one."""

    def __init__(self, classes):
        super().__init__()
        self.first, self.last = nn.Linear(PIXELS, 8), nn.Linear(8, classes)

    def forward(self, image):
        return self.last(self.first(image.flatten(1)).tanh())


@dataclass(frozen=True, kw_only=True)
class Sound(Model):
    hidden: int = 8

    def network(self, shape, classes):
        return Net(classes)


def building(network, **attributes):
    """A model that builds another network: classes -> network."""
    return type("Broken", (Sound,), {"network": lambda self, shape, classes: network(classes), **attributes})()


def answering(forward, **attributes):
    """A model whose network answers otherwise: (network, image) -> logits."""
    kind = type("Other", (Net,), {"forward": lambda self, image: forward(self, image)})
    return building(kind, **attributes)


def sound(network, image):
    return Net.forward(network, image)


class Hidden(Net):
    """Computes with a matrix that is in no file."""

    def __init__(self, classes):
        super().__init__(classes)
        self.matrix = torch.randn(PIXELS, PIXELS)

    def forward(self, image):
        return super().forward(image.flatten(1) @ self.matrix)


def seeded(classes):
    torch.manual_seed(3)
    return Net(classes)


def of_numpy(classes):
    net = Net(classes)
    net.last.bias.data.fill_(float(np.random.rand()))
    return net


def remembers(self, shape, classes):
    self.__dict__["built"] = shape
    return Net(classes)


def still(classes):
    return Net(classes).requires_grad_(requires_grad=False)


BROKEN = {
    "preparation": (building(Net, preparation=(6, 5)), r"give its preparation as an advspace.Preparation", None),
    "settings": (building(Net, settings={"a": object()}), r"have settings that JSON can hold", SHAPE),
    "settings change": (type("Broken", (Sound,), {"network": remembers})(), r"keep its settings when it builds", SHAPE),
    "no module": (building(lambda classes: len), r"build a torch.nn.Module, got builtin_function", SHAPE),
    "no network": (Sound(), r"answer on cpu, got RuntimeError: .*mat1 and mat2", (3, 6, 5)),
    "numpy's weights": (building(of_numpy), r"build the same network twice for one seed of torch", SHAPE),
    "own seed": (building(seeded), r"leave the seed of torch to the run", SHAPE),
    "classes": (
        answering(lambda net, image: sound(net, image)[:, 1:]),
        r"give logits of shape \[7, 4\], got \[7, 3\]",
        SHAPE,
    ),
    "number type": (answering(lambda net, image: sound(net, image).double()), r"give logits as torch.float32", SHAPE),
    "black": (
        answering(lambda net, image: sound(net, image / image.amax((1, 2, 3), keepdim=True))),
        r"give finite logits, also for black and white",
        SHAPE,
    ),
    "in place": (answering(lambda net, image: sound(net, image.sub_(0.5))), r"leave the images .* as they are", SHAPE),
    "dropout": (
        answering(lambda net, image: sound(net, nn.functional.dropout(image, 0.5))),
        r"give the same logits for the same image",
        SHAPE,
    ),
    "company": (
        answering(lambda net, image: sound(net, image - image.mean(0))),
        r"classify each image by itself, whatever else is in the batch, got logits .* apart",
        SHAPE,
    ),
    "no gradient": (
        answering(lambda net, image: sound(net, (image * 255).round().detach())),
        r"give logits that torch can differentiate by the pixels",
        SHAPE,
    ),
    "infinite gradient": (
        answering(lambda net, image: sound(net, image.sqrt())),
        r"have finite gradients, also at black",
        SHAPE,
    ),
    "global numbers": (
        answering(lambda net, image: (torch.rand(1), sound(net, image))[1]),
        r"leave the global random numbers of torch alone",
        SHAPE,
    ),
    "nothing to train": (building(still), r"be trainable: its loss has a gradient, got RuntimeError", SHAPE),
    "other weights": (building(Hidden), r"hold all its state in parameters and buffers|answer on cuda:0", SHAPE),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken(breaks, name):
    model, said, shape = BROKEN[name]
    breaks(check_model, model, said, shape=shape, classes=4)


def test_the_sound_one_passes():
    """So does one without anything to train, if it says that it is trained."""
    check_model(Sound(), shape=SHAPE, classes=4, installed=False)
    check_model(building(still, trained=True), shape=SHAPE, classes=4, installed=False)


def test_global_state_is_left_as_it_was():
    before = torch.get_rng_state()
    check_model(Sound(), shape=SHAPE, classes=4, installed=False)
    assert torch.equal(before, torch.get_rng_state())
