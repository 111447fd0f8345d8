"""A row of the table of images, from what an attack made of a batch."""

from math import isnan

import pytest
import torch

from advspace import UNTARGETED
from advspace.attack.probability import Probabilities
from advspace.attack.verify import Verified
from advspace.dataset.contract import Batch
from advspace.run.batches import WorkItem
from advspace.run.predict import image_record

IMAGE = torch.tensor([[0.5, 0.2, 0.1, 0.0], [0.5, 0.2, 0.1, 0.0]]).reshape(2, 1, 2, 2)
ADVERSARIAL = torch.tensor([[0.8, 0.6, 0.1, 0.0], [float("nan")] * 4]).reshape(2, 1, 2, 2)


def item(target):
    batch = Batch(["one", "two"], IMAGE, torch.tensor([3, 4]))
    return WorkItem(0, batch, torch.tensor([target, target]), torch.tensor([True, False]), [0, 0])


MADE = Verified(
    image=ADVERSARIAL,
    success=torch.tensor([True, False]),
    reason=("", "out of luck"),
    c=torch.tensor([0.5, torch.nan]),
    margin=torch.tensor([0.25, torch.nan]),
    evaluations=torch.tensor([40, 7]),
    extra={"rounds": torch.tensor([2.0, 3.0])},
    reached=torch.tensor([6, UNTARGETED]),
    survives_8bit=torch.tensor([True, False]),
    depth=torch.tensor([0.05, torch.nan], dtype=torch.float64),
)

SURE = Probabilities(torch.tensor([0.9, 0.8]), torch.tensor([0.6, torch.nan]))


def test_a_success_is_measured():
    """The distortion is 0.3 and 0.4 on two of four pixels: a norm of 0.5; one pixel rests on the box."""
    row = image_record(item(6), MADE, 0, SURE)
    assert (row.image_id, row.label, row.target, row.labelled, row.targeted) == ("one", 3, 6, True, True)
    assert (row.l2, row.rms, row.mean) == pytest.approx((0.5, 0.25, 0.175))
    assert (row.on_box, row.c, row.margin, row.evaluations) == (0.25, 0.5, 0.25, 40)
    assert row.extra == {"rounds": 2.0}
    assert row.depth == 0.05
    assert (row.probability_original, row.probability_adversarial) == pytest.approx((0.9, 0.6))


def test_a_failure_has_its_reason_and_no_numbers():
    row = image_record(item(6), MADE, 1, SURE)
    assert (row.success, row.reason, row.target, row.labelled) == (False, "out of luck", 6, False)
    assert all(
        isnan(value) for value in (row.l2, row.sd, row.on_box, row.margin, row.depth, row.probability_adversarial)
    )
    assert row.evaluations == 7


def test_without_a_target_the_class_that_was_reached_is_it():
    rows = [image_record(item(UNTARGETED), MADE, row, SURE) for row in (0, 1)]
    assert [(row.target, row.targeted) for row in rows] == [(6, False), (UNTARGETED, False)]
