"""The batched L-BFGS-B against scipy's, on the usual functions in boxes, in double precision."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, rosen, rosen_der

from advspace import AdvspaceError
from advspace_plugins.attack.lbfgsb.ends import End, Precision
from advspace_plugins.attack.lbfgsb.minimise import minimise
from advspace_plugins.attack.lbfgsb.solver import Lbfgsb

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


def rosenbrock(x, rows):
    """Values and gradients of scipy's function, the same for all problems."""
    values = torch.tensor([rosen(row) for row in x.numpy()])
    return values, torch.tensor(np.stack([rosen_der(row) for row in x.numpy()]))


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

    box = torch.full((4, 6), low).double(), torch.full((4, 6), high).double()
    result = minimise(rosenbrock, torch.from_numpy(start), *box, precision=TIGHT)
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


def waves(count, size, dtype, seed=0):
    """Sines along random directions plus a distance, not convex, in boxes that cut half of the variables off."""
    generator = torch.Generator().manual_seed(seed)
    planes = torch.randn(count, size, size, generator=generator, dtype=torch.float64)
    low = torch.randn(count, size, generator=generator, dtype=torch.float64) - 1
    high = low + 2 * torch.rand(count, size, generator=generator, dtype=torch.float64)
    start = 2 * torch.randn(count, size, generator=generator, dtype=torch.float64)

    def function(x, rows):
        across = (planes[rows].to(x) * x[:, None]).sum(2)
        slope = (planes[rows].to(x) * across.cos()[:, :, None]).sum(1)
        return across.sin().sum(1) + 0.05 * x.square().sum(1), slope + 0.1 * x

    return function, *(each.to(dtype) for each in (start, low, high))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_scipy_finds_nothing_lower_from_our_end(dtype):
    """Where stale pairs stop the search, the end is no minimum."""
    function, start, low, high = waves(40, 8, dtype)
    eps = torch.finfo(dtype).eps
    result = minimise(function, start, low, high, memory=10, precision=Precision(eps, eps**0.5, 1000))
    first = function(start.clamp(low, high).double(), torch.arange(40))[0]
    for i in range(40):

        def alone(x, row=i):
            value, slope = function(torch.from_numpy(x)[None], torch.tensor([row]))
            return value.item(), slope[0].numpy()

        end = result.point[i].double().numpy()
        box = low[i].double().numpy(), high[i].double().numpy()
        best = scipys(lambda x: alone(x)[0], lambda x: alone(x)[1], end, *box)
        assert alone(end)[0] - best.fun <= 50 * eps * (first[i].item() - best.fun)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_a_box_gives_the_same_bits_in_any_batch(dtype, one_thread):
    function, start, low, high = waves(9, 8, dtype, seed=1)

    def solve(rows):
        return minimise(lambda x, at: function(x, rows[at]), start[rows], low[rows], high[rows])

    whole = solve(torch.arange(9))
    for chosen in ([0], [8, 3], [2, 7, 1, 5]):
        part = solve(torch.tensor(chosen))
        for name in ("point", "total", "evaluations", "end"):
            assert torch.equal(getattr(part, name), getattr(whole, name)[chosen])


def test_no_step_leads_up():
    """In single precision near a minimum, where values are mostly rounding."""
    function, start, low, high = waves(40, 8, torch.float32)
    solver = Lbfgsb(start, low, high, torch.zeros(40), 10, Precision(0.0, 0.0, 60))
    solver.update(*function(solver.trial, torch.arange(40)))
    for _ in range(80):
        before = solver.total
        solver.advance()
        solver.update(*function(solver.trial, torch.arange(40)))
        assert (solver.total <= before).all()


def test_each_end_has_its_name():
    """A bowl, a flat quartic on a plateau, a gradient that lies, a slope without end, and a start that is NaN."""
    names = [End.GRADIENT, End.DECREASE, End.NO_DESCENT, End.ITERATIONS, End.NOT_FINITE]

    def function(x, rows):
        bowl, nan = x.square().sum(1), torch.full_like(x[:, 0], torch.nan)
        values = torch.stack([bowl, 1e9 + 100 * x.pow(4).sum(1), bowl, -x.sum(1), nan], 1)
        slopes = torch.stack([2 * x, 400 * x**3, -2 * x, -torch.ones_like(x), x], 1)
        return values.gather(1, rows[:, None])[:, 0], slopes[torch.arange(len(x)), rows]

    start, box = torch.linspace(0.5, 1, 15).double().reshape(5, 3), torch.full((5, 3), torch.inf).double()
    result = minimise(function, start, -box, box)
    assert [End(end) for end in result.end.tolist()] == names
    assert result.evaluations[4] == 1


def test_a_refined_problem_ends_as_if_it_had_begun_so():
    def first_ends(decrease, refined):
        start = torch.tensor([[-1.2, 1.0]]).double().repeat(4, 1)
        box = torch.full_like(start, 2)
        precision = Precision(decrease=decrease, gradient=0.0, confirm=False)
        solver = Lbfgsb(start, -box, box, torch.zeros(4).double(), 8, precision)
        solver.refine(torch.tensor(refined), 1e-6)
        ends = [[], [], [], []]
        for step in range(80):
            for problem in solver.update(*rosenbrock(solver.trial, range(4))).nonzero()[:, 0].tolist():
                ends[problem].append((step, *solver.point[problem].tolist()))
            solver.advance()
        return [found[0] for found in ends]

    coarse, fine = first_ends(0.1, [False] * 4)[0], first_ends(1e-6, [False] * 4)[0]
    assert coarse[0] < fine[0]
    assert first_ends(0.1, [False, True, True, False]) == [coarse, fine, fine, coarse]


def test_half_of_the_box_is_nan():
    """The minimum in the other half is found, past trials that are NaN; a start in this half is told."""
    middle = torch.tensor([0.5, 0.2, 0.9]).double()

    def function(x, rows):
        away = torch.where((x[:, :1] > 0.5).expand_as(x), torch.nan, x - middle)
        return away.pow(4).sum(1) + away.square().sum(1), 4 * away**3 + 2 * away

    start = torch.tensor([[-3.0, 3, -3], [0.4, -1, 2], [0.6, 0, 0]]).double()
    box = torch.full((3, 3), 4.0).double()
    result = minimise(function, start, -box, box)
    torch.testing.assert_close(result.point[:2], middle.expand(2, -1), rtol=0, atol=1e-5)
    assert result.end.tolist() == [End.GRADIENT, End.GRADIENT, End.NOT_FINITE]


@pytest.mark.parametrize("low", [2.0, torch.nan])
def test_a_box_upside_down_is_refused(low):
    box = torch.full((2, 3), -1.0), torch.ones(2, 3)
    box[0][1, 2] = low
    with pytest.raises(AdvspaceError, match=rf"low must be <= high .* problem 1 has {low:g} and 1 in variable 2"):
        minimise(lambda x, rows: (x.sum(1), torch.ones_like(x)), torch.zeros(2, 3), *box)
