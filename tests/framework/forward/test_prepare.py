"""One prepared network: folded, in its memory format, on its device, and the given one as it was."""

import pytest
import torch
from torch import nn

from advspace.forward.prepare import prepare
from advspace.model.contract import freeze
from advspace_plugins.model.convnet import ConvNet

CPU, SHAPE = torch.device("cpu"), (3, 28, 28)


def normed():
    """A convolution with a norm that is not the identity, and a linear end."""
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 26 * 26, 5))
    nn.init.normal_(network[1].running_mean)
    return freeze(network)


@pytest.mark.parametrize("make", [normed, lambda: freeze(ConvNet().network(SHAPE, 10))])
def test_the_given_network_is_not_changed(make, generator):
    given, images = make(), torch.rand(4, *SHAPE, generator=generator)
    before = {name: weight.clone() for name, weight in given.state_dict().items()}
    result = prepare(given, SHAPE, CPU)
    kernels = [weight for weight in result.network.parameters() if weight.dim() == 4]
    assert kernels
    assert all(weight.is_contiguous(memory_format=torch.channels_last) for weight in kernels)
    torch.testing.assert_close(result.network(images), given(images), rtol=1e-4, atol=1e-5)
    for name, weight in given.state_dict().items():
        assert torch.equal(weight, before[name])
        assert weight.is_contiguous()
    addresses = {weight.data_ptr() for weight in given.parameters()}
    assert addresses.isdisjoint(weight.data_ptr() for weight in result.network.parameters())


def test_norms_are_folded():
    assert not any(isinstance(module, nn.BatchNorm2d) for module in prepare(normed(), SHAPE, CPU).network.modules())


def test_it_says_how_a_pass_is_made():
    result = prepare(normed(), SHAPE, CPU)
    assert (result.memory_format, result.device, result.precision) == (torch.channels_last, CPU, "32-true")
    assert result.rows == 1000
    assert prepare(normed(), SHAPE, CPU, rows=7).rows == 7


def test_a_network_without_convolutions_keeps_its_memory_format(linear):
    result = prepare(linear(torch.ones(2, 4)), (1, 2, 2), CPU)
    assert result.memory_format == torch.contiguous_format


@pytest.mark.parametrize(("precision", "dtype"), [("32-true", torch.float32), ("bf16-mixed", torch.bfloat16)])
def test_the_probe_computes_in_the_precision_and_the_attack_in_float32(precision, dtype):
    result = prepare(normed(), SHAPE, CPU, precision)
    images = torch.zeros(2, *SHAPE)
    with result.autocast():
        assert result.network(images).dtype == dtype
    assert result.network(images).dtype == torch.float32
    assert not any(weight.requires_grad for weight in result.network.parameters())


@pytest.mark.parametrize(("device", "told"), [("cpu", 1), ("meta", 0)])
def test_freed_memory_is_kept_on_a_cpu(monkeypatch, linear, device, told):
    calls = []
    monkeypatch.setattr("advspace.forward.prepare.keep_freed_memory", lambda: calls.append(device))
    prepare(linear(torch.ones(2, 4)), (1, 2, 2), torch.device(device))
    assert len(calls) == told


def test_on_another_device_the_given_network_stays_where_it_is():
    given = normed()
    result = prepare(given, SHAPE, torch.device("meta"), rows=3)
    assert {weight.device.type for weight in result.network.parameters()} == {"meta"}
    assert {weight.device.type for weight in given.parameters()} == {"cpu"}
    assert (result.memory_format, result.rows) == (torch.contiguous_format, 3)
