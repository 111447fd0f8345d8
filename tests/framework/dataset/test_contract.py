"""The dataset contract's own values."""

import torch

from advspace import TensorSplit
from advspace.dataset.contract import UNLABELLED, fingerprint


def split(image=None, label=None, prefix="set", classes=3):
    image = torch.rand(4, 1, 2, 2) if image is None else image
    return TensorSplit(prefix, image, torch.tensor([0, 1, 2, 0]) if label is None else label, classes)


def test_fingerprint_tells_content_apart():
    image = torch.rand(4, 1, 2, 2)
    other = image.clone()
    other[3, 0, 1, 1] = 0.5
    known = {fingerprint(split(image)), fingerprint(split(other)), fingerprint(split(image, prefix="y"))}
    assert len(known) == 3
    assert fingerprint(split(image)) == fingerprint(split(image.clone()))


def test_images_without_any_label_are_known_as_such():
    split = TensorSplit("few", torch.rand(2, 1, 2, 2), torch.full((2,), UNLABELLED), 3)
    assert split[1].label == UNLABELLED
