"""What the loop over the images makes of what their searches find."""

import numpy as np
import torch

from advspace import Problem, aims
from advspace_plugins.attack.goal import Goal
from advspace_plugins.attack.lbfgsb_scipy.objective import NotFiniteError, Point
from advspace_plugins.attack.lbfgsb_scipy.one_by_one import attack_each
from advspace_plugins.attack.refusals import NOT_FINITE, OUT_OF_REACH, SAME

LABEL, TARGET = torch.tensor([0, 0, 1, 0]), torch.tensor([1, 1, 1, 1])


def search_of(flat, label):
    """Moves the first pixel beyond the box, finds nothing for 0.2, and is asked for what is no number at 0.4."""
    assert label == 0

    def search(objective):
        if flat[0] > 0.35:
            raise NotFiniteError
        objective.query(np.zeros(2), 0.0)
        return (Point(np.array([1.0, 0.0]), 3.0, 0.5), "") if flat[0] < 0.15 else (None, OUT_OF_REACH)

    return search


def solved(linear, rows):
    image = torch.tensor([0.1, 0.2, 0.3, 0.4]).reshape(4, 1, 1, 1).expand(4, 1, 1, 2).contiguous()
    problem = Problem(linear(torch.eye(2)), image[rows], LABEL[rows], TARGET[rows])
    return attack_each(problem, Goal(aims(LABEL[rows], TARGET[rows], 2)), search_of)


def test_each_image_has_its_result_or_its_reason(linear):
    made = solved(linear, slice(None))
    assert made.success.tolist() == [True, False, False, False]
    assert made.reason == ("", OUT_OF_REACH, SAME, NOT_FINITE)
    assert made.image[0].flatten().tolist() == [1.0, torch.tensor(0.1).item()]
    assert made.image[1:].isnan().all()
    assert (made.c[0].item(), made.margin[0].item()) == (3.0, 0.5)
    assert made.evaluations.tolist() == [1, 1, 0, 0]


def test_no_images(linear):
    assert len(solved(linear, slice(0)).image) == 0
