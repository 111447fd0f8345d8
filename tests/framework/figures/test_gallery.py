"""The picture of originals, distortions and adversarials: what it shows, and that no caption runs into another."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg

from advspace.distortion import amplified
from advspace.figures.gallery import gallery

NAMES = ["American Staffordshire terrier", "maillot (n03710721)", "black-and-tan coonhound that cost $5, not $10"]


def figure(shape, attacks=6):
    """Two attacks on each image."""
    rows = [
        {"image_id": f"image-{number // 2}", "label": 0, "target": 1 + number % 2, "success": True, "l2": number / 4}
        for number in range(attacks)
    ]
    pair = {"image": torch.rand(shape), "adversarial": torch.rand(shape)}
    cases = {(row["image_id"], row["target"]): pair for row in rows}
    return gallery(pd.DataFrame(rows), cases, NAMES, "imagenet, timm")


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 24, 24), (3, 20, 40)])
def test_captions_do_not_collide(shape):
    drawn = figure(shape, attacks=10)
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    texts = [axes.title for axes in drawn.axes] + [drawn.axes[-1].xaxis.label, drawn._suptitle]
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in texts]
    boxes += [axes.get_window_extent(canvas.get_renderer()) for axes in drawn.axes]
    for one, other in combinations(boxes, 2):
        assert not one.padded(-1).overlaps(other.padded(-1))
    for box in boxes:
        assert drawn.bbox.padded(1).x0 <= box.x0 <= box.x1 <= drawn.bbox.padded(1).x1


def test_each_image_is_shown_once_with_its_names():
    axes = figure((3, 8, 8)).axes
    assert len(axes) == 3 * 3
    assert [one.get_xlabel() for one in axes[-3:]] == ["original", "distortion", "adversarial"]
    assert axes[0].get_title().split() == NAMES[0].split()
    assert axes[2].get_title() == NAMES[1]
    assert axes[1].get_title().startswith("L2 0.00, shown x ")


def test_amplified_fills_the_range_but_for_the_strongest():
    distortion = torch.zeros(1, 100, 100)
    distortion[0, :2, :50] = torch.tensor([[-0.02], [0.02]])
    distortion[0, 99, :5] = 0.9
    shown, gain = amplified(distortion)
    assert gain == pytest.approx(25)
    assert shown[0, 50, 50] == 0.5
    assert np.allclose(shown[0, 99, :5], 1)
    assert shown[0, :2, 0].tolist() == pytest.approx([0, 1], abs=1e-6)
