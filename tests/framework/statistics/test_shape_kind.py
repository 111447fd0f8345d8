"""Kinds of regions by likelihood, on regions of the laboratory and against their exact shares."""

import numpy as np
import pytest
from lab_rays import LENGTH, SCALES, lab_rays
from scipy.stats import multivariate_normal, norm

from advspace.statistics.shape import TOLERANCE, shape_of
from advspace.statistics.shape_catalogue import Catalogue
from advspace.statistics.shape_kind import kind_of
from advspace_plugins.model.lab.model import Lab

DEEPEST = 1e-3
NEAREST = DEEPEST / SCALES
KINDS = [
    (Lab(region="ball"), "bulging", {"closing"}),
    (Lab(region="cylinder"), "bulging", {"closing"}),
    (Lab(region="slab"), "layer", {"faces", "closing"}),
    (Lab(region="wedge"), "corner", {"faces", "closing"}),
    (Lab(region="corner"), "corner", {"faces", "closing"}),
    (Lab(region="outside"), "wrapping", {"non-convex"}),
    (Lab(region="corner", angle=240.0), "wrapping", {"non-convex"}),
    (Lab(region="stripes"), "scattered", {"non-convex"}),
    (Lab(), "flat", set()),
]


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.of(SCALES, DEEPEST, TOLERANCE)


@pytest.mark.parametrize(("lab", "kind", "coarser"), KINDS)
def test_a_thousand_draws_name_the_kind_or_a_coarser_one(lab, kind, coarser, catalogue):
    rays, _ = lab_rays(lab, 1000, 10)
    told = [kind_of(shape_of(each, NEAREST), each, NEAREST, SCALES, catalogue) for each in rays]
    assert set(told) <= {kind, *coarser}
    assert told.count(kind) >= 5


def test_fewer_draws_name_none(catalogue):
    rays, _ = lab_rays(Lab(region="ball"), 998, 1)
    assert kind_of(shape_of(rays[0], NEAREST), rays[0], NEAREST, SCALES, catalogue) == "closing"


@pytest.mark.parametrize(
    ("lab", "kind"),
    [(Lab(region="ball"), "bulging"), (Lab(region="cylinder", curved=2), "bulging"), (Lab(region="slab"), "layer"),
     (Lab(region="wedge"), "corner"), (Lab(region="corner", angle=90.0), "corner")],
)  # fmt: skip
def test_the_catalogue_has_a_member_near_each_region(lab, kind):
    """By the exact shares of the laboratory: within .02 at every scale."""
    catalogue = Catalogue.of(SCALES, 0.5, TOLERANCE)
    _, exact = lab_rays(lab, 2, 1, depth=0.05)
    lost = np.cumsum(np.exp(catalogue.exits), 1)[:, :-1]
    apart = np.abs(1 - lost - exact).max(1)
    assert apart[catalogue.kinds == kind].min() < 0.02


def test_exits_are_probabilities(catalogue):
    assert np.exp(catalogue.exits).sum(1) == pytest.approx(1)


def test_members_near_a_flat_boundary_are_flat():
    catalogue = Catalogue.of(np.array([1.0]), 1.0, TOLERANCE)
    apart = np.abs(1 - np.exp(catalogue.exits[:, 0]) - norm.cdf(catalogue.depths))
    assert (apart[catalogue.kinds == "flat"] < TOLERANCE + 1e-4).all()
    assert (apart[catalogue.kinds != "flat"] > TOLERANCE - 1e-4).all()


def test_wedges_are_scipys_orthants():
    share = multivariate_normal([0, 0], [[1, -np.cos(np.pi / 3)], [-np.cos(np.pi / 3), 1]]).cdf([0.05 / LENGTH, 1.0])
    catalogue = Catalogue.of(np.array([1.0]), 0.05, 0.0)
    corners = 1 - np.exp(catalogue.exits[catalogue.kinds == "corner", 0])
    assert np.abs(corners - share).min() < 0.005
