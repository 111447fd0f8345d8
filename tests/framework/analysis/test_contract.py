"""Findings and estimates: what they refuse, and how they are written."""

import pandas as pd
import pytest

from advspace import AdvspaceError, Estimate, Finding


def test_two_equal_columns():
    with pytest.raises(AdvspaceError, match="a table's columns must have different names, got 'mine' twice"):
        Finding(pd.DataFrame([[1, 2]], columns=["mine", "mine"]))
    with pytest.raises(AdvspaceError, match="attacks must have the columns image_id and target"):
        Finding(attacks=pd.DataFrame({"mine": [1.0]}))


@pytest.mark.parametrize(("low", "high"), [(1.1, 2.0), (0.0, 0.9)])
def test_an_estimate_outside_its_own_interval(low, high):
    with pytest.raises(AdvspaceError, match=r"an estimate must lie within its interval, got 1.0 \["):
        Estimate(1.0, low, high)


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.12345), "0.123"),
        (Estimate(2.0, 0.5, 8.0, "x", censored="", high_censored="above"), "2 [0.5, > 8]"),
        (Estimate(8.0, 2.0, 8.0, censored="above", high_censored="above"), "> 8 [2, > 8]"),
        (Estimate(0.6996, 0.6994, 4.001), "0.7 [0.699, 4.01]"),
        (Estimate(float("nan")), ""),
    ],
)
def test_an_estimate_as_text(estimate, text):
    assert str(estimate) == text


def test_a_glance_names_estimates():
    headline = {name: Estimate(1.0) for name in "abc"}
    assert list(Finding(headline=headline).short) == ["a", "b"]
    assert list(Finding(headline=headline, glance=["c"]).short) == ["c"]
    assert Finding(headline=headline, glance=["c"]).to_dict()["glance"] == ["c"]
    with pytest.raises(AdvspaceError, match="glance must name estimates of the headline, got 'd'"):
        Finding(headline=headline, glance=["d"])
