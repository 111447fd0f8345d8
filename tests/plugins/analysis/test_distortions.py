"""Norms, moments and histogram of distortions that are evenly spaced by construction."""

import shutil

import numpy as np
import pytest
from kept_tensors import CountedRun
from made_run import made_run

from advspace.analysis.finished_run import read_run
from advspace.distortion import standardised
from advspace_plugins.analysis.distortions import BINS, EDGES, REACH, Distortions

PIXELS = 64
KURTOSIS = -1.2 * (PIXELS**2 + 1) / (PIXELS**2 - 1)
"""Excess kurtosis of evenly spaced numbers."""


@pytest.fixture
def finding(tmp_path):
    """Attacks whose norms are 1, 2, 3 and 5."""
    return Distortions()(read_run(made_run(tmp_path / "run", 5, failed=[3], finished=False)))


def test_means(finding):
    rms = 2.75 / np.sqrt(PIXELS) * 255
    means = {name: estimate.value for name, estimate in finding.headline.items()}
    expected = {"l2_mean": 2.75, "rms_grey_levels_mean": rms, "sd_grey_levels_mean": rms, "on_box_mean": 0.25}
    assert means == pytest.approx(expected, rel=1e-4)
    l2 = finding.headline["l2_mean"]
    assert 1 <= l2.low < 2.75 < l2.high <= 5


def test_table(finding):
    table = finding.table.set_index("measure")
    assert table.loc["l2", ["mean", "median", "min", "max"]].tolist() == pytest.approx([2.75, 2.5, 1, 5], rel=1e-5)
    assert table.loc["mean", "max"] == pytest.approx(0, abs=1e-6)
    assert table.loc["skewness", ["min", "max"]].tolist() == pytest.approx([0, 0], abs=1e-5)
    assert table.loc["excess_kurtosis", "median"] == pytest.approx(KURTOSIS, abs=1e-4)


def test_the_histogram_is_a_density_of_all_pixels(finding):
    """Evenly spaced pixels of sd 1 lie within the root of 3, and are as dense everywhere in it."""
    (panel,) = finding.charts[0].panels
    bars, gauss = panel.marks
    width = EDGES[1] - EDGES[0]
    assert (bars.heights * width).sum() == pytest.approx(1)
    inside = np.abs(EDGES[:-1] + width / 2) < np.sqrt(3) - width
    assert bars.heights[inside].mean() == pytest.approx(1 / np.sqrt(12), rel=0.05)
    assert not bars.heights[np.abs(EDGES[:-1] + width / 2) > np.sqrt(3) + width].any()
    assert gauss.y[len(EDGES) // 2] == pytest.approx(1 / np.sqrt(2 * np.pi))
    assert "beyond 5 sd: 0.00 %" in panel.note
    assert panel.note.startswith("4 attacks, median [middle 90 %]\nmean, grey levels: ")


def test_norms_are_counted(finding):
    (panel,) = finding.charts[1].panels
    assert sum(panel.marks[0].heights) == 4
    assert (panel.marks[0].edges[0], panel.marks[0].edges[-1]) == pytest.approx((1, 5), rel=1e-5)


def test_a_run_without_success_or_without_pictures(tmp_path):
    failed = Distortions()(read_run(made_run(tmp_path / "failed", 2, failed=[0, 1], finished=False)))
    assert (failed.sentence, failed.charts, failed.headline) == ("", (), {})
    directory = made_run(tmp_path / "run", finished=False)
    shutil.rmtree(directory / "tensors")
    assert [chart.name for chart in Distortions()(read_run(directory)).charts] == ["norms"]


def test_bins_of_equal_width_count_as_their_edges_do(finding, tmp_path):
    """Also on the edges, beside them and around 0, where a division would round."""
    edges = EDGES.astype(np.float32)
    assert np.array_equal(edges, EDGES)
    beside = [np.nextafter(edges, np.float32(end)) for end in (-9, 9)]
    values = np.concatenate([edges, *beside, np.float32([1e-30, -1e-30, 7, -7])])
    assert np.array_equal(np.histogram(values, BINS - 1, (-REACH, REACH))[0], np.histogram(values, EDGES)[0])
    pixels = np.concatenate([standardised(pair) for _, pair in read_run(tmp_path / "run").tensors()])
    expected = np.histogram(pixels, EDGES)[0] / (pixels.size * (EDGES[1] - EDGES[0]))
    assert np.array_equal(finding.charts[0].panels[0].marks[0].heights, expected)


def test_one_image_is_in_memory_at_a_time(tmp_path):
    run = CountedRun.of(read_run(made_run(tmp_path / "run", 9, finished=False)))
    Distortions()(run)
    assert len(run.alive) == 9
    assert max(run.alive) == 1
