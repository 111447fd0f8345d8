"""Splits that are in memory: their ids, and what they refuse."""

import pytest
import torch

from advspace import AdvspaceError, TensorSplit


def split(image=None, label=None, prefix="set", classes=3):
    image = torch.rand(4, 1, 2, 2) if image is None else image
    return TensorSplit(prefix, image, torch.tensor([0, 1, 2, 0]) if label is None else label, classes)


def test_ids_are_stable_and_sorted():
    ids = TensorSplit("x", torch.zeros(11, 1, 1, 1), torch.zeros(11, dtype=torch.int64), 1).ids
    assert ids[0] == "x-00"
    assert ids == sorted(ids)


def test_batch_is_its_images():
    data = split()
    batch = data.__getitems__([2, 0])
    assert batch.ids == [data[2].id, data[0].id]
    assert torch.equal(batch.image, torch.stack([data[2].image, data[0].image]))
    assert batch.label.tolist() == [2, 0]


@pytest.mark.parametrize("label", [-1, 3])
def test_label_out_of_range(label):
    with pytest.raises(AdvspaceError, match=rf"labels must be 0 \.\.\. 2, got {label} for image 1"):
        split(label=torch.tensor([0, label, 2, 0]))


@pytest.mark.parametrize("pixel", [-0.1, 1.1, float("nan")])
def test_pixel_outside_the_box(pixel):
    image = torch.zeros(4, 1, 2, 2)
    image[1, 0, 0, 0] = pixel
    with pytest.raises(AdvspaceError, match=r"pixels must be numbers in \[0, 1\]"):
        split(image)


def test_one_label_each():
    with pytest.raises(AdvspaceError, match="4 images but 2 labels"):
        split(label=torch.tensor([0, 1]))
