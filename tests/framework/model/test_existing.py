"""A network that is there already, as a model: a copy in single precision, or the thing itself."""

import threading
import warnings

import pytest
import torch
from torch import nn

from advspace import AdvspaceError
from advspace.model.as_is import AsIs
from advspace.model.existing import GivenNetwork

SHAPE, IMAGE = (1, 2, 2), torch.rand(5, 1, 2, 2)


def made(given):
    return GivenNetwork(given=given).network(SHAPE, 3)


def layers(*more):
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(4, 3), *more)


class Locked(nn.Module):
    """Cannot be copied: it holds a lock."""

    def __init__(self):
        super().__init__()
        self.layers = layers(nn.Dropout(0.9))
        self.lock = threading.Lock()

    def forward(self, image):
        return self.layers(image)


class Casting(nn.Module):
    """Converts its images itself, so its weights must stay as they are."""

    def __init__(self, kind):
        super().__init__()
        self.layers = layers().to(kind)
        self.kind = kind

    def forward(self, image):
        return self.layers(image.to(self.kind))


class Strict(Casting):
    """Takes images of its own type only, and converts them to it."""

    def forward(self, image):
        if image.dtype != self.kind:
            raise TypeError(f"images must be {self.kind}")
        return super().forward(image)


class Unfreezable(nn.Module):
    """As a module of torch.export: it refuses to change its mode."""

    def __init__(self):
        super().__init__()
        self.layers = layers()

    def train(self, mode=True):
        raise NotImplementedError("Calling train() is not supported yet")

    def forward(self, image):
        return self.layers(image)


def test_a_frozen_copy_does_the_work_and_the_given_network_stays_as_it_was():
    given = nn.Sequential(nn.Flatten(), nn.Dropout(0.9), nn.Linear(4, 3)).train()
    model = GivenNetwork(given=given)
    copy = model.network(SHAPE, 3)
    assert model.trained
    assert given.training
    assert all(parameter.requires_grad for parameter in given.parameters())
    torch.testing.assert_close(copy(IMAGE), given[2](IMAGE.flatten(1)))
    with torch.no_grad():
        copy[2].weight.zero_()
    assert given[2].weight.any()


@pytest.mark.parametrize(
    "wrap", [nn.DataParallel, torch.compile, lambda module: torch.compile(nn.DataParallel(module))]
)
def test_wrappers_are_taken_off(wrap):
    assert isinstance(made(wrap(layers())), nn.Sequential)


def test_a_traced_network_is_called_as_it_is():
    """Torch cannot freeze it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch would rather have torch.export
        given = torch.jit.trace(layers(), IMAGE)
    network = made(given)
    assert isinstance(network, AsIs)
    torch.testing.assert_close(network(IMAGE), layers()(IMAGE))


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("form", [lambda kind: layers().to(kind), Casting, Strict])
def test_networks_of_other_precisions_take_images_in_single_precision(kind, form):
    given = form(kind)
    result = made(given)(IMAGE)
    torch.testing.assert_close(result.float(), layers()(IMAGE), atol=2e-2, rtol=2e-2)
    assert {weight.dtype for weight in given.parameters()} == {kind}


@pytest.mark.parametrize("given", [Locked(), Unfreezable(), lambda image: layers()(image), layers().forward])
def test_what_cannot_be_copied_is_called_as_it_is(given):
    network = made(given)
    assert isinstance(network, AsIs)
    torch.testing.assert_close(network(IMAGE), layers()(IMAGE))
    if isinstance(given, nn.Module):
        assert given.training
        assert all(module.training for module in given.modules())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (layers().to("meta"), "weights without values"),
        (nn.Sequential(nn.Flatten(), nn.LazyLinear(3)), "weights without values"),
        (3, "^network must be a torch.nn.Module or a function, got int$"),
        (nn.Linear(5, 3), r"^the network cannot take images of shape \[1, 2, 2\] \(.*\); give it images of the shape"),
        (lambda image: None, "two classes or more, got NoneType"),
    ],
)
def test_refused(given, said):
    with pytest.raises(AdvspaceError, match=said):
        made(given)
