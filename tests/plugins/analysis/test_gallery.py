"""The picture of originals, distortions and adversarials: what it shows, and that no caption runs into another."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch
from kept_tensors import CountedRun
from made_run import made_run
from matplotlib.backends.backend_agg import FigureCanvasAgg

from advspace import AdvspaceError
from advspace.analysis.finished_run import read_run
from advspace.distortion import amplified
from advspace.figures import draw
from advspace_plugins.analysis.gallery import Gallery

NAMES = ["American Staffordshire terrier", "black-and-tan coonhound that cost $5, not $10", "maillot (n03710721)"]


def gallery(directory, shape, attacks):
    run = read_run(made_run(directory, attacks, shape=shape, classes=NAMES))
    (chart,) = Gallery()(run).charts
    return chart


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 24, 24), (3, 20, 40)])
def test_captions_do_not_collide(tmp_path, shape):
    drawn = draw(gallery(tmp_path, shape, 9))
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    texts = [axes.title for axes in drawn.axes] + [drawn.axes[-1].xaxis.label, drawn._suptitle]
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in texts]
    boxes += [axes.get_window_extent(canvas.get_renderer()) for axes in drawn.axes]
    for one, other in combinations(boxes, 2):
        assert not one.padded(-1).overlaps(other.padded(-1))
    for box in boxes:
        assert drawn.bbox.padded(1).x0 <= box.x0 <= box.x1 <= drawn.bbox.padded(1).x1


def test_each_image_is_shown_with_its_names(tmp_path):
    """Of three attacks with norms 1, 2 and 3 all are shown, the smallest on top; colour stays colour."""
    chart = gallery(tmp_path, (3, 8, 8), 3)
    assert (len(chart.panels), chart.columns) == (3 * 3, 3)
    assert [panel.x.label for panel in chart.panels[-3:]] == ["original", "distortion", "adversarial"]
    assert (chart.panels[0].title, chart.panels[2].title) == (NAMES[0], NAMES[1])
    assert [panel.title.split(",")[0] for panel in chart.panels[1::3]] == ["L2 1.00", "L2 2.00", "L2 3.00"]
    (mark,) = chart.panels[0].marks
    assert mark.pixels.shape == (8, 8, 3)


def test_probabilities_are_beside_the_names_if_the_run_has_them(tmp_path):
    run = read_run(made_run(tmp_path, 2))
    sure = {"probability_original": [0.98765, 0.5], "probability_adversarial": [0.41, 0.9999]}
    (chart,) = Gallery()(replace(run, images=run.images.assign(**sure))).charts
    assert [chart.panels[place].title for place in (0, 2, 3, 5)] == [
        "zero, 98.8 %",
        "one, 41 %",
        "zero, 50 %",
        "one, > 99.9 %",
    ]
    assert chart.note == "In percent: the probability that the model gives to the class."
    old = run.images.drop(columns=list(sure))
    (chart,) = Gallery()(replace(run, images=old)).charts
    assert [chart.panels[place].title for place in (0, 2)] == ["zero", "one"]
    assert chart.note == ""


def test_large_runs_are_shown_at_even_steps(tmp_path):
    chart = gallery(tmp_path, (1, 8, 8), 41)
    assert [panel.title.split(",")[0] for panel in chart.panels[1::3]] == [f"L2 {l2}.00" for l2 in (1, 11, 21, 31, 41)]


def test_none_is_too_few():
    with pytest.raises(AdvspaceError, match="shown must be >= 1, got 0"):
        Gallery(shown=0)


def test_amplified_fills_the_range_but_for_the_strongest():
    distortion = torch.zeros(1, 100, 100)
    distortion[0, :2, :50] = torch.tensor([[-0.02], [0.02]])
    distortion[0, 99, :5] = 0.9
    shown, gain = amplified(distortion)
    assert gain == pytest.approx(25)
    assert shown[0, 50, 50] == 0.5
    assert np.allclose(shown[0, 99, :5], 1)
    assert shown[0, :2, 0].tolist() == pytest.approx([0, 1], abs=1e-6)


def test_only_images_that_are_shown_are_read(tmp_path):
    run = CountedRun.of(read_run(made_run(tmp_path / "run", 20, finished=False)))
    Gallery(shown=3)(run)
    assert len(run.alive) == 3
