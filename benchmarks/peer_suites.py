"""Peers' own test suites: ``python benchmarks/peer_suites.py [--each 10]``.  Prints tables in Markdown.

Moré, Garbow & Hillstrom's functions, without a box and in two boxes that cut the solution off, and random functions in
random boxes: the solver of `attack=lbfgsb` beside scipy's L-BFGS-B, in float64 and on functions in float32.  Then the
projections of images onto the boundary of linear networks: the attack beside the exact solution, alone and in batches.

An end is judged in float64: scipy, started there with the tightest limits, must find no lower value.  Values are
compared as shares of the decrease from the start (Moré & Wild 2009), up to the function's own rounding at the ends.
"""

import argparse
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import torch
from more_garbow_hillstrom import TestFunction, functions
from numpy.typing import NDArray
from random_boxes import Boxed, boxes
from scipy.optimize import OptimizeResult, minimize
from torch import Tensor, nn

from advspace import Problem, Stop
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import verified
from advspace.forward.prepare import prepare
from advspace.model.contract import freeze
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.attack.lbfgsb.ends import End, Precision
from advspace_plugins.attack.lbfgsb.minimise import Minimum, minimise
from advspace_plugins.attack.linear_exact.attack import LinearExact

PAIRS, STEPS = 10, 5000


@dataclass(frozen=True)
class Limits:
    """Limits of both solvers in one dtype, and the share of the decrease to which values are compared."""

    decrease: float
    gradient: float
    share: float


LIMITS = {torch.float64: Limits(1e-13, 1e-8, 1e-8), torch.float32: Limits(1e-7, 1e-5, 1e-5)}
TIGHTEST = Limits(0, 1e-10, 0)


