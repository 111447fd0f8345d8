"""Inner products of what an L-BFGS memory holds, over the variables that are free, against a plain product."""

import pytest
import torch

from advspace_plugins.attack.lbfgsb.gram import free_products, new_products

BATCH, MEMORY, SIZE = 5, 3, 40


@pytest.fixture
def pairs(generator):
    return torch.randn(BATCH, MEMORY, 2, SIZE, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("held", [0, 1, 5, 20, SIZE])
@pytest.mark.parametrize("kept", [True, False])
def test_products_over_the_free_variables(pairs, generator, held, kept):
    """As many as `held` variables of a problem are held, another number in each."""
    vectors = pairs.flatten(1, 2)
    free = torch.ones(BATCH, SIZE, dtype=torch.bool)
    for problem in range(BATCH):
        free[problem, torch.randperm(SIZE, generator=generator)[: max(0, held - problem)]] = False
    products = vectors @ vectors.transpose(1, 2) if kept else None
    expected = torch.stack([vectors[i][:, free[i]] @ vectors[i][:, free[i]].T for i in range(BATCH)])
    torch.testing.assert_close(free_products(vectors, products, free), expected)


def test_only_the_lines_of_the_new_pair_are_made_anew(pairs, generator):
    """Two problems have a new pair; the products of the others stay, though their vectors have changed."""
    vectors = pairs.flatten(1, 2)
    products = vectors @ vectors.transpose(1, 2)
    before = products.clone()
    rows, slots = torch.tensor([1, 4]), torch.tensor([2, 0])
    pairs[rows, slots] = torch.randn(2, 2, SIZE, generator=generator, dtype=torch.float64)
    pairs[0] = 0
    new_products(products, pairs, rows, slots)
    after = pairs.flatten(1, 2) @ pairs.flatten(1, 2).transpose(1, 2)
    torch.testing.assert_close(products[rows], after[rows])
    others = [0, 2, 3]
    assert torch.equal(products[others], before[others])
