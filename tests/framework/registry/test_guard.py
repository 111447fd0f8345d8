"""Guarded plugins are what they were, except that they answer for their errors."""

from copy import deepcopy
from dataclasses import dataclass

import pytest
import torch
from torch import nn

from advspace import AdvspaceError, Noise
from advspace.clauses import Owner, owner_of
from advspace.errors import PluginError
from advspace.registry.guard import guarded, guarded_network, plugin_faults

OWNER = Owner("noise", "theirs", "their_package 1.0")


def pass_on(owner, plugin, made, *arguments):
    return made


@dataclass(frozen=True)
class Fails(Noise):
    error: Exception

    def sample(self, distortion, scale, draws, generator):
        raise self.error


def failing(error):
    return guarded(Fails(error), OWNER, {"sample": pass_on}, {})


def raised_by(noise, expected):
    with pytest.raises(expected) as caught, plugin_faults():
        noise.sample(None, 1.0, 1, None)
    return caught.value


def test_it_is_still_what_it_was():
    plain = Fails(KeyError("a"))
    guard = guarded(plain, OWNER, {"sample": pass_on}, {})
    assert isinstance(guard, Fails)
    assert (repr(guard), vars(guard)) == (repr(plain), vars(plain))
    names = "__name__", "__qualname__", "__module__", "__doc__"
    assert [getattr(type(guard), name) for name in names] == [getattr(Fails, name) for name in names]
    assert type(plain) is Fails
    assert guarded(guard, OWNER, {"sample": pass_on}, {}) is guard
    assert (owner_of("noise", guard), owner_of("noise", plain)) == (OWNER, Owner("noise", "Fails"))


def test_an_error_keeps_its_type_on_its_way_and_is_the_cause_in_the_end():
    error = IndexError("no such row")
    with pytest.raises(IndexError):
        failing(error).sample(None, 1.0, 1, None)
    assert raised_by(failing(error), PluginError).__cause__ is error


@pytest.mark.parametrize("error", [AdvspaceError("sigma must be > 0"), torch.OutOfMemoryError("full"), MemoryError()])
def test_our_own_errors_and_those_of_memory_stay_as_they_are(error):
    assert raised_by(failing(error), type(error)) is error


def test_the_innermost_plugin_answers():
    inner = failing(ValueError("inner"))
    outer = guarded(Calls(inner), Owner("noise", "ours"), {"sample": pass_on}, {})
    assert str(raised_by(outer, PluginError)).startswith("noise 'theirs' of their_package 1.0 failed (ValueError")


@dataclass(frozen=True)
class Calls(Noise):
    other: Noise

    def sample(self, *arguments):
        return self.other.sample(*arguments)


def test_an_error_of_ours_is_no_plugins():
    with pytest.raises(ValueError, match="invalid literal"), plugin_faults():
        int("one")


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    @property
    def half(self):
        return self.value / 2


def test_a_property_answers_too_and_slots_are_no_obstacle():
    thing = guarded(Slotted("text"), OWNER, {}, {"half": pass_on})
    assert guarded(Slotted(4), OWNER, {}, {"half": pass_on}).half == 2
    with pytest.raises(PluginError, match=r"noise 'theirs' .* failed \(TypeError"), plugin_faults():
        assert thing.half


def test_copies_of_a_network_are_guarded_and_keep_their_own_weights():
    network = guarded_network(nn.Linear(2, 2), Owner("model", "theirs"), pass_on)
    other = deepcopy(network)
    nn.init.zeros_(other.weight)
    nn.init.zeros_(other.bias)
    assert other(torch.ones(1, 2)).abs().sum() == 0
    assert network(torch.ones(1, 2)).abs().sum() > 0
    with pytest.raises(PluginError, match=r"^model 'theirs' failed \(RuntimeError: .*mat1"), plugin_faults():
        other(torch.ones(1, 3))


def test_a_refusal_because_of_a_network_names_its_model():
    network = guarded_network(nn.Linear(2, 2), Owner("model", "theirs", "their_package 1.0"), pass_on)

    def refuse():
        try:
            network(torch.ones(1, 3))
        except RuntimeError as error:
            raise AdvspaceError("the model cannot take images; choose a dataset that fits it") from error

    said = r"fits it \(model 'theirs' of their_package 1.0; advspace.testing.check_model tests it\)$"
    with pytest.raises(PluginError, match=said), plugin_faults():
        refuse()
