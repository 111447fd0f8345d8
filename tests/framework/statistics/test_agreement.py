"""What equal values say: no population within the bounds is excluded that could give them."""

import pytest

from advspace.statistics.agreement import Agreement


@pytest.mark.parametrize("count", [1, 2, 10, 100])
def test_a_population_at_the_end_of_the_interval_gives_such_values_rarely(count):
    """Where a share q lies at the far bound, all n values agree in (1 - q)^n of samples: 2.5 % at the end."""
    low, high = Agreement(0.2, count, (-1, 1)).interval()
    for end, bound in ((low, -1), (high, 1)):
        share = (end - 0.2) / (bound - 0.2)
        assert (1 - share) ** count == pytest.approx(0.025)


def test_p_values_belong_to_the_interval():
    agreement = Agreement(0.2, 10, (-1, 1))
    low, high = agreement.interval()
    assert agreement.above(low) == pytest.approx(0.025)
    assert agreement.below(high) == pytest.approx(0.025)
    assert agreement.above(0.2) == agreement.below(0.1) == 1.0


def test_without_bounds_nothing_is_known():
    agreement = Agreement(0.0, 50, (-float("inf"), float("inf")))
    assert agreement.interval() == (-float("inf"), float("inf"))
    assert agreement.above(-3.0) == 1.0


def test_other_values_may_lie_anywhere_within_the_bounds():
    """One of ten differs: Clopper and Pearson's upper limit of 1 in 10 is .445."""
    low, high = Agreement(0.0, 10, (0, 1), others=1).interval()
    assert (low, high) == (0, pytest.approx(0.4450, abs=1e-4))
