"""Images in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import torch

from advspace import box
from advspace.dataset.contract import UNLABELLED, Batch, Dataset, LabelledImage, Split
from advspace.errors import AdvspaceError
from advspace.shapes import Images, Shape


@dataclass(frozen=True)
class TensorSplit(Split):
    """A split that fits in memory.

    Args:
        prefix: First part of the ids: image i has the id `<prefix>-<i>`.
        image: float32 images in the box.
        label: One label per image, or `UNLABELLED` for all images.
        classes: Number of classes.

    Raises:
        AdvspaceError: a pixel outside the box or not a number, a label out of range, or unequal counts.
    """

    prefix: str
    image: Images
    label: torch.Tensor
    classes: int

    def __post_init__(self) -> None:
        if len(self.image) != len(self.label):
            raise AdvspaceError(f"{self.prefix}: {len(self.image)} images but {len(self.label)} labels; one label each")
        if not box.inside(self.image).all():
            raise AdvspaceError(f"{self.prefix}: pixels must be numbers in [0, 1], got {_range(self.image)}")
        bad = ((self.label < 0) | (self.label >= self.classes)).nonzero().flatten().tolist()
        if bad and not bool((self.label == UNLABELLED).all()):
            result = f"{int(self.label[bad[0]])} for image {bad[0]}"
            raise AdvspaceError(f"{self.prefix}: labels must be 0 ... {self.classes - 1}, got {result}")

    @cached_property
    def ids(self) -> Sequence[str]:
        """`<prefix>-<number>`; all numbers have the same width."""
        width = len(str(max(len(self.label) - 1, 0)))
        return [f"{self.prefix}-{number:0{width}d}" for number in range(len(self.label))]

    def __getitem__(self, index: int) -> LabelledImage:
        return LabelledImage(self.ids[index], self.image[index], int(self.label[index]))

    def __getitems__(self, indices: list[int]) -> Batch:
        """Several images, indexed at once."""
        return Batch([self.ids[index] for index in indices], self.image[indices], self.label[indices])


@dataclass(frozen=True)
class InMemoryImages(Dataset):
    """Images in memory.  All of them are test images.

    Args:
        image: Images in [0, 1].
        label: Their classes; None to use the model's own predictions.
        names: Names of the classes.

    Raises:
        AdvspaceError: pixels outside the box, labels out of range, or not one label per image.
    """

    image: torch.Tensor
    label: torch.Tensor | None
    names: Sequence[str]

    def __post_init__(self) -> None:
        check_images(self.image)
        if self.label is not None:
            self._check_labels(self.label)

    def _check_labels(self, label: torch.Tensor) -> None:
        whole = label.dim() == 1 and not label.is_floating_point() and len(label) == len(self.image)
        if not whole or bool(((label < 0) | (label >= len(self.names))).any()):
            result = f"{str(label.dtype).removeprefix('torch.')} {list(label.shape)}"
            result += f" from {label.min().item()} to {label.max().item()}" if label.numel() else ""
            raise AdvspaceError(
                f"labels must be one whole number 0 ... {len(self.names) - 1} for each of {len(self.image)} images, "
                f"got {result}"
            )

    @property
    def classes(self) -> Sequence[str]:
        """Name of each class."""
        return self.names

    @property
    def shape(self) -> Shape:
        """Channels, height and width of an image."""
        channels, height, width = self.image.shape[1:]
        return channels, height, width

    def split(self, name: str) -> TensorSplit:
        """All images, for every name."""
        del name
        image = self.image.detach().cpu().float().contiguous()
        label = torch.full((len(image),), UNLABELLED) if self.label is None else self.label.detach().cpu().long()
        return TensorSplit("image", image, label, len(self.names))


def check_images(image: torch.Tensor) -> None:
    """Check that images are floats [image, channel, height, width] in [0, 1], and one at least.

    Raises:
        AdvspaceError: they are not.
    """
    if image.dim() != 4 or not image.numel() or not image.is_floating_point():
        result = f"{str(image.dtype).removeprefix('torch.')} {list(image.shape)}"
        whole = "; divide whole numbers by the one that means white, often 255"
        raise AdvspaceError(
            f"images must be floats [image, channel, height, width], got {result}"
            f"{whole if not image.is_floating_point() else ''}"
        )
    if not box.inside(image.float()).all():
        low, high = image.min().item(), image.max().item()
        raise AdvspaceError(
            f"images must have pixels in [0, 1], got {low:g} ... {high:g}; let the network do the normalising"
        )


def _range(image: Images) -> str:
    return f"{image.min().item():g} ... {image.max().item():g}"


def digest(split: Split) -> str:
    """Digest of the images and labels of a split."""
    whole = blake2b(digest_size=16)
    for index in range(len(split)):
        image = split[index]
        whole.update(f"{image.id} {image.label} {list(image.image.shape)}".encode())
        whole.update(image.image.contiguous().numpy().tobytes())
    return whole.hexdigest()
