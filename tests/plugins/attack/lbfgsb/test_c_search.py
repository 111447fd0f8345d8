"""The search for c, on margins that are known functions of it."""

import pytest
import torch

from advspace_plugins.attack.lbfgsb.c_search import GROWTH, SOLVES, CSearch

EPSILON = 0.05


def searched(margin, first, epsilon=EPSILON):
    """Search until every image is closed; gives the search and how many solves each image took."""
    search, c = CSearch.first(first, epsilon), first.clone()
    for _ in range(2 * SOLVES):
        search.update(~search.closed, c, margin(c))
        if bool(search.closed.all()):
            return search
        c = torch.where(search.closed, c, search.next())
    raise AssertionError("it does not end")


@pytest.mark.parametrize("power", [1.0, 0.3, 3.0])
def test_the_largest_c_that_succeeds_is_found_to_the_precision_asked_for(power):
    """The margin falls through zero at an edge of its own for each image, not as a straight line in log c."""
    edge = torch.tensor([1e-6, 0.02, 1.0, 33.0, 1e7], dtype=torch.float64)
    search = searched(lambda c: (edge / c).pow(power) - 1, torch.ones(5, dtype=torch.float64))
    assert (search.low <= edge).all()
    assert (search.high >= edge).all()
    assert ((search.high / search.low).log() <= EPSILON).all()


def test_a_straight_line_in_log_c_is_found_at_once():
    """Two points tell where it crosses zero: a bracket, and two solves beside the crossing."""
    edge = torch.tensor([0.7, 1.3, 1.9], dtype=torch.float64)
    search = searched(lambda c: (edge / c).log(), torch.ones(3, dtype=torch.float64))
    assert (search.solves <= 5).all()


def test_an_image_that_always_or_never_succeeds_ends():
    sign = torch.tensor([1.0, -1.0])
    search = searched(lambda c: sign, torch.tensor([1e10, 1e-8]))
    assert search.exhausted.tolist() == [True, True]
    assert search.low[0] > 1e12
    assert search.low[1].isnan()


def test_outside_of_a_bracket_c_grows_or_shrinks_by_a_factor():
    search = CSearch.first(torch.tensor([3.0, 3.0]), EPSILON)
    better = search.update(torch.tensor([True, True]), torch.tensor([3.0, 3.0]), torch.tensor([0.1, -0.1]))
    assert better.tolist() == [True, False]
    assert search.next().tolist() == pytest.approx([3.0 * GROWTH, 3.0 / GROWTH])


def test_a_margin_that_is_no_number_has_failed():
    search = CSearch.first(torch.tensor([3.0]), EPSILON)
    search.update(torch.tensor([True]), torch.tensor([3.0]), torch.tensor([torch.nan]))
    assert (search.high.item(), search.low.isnan().item()) == (3.0, True)


def test_images_that_leave_take_what_is_known_of_them_along():
    search = CSearch.first(torch.tensor([1.0, 2.0, 3.0]), EPSILON)
    search.update(torch.tensor([True, False, True]), torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 1.0, 1.0]))
    search.keep(torch.tensor([2, 1]))
    assert (search.low[0].item(), search.low[1].isnan().item()) == (3.0, True)
    assert search.solves.tolist() == [1, 0]
