"""The batched L-BFGS-B against scipy's, on the usual functions in boxes, in double precision."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, rosen, rosen_der

from advspace_plugins.attack.lbfgsb.solver import Precision, minimise

TIGHT = Precision(decrease=0.0, gradient=1e-9, iterations=3000)


def quadratic(seed, size, condition):
    """A random convex quadratic and a box that cuts its minimum off in some variables."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(size, size)))[0]
    matrix = basis * np.geomspace(1, condition, size) @ basis.T
    middle = rng.normal(size=size)
    low, high = middle - rng.exponential(0.5, size), middle + rng.exponential(0.5, size)
    shift = rng.normal(size=size)
    low, high = low + shift * (rng.random(size) < 0.3), high + shift * (rng.random(size) < 0.3)
    return matrix, middle, np.minimum(low, high), np.maximum(low, high)


def scipys(value, gradient, start, low, high):
    options = {"maxcor": 15, "maxiter": 20_000, "maxfun": 100_000, "ftol": 0, "gtol": 1e-10}
    bounds = list(zip(low, high, strict=True))
    return minimize(value, start, jac=gradient, method="L-BFGS-B", bounds=bounds, options=options)


def bowl(matrix, middle):
    """Value and gradient of one quadratic."""
    return lambda x: (x - middle) @ matrix @ (x - middle) / 2, lambda x: matrix @ (x - middle)


def tensors(*arrays):
    return [torch.from_numpy(np.stack(array)) for array in arrays]


@pytest.mark.parametrize("condition", [1, 1e2, 1e4, 1e6])
def test_quadratics_with_active_bounds(condition):
    made = [quadratic(seed, 20, condition) for seed in range(6)]
    matrix, middle, low, high = tensors(*zip(*made, strict=True))

    def function(x, rows):
        away = x - middle[rows]
        pull = torch.einsum("bij,bj->bi", matrix[rows], away)
        return (away * pull).sum(1) / 2, pull

    result = minimise(function, torch.zeros_like(middle), low, high, precision=TIGHT)
    assert ((result.point >= low) & (result.point <= high)).all()
    for i, problem in enumerate(made):
        lo, hi = problem[2:]
        best = scipys(*bowl(*problem[:2]), np.zeros(20), lo, hi)
        assert ((best.x == lo) | (best.x == hi)).any()
        assert result.total[i].item() <= best.fun * (1 + 1e-6) + 1e-9


@pytest.mark.parametrize(("low", "high"), [(-2.0, 2.0), (-2.0, 0.5), (1.2, 3.0), (0.0, 1.0)])
def test_rosenbrock(low, high):
    """With the minimum inside, cut off, and at a vertex of the box (degenerate)."""
    rng = np.random.default_rng(3)
    start = np.stack([*rng.uniform(low - 1, high + 1, size=(4, 6))])

    def function(x, rows):
        values = torch.tensor([rosen(row) for row in x.numpy()])
        return values, torch.tensor(np.stack([rosen_der(row) for row in x.numpy()]))

    box = torch.full((4, 6), low).double(), torch.full((4, 6), high).double()
    result = minimise(function, torch.from_numpy(start), *box, precision=TIGHT)
    for i in range(4):
        best = scipys(rosen, rosen_der, start[i].clip(low, high), 6 * [low], 6 * [high])
        assert result.total[i].item() == pytest.approx(best.fun, rel=1e-5, abs=1e-8)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.floats(0, 3))
def test_random_convex_problems(seed, size, weight):
    """log-sum-exp of random planes plus c |x|^2 in random boxes, some of them of width zero."""
    rng = np.random.default_rng(seed)
    planes, offset = rng.normal(size=(3 * size, size)), rng.normal(size=3 * size)
    low = rng.normal(size=size) - 1
    high = low + rng.exponential(1, size) * (rng.random(size) > 0.1)
    start = rng.normal(size=size) * 3

    def value(x):
        z = planes @ x + offset
        return np.log(np.exp(z - z.max()).sum()) + z.max() + weight * x @ x

    def gradient(x):
        z = np.exp(planes @ x + offset - (planes @ x + offset).max())
        return planes.T @ z / z.sum() + 2 * weight * x

    def function(x, rows):
        with torch.enable_grad():
            point = x.detach().requires_grad_()
            values = torch.logsumexp(point @ torch.from_numpy(planes).T + torch.from_numpy(offset), 1)
            (slope,) = torch.autograd.grad(values.sum(), point)
        return values.detach(), slope

    box = tensors([low], [high])
    result = minimise(
        function, torch.from_numpy(start)[None], *box, weight=torch.tensor([weight]).double(), precision=TIGHT
    )
    best = scipys(value, gradient, start.clip(low, high), low, high)
    assert ((result.point >= box[0]) & (result.point <= box[1])).all()
    assert result.total.item() == pytest.approx(best.fun, rel=1e-6, abs=1e-7)


def test_each_problem_goes_its_own_way():
    """The same problem alone and among others: the same evaluations and the same point."""
    made = [quadratic(seed, 10, 10.0 ** (1 + seed)) for seed in range(4)]
    matrix, middle, low, high = tensors(*zip(*made, strict=True))

    def solve(chosen):
        def function(x, rows):
            away = x - middle[chosen][rows]
            pull = torch.einsum("bij,bj->bi", matrix[chosen][rows], away)
            return (away * pull).sum(1) / 2, pull

        return minimise(function, torch.zeros_like(middle[chosen]), low[chosen], high[chosen], precision=TIGHT)

    whole = solve(torch.arange(4))
    for i in range(4):
        alone = solve(torch.tensor([i]))
        torch.testing.assert_close(alone.total[0], whole.total[i], rtol=1e-9, atol=1e-12)
        torch.testing.assert_close(alone.point[0], whole.point[i], rtol=0, atol=1e-5)


def test_a_wall_of_nan_is_a_step_too_far():
    def function(x, rows):
        beyond = (x > 0.7).any(1)
        return torch.where(beyond, torch.nan, -x.sum(1)), torch.where(beyond[:, None], torch.nan, -torch.ones_like(x))

    box = torch.zeros(1, 3).double(), torch.ones(1, 3).double()
    result = minimise(function, torch.zeros(1, 3).double(), *box)
    assert (result.point <= 0.7).all()
    assert (result.point > 0.3).all()
