"""The same images under two noises: paired, and the line through them."""

import numpy as np
import pandas as pd
import pytest
from made_sweep import made_sweep
from scipy.stats import linregress

from advspace.comparison.comparison import read_comparison
from advspace.comparison.grouping import groups
from advspace_plugins.analysis.paired_noises.analysis import PairedNoises
from advspace_plugins.analysis.paired_noises.pairs import Pairs, nearest_half, paired, regression


def test_gaussian_and_empirical_are_paired_by_image_where_images_differ_most(tmp_path):
    runs = ({"seed": 0}, {"noise": "empirical", "seed": 0}, {"noise": "empirical", "seed": 1})
    finished = read_comparison(made_sweep(tmp_path, *runs)).finished
    (group,) = groups(finished, "noise")
    pairs = paired(group)
    assert set(pairs) == {"clip", "none"}
    assert pairs["clip"].scale == 1.0
    assert pairs["clip"].gaussian.tolist() == [0.5] * 4  # the images of seed 1 have no partner
    assert pairs["clip"].empirical.tolist() == [0.75] * 4
    finding = PairedNoises().compare(finished)
    assert [chart.name for chart in finding.charts] == ["gaussian_empirical"]
    assert finding.table["difference"].tolist() == [0.25, 0.25]
    assert finding.table["images"].tolist() == [4, 4]
    assert "25.0 [-50.3, +70.2] points higher under empirical" in finding.sentence


def test_other_noises_are_not_paired(tmp_path):
    assert PairedNoises().compare(read_comparison(made_sweep(tmp_path, {}, {"noise": "uniform"})).finished) is None


@pytest.mark.parametrize(
    ("shares", "scale"),
    [
        ((1.0, 0.6, 0.1, 0.45), 2.0),
        ((1.0, 0.9, 0.45, 0.5), 4.0),
        ((1.0, 0.9, 0.8, 0.7), 8.0),
        ((0.2, 0.1, 0.4, 0.5), 1.0),
    ],
)
def test_images_are_paired_before_shares_recover(shares, scale):
    assert nearest_half(pd.Series(shares, index=[1.0, 2.0, 4.0, 8.0])) == scale


def test_the_line_is_that_of_scipy():
    x = np.random.default_rng(0).uniform(size=30)
    y = 0.3 + 0.5 * x + np.random.default_rng(1).normal(scale=0.05, size=30)
    expected = linregress(x, y)
    grid, line, low, high = regression(Pairs(1.0, x, y))
    np.testing.assert_allclose(line, expected.intercept + expected.slope * grid, rtol=1e-12)
    assert (low < line).all()
    assert (line < high).all()
    assert regression(Pairs(1.0, np.full(5, 0.5), y[:5])) is None
    assert regression(Pairs(1.0, x[:2], y[:2])) is None
