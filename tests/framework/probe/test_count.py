"""Counting probes, against counting by hand and against known probabilities."""

from dataclasses import dataclass
from itertools import product

import pytest
import torch
from scipy.stats import norm
from torch import nn

from advspace import AdvspaceError, Case, Noise, NoiseBlocks, ProbeCounter
from advspace.errors import ProbeError
from advspace.model.contract import freeze
from advspace.probe.classify import ClassCounter

CENTER = torch.tensor([0.2, 0.5]).reshape(1, 1, 2)
CASE = Case("a", CENTER, CENTER, label=0, target=1)
BLOCKS = NoiseBlocks((0, "a", "noise"))


@dataclass(frozen=True)
class Ramp(Noise):
    """Noise that is known: the pixels of draw n of a block are scale x (n + 1) / 100, on top of `base`."""

    affine = True

    base: float = 0.0

    def sample(self, distortion, scale, draws, generator):
        ramp = torch.arange(1, draws + 1)[:, None, None, None] / 100
        return self.base + scale * ramp.expand(draws, *distortion.shape)


@dataclass(frozen=True)
class RampAnew(Ramp):
    """The same, drawn scale by scale."""

    affine = False


def counted(model, policy, *points, per_forward=1000):
    """The record of points around `CENTER`, which are added one after the other."""
    counter = ProbeCounter(model, CASE, NoiseBlocks(BLOCKS.key, per_forward))
    cell = counter.cell("original", policy, 1.0)
    for images in points:
        counter.add(cell, images)
    (record,) = counter.records()
    return record


@pytest.mark.parametrize("per_forward", [1, 2, 3, 1000])
def test_counts_and_moments_by_hand(linear, per_forward):
    noise = torch.tensor([[0.6, -0.2], [0.0, 0.0], [-0.4, 0.7]]).reshape(3, 1, 1, 2)
    result = counted(linear(torch.eye(2)), "clip", CENTER + noise[:1], CENTER + noise[1:], per_forward=per_forward)
    applied = torch.tensor([[0.6, -0.2], [0.0, 0.0], [-0.2, 0.5]])
    assert (result.image_id, result.center, result.box, result.scale) == ("a", "original", "clip", 1.0)
    assert result.class_counts == [1, 2]
    assert (result.n_original, result.n_target, result.n_other, result.draws) == (1, 2, 0, 3)
    assert result.noise_mean == pytest.approx(applied.mean().item())
    assert result.noise_sd == pytest.approx(applied.std(correction=0).item())
    assert result.noise_l2 == pytest.approx(applied.norm(dim=1).mean().item())
    assert result.clipped == pytest.approx(2 / 6)
    assert result.extra == {}


def test_without_a_box_nothing_is_clipped(linear):
    result = counted(linear(torch.eye(2)), "none", CENTER + torch.ones(5, 1, 1, 2))
    assert result.clipped == 0
    assert result.noise_mean == pytest.approx(1.0)
    assert result.noise_l2 == pytest.approx(2**0.5)


def test_half_space(linear, generator):
    """At distance m from a flat boundary the share of probes that stay is Phi(m / sd); at p = 1e-6."""
    model, draws, sd = linear(torch.tensor([[0.0, 0.0], [3.0, 4.0]]), torch.tensor([0.0, -2.0])), 20_000, 0.2
    noise = sd * torch.randn(draws, 1, 1, 2, generator=generator)
    distance = (3 * 0.2 + 4 * 0.5 - 2) / 5
    expected = norm.cdf(distance / sd)
    share = counted(model, "none", CENTER + noise).n_target / draws
    assert abs(share - expected) < 4.9 * (expected * (1 - expected) / draws) ** 0.5


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        (["none"], r"on a probe around the original \(none\) at scale 1; .*, or it does so outside the box only: take"),
        (["none", "clip"], r"around the original \(none\) at scale 1, and in 1 other cells; .*, or lower probe.scales"),
    ],
)
def test_logits_that_are_not_finite_are_named(linear, policies, said):
    counter = ProbeCounter(linear(torch.full((2, 2), torch.inf)), CASE, BLOCKS)
    for policy in policies:
        counter.add(counter.cell("original", policy, 1.0), torch.ones(1, 1, 1, 2))
    with pytest.raises(ProbeError, match=said):
        counter.records()


