"""A split made by hand, of which some images cannot be read."""

import torch

from advspace import LabelledImage, Split
from advspace.dataset.contract import Batch
from advspace.selection.selection import select

CLASSES = ["dark", "bright"]
COUNT = 60


class Scattered(Split):
    """Images of one pixel: image i has the value i/COUNT, so that any half of them is dark; some cannot be read."""

    def __init__(self, label=None, lost=()):
        self.label = label or [int(index >= COUNT / 2) for index in range(COUNT)]
        self.lost, self.read = lost, []

    @property
    def ids(self):
        return [f"image-{index}" for index in range(COUNT)]

    def __getitem__(self, index):
        self.read.append(index)
        return LabelledImage(self.ids[index], torch.full((1, 1, 1), index / COUNT), self.label[index])

    def __getitems__(self, indices):
        return Batch.of([self[index] for index in indices if index not in self.lost], (1, 1, 1))


def chosen(network, split, images=10, batch_size=32, target="random"):
    return select(network, split, CLASSES, images=images, target=target, seed=0, batch_size=batch_size)
