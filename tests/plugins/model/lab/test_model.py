"""Every region keeps the share of many draws that it says, and lies where it says."""

import numpy as np
import pytest
import torch

from advspace import AdvspaceError
from advspace.model.known_answer import HasKnownAnswer
from advspace_plugins.model.lab.model import SIZES, Lab

SHAPE = (1, 8, 8)
SIGMA = np.array([0.01, 0.1, 0.3, 1.0, 4.0])
REGIONS = [*SIZES, "reflex"]


def lab(region, **settings):
    return Lab(region="corner", angle=240, **settings) if region == "reflex" else Lab(region=region, **settings)


def network_of(region, **settings):
    return lab(region, **settings).known_answer(SHAPE, 4 if region == "linear" else 2)


def center_at(network, depth):
    """A point with some depth on the way from the middle of the box, beside the axis."""
    generator = torch.Generator().manual_seed(1)
    axis = network.weight[1] if hasattr(network, "weight") else network.axes[0]
    return (0.5 + (1 + depth) * axis + 0.01 * torch.randn(64, generator=generator)).view(SHAPE)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("depth", [0.001, 0.1])
def test_share_is_that_of_many_draws(region, depth):
    network, draws = network_of(region), 8_000
    center = center_at(network, depth)
    noise = torch.randn(draws, *SHAPE, generator=torch.Generator().manual_seed(0))
    found = [float((network(center + sigma * noise).argmax(1) == 1).float().mean()) for sigma in SIGMA]
    exact = network.share(center, 1, SIGMA)
    error = np.sqrt(exact * (1 - exact) / draws) + 1 / draws
    assert (np.abs(found - exact) < 4.5 * error).all()


@pytest.mark.parametrize("region", ["half_space", "linear"])
def test_clipped_share_is_that_of_many_draws(region):
    network, draws = network_of(region), 20_000
    center = center_at(network, 0.05)
    noise = torch.randn(draws, *SHAPE, generator=torch.Generator().manual_seed(0))
    found = [float((network((center + s * noise).clamp(0, 1)).argmax(1) == 1).float().mean()) for s in SIGMA]
    assert np.abs(found - network.clipped_share(center, 1, SIGMA)).max() < 0.015


@pytest.mark.parametrize("region", REGIONS)
def test_middle_of_the_box_is_outside_and_the_region_at_its_distance(region):
    network = network_of(region, distance=0.7)
    middle = torch.full((1, *SHAPE), 0.5)
    assert int(network(middle).argmax()) == 0
    axis = network.weight[1] if hasattr(network, "weight") else network.axes[0]
    beyond, before = ((middle.flatten(1) + t * axis).view(1, *SHAPE) for t in (0.701, 0.699))
    assert int(network(beyond).argmax()) == 1
    assert int(network(before).argmax()) == 0


def test_both_classes_together_are_all():
    network = network_of("ball")
    center = center_at(network, 0.1)
    np.testing.assert_allclose(network.share(center, 0, SIGMA) + network.share(center, 1, SIGMA), 1)


def test_share_around_the_tip_is_that_of_the_angle():
    network = network_of("corner")
    tip = (0.5 + network.axes[0]).view(SHAPE)
    np.testing.assert_allclose(network.share(tip, 1, SIGMA), 60 / 360, atol=1e-5)


def test_stripes_tend_to_their_share():
    network = network_of("stripes", share=0.3, distance=0.1)
    assert network.share(torch.full(SHAPE, 0.5), 1, np.array([50.0]))[0] == pytest.approx(0.3, abs=0.003)


def test_ring_from_its_middle():
    network, sigma = network_of("ring"), np.array([0.5, 1.0])
    exact = np.exp(-1 / (2 * sigma**2)) - np.exp(-(1.5**2) / (2 * sigma**2))
    np.testing.assert_allclose(network.share(torch.full(SHAPE, 0.5), 1, sigma), exact, rtol=1e-5)


def test_ball_of_a_large_radius_is_nearly_a_half_space():
    ball, flat = network_of("ball", size=1e4), network_of("half_space")
    center = center_at(ball, 0.05)
    sigma = np.array([0.05, 0.1])
    np.testing.assert_allclose(ball.share(center, 1, sigma), flat.share(center, 1, sigma), atol=1e-3)


@pytest.mark.parametrize(
    ("region", "kappa"), [("half_space", 0), ("ball", 3.15), ("outside", -3.15), ("cylinder", 3.5)]
)
def test_shape_tells_depth_and_curvature(region, kappa):
    network = network_of(region)
    truth = network.shape(center_at(network, 0.05))
    assert truth["m"] == pytest.approx(0.05, abs=0.02)
    assert truth["kappa"] == pytest.approx(kappa)


def test_a_corner_has_a_shape_at_its_tip_alone():
    network = network_of("corner")
    tip = (0.5 + network.axes[0]).view(SHAPE)
    assert network.shape(tip)["c0"] == pytest.approx(-0.9674, abs=1e-4)
    assert network.shape((0.5 + 1.1 * network.axes[0]).view(SHAPE)) == {}


@pytest.mark.parametrize("region", ["slab", "wedge", "stripes", "ring"])
def test_other_regions_have_none(region):
    network = network_of(region)
    assert network.shape(center_at(network, 0.05)) == {}


def test_linear_shape_tells_no_curvature():
    network = network_of("linear")
    assert set(network.shape(center_at(network, 0.05))) == {"m"}


@pytest.mark.parametrize("region", SIZES)
def test_network_has_a_gradient_everywhere(region):
    network = network_of(region)
    image = center_at(network, 0.05)[None].requires_grad_()
    logits = network(image)
    (logits[:, 1] - logits[:, 0]).sum().backward()
    assert float(image.grad.norm()) > 0.1


def test_lab_says_that_it_has_a_known_answer():
    assert isinstance(Lab(), HasKnownAnswer)
    assert Lab().trained


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"region": "blob"}, "region must be"),
        ({"distance": 0}, "distance must be"),
        ({"size": -1}, "size must be"),
        ({"angle": 360}, "angle must be between 0 and 360"),
        ({"share": 1.0}, "share must be between 0 and 1"),
        ({"curved": 1}, "curved must be"),
    ],
)
def test_bad_settings_are_refused(settings, words):
    with pytest.raises(AdvspaceError, match=words):
        Lab(**settings)


def test_region_beyond_the_box_is_refused():
    with pytest.raises(AdvspaceError, match="distance must be below 3"):
        Lab(distance=4).network(SHAPE, 2)


def test_region_around_the_middle_is_refused():
    with pytest.raises(AdvspaceError, match="take size >= distance"):
        Lab(region="outside", size=0.4).network(SHAPE, 2)


def test_too_few_dimensions_are_refused():
    with pytest.raises(AdvspaceError, match="more than curved=8 values, got 4"):
        Lab(region="cylinder").network((1, 2, 2), 2)


def test_other_classes_are_refused():
    with pytest.raises(AdvspaceError, match="has two classes, got 3"):
        Lab(region="ball").network(SHAPE, 3)