def answer(problem: Boxed, point: NDArray[np.float64] | Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Value and gradient in a dtype."""
    x = torch.as_tensor(np.array(point)).to(dtype).requires_grad_()
    value = problem.value(x)
    (gradient,) = torch.autograd.grad(value, x)
    return value.detach(), gradient


def scipys(problem: Boxed, dtype: torch.dtype, limits: Limits, start: Tensor | None = None) -> OptimizeResult:
    """Scipy's end; it computes in float64 whatever the function's dtype."""

    def function(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, gradient = answer(problem, x, dtype)
        return float(value), gradient.double().numpy()

    options = {"maxcor": PAIRS, "maxiter": STEPS, "maxfun": 10_000, "ftol": limits.decrease, "gtol": limits.gradient}
    begin = (problem.start if start is None else start).clamp(problem.low, problem.high).numpy()
    bounds = list(zip(problem.low.tolist(), problem.high.tolist(), strict=True))
    return minimize(function, begin, jac=True, method="L-BFGS-B", bounds=bounds, options=options)


def ours(problems: list[Boxed], dtype: torch.dtype, limits: Limits) -> Minimum:
    """All problems in one batch; fixed variables make up for different sizes."""
    size = max(len(problem.start) for problem in problems)

    def stacked(name: str) -> Tensor:
        each = (getattr(problem, name).to(dtype) for problem in problems)
        return torch.stack([nn.functional.pad(one, (0, size - len(one))) for one in each])

    def function(points: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        chosen = [problems[row] for row in rows.tolist()]
        each = [answer(one, point[: len(one.start)], dtype) for one, point in zip(chosen, points, strict=True)]
        gradients = [nn.functional.pad(gradient, (0, size - len(gradient))) for _, gradient in each]
        return torch.stack([value for value, _ in each]), torch.stack(gradients)

    precision = Precision(limits.decrease, limits.gradient, STEPS)
    return minimise(function, *map(stacked, ("start", "low", "high")), memory=PAIRS, precision=precision)


def unbounded(function: TestFunction) -> Boxed:
    start = torch.tensor(function.start, dtype=torch.float64)
    infinite = torch.full_like(start, torch.inf)
    return Boxed("no box", lambda x: function.residuals(x).square().sum(), start, -infinite, infinite)


def cut_off(problem: Boxed, solution: Tensor) -> list[Boxed]:
    """Boxes that cut the solution off in every second variable: they begin beyond it, or end on the way to it."""
    way = (solution - problem.start).abs()
    size = torch.where(way > 1e-3 * solution.abs(), way, torch.where(solution != 0, solution.abs(), 1))
    second, up = torch.arange(len(size)) % 2 == 0, solution >= problem.start
    low, high = (
        torch.where(second, solution + 0.1 * size, solution - 2 * size),
        solution + torch.where(second, 1.1, 2) * size,
    )
    beyond = replace(problem, name="box beyond the solution", low=low, high=high)
    low, high = torch.minimum(solution, problem.start) - size, torch.maximum(solution, problem.start) + size
    half = (solution + problem.start) / 2
    low, high = torch.where(second & ~up, half, low), torch.where(second & up, half, high)
    return [beyond, replace(problem, name="box ends on the way", low=low, high=high)]


def suite(each: int) -> list[Boxed]:
    """All problems."""
    free = [unbounded(function) for function in functions()]
    cut = [box for one in free for box in cut_off(one, torch.from_numpy(scipys(one, torch.float64, TIGHTEST).x))]
    return [*free, *cut, *boxes(each)]


def grades(problem: Boxed, ends: list[Tensor], dtype: torch.dtype) -> list[str]:
    """Of each end: solved, another minimum (stationary, but another end is lower), or not solved."""
    inside = [end.double().clamp(problem.low, problem.high) for end in ends]
    first, *reached = (
        float(answer(problem, x, torch.float64)[0]) for x in [problem.start.clamp(problem.low, problem.high), *inside]
    )
    rounding = max(abs(float(answer(problem, x, dtype)[0]) - f) for x, f in zip(inside, reached, strict=True))
    lower = [min(f, scipys(problem, torch.float64, TIGHTEST, x).fun) for f, x in zip(reached, inside, strict=True)]

    def near(value: float, best: float) -> bool:
        share = LIMITS[dtype].share * max(first - best, 0)
        return value - best <= share + 10 * torch.finfo(dtype).eps * abs(best) + 2 * rounding

    pairs = zip(reached, lower, strict=True)
    return ["not" if not near(f, low) else "solved" if near(f, min(lower)) else "other" for f, low in pairs]


def compare(problems: list[Boxed], dtype: torch.dtype) -> None:
    """Print one table."""
    minimum = ours(problems, dtype, LIMITS[dtype])
    groups: dict[str, list[tuple[str, str, int, int, int]]] = {}
    for problem, point, spent, end in zip(problems, minimum.point, minimum.evaluations, minimum.end, strict=True):
        theirs = scipys(problem, dtype, LIMITS[dtype])
        both = grades(problem, [point[: len(problem.start)], torch.from_numpy(theirs.x)], dtype)
        group = groups.setdefault(problem.name, [])
        group.append((both[0], both[1], int(spent), theirs.nfev, int(end)))
    print(f"\n{str(dtype).removeprefix('torch.')}\n")
    print("| functions | number | solved, other minimum, not | scipy | scipy only, ours only | evaluations | ends |")
    print("|---|---|---|---|---|---|---|")
    for name, group in groups.items():
        mine, theirs, spent, nfev, ends = (list(column) for column in zip(*group, strict=True))
        counts = [", ".join(str(side.count(grade)) for grade in ("solved", "other", "not")) for side in (mine, theirs)]
        only = [
            sum(a == "not" and b != "not" for a, b in zip(*sides, strict=True))
            for sides in ((mine, theirs), (theirs, mine))
        ]
        why = ", ".join(f"{End(end).name.lower()} {count}" for end, count in sorted(Counter(ends).items()))
        cells = (
            name,
            str(len(group)),
            *counts,
            f"{only[0]}, {only[1]}",
            f"{np.median(spent):.0f}, {np.median(nfev):.0f}",
            why,
        )
        print(f"| {' | '.join(cells)} |", flush=True)


def project(shape: tuple[int, int, int], batch: int) -> str:
    """One row: the attack of a linear network beside the exact solution, and each image alone."""
    generator = torch.Generator().manual_seed(batch)
    layer = nn.Linear(int(np.prod(shape)), 5)
    layer.weight.data = torch.randn(layer.weight.shape, generator=generator)
    layer.bias.data = torch.randn(layer.bias.shape, generator=generator)
    network = prepare(freeze(nn.Sequential(nn.Flatten(), layer)), shape, torch.device("cpu")).network
    images = torch.rand((batch, *shape), generator=generator)
    label = network(images).argmax(1)
    cells = []
    for target in ((label + 1) % 5, torch.full_like(label, -1)):
        attack = LBFGSB(logit_scale=10.0)
        made = verified(attack(network, images, label, target), network, label, target)
        close = stopped(attack, Stop("tight"), Problem(network, images, label, target), made)
        exact = LinearExact()(network, images, label, target)
        ratio = (close.image - images).flatten(1).norm(dim=1) / (exact.image - images).flatten(1).norm(dim=1)
        alone = [attack(network, images[i : i + 1], label[i : i + 1], target[i : i + 1]).image for i in range(batch)]
        same = torch.equal(torch.cat(alone).nan_to_num(), attack(network, images, label, target).image.nan_to_num())
        cells.append(f"{int(made.success.sum())} | {ratio.mean():.4f} | {ratio.max():.4f} | {'yes' if same else 'no'}")
    return f"| {' x '.join(map(str, shape))} | {batch} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=10, help="random boxes of each family and size")
    given = parser.parse_args()
    torch.set_num_threads(1)
    problems = suite(given.each)
    for dtype in LIMITS:
        compare(problems, dtype)
    head = "found | mean ratio | worst ratio | same bits alone"
    print(f"\n| shape | batch | {head} | untargeted: {head} |\n|{'---|' * 10}")
    for shape in ((1, 4, 4), (1, 8, 8), (3, 5, 7), (3, 16, 16)):
        for batch in (1, 3, 16):
            print(project(shape, batch), flush=True)


if __name__ == "__main__":
    main()
