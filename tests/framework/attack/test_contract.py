"""What an attack may aim at, and how far it is from it."""

import torch

from advspace import UNTARGETED, aims, margin


def test_margin_is_target_minus_the_largest_other():
    logits = torch.tensor([[1.0, 4.0, 2.0], [5.0, 1.0, 2.0]])
    wanted = aims(torch.tensor([0, 0]), torch.tensor([1, 2]), 3)
    assert margin(logits, wanted).tolist() == [2.0, -3.0]


def test_untargeted_wants_any_class_but_the_label():
    wanted = aims(torch.tensor([1, 0]), torch.tensor([UNTARGETED, UNTARGETED]), 3)
    assert wanted.tolist() == [[True, False, True], [False, True, True]]
    assert margin(torch.tensor([[1.0, 4.0, 2.0], [1.0, 4.0, 2.0]]), wanted).tolist() == [-2.0, 3.0]
