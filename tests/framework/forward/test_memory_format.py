"""Channels last: the same numbers, lying otherwise."""

import pytest
import torch
from torch import nn

from advspace.forward.memory_format import laid_out, lay_out, layout_of
from advspace.model.weights import digest
from advspace_plugins.model.convnet import ConvNet

CPU, GPU = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize(
    ("device", "precision", "turned"),
    [(CPU, "32-true", True), (CPU, "bf16-mixed", True), (GPU, "32-true", False), (GPU, "bf16-mixed", True)],
)
def test_where_it_pays(device, precision, turned):
    network = ConvNet().network((3, 28, 28), 10)
    lay_out(network, device, precision)
    assert (layout_of(network) == torch.channels_last) is turned


def test_weights_keep_their_digest_and_say_the_same(generator):
    network, image = ConvNet().network((3, 28, 28), 10).eval(), torch.rand(4, 3, 28, 28, generator=generator)
    before, logits = digest(network), network(image)
    lay_out(network, CPU, "32-true")
    assert digest(network) == before
    torch.testing.assert_close(network(laid_out(image[0], torch.channels_last)[None]), logits[:1])
    torch.testing.assert_close(network(image), logits)


def test_networks_without_convolutions_stay(linear):
    network = linear(torch.ones(2, 4))
    lay_out(network, CPU, "32-true")
    assert layout_of(network) == torch.contiguous_format
    assert layout_of(nn.Identity()) == torch.contiguous_format
