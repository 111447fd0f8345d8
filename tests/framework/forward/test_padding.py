"""Few rows are filled up, many are left alone."""

import pytest
import torch

from advspace import answer
from advspace.forward.padding import MIN_ROWS, padded


@pytest.mark.parametrize("rows", [0, 1, 3, MIN_ROWS, 9])
def test_filled_up(rows):
    images = torch.rand(rows, 2, 3)
    result = padded(images)
    assert len(result) == (max(rows, MIN_ROWS) if rows else 0)
    assert torch.equal(result[:rows], images)
    assert all(torch.equal(extra, images[0]) for extra in result[rows:])


def test_an_answer_does_not_depend_on_company(linear, generator, same_bits):
    model = linear(torch.randn(10, 784, generator=generator))
    images = torch.rand(33, 1, 28, 28, generator=generator)
    whole = answer(model, images)
    for rows in ([3], [5, 1], [0, 1, 2], list(range(20, 33))):
        assert torch.equal(answer(model, images[rows]), whole[rows])
