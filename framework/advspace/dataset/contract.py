"""The dataset contract: labelled images in the box."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from torch.utils.data import Dataset as TorchDataset

from advspace.dataset.preparation import Preparation
from advspace.seed import seed_of
from advspace.shapes import Image, Images, Labels, Shape

SplitName = Literal["train", "test"]
UNLABELLED = -1


class LabelledImage(NamedTuple):
    """One image with its id and its label.

    Args:
        id: Stable id of the image.
        image: Pixels in the box, of shape (channels, height, width).
        label: Its class, or `UNLABELLED`.
    """

    id: str
    image: Image
    label: int


class Batch(NamedTuple):
    """Several labelled images."""

    ids: list[str]
    image: Images
    label: Labels

    @classmethod
    def of(cls, rows: Sequence[LabelledImage], shape: Sequence[int]) -> "Batch":
        """Stack images of one shape; `rows` may be empty."""
        image = torch.stack([row.image for row in rows]) if rows else torch.empty(0, *shape)
        return cls([row.id for row in rows], image, torch.tensor([row.label for row in rows], dtype=torch.int64))


class Split(ABC, TorchDataset[LabelledImage]):
    """Labelled images in a fixed order.  Each image is read when it is indexed."""

    @property
    @abstractmethod
    def ids(self) -> Sequence[str]:
        """The stable id of every image, in order."""

    @abstractmethod
    def __getitem__(self, index: int) -> LabelledImage:
        """Image `index`, float32 in the box."""

    def __len__(self) -> int:
        return len(self.ids)

    def __getitems__(self, indices: list[int]) -> Batch:
        """Several images as one batch; torch's loader calls this.

        A split may leave out images that it cannot read; the ids of the batch say which images it holds.
        """
        rows = [self[index] for index in indices]
        return Batch.of(rows, rows[0].image.shape)


class Dataset(ABC):
    """A source of labelled images."""

    @property
    @abstractmethod
    def shape(self) -> Shape:
        """Channels, height and width of every image."""

    @property
    @abstractmethod
    def classes(self) -> Sequence[str]:
        """Name of each class, in the order of the labels."""

    def prepared(self, preparation: Preparation) -> "Dataset":
        """The same images, resized and cropped for a model when they are read; images of one fixed size do not change.

        Args:
            preparation: The size and crop that the model expects.
        """
        del preparation
        return self

    @abstractmethod
    def split(self, name: SplitName) -> Split:
        """The images to train on, or those to test (and attack).

        Raises:
            AdvspaceError: the images are missing or damaged; the message names the files and their folder.
        """


@dataclass(frozen=True)
class Subset(Split):
    """Some images of a split.

    Args:
        whole: The split.
        positions: Indices of its images, in order.
    """

    whole: Split
    positions: Sequence[int]

    @cached_property
    def ids(self) -> Sequence[str]:
        """Ids of the images, as in the split."""
        return [self.whole.ids[position] for position in self.positions]

    def __getitem__(self, index: int) -> LabelledImage:
        return self.whole[self.positions[index]]

    def __getitems__(self, indices: list[int]) -> Batch:
        """Several images at once."""
        return self.whole.__getitems__([self.positions[index] for index in indices])


def as_it_is(batch: Any) -> Any:
    """A collate function that does nothing: `__getitems__` returns whole batches."""
    return batch


def fingerprint(split: Split, samples: int = 256) -> str:
    """Digest of a split: the count, and ids, labels and pixels of evenly spaced images, read one by one."""
    result: list[str | int] = [len(split)]
    for index in np.linspace(0, len(split) - 1, min(samples, len(split))).astype(int).tolist():
        batch = split.__getitems__([index])
        pixels = blake2b(batch.image.contiguous().numpy().tobytes(), digest_size=16)
        result += [*batch.ids, *batch.label.tolist(), pixels.hexdigest()]
    return f"{seed_of(*result):016x}"
