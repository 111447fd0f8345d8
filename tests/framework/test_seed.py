"""Random numbers depend on what they are for, and on nothing else."""

import torch

from advspace.seed import generator_of, seed_of


def test_seed_is_for_ever():
    assert seed_of(0, "digits-test-003", "gaussian", "original", 0.5, 0) == 1297914865590696961


def test_generator_is_seeded():
    assert torch.equal(torch.rand(3, generator=generator_of("a", 1)), torch.rand(3, generator=generator_of("a", 1)))
