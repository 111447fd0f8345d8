"""Gradients are counted by image."""

import torch

from advspace_plugins.attack.libraries.gradient_counter import GradientCounter


def test_only_rows_whose_gradient_is_taken_count(linear):
    counted = GradientCounter(linear(torch.eye(4)))
    point = torch.rand(3, 1, 2, 2, requires_grad=True)
    counted(point)
    assert counted.meter.rows == 0
    torch.autograd.grad(counted(point).sum(), point)
    (slope,) = torch.autograd.grad(counted(point[:1])[0, 2], point)
    assert counted.meter.rows == 4
    assert slope.flatten().tolist() == [0, 0, 1] + [0] * 9
