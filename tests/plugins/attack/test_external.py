"""What others hand over: only an image of the class that was asked for counts."""

import pytest
import torch

from advspace import UNTARGETED
from advspace_plugins.attack.external import ExternalImages

CLEAN = torch.tensor([0.6, 0.2, 0.3]).reshape(1, 1, 1, 3)
SAID = {
    "adversarial": ([0.2, 0.6, 0.3], ""),
    "a rounding error outside the box": ([0.2, 1.0 + 5e-7, -5e-7], ""),
    "clean": ([0.6, 0.2, 0.3], "the clean image was handed over"),
    "black": ([0.0, 0.0, 0.0], "a black image was handed over"),
    "outside": ([0.2, 1.1, 0.3], "pixels outside the box were handed over"),
    "no number": ([float("nan"), 0.6, 0.3], "pixels that are not numbers were handed over"),
    "one class": ([0.7, 0.2, 0.3], "an image of class 0 was handed over"),
    "another": ([0.2, 0.3, 0.9], "an image of class 2 was handed over"),
}


@pytest.fixture
def checked(linear):
    """Whether and why an image is taken for one of class 1 made of one of class 0."""

    def check(pixels, given="", target=1):
        made = ExternalImages(torch.tensor(pixels).reshape(1, 1, 1, 3), [given], torch.tensor([7]))
        return made.checked(linear(torch.eye(3)), CLEAN, torch.tensor([0]), torch.tensor([target]))

    return check


@pytest.mark.parametrize("name", SAID)
def test_each_kind_of_image(checked, name):
    pixels, reason = SAID[name]
    result = checked(pixels)
    assert (result.reason, result.success.tolist()) == ((reason,), [not reason])
    assert result.image.isnan().all() == bool(reason)
    assert result.margin.isnan().item() == bool(reason)
    assert result.evaluations.tolist() == [7]


def test_what_is_nearly_in_the_box_is_put_into_it(checked):
    pixels, _ = SAID["a rounding error outside the box"]
    assert checked(pixels).image.flatten().tolist()[1:] == [1.0, 0.0]


def test_the_margin_is_measured(checked):
    assert checked([0.2, 0.6, 0.3]).margin.item() == pytest.approx(0.3)


def test_without_a_target_any_other_class_will_do(checked):
    assert checked([0.2, 0.3, 0.9], target=UNTARGETED).success.all()


def test_a_reason_that_was_given_goes_first(checked):
    assert checked([0.2, 0.6, 0.3], given="out of luck").reason == ("out of luck",)
