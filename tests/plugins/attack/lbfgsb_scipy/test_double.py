"""Double precision, whatever holds the weights of a network."""

import warnings

import pytest
import torch
from torch import nn

from advspace.errors import AdvspaceWarning
from advspace.model.as_is import AsIs
from advspace_plugins.attack.lbfgsb_scipy.attack import LBFGSBScipy
from advspace_plugins.attack.lbfgsb_scipy.double import in_double

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning", "ignore:`torch.jit:DeprecationWarning")
WARNING = "lbfgsb_scipy needs a model in double precision, and this one computes in single"


class Listed(nn.Module):
    """Its layers are in a plain list, its mean in a plain tensor."""

    def __init__(self, net):
        super().__init__()
        self.layers, self.mean = [net], torch.full((2, 2), 0.1)

    def forward(self, image):
        return self.layers[0]((image.float() - self.mean) + self.mean)


class Halfway(nn.Module):
    """Casts its images to single precision."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, image):
        return self.net(image.to(torch.float32))


FORMS = {
    "module": lambda net: net,
    "function": lambda net: lambda image: net(image),
    "list": Listed,
    "casts": Halfway,
    "as it is": lambda net: AsIs(net, torch.device("cpu"), torch.float32),
    "scripted": torch.jit.script,
}


@pytest.fixture
def net(linear, generator):
    return linear(torch.randn(3, 4, generator=generator), torch.randn(3, generator=generator))


@pytest.mark.parametrize("form", FORMS)
def test_logits_and_gradient_have_all_digits(net, form, generator):
    image = torch.rand(2, 1, 2, 2, generator=generator)
    exact, point = net.double()(image.double()), image.double().requires_grad_()
    model = in_double(FORMS[form](net.float()), image)
    logits = model(point)
    torch.testing.assert_close(logits.detach(), exact, rtol=1e-12, atol=1e-12)
    (slope,) = torch.autograd.grad(logits[:, 0].sum(), point)
    torch.testing.assert_close(slope[0].flatten(), net[-1].weight[0].double(), rtol=1e-12, atol=0)
    assert net[-1].weight.dtype == torch.float32


@pytest.mark.parametrize("form", ["list", "as it is"])
def test_it_is_attacked_as_the_module_is(net, form, generator):
    image = torch.rand(2, 1, 2, 2, generator=generator)
    label = net(image).argmax(1)
    target = (label + 1) % 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain, other = (LBFGSBScipy()(model, image, label, target) for model in (net, FORMS[form](net)))
    assert plain.success.tolist() == other.success.tolist()
    torch.testing.assert_close(other.image, plain.image, rtol=0, atol=1e-6, equal_nan=True)


def test_where_code_is_frozen_single_precision_is_left(net, generator):
    """The weights of a frozen script are constants of its own."""
    image = torch.rand(3, 1, 2, 2, generator=generator)
    label = net(image).argmax(1)
    target = net(image).argmin(1)
    frozen = torch.jit.freeze(torch.jit.script(net.eval()))
    with pytest.warns(AdvspaceWarning, match=WARNING):
        made = LBFGSBScipy()(AsIs(frozen, torch.device("cpu"), torch.float32), image, label, target)
    plain = LBFGSBScipy()(net, image, label, target)
    assert made.success.tolist() == plain.success.tolist()
    torch.testing.assert_close(made.image, plain.image, rtol=0, atol=1e-3, equal_nan=True)
