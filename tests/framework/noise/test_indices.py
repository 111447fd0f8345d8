"""Uniform indices, at an error probability of 1e-6 per check."""

import pytest
import torch
from scipy import stats

from advspace.noise.indices import SMALL, uniform_indices

RARE = 1e-6


@pytest.mark.parametrize("size", [1, 2, 16, 784, SMALL, SMALL + 1])
def test_each_index_is_as_likely(generator, size):
    """Words of 16 and of 32 bits, with and without some that are drawn again."""
    counts = torch.bincount(uniform_indices(size, 100_000, generator), minlength=size)
    assert len(counts) == size
    assert size == 1 or stats.chisquare(counts.numpy()).pvalue > RARE


def test_large_images(generator):
    """More indices than words of 16 bits: both halves of each word count."""
    indices = uniform_indices(150_528, 100_000, generator)
    assert stats.kstest((indices.double() + 0.5) / 150_528, "uniform").pvalue > RARE
    assert stats.chisquare(torch.bincount(indices % 8).numpy()).pvalue > RARE


def test_neighbours_are_independent(generator):
    """All pairs of neighbours of nine values are as likely."""
    first, second = uniform_indices(9, 100_000, generator).view(-1, 2).unbind(1)
    assert stats.chisquare(torch.bincount(9 * first + second, minlength=81).numpy()).pvalue > RARE


def test_words_beyond_the_last_multiple_are_drawn_again(generator):
    """Of 65,536 words, 4,095 x 16 = 65,520 are used; the others would give the index 4,095."""
    assert int(uniform_indices(SMALL - 1, 1_000_000, generator).max()) == SMALL - 2


def test_the_generator_is_the_only_source(generator):
    state = generator.get_state()
    first, second = (uniform_indices(784, 100, generator) for _ in range(2))
    assert not torch.equal(first, second)
    assert torch.equal(first, uniform_indices(784, 100, generator.set_state(state)))
