"""Test functions of Moré, Garbow & Hillstrom for any number of variables: residuals, sizes, and start points.

Source: Moré, Garbow & Hillstrom 1981, "Testing unconstrained optimization software", ACM TOMS 7(1).
"""

from collections.abc import Callable
from math import sqrt

import torch
from torch import Tensor

Residuals = Callable[[Tensor], Tensor]


def numbers(x: Tensor, count: int, first: int = 1) -> Tensor:
    return torch.arange(first, first + count, dtype=x.dtype)


def rosenbrock(x: Tensor) -> Tensor:
    return torch.cat([10 * (x[1::2] - x[::2] ** 2), 1 - x[::2]])


def powell_singular(x: Tensor) -> Tensor:
    a, b, c, d = x.reshape(-1, 4).T
    return torch.cat([a + 10 * b, sqrt(5) * (c - d), (b - 2 * c) ** 2, sqrt(10) * (a - d) ** 2])


def watson(x: Tensor) -> Tensor:
    j, t = numbers(x, len(x), 0), numbers(x, 29)[:, None] / 29
    slope = (j[1:] * x[1:] * t ** (j[1:] - 1)).sum(1)
    return torch.cat([slope - (x * t**j).sum(1) ** 2 - 1, x[:1], x[1:2] - x[:1] ** 2 - 1])


def penalty_1(x: Tensor) -> Tensor:
    return torch.cat([sqrt(1e-5) * (x - 1), (x.square().sum() - 0.25)[None]])


def penalty_2(x: Tensor) -> Tensor:
    n, small = len(x), sqrt(1e-5)
    tenth, i = torch.exp(x / 10), numbers(x, n) / 10
    rise = small * (tenth[1:] + tenth[:-1] - torch.exp(i[1:]) - torch.exp(i[:-1]))
    last = (numbers(x, n).flip(0) * x**2).sum() - 1
    return torch.cat([x[:1] - 0.2, rise, small * (tenth[1:] - torch.exp(-i[:1])), last[None]])


def variably_dimensioned(x: Tensor) -> Tensor:
    whole = (numbers(x, len(x)) * (x - 1)).sum()
    return torch.cat([x - 1, torch.stack([whole, whole**2])])


def trigonometric(x: Tensor) -> Tensor:
    return len(x) - x.cos().sum() + numbers(x, len(x)) * (1 - x.cos()) - x.sin()


def brown_almost_linear(x: Tensor) -> Tensor:
    return torch.cat([x[:-1] + x.sum() - (len(x) + 1), (x.prod() - 1)[None]])


def discrete_boundary_value(x: Tensor) -> Tensor:
    h = 1 / (len(x) + 1)
    around = torch.nn.functional.pad(x, (1, 1))
    return 2 * x - around[:-2] - around[2:] + h**2 * (x + h * numbers(x, len(x)) + 1) ** 3 / 2


def discrete_integral(x: Tensor) -> Tensor:
    t = numbers(x, len(x)) / (len(x) + 1)
    cube = (x + t + 1) ** 3
    before, after = (t * cube).cumsum(0), ((1 - t) * cube).flip(0).cumsum(0).flip(0) - (1 - t) * cube
    return x + ((1 - t) * before + t * after) / (2 * (len(x) + 1))


def broyden_tridiagonal(x: Tensor) -> Tensor:
    around = torch.nn.functional.pad(x, (1, 1))
    return (3 - 2 * x) * x - around[:-2] - 2 * around[2:] + 1


def broyden_banded(x: Tensor) -> Tensor:
    i = torch.arange(len(x))
    band = (i[:, None] != i) & (i >= i[:, None] - 5) & (i <= i[:, None] + 1)
    return x * (2 + 5 * x**2) + 1 - band.to(x.dtype) @ (x * (1 + x))


def linear_full_rank(x: Tensor) -> Tensor:
    m = 2 * len(x)
    shift = -2 * x.sum() / m - 1
    return torch.cat([x + shift, shift.expand(m - len(x))])


def linear_rank_1(x: Tensor) -> Tensor:
    return numbers(x, 2 * len(x)) * (numbers(x, len(x)) * x).sum() - 1


def linear_rank_1_zeros(x: Tensor) -> Tensor:
    m = 2 * len(x)
    whole = (numbers(x, len(x)) * x)[1:-1].sum()
    return torch.cat([numbers(x, m - 2) * whole - 1, -x.new_ones(2)])


def chebyquad(x: Tensor) -> Tensor:
    before, now, result = torch.ones_like(x), 2 * x - 1, []
    for i in range(1, len(x) + 1):
        result.append(now.mean() + (1 / (i**2 - 1) if i % 2 == 0 else 0))
        before, now = now, 2 * (2 * x - 1) * now - before
    return torch.stack(result)


def _grid(n: int) -> list[float]:
    return [i / (n + 1) for i in range(1, n + 1)]


SIZED: list[tuple[Residuals, tuple[int, ...], Callable[[int], list[float]]]] = [
    (rosenbrock, (2, 20), lambda n: [-1.2, 1.0] * (n // 2)),
    (powell_singular, (4, 20), lambda n: [3.0, -1, 0, 1] * (n // 4)),
    (watson, (6, 9), lambda n: [0.0] * n),
    (penalty_1, (4, 10), lambda n: [float(i) for i in range(1, n + 1)]),
    (penalty_2, (4, 10), lambda n: [0.5] * n),
    (variably_dimensioned, (6, 20), lambda n: [1 - i / n for i in range(1, n + 1)]),
    (trigonometric, (5, 20), lambda n: [1 / n] * n),
    (brown_almost_linear, (5, 20), lambda n: [0.5] * n),
    (discrete_boundary_value, (10, 20), lambda n: [t * (t - 1) for t in _grid(n)]),
    (discrete_integral, (10, 20), lambda n: [t * (t - 1) for t in _grid(n)]),
    (broyden_tridiagonal, (10, 20), lambda n: [-1.0] * n),
    (broyden_banded, (10, 20), lambda n: [-1.0] * n),
    (linear_full_rank, (10,), lambda n: [1.0] * n),
    (linear_rank_1, (10,), lambda n: [1.0] * n),
    (linear_rank_1_zeros, (10,), lambda n: [1.0] * n),
    (chebyquad, (6, 8, 10), _grid),
]
