"""Who draws from global random numbers is found out, and they are put back."""

import numpy as np
import pytest
import torch

from advspace.testing.clauses import ContractError, Subject
from advspace.testing.randomness import own_randomness

MINE = Subject("noise", object())


def next_numbers():
    return torch.rand(1).item(), np.random.rand()


@pytest.mark.parametrize(
    ("draw", "named"),
    [
        (lambda: torch.rand(1), "torch"),
        (lambda: torch.manual_seed(3), "torch( and cuda)?"),
        (lambda: np.random.rand(), "numpy"),
        (lambda: (torch.rand(1), np.random.seed(3)), "numpy and torch"),
    ],
)
def test_it_is_named_and_undone(draw, named):
    torch.manual_seed(1)
    np.random.seed(1)
    expected = next_numbers()
    torch.manual_seed(1)
    np.random.seed(1)
    with (
        pytest.raises(ContractError, match=rf"leave the global random numbers of {named} alone \(use the generator\)"),
        own_randomness(MINE, "use the generator"),
    ):
        draw()
    assert next_numbers() == expected


def test_a_generator_of_ones_own_is_no_matter():
    with own_randomness(MINE, "use the generator"):
        torch.rand(1, generator=torch.Generator().manual_seed(0))
        np.random.default_rng(0).random()
