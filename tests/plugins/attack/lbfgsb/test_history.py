"""The quasi-Newton step against the dense inverse BFGS matrix, built pair by pair."""

import numpy as np
import pytest
import torch

from advspace_plugins.attack.lbfgsb import history as module
from advspace_plugins.attack.lbfgsb.history import History


def dense_step(steps, changes, gradient, weight):
    """H times the gradient, H updated by each pair in turn from Shanno's scale of the newest."""
    changes = [y + 2 * weight * s for s, y in zip(steps, changes, strict=True)]
    newest = steps[-1] @ changes[-1] / (changes[-1] @ changes[-1])
    inverse = newest * np.eye(len(gradient))
    for s, y in zip(steps, changes, strict=True):
        left = np.eye(len(s)) - np.outer(s, y) / (s @ y)
        inverse = left @ inverse @ left.T + np.outer(s, s) / (s @ y)
    return inverse @ gradient


@pytest.fixture(params=["made anew", "kept"])
def memory(request, monkeypatch):
    if request.param == "kept":
        monkeypatch.setattr(module, "LARGE", 1)
    return 4


@pytest.mark.parametrize("written", [1, 3, 4, 7])
@pytest.mark.parametrize("held", [0.0, 0.1, 0.6])
def test_step_is_that_of_the_dense_matrix(memory, generator, written, held):
    """Some problems hold fewer pairs than others; held variables take no part; the oldest pairs are overwritten."""
    batch, size, weight = 3, 20, torch.tensor([0.0, 0.3, 2.0], dtype=torch.float64)
    curvature = torch.rand(batch, size, size, generator=generator, dtype=torch.float64)
    curvature = curvature @ curvature.transpose(1, 2) + 0.1 * torch.eye(size, dtype=torch.float64)
    pairs = History.none(torch.zeros(batch, size, dtype=torch.float64), memory)
    told: list[list[tuple[np.ndarray, np.ndarray]]] = [[], [], []]
    for number in range(written):
        step = torch.randn(batch, size, generator=generator, dtype=torch.float64)
        change = torch.einsum("bij,bj->bi", curvature, step)
        mask = torch.tensor([True, True, number % 2 == 0])
        pairs.add(mask, step, change, weight)
        for i in range(batch):
            if mask[i]:
                told[i].append((step[i].numpy(), change[i].numpy()))
    free = torch.rand(batch, size, generator=generator) >= held
    gradient = torch.randn(batch, size, generator=generator, dtype=torch.float64) * free
    result = pairs.newton(gradient, free, weight)
    for i in range(batch):
        steps, changes = zip(*told[i][-memory:], strict=True)
        kept = [vector * free[i].numpy() for vector in steps], [vector * free[i].numpy() for vector in changes]
        usable = [s @ y + 2 * weight[i].item() * s @ s > 0 for s, y in zip(*kept, strict=True)]
        kept = tuple([vector for vector, good in zip(part, usable, strict=True) if good] for part in kept)
        expected = dense_step(*kept, gradient[i].numpy(), weight[i].item())
        np.testing.assert_allclose(result[i].numpy(), expected, rtol=1e-9, atol=1e-9)
    assert (result[~free] == 0).all()


def test_keeping_and_forgetting(memory, generator):
    pairs = History.none(torch.zeros(3, 6), memory)
    for _ in range(2):
        step = torch.randn(3, 6, generator=generator)
        pairs.add(torch.ones(3, dtype=torch.bool), step, step, torch.zeros(3))
    gradient, free = torch.randn(3, 6, generator=generator), torch.ones(3, 6, dtype=torch.bool)
    whole = pairs.newton(gradient, free, torch.zeros(3))
    pairs.keep(torch.tensor([2, 0]))
    torch.testing.assert_close(pairs.newton(gradient[[2, 0]], free[:2], torch.zeros(2)), whole[[2, 0]])
    pairs.forget(torch.tensor([True, False]))
    again = pairs.newton(gradient[[2, 0]], free[:2], torch.zeros(2))
    torch.testing.assert_close(again[0], gradient[2] / gradient[2].norm())
    torch.testing.assert_close(again[1], whole[0])


def test_a_pair_that_curves_downwards_is_left_out(memory):
    pairs = History.none(torch.zeros(2, 3), memory)
    step = torch.eye(3)[:2]
    pairs.add(torch.ones(2, dtype=torch.bool), step, -step, torch.tensor([0.0, 1.0]))
    assert pairs.filled.any(1).tolist() == [False, True]


@pytest.mark.parametrize("size", [103, 105, 106, 108])
def test_any_number_of_variables_has_the_same_bits_in_any_place(memory, generator, size, one_thread):
    steps, gradient = torch.randn(5, 9, size, generator=generator), torch.randn(9, size, generator=generator)
    curvature, lowest = 0.5 + torch.rand(size, generator=generator), torch.linspace(-2, 0, 9)[:, None]  # few held, many

    def newton(rows):
        pairs, weight = History.none(gradient[rows], memory), torch.full((len(rows),), 0.1)
        for step in steps:
            pairs.add(torch.ones(len(rows), dtype=torch.bool), step[rows], curvature * step[rows], weight)
        return pairs.newton(gradient[rows], gradient[rows] > lowest[rows], weight)

    whole = newton(torch.arange(9))
    for rows in ([3, 5, 1, 7], [7, 7, 7, 7], [8, 1, 2, 0, 4]):
        assert torch.equal(newton(torch.tensor(rows)), whole[rows])
