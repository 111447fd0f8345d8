"""A user's own network and images, as a model and a dataset that no plugin stands for."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import nn

from advspace import box
from advspace.dataset import UNLABELLED, Dataset, TensorSplit
from advspace.errors import AdvspaceError
from advspace.model import Model, freeze
from advspace.shapes import Shape


@dataclass(frozen=True, kw_only=True)
class OwnModel(Model):
    """A network that is there already.

    Args:
        given: Pixels in [0, 1] to logits; it is copied, and so left as it is.
    """

    given: nn.Module

    @property
    def trained(self) -> bool:
        """It comes with its weights."""
        return True

    def network(self, shape: Shape, classes: int) -> nn.Module:
        """A frozen copy of the network."""
        del shape, classes
        return freeze(deepcopy(self.given).cpu())


@dataclass(frozen=True)
class OwnImages(Dataset):
    """Images that are in memory already, all of them for testing.

    Args:
        image: Images in [0, 1].
        label: Their classes; None where the model's own prediction is to count.
        names: Of the classes.

    Raises:
        AdvspaceError: pixels outside the box, labels out of range, or not one label per image.
    """

    image: torch.Tensor
    label: torch.Tensor | None
    names: Sequence[str]

    def __post_init__(self) -> None:
        if self.image.dim() != 4 or not len(self.image) or not self.image.is_floating_point():
            found = f"{str(self.image.dtype).removeprefix('torch.')} {list(self.image.shape)}"
            raise AdvspaceError(f"images must be floats [image, channel, height, width], got {found}")
        if not box.inside(self.image.float()).all():
            low, high = self.image.min().item(), self.image.max().item()
            raise AdvspaceError(
                f"images must have pixels in [0, 1], got {low:g} ... {high:g}; let the network do the normalising"
            )
        if self.label is not None:
            self._check_labels(self.label)

    def _check_labels(self, label: torch.Tensor) -> None:
        whole = label.dim() == 1 and not label.is_floating_point() and len(label) == len(self.image)
        if not whole or bool(((label < 0) | (label >= len(self.names))).any()):
            found = f"{str(label.dtype).removeprefix('torch.')} {list(label.shape)}"
            found += f" from {label.min().item()} to {label.max().item()}" if label.numel() else ""
            raise AdvspaceError(
                f"labels must be one whole number 0 ... {len(self.names) - 1} for each of {len(self.image)} images, "
                f"got {found}"
            )

    @property
    def classes(self) -> Sequence[str]:
        """Name of each class."""
        return self.names

    @property
    def shape(self) -> Shape:
        """Of an image."""
        channels, height, width = self.image.shape[1:]
        return channels, height, width

    def split(self, name: str) -> TensorSplit:
        """All images, whatever the split is called."""
        del name
        image = self.image.detach().cpu().float()
        label = torch.full((len(image),), UNLABELLED) if self.label is None else self.label.detach().cpu().long()
        return TensorSplit("image", image, label, len(self.names))
