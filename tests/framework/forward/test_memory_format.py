"""Channels last: where it is faster, and the same numbers in another order of memory."""

import pytest
import torch
from torch import nn

from advspace.forward.memory_format import contiguous, forward_memory_format
from advspace.model.weights import digest
from advspace_plugins.model.convnet import ConvNet

CPU, GPU = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize(
    ("device", "precision", "last"),
    [(CPU, "32-true", True), (CPU, "bf16-mixed", True), (GPU, "32-true", False), (GPU, "bf16-mixed", True)],
)
def test_channels_last_where_it_is_faster(device, precision, last):
    network = ConvNet().network((3, 28, 28), 10)
    assert (forward_memory_format(network, device, precision) == torch.channels_last) is last


def test_weights_keep_their_digest_and_say_the_same(generator):
    network, image = ConvNet().network((3, 28, 28), 10).eval(), torch.rand(4, 3, 28, 28, generator=generator)
    before, logits = digest(network), network(image)
    network.to(memory_format=torch.channels_last)
    assert digest(network) == before
    torch.testing.assert_close(network(contiguous(image[0], torch.channels_last)[None]), logits[:1])
    torch.testing.assert_close(network(image), logits)


def test_networks_without_convolutions_stay(linear):
    assert forward_memory_format(linear(torch.ones(2, 4)), CPU, "32-true") == torch.contiguous_format
    assert forward_memory_format(nn.Identity(), CPU, "bf16-mixed") == torch.contiguous_format


def test_an_image_of_another_memory_format_is_the_same_image(generator):
    image = torch.rand(3, 5, 4, generator=generator)
    result = contiguous(image, torch.channels_last)
    assert torch.equal(result, image)
    assert result.permute(1, 2, 0).is_contiguous()
