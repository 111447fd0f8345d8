"""The order of pairs by age; the matrix itself is tested with the history."""

import torch

from advspace_plugins.attack.lbfgsb.compact_form import by_age, sizes


def test_pairs_from_the_oldest_to_the_newest():
    """Of three slots the second is written next, so it is the oldest; vectors are step and change of each slot."""
    row = by_age(3, torch.device("cpu"))[1]
    products, order, back, slots = row.split_with_sizes(sizes(3))
    assert slots.tolist() == [1, 2, 0]
    assert order.tolist() == [2, 4, 0, 3, 5, 1]
    assert order[back].tolist() == list(range(6))
    matrix = torch.arange(36).reshape(6, 6)
    steps, changes = matrix[order[:3]], matrix[order[3:]]
    expected = torch.stack([steps[:, order[:3]], steps[:, order[3:]], changes[:, order[3:]]])
    assert torch.equal(matrix.flatten()[products], expected.flatten())
