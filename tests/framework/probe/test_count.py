"""Counting probes, against counting by hand and against known probabilities."""

import pytest
import torch
from scipy.stats import norm

from advspace import AdvspaceError, Case
from advspace.probe.count import record, tally

CENTER = torch.tensor([0.2, 0.5]).reshape(1, 1, 2)
CASE = Case("a", CENTER, CENTER, label=0, target=1)


def test_counts_and_moments_by_hand(linear):
    model = linear(torch.eye(2))
    noise = torch.tensor([[0.6, -0.2], [0.0, 0.0], [-0.4, 0.7]]).reshape(3, 1, 1, 2)
    result = record(
        CASE,
        "original",
        "clip",
        1.0,
        [tally(model, CENTER, noise[:1], "clip"), tally(model, CENTER, noise[1:], "clip")],
    )
    applied = torch.tensor([[0.6, -0.2], [0.0, 0.0], [-0.2, 0.5]])
    assert result.class_counts == [1, 2]
    assert (result.n_original, result.n_target, result.n_other, result.draws) == (1, 2, 0, 3)
    assert result.noise_mean == pytest.approx(applied.mean().item())
    assert result.noise_sd == pytest.approx(applied.std(correction=0).item())
    assert result.noise_l2 == pytest.approx(applied.norm(dim=1).mean().item())
    assert result.clipped == pytest.approx(2 / 6)


def test_without_a_box_nothing_is_clipped(linear):
    result = record(
        CASE, "original", "none", 1.0, [tally(linear(torch.eye(2)), CENTER, torch.ones(5, 1, 1, 2), "none")]
    )
    assert result.clipped == 0
    assert result.noise_mean == pytest.approx(1.0)


def test_half_space(linear, generator):
    """At distance m from a flat boundary the share of probes that stay is Phi(m / sd); at p = 1e-6."""
    model, draws, sd = linear(torch.tensor([[0.0, 0.0], [3.0, 4.0]]), torch.tensor([0.0, -2.0])), 20_000, 0.2
    noise = sd * torch.randn(draws, 1, 1, 2, generator=generator)
    distance = (3 * 0.2 + 4 * 0.5 - 2) / 5
    expected = norm.cdf(distance / sd)
    share = tally(model, CENTER, noise, "none").class_counts[1].item() / draws
    assert abs(share - expected) < 4.9 * (expected * (1 - expected) / draws) ** 0.5


def test_logits_that_are_not_finite_are_refused(linear):
    model = linear(torch.full((2, 2), torch.inf))
    with pytest.raises(AdvspaceError, match="NaN or infinite logits on a probe"):
        tally(model, CENTER, torch.ones(1, 1, 1, 2), "none")
