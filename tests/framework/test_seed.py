"""Random numbers depend on what they are for, and on nothing else."""

import pytest
import torch

from advspace.noise.blocks import BLOCK, NoiseBlocks
from advspace.seed import generator_of, seed_of
from advspace_plugins.noise.gaussian import Gaussian

ODD = torch.linspace(-1, 1, 65).reshape(1, 5, 13)  # not a multiple of 16: torch's normals change with the chunk


def drawn(per_forward, draws=130, scale=0.5, key=(0, "a", "gaussian")):
    return list(NoiseBlocks(key, per_forward).chunks(Gaussian(), ODD, scale, draws, "original"))


@pytest.mark.parametrize("per_forward", [1, 7, 16, 49, 50, 51, 128, 1000])
def test_chunks_change_no_number(per_forward):
    chunks = drawn(per_forward)
    assert max(map(len, chunks)) <= per_forward
    assert torch.equal(torch.cat(chunks), torch.cat(drawn(BLOCK)))


def test_more_draws_go_on_where_fewer_stopped():
    assert torch.equal(torch.cat(drawn(64, draws=20)), torch.cat(drawn(64))[:20])


@pytest.mark.parametrize("change", [{"scale": 0.25}, {"key": (1, "a", "gaussian")}, {"key": (0, "b", "gaussian")}])
def test_other_purposes_have_other_numbers(change):
    one, other = torch.cat(drawn(50)), torch.cat(drawn(50, **change))
    assert not torch.allclose(one / one.std(), other / other.std())


def test_seed_is_for_ever():
    assert seed_of(0, "digits-test-003", "gaussian", "original", 0.5, 0) == 1297914865590696961


def test_generator_is_seeded():
    assert torch.equal(torch.rand(3, generator=generator_of("a", 1)), torch.rand(3, generator=generator_of("a", 1)))
