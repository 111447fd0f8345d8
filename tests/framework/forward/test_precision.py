"""The number type that a network computes in while it is probed."""

import pytest
import torch

from advspace.forward.precision import computing_in

CPU = torch.device("cpu")


@pytest.mark.parametrize(("precision", "dtype"), [("32-true", torch.float32), ("bf16-mixed", torch.bfloat16)])
def test_within_the_block_and_only_there(linear, precision, dtype):
    network = linear(torch.rand(3, 4))
    image = torch.rand(2, 1, 2, 2)
    with torch.no_grad(), computing_in(network, CPU, precision):
        assert network(image).dtype == dtype
    assert network(image).dtype == torch.float32


def test_weights_are_frozen_again_also_after_an_error(linear):
    network = linear(torch.rand(3, 4))
    with pytest.raises(ZeroDivisionError), computing_in(network, CPU, "bf16-mixed"):
        raise ZeroDivisionError
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_weights_that_learn_stay_as_they_are(linear):
    network = linear(torch.rand(3, 4)).requires_grad_(requires_grad=True)
    with computing_in(network, CPU, "bf16-mixed"):
        pass
    assert all(parameter.requires_grad for parameter in network.parameters())