def test_forward_passes_are_full_whatever_is_added(generator):
    class Sizes(nn.Module):
        def __init__(self):
            super().__init__()
            self.sizes = []

        def forward(self, image):
            self.sizes.append(len(image))
            return image.flatten(1)

    model, points = Sizes(), torch.rand(20, 1, 1, 2, generator=generator)
    expected = points.flatten(1).argmax(1)
    counter = ProbeCounter(freeze(model), CASE, NoiseBlocks((0,), 8))
    cells = [counter.cell("original", "none", float(scale)) for scale in range(3)]
    for cell, part in zip(cells, points.split([3, 16, 1]), strict=True):
        counter.add(cell, part)
    result = [record.class_counts for record in counter.records()]
    assert model.sizes == [8, 8, 4]
    assert result == [part.bincount(minlength=2).tolist() for part in expected.split([3, 16, 1])]


@pytest.mark.parametrize("pieces", [[9], [1, 8], [3, 3, 3], [4, 5]])
@pytest.mark.parametrize("policy", ["clip", "none"])
def test_only_the_first_points_of_a_cell_are_measured(linear, generator, monkeypatch, policy, pieces):
    monkeypatch.setattr("advspace.probe.measure.MEASURED_DRAWS", 4)
    monkeypatch.setattr("advspace.probe.measure.MEASURED_VALUES", 1)
    points = CENTER + torch.randn(9, 1, 1, 2, generator=generator)
    result = counted(linear(torch.eye(2)), policy, *points.split(pieces))
    added = (points.clamp(0, 1) if policy == "clip" else points)[:4] - CENTER
    assert result.draws == 9
    assert result.noise_mean == pytest.approx(added.mean().item(), abs=1e-6)
    assert result.noise_l2 == pytest.approx(added.flatten(1).norm(dim=1).mean().item())


def test_centers_boxes_and_columns_of_a_probes_own(linear):
    """A box that takes pixels modulo 1, around the middle of a black image."""
    counter, middle = ProbeCounter(linear(torch.eye(2)), CASE, BLOCKS), torch.full((1, 1, 2), 0.5)
    cell = counter.cell("middle", "modulo", 0.0, around=middle, extra={"ring": 3, "shape": "round"})
    unboxed = torch.tensor([[0.75, 0.5], [1.75, 0.5]], dtype=torch.float64).reshape(2, 1, 1, 2)
    counter.add(cell, unboxed % 1, unboxed)
    (record,) = counter.records()
    assert (record.center, record.box, record.extra) == ("middle", "modulo", {"ring": 3, "shape": "round"})
    assert (record.class_counts, record.clipped) == ([2, 0], 0.25)
    assert (record.noise_mean, record.noise_l2) == (0.125, 0.25)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("per_forward", [1, 3, 64, 1000])
@pytest.mark.parametrize("noise", [Ramp(), RampAnew(), Ramp(0.05), RampAnew(0.05)])
def test_noise_of_cells_that_share_it(linear, noise, per_forward, affine):
    """Every center, scale and box sees the ramp; two cells that differ in a column see the same."""
    model = linear(torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), torch.tensor([-1.0, -0.7, 0.0]))
    model = model if affine else nn.Sequential(model, nn.Identity())
    case, own = Case("a", CENTER, CENTER + 0.1, label=0, target=1), torch.full((1, 1, 2), 0.75)
    counter = ProbeCounter(model, case, NoiseBlocks((0,), per_forward))
    cells = [
        counter.cell(center, box, scale, around=own if center == "own" else None)
        for center, scale, box in product(("adversarial", "original", "own"), (0.5, 4.0), ("clip", "none"))
    ]
    cells.append(counter.cell("original", "clip", 4.0, extra={"again": 1}))
    counter.add_noise(cells, noise, 70)
    ramp = (torch.arange(70) % 50 + 1)[:, None, None, None] / 100
    for record in counter.records():
        center = own if record.center == "own" else case.center(record.center)
        unboxed = center + noise.base + record.scale * ramp
        points = unboxed.clamp(0, 1) if record.box == "clip" else unboxed
        added = points - center
        assert record.class_counts == model(points).argmax(1).bincount(minlength=3).tolist()
        assert record.noise_mean == pytest.approx(added.mean().item(), abs=1e-6)
        assert record.noise_sd == pytest.approx(added.std(correction=0).item(), abs=1e-5)
        assert record.noise_l2 == pytest.approx(added.flatten(1).norm(dim=1).mean().item(), rel=1e-5)
        assert record.clipped == pytest.approx((points != unboxed).double().mean().item())


