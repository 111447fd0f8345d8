"""What is gathered once for many queries."""

import torch

from advspace import aims
from advspace_plugins.attack.asking import Asking
from advspace_plugins.attack.goal import Goal

GOAL = Goal(aims(torch.tensor([0, 0, 0]), torch.tensor([1, 1, 1]), 2))
IMAGE = torch.arange(3.0)[:, None, None, None]


def test_finished_images_and_copies_of_the_first_only_fill():
    rows = torch.tensor([2, 0, 1, 2])
    asking = Asking.of(IMAGE, GOAL, torch.tensor([1.0, 2, 3]), rows, [True, True, False, True], 1)
    assert asking.image.flatten().tolist() == [2, 0]
    assert asking.factor is not None
    assert asking.factor.tolist() == [[3], [1]]
    assert asking.counts.tolist() == [1, 0, 1]
    assert asking.fill is not None
    assert asking.fill.tolist() == [0, 1, 0, 0]
    whole = Asking.of(IMAGE, GOAL, None, rows, None, 4)
    assert whole.kept is None
    assert whole.image.flatten().tolist() == [2, 0, 1, 2]


def test_it_serves_the_same_queries_only():
    rows = torch.tensor([0, 1])
    asking = Asking.of(IMAGE, GOAL, None, rows, None, 1)
    assert asking.serves(rows, None, GOAL)
    assert not asking.serves(rows.clone(), None, GOAL)
    assert not asking.serves(rows, [True, False], GOAL)
    assert not asking.serves(rows, None, GOAL.of(torch.tensor([0, 1, 2])))
