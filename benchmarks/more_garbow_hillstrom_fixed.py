"""Test functions of Moré, Garbow & Hillstrom with a fixed number of variables: residuals, and start points.

Source: Moré, Garbow & Hillstrom 1981, "Testing unconstrained optimization software", ACM TOMS 7(1).
"""

from math import pi, sqrt

import torch
from more_garbow_hillstrom_sized import Residuals, numbers
from torch import Tensor

BARD = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39]
GAUSSIAN = [0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989]
MEYER = [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872]
KOWALIK = [0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
KOWALIK_AT = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625]
OSBORNE_1 = """
.844 .908 .932 .936 .925 .908 .881 .850 .818 .784 .751 .718 .685 .658 .628 .603 .580 .558 .538 .522 .506 .490 .478
.467 .457 .448 .438 .431 .424 .420 .414 .411 .406
"""
OSBORNE_2 = """
1.366 1.191 1.112 1.013 .991 .885 .831 .847 .786 .725 .746 .679 .608 .655 .616 .606 .602 .626 .651 .724 .649 .649
.694 .644 .624 .661 .612 .558 .533 .495 .500 .423 .395 .375 .372 .391 .396 .405 .428 .429 .523 .562 .607 .653 .672
.708 .633 .668 .645 .632 .591 .559 .597 .625 .739 .710 .729 .720 .636 .581 .428 .292 .162 .098 .054
"""


def _data(x: Tensor, values: "str | list[float]") -> Tensor:
    return torch.tensor([float(v) for v in (values.split() if isinstance(values, str) else values)], dtype=x.dtype)


def freudenstein_roth(x: Tensor) -> Tensor:
    a, b = x
    return torch.stack([-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((b + 1) * b - 14) * b])


def powell_badly_scaled(x: Tensor) -> Tensor:
    return torch.stack([1e4 * x[0] * x[1] - 1, torch.exp(-x).sum() - 1.0001])


def brown_badly_scaled(x: Tensor) -> Tensor:
    return torch.stack([x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2])


def beale(x: Tensor) -> Tensor:
    return _data(x, [1.5, 2.25, 2.625]) - x[0] * (1 - x[1] ** numbers(x, 3))


def jennrich_sampson(x: Tensor) -> Tensor:
    i = numbers(x, 10)
    return 2 + 2 * i - torch.exp(i * x[0]) - torch.exp(i * x[1])


def helical_valley(x: Tensor) -> Tensor:
    turn = torch.atan(x[1] / x[0]) / (2 * pi) + 0.5 * (x[0] < 0)
    return torch.stack([10 * (x[2] - 10 * turn), 10 * (x[:2].norm() - 1), x[2]])


def bard(x: Tensor) -> Tensor:
    u = numbers(x, 15)
    v = 16 - u
    return _data(x, BARD) - (x[0] + u / (v * x[1] + torch.minimum(u, v) * x[2]))


def gaussian(x: Tensor) -> Tensor:
    t = (8 - numbers(x, 15)) / 2
    return x[0] * torch.exp(-x[1] * (t - x[2]) ** 2 / 2) - _data(x, GAUSSIAN + GAUSSIAN[-2::-1])


def meyer(x: Tensor) -> Tensor:
    return x[0] * torch.exp(x[1] / (45 + 5 * numbers(x, 16) + x[2])) - _data(x, MEYER)


def gulf(x: Tensor) -> Tensor:
    t = numbers(x, 99) / 100
    y = 25 + (-50 * t.log()) ** (2 / 3)
    return torch.exp(-((y - x[1]).abs() ** x[2]) / x[0]) - t


def box(x: Tensor) -> Tensor:
    t = numbers(x, 10) / 10
    return torch.exp(-t * x[0]) - torch.exp(-t * x[1]) - x[2] * (torch.exp(-t) - torch.exp(-10 * t))


def wood(x: Tensor) -> Tensor:
    a, b, c, d = x
    first = [10 * (b - a**2), 1 - a, sqrt(90) * (d - c**2), 1 - c]
    return torch.stack([*first, sqrt(10) * (b + d - 2), (b - d) / sqrt(10)])


def kowalik_osborne(x: Tensor) -> Tensor:
    u = _data(x, KOWALIK_AT)
    return _data(x, KOWALIK) - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])


def brown_dennis(x: Tensor) -> Tensor:
    t = numbers(x, 20) / 5
    return (x[0] + t * x[1] - t.exp()) ** 2 + (x[2] + x[3] * t.sin() - t.cos()) ** 2


def osborne_1(x: Tensor) -> Tensor:
    t = 10 * numbers(x, 33, 0)
    return _data(x, OSBORNE_1) - (x[0] + x[1] * torch.exp(-t * x[3]) + x[2] * torch.exp(-t * x[4]))


def biggs_exp6(x: Tensor) -> Tensor:
    t = numbers(x, 13) / 10
    y = torch.exp(-t) - 5 * torch.exp(-10 * t) + 3 * torch.exp(-4 * t)
    return x[2] * torch.exp(-t * x[0]) - x[3] * torch.exp(-t * x[1]) + x[5] * torch.exp(-t * x[4]) - y


def osborne_2(x: Tensor) -> Tensor:
    t = numbers(x, 65, 0)[:, None] / 10
    bumps = x[1:4] * torch.exp(-((t - x[8:]) ** 2) * x[5:8])
    return _data(x, OSBORNE_2) - (x[0] * torch.exp(-t[:, 0] * x[4]) + bumps.sum(1))


FIXED: list[tuple[Residuals, list[float]]] = [
    (freudenstein_roth, [0.5, -2]),
    (powell_badly_scaled, [0, 1]),
    (brown_badly_scaled, [1, 1]),
    (beale, [1, 1]),
    (jennrich_sampson, [0.3, 0.4]),
    (helical_valley, [-1, 0, 0]),
    (bard, [1, 1, 1]),
    (gaussian, [0.4, 1, 0]),
    (meyer, [0.02, 4000, 250]),
    (gulf, [5, 2.5, 0.15]),
    (box, [0, 10, 20]),
    (wood, [-3, -1, -3, -1]),
    (kowalik_osborne, [0.25, 0.39, 0.415, 0.39]),
    (brown_dennis, [25, 5, -5, -1]),
    (osborne_1, [0.5, 1.5, -1, 0.01, 0.02]),
    (biggs_exp6, [1, 2, 1, 1, 1, 1]),
    (osborne_2, [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5]),
]
