"""The laboratory's images are grey, seeded and refused where they cannot be made."""

import pytest
import torch

from advspace import AdvspaceError
from advspace_plugins.dataset.lab import Lab


def test_images_are_near_the_middle_of_the_box():
    split = Lab(count=20).split("test")
    assert split.image.shape == (20, 1, 8, 8)
    assert float(split.image.mean()) == pytest.approx(0.5, abs=0.002)
    assert float(split.image.std()) == pytest.approx(0.01, rel=0.1)
    assert split.label.tolist() == [0] * 20


def test_splits_differ_and_are_the_same_each_time():
    lab = Lab(count=3)
    assert not torch.equal(lab.split("train").image, lab.split("test").image)
    assert torch.equal(lab.split("test").image, lab.split("test").image)


def test_first_images_do_not_depend_on_the_count():
    assert torch.equal(Lab(count=3).split("test").image, Lab(count=9).split("test").image[:3])


def test_classes_have_names():
    assert Lab().classes == ["outside", "inside"]
    assert Lab(class_count=3).classes == ["class 0", "class 1", "class 2"]


@pytest.mark.parametrize("dimension", [0, 2, 63, 785])
def test_dimension_must_be_a_square(dimension):
    with pytest.raises(AdvspaceError, match="dimension must be the square"):
        Lab(dimension=dimension)


@pytest.mark.parametrize("settings", [{"count": 0}, {"spread": -1}, {"class_count": 1}])
def test_bad_settings_are_refused(settings):
    with pytest.raises(AdvspaceError, match=next(iter(settings))):
        Lab(**settings)
