"""The way back to the boundary, the slope there, and the linearised network, on networks whose answers are known."""

import math

import pytest
import torch
from torch import nn

from advspace import Case, NoiseBlocks
from advspace_plugins.model.lab.model import Lab
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.probe.boundary import to_boundary
from advspace_plugins.probe.ladder import Ladder
from advspace_plugins.probe.linearised import linearised

SHAPE = (1, 8, 8)
BLOCKS = NoiseBlocks((0, "a", "gaussian"), per_forward=7)


def lab_case(region, depth=0.2, aside=0.0):
    """A case of the lab: the distortion goes `depth` beyond the boundary, and `aside` at a right angle to it."""
    network = Lab(region=region).network(SHAPE, 2)
    first, second = Lab(region="ring").network(SHAPE, 2).axes
    image = torch.full(SHAPE, 0.5)
    adversarial = image + ((1 + depth) * first + aside * second).view(SHAPE)
    return network, Case("a", image, adversarial, 0, 1)


def test_depth_and_angle_of_a_half_space():
    network, case = lab_case("half_space", aside=0.5)
    found = to_boundary(network, case, BLOCKS)
    length = math.hypot(1.2, 0.5)
    assert found.distance == pytest.approx(length)
    assert found.depth == pytest.approx(0.2 / 1.2 * length, abs=length * 2**-15)
    assert found.angle == pytest.approx(math.degrees(math.atan2(0.5, 1.2)), abs=0.01)
    assert 0 <= float(network(found.tight[None])[0, 1]) < 1e-4


def test_the_nearest_end_of_a_slab_is_found_not_the_farthest():
    """Two boundaries on the way: the adversarial lies in the second stripe, and its own edge counts."""
    network, case = lab_case("stripes", depth=0.3)
    assert to_boundary(network, case, BLOCKS).depth == pytest.approx(0.05, abs=1e-4)


def test_an_angle_needs_a_gradient():
    class Steps(nn.Module):
        def forward(self, image):
            return torch.stack((image.flatten(1)[:, 0] < 0.6, image.flatten(1)[:, 0] >= 0.6), 1).float()

    image = torch.full(SHAPE, 0.5)
    found = to_boundary(Steps(), Case("a", image, image + 0.2, 0, 1), BLOCKS)
    assert math.isnan(found.angle)
    assert found.depth == pytest.approx(0.1 * 8, abs=1e-3)


def test_an_adversarial_at_the_boundary_stays():
    network, case = lab_case("half_space", depth=1e-6)
    found = to_boundary(network, case, BLOCKS)
    assert torch.equal(found.tight, case.adversarial)
    assert found.depth == 0


def test_margins_and_gradients_of_a_linear_network():
    network = Lab(region="linear").network(SHAPE, 4)
    center = 0.5 + (1.5 * network.weight[1]).view(SHAPE)
    row = linearised(network, "tight", center, 1, 2)
    margins = network(center[None])[0]
    order = [index for index in margins.argsort(descending=True).tolist() if index != 1][:2]
    apart = network.weight[1] - network.weight[order]
    assert row["margins"] == pytest.approx((margins[1] - margins[order]).tolist(), abs=1e-6)
    assert row["gram"] == pytest.approx((apart @ apart.T).flatten().tolist(), abs=1e-6)


def test_tables_of_a_ladder_with_all_centers():
    network, case = lab_case("ball")
    probe = Ladder(center="all", box="none", draws=20, scales=(0.5, 2.0), linearised=5, line=(0.25, 1.0), pairs=True)
    result = probe(network, case, Gaussian(), BLOCKS)
    assert [row.center for row in result.records] == [*["adversarial"] * 2, *["original"] * 2, *["tight"] * 2]
    assert [row["center"] for row in result.tables["linearised"]] == ["adversarial", "original", "tight"]
    assert len(result.tables["boundary"]) == 1
    assert [(row["t"], row["scale"], row["label"]) for row in result.tables["line"]] == [
        (0.25, 0.5, 0),
        (0.25, 2.0, 0),
        (1.0, 0.5, 1),
        (1.0, 2.0, 1),
    ]


def test_the_end_of_the_line_is_the_adversarial():
    network, case = lab_case("ball")
    probe = Ladder(center="adversarial", box="none", draws=20, scales=(0.5, 2.0), line=(1.0,))
    result = probe(network, case, Gaussian(), BLOCKS)
    assert [row["kept"] for row in result.tables["line"]] == [row.n_target for row in result.records]


def test_a_tight_center_keeps_what_a_flat_boundary_keeps():
    """Half of the pairs of mirror images each: exactly one of two is kept."""
    network, case = lab_case("half_space")
    probe = Ladder(center="tight", box="none", draws=100, scales=(1.0, 4.0), pairs=True)
    assert [row.n_target for row in probe(network, case, Gaussian(), BLOCKS).records] == [50, 50]


def test_without_a_gradient_there_is_no_row():
    class NoGradient(nn.Module):
        def forward(self, image):
            return torch.from_numpy(image.detach().numpy().reshape(len(image), -1)[:, :2])

    assert linearised(NoGradient(), "tight", torch.full(SHAPE, 0.5), 1, 3) is None
