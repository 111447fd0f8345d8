"""Projection on half-spaces within the box, against scipy."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, minimize

from advspace_plugins.attack.linear_exact.box_projection import project


def problems(seed, batch=3, constraints=4, pixels=12):
    """Random programmes that have a solution: the offsets are what a random step in the box reaches."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(batch, constraints, pixels))
    low, high = -rng.random((batch, pixels)).round(1), rng.random((batch, pixels)).round(1)
    reached = rng.uniform(low, high)
    offset = np.einsum("bkn,bn->bk", rows, reached) - rng.exponential(0.1, size=(batch, constraints))
    return tuple(torch.from_numpy(array) for array in (rows, offset, low, high))


def slsqp(rows, offset, low, high):
    """One problem by scipy's general solver."""
    result = minimize(
        lambda d: d @ d / 2,
        np.clip(np.zeros_like(low), low, high),
        jac=lambda d: d,
        bounds=list(zip(low, high, strict=True)),
        constraints=LinearConstraint(rows, offset, np.inf),
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-14},
    )
    return result.x if result.success else None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_projection_is_scipys(seed):
    rows, offset, low, high = problems(seed)
    result = project(rows, offset, low, high)
    assert (result.residual <= 1e-9).all()
    assert not result.impossible.any()
    for i in range(len(rows)):
        expected = slsqp(*(part[i].numpy() for part in (rows, offset, low, high)))
        if expected is not None:
            assert np.linalg.norm(result.step[i]) == pytest.approx(np.linalg.norm(expected), rel=1e-5, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_certificate(seed):
    """The Karush-Kuhn-Tucker conditions, written out anew."""
    rows, offset, low, high = problems(seed, batch=2, constraints=9, pixels=30)
    result = project(rows, offset, low, high)
    step, multipliers = result.step, result.multipliers
    lack = offset - torch.einsum("bkn,bn->bk", rows, step)
    assert (multipliers >= 0).all()
    assert (lack <= 1e-9).all()
    assert ((multipliers * lack).abs() <= 1e-8 * (1 + multipliers)).all()
    pull = step - torch.einsum("bk,bkn->bn", multipliers, rows)
    assert (pull[(step > low) & (step < high)].abs() < 1e-12).all()
    assert (pull[(step == low) & (low < high)] >= -1e-12).all()
    assert (pull[(step == high) & (low < high)] <= 1e-12).all()


def test_an_impossible_programme_is_proved_to_be_one():
    rows = torch.tensor([[[1.0, 1.0]], [[1.0, 1.0]]], dtype=torch.float64)
    offset = torch.tensor([[2.5], [1.5]], dtype=torch.float64)
    result = project(rows, offset, torch.zeros(2, 2).double(), torch.ones(2, 2).double())
    assert result.impossible.tolist() == [True, False]
    assert result.step[1] == pytest.approx([0.75, 0.75])
