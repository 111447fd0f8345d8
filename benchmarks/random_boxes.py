"""Random smooth functions, convex and not, in random boxes: some ends infinite, some variables fixed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

Function = Callable[[Tensor], Tensor]
SIZES = 2, 5, 12, 40


@dataclass(frozen=True)
class Boxed:
    """One problem: a function of a point `[size]` and the start, in float64, and the box."""

    name: str
    value: Function
    start: Tensor
    low: Tensor
    high: Tensor


def _normal(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def _spectrum(generator: torch.Generator, values: Tensor) -> Tensor:
    basis = torch.linalg.qr(_normal(generator, len(values), len(values)))[0]
    return (basis * values) @ basis.T


def quadratic(n: int, generator: torch.Generator) -> Function:
    condition = 6 * float(torch.rand((), generator=generator))
    matrix, middle = _spectrum(generator, torch.logspace(0, condition, n).double()), _normal(generator, n)
    return lambda x: (x - middle.to(x)) @ matrix.to(x) @ (x - middle.to(x)) / 2


def indefinite(n: int, generator: torch.Generator) -> Function:
    matrix, slope = _spectrum(generator, 10 * _normal(generator, n)), _normal(generator, n)
    return lambda x: x @ matrix.to(x) @ x / 2 + slope.to(x) @ x + x.pow(4).sum() / 10


def log_sum_exp(n: int, generator: torch.Generator) -> Function:
    planes, offset = 3 * _normal(generator, 2 * n, n), _normal(generator, 2 * n)
    return lambda x: torch.logsumexp(planes.to(x) @ x + offset.to(x), 0) + 1e-3 * x @ x


def sines(n: int, generator: torch.Generator) -> Function:
    planes, phase = _normal(generator, n, n), _normal(generator, n)
    return lambda x: torch.sin(planes.to(x) @ x + phase.to(x)).sum() + 0.05 * x @ x


def valley(n: int, generator: torch.Generator) -> Function:
    basis = torch.linalg.qr(_normal(generator, n, n))[0]

    def value(x: Tensor) -> Tensor:
        z = basis.to(x) @ x
        return (100 * (z[1:] - z[:-1] ** 2) ** 2 + (1 - z[:-1]) ** 2).sum()

    return value


def quartic(n: int, generator: torch.Generator) -> Function:
    planes, offset = _normal(generator, n + 2, n), _normal(generator, n + 2)
    return lambda x: (planes.to(x) @ x - offset.to(x)).pow(4).sum()


def wells(n: int, generator: torch.Generator) -> Function:
    matrix, scale = _normal(generator, n, n), torch.logspace(-1, 1, n).double()
    return lambda x: (scale.to(x) * (x**4 - 16 * x**2 + 5 * x)).sum() / 2 + (matrix.to(x) @ x).square().sum()


def network(n: int, generator: torch.Generator) -> Function:
    """Cross-entropy of a small network of three classes, and a distance, as in an attack."""
    first, second = 2 * _normal(generator, 10, n), 3 * _normal(generator, 3, 10)
    c = 10 ** float(-3 + 2 * torch.rand((), generator=generator))

    def value(x: Tensor) -> Tensor:
        logits = second.to(x) @ torch.tanh(first.to(x) @ x)
        return torch.logsumexp(logits, 0) - logits[0] + c * x @ x

    return value


FAMILIES = quadratic, indefinite, log_sum_exp, sines, valley, quartic, wells, network


def boxes(each: int) -> Iterator[Boxed]:
    """Problems of each family in each size, `each` of them.

    Of the ends a tenth are infinite; of the variables a tenth are fixed, and a third have a box beside the origin.
    """
    for family in FAMILIES:
        for n in SIZES:
            for number in range(each):
                generator = torch.Generator().manual_seed(1000 * number + n)
                value = family(n, generator)
                chance = torch.rand((3, n), generator=generator)
                middle = _normal(generator, n) * (1 + (chance[0] < 1 / 3))
                width = 2 * torch.rand((2, n), generator=generator).double() * (chance[1] > 0.1)
                low = torch.where(chance[2] < 0.1, -torch.inf, middle - width[0])
                high = torch.where((chance[2] > 0.9) & (family is not valley), torch.inf, middle + width[1])
                yield Boxed(f"random {family.__name__}", value, 2 * _normal(generator, n), low, high)