def test_other_keys_are_other_noise(linear, generator):
    class Normal(Noise):
        def sample(self, distortion, scale, draws, generator):
            return scale * torch.randn(draws, *distortion.shape, generator=generator)

    counter = ProbeCounter(linear(torch.eye(2)), CASE, BLOCKS)
    cells = [counter.cell("original", "none", 1.0) for _ in range(3)]
    for cell, key in zip(cells, [(), (), ("other", 2)], strict=True):
        counter.add_noise([cell], Normal(), 5, key)
    first, same, other = (record.noise_l2 for record in counter.records())
    assert first == same != other


@pytest.mark.parametrize(("center", "around"), [("middle", None), ("original", CENTER)])
def test_a_center_is_the_cases_or_brings_its_image(linear, center, around):
    counter = ProbeCounter(linear(torch.eye(2)), CASE, BLOCKS)
    with pytest.raises(
        AdvspaceError, match=rf"around must be the image of a center of the probe's own, got center='{center}' with"
    ):
        counter.cell(center, "none", 1.0, around=around)


def test_points_of_another_shape_are_refused(linear):
    counter = ProbeCounter(linear(torch.eye(2)), CASE, BLOCKS)
    cell = counter.cell("original", "none", 1.0)
    with pytest.raises(AdvspaceError, match=r"points must have the shape \[draws, 1, 1, 2\], got \[3, 1, 2, 2\]"):
        counter.add(cell, torch.zeros(3, 1, 2, 2))


def test_cells_without_points_are_refused(linear):
    counter = ProbeCounter(linear(torch.eye(2)), CASE, BLOCKS)
    counter.add(counter.cell("original", "none", 1.0), CENTER[None])
    counter.cell("original", "clip", 2.0)
    with pytest.raises(
        AdvspaceError, match=r"a cell must have one point at least, got none around the original \(clip\) at scale 2.0"
    ):
        counter.records()


def test_no_cells_are_no_records(linear):
    assert ProbeCounter(linear(torch.eye(2)), CASE, BLOCKS).records() == []


@pytest.mark.parametrize("kind", [Ramp, RampAnew])
def test_noise_that_is_not_finite_is_the_noises_fault(linear, kind):
    """Draw 60 of 70 is in the second block, beyond the draws that are measured."""
    counter = ProbeCounter(linear(torch.eye(2)), CASE, BLOCKS)
    counter.add_noise([counter.cell("original", "clip", 1.0)], kind(base=float("nan")), 70)
    with pytest.raises(AdvspaceError, match=rf"^noise '{kind.__name__}' must give finite noise, got NaN or infinity"):
        counter.records()


def test_unclipped_noise_around_an_affine_network_needs_no_points(linear, monkeypatch):
    enqueued, enqueue = [], ClassCounter.enqueue
    monkeypatch.setattr(
        ClassCounter, "enqueue", lambda self, cells, count: enqueued.append(cells) or enqueue(self, cells, count)
    )
    counter = ProbeCounter(linear(torch.eye(2)), CASE, BLOCKS)
    cells = [counter.cell("original", box, scale) for box in ("none", "clip") for scale in (1.0, 2.0)]
    counter.add_noise(cells, Ramp(), 70)
    assert [record.draws for record in counter.records()] == [70] * 4
    assert {number for cells in enqueued for number in cells} == {2, 3}
