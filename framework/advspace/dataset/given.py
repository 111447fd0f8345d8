"""Images and labels of a notebook: tensors, arrays, lists, PIL pictures, or a dataset of torch with both."""

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset as TorchDataset

from advspace.dataset.arrays import tensor_of
from advspace.errors import AdvspaceError

if TYPE_CHECKING:
    from PIL.Image import Image

WHITE = 255
MODES = ("1", "L", "RGB")
"""Modes of PIL whose pixels mean one thing: grey or colours, from 0 to white, without transparency."""


def images_and_labels(images: Any, labels: Any = None) -> tuple[Tensor, Tensor | None]:
    """The images and their labels as tensors on the CPU; the number type of tensors and arrays stays.

    Args:
        images: A tensor, a NumPy array, or a list of either or of PIL pictures; or a `torch.utils.data.Dataset` with a
            length, whose items are images or pairs of image and label.
        labels: Numbers in the same forms; None for those of the dataset, if it has any.

    Returns:
        Images, `[image, channel, height, width]` if they were given so or as pictures; labels, or None.

    Raises:
        AdvspaceError: the images make no tensor; a picture is not grey or RGB; a dataset has no length, or it has
            labels and `labels` are given too.
    """
    if isinstance(images, TorchDataset):
        images, own = _items(images)
        if own is not None and labels is not None:
            raise AdvspaceError("labels must be None if the dataset has labels; give its images alone, or no labels")
        labels = own if labels is None else labels
    if _is_picture(images):
        raise AdvspaceError("images must be a list of pictures, got one; write [picture]")
    if isinstance(images, list | tuple) and any(_is_picture(each) for each in images):
        images = _pictures(images)
    return tensor_of("images", images), None if labels is None else tensor_of("labels", labels)


def _items(dataset: Any) -> tuple[list[Any], list[Any] | None]:
    """The images of a dataset, and their labels if its items are pairs."""
    if not hasattr(dataset, "__len__"):
        raise AdvspaceError(
            f"images must be a dataset with a length, got {type(dataset).__name__}; give a list of its first images"
        )
    items = [dataset[index] for index in range(len(dataset))]
    if not all(isinstance(item, list | tuple) for item in items):
        return items, None
    if any(len(item) not in (1, 2) for item in items):
        raise AdvspaceError(
            f"images must be a dataset of pairs of image and label, got items of {len(items[0])} values; "
            "give a list of images and a list of labels"
        )
    return [item[0] for item in items], [item[1] for item in items] if all(len(item) == 2 for item in items) else None


def _is_picture(value: Any) -> bool:
    from PIL.Image import Image

    return isinstance(value, Image)


def _pictures(values: Any) -> Tensor:
    """Pictures as `[image, channel, height, width]`, black at 0 and white at 1."""
    kinds = {(type(value).__name__, getattr(value, "mode", ""), getattr(value, "size", ())) for value in values}
    if len(kinds) > 1 or not all(_is_picture(value) for value in values):
        told = " and ".join(sorted({f"{mode or name} {size}" for name, mode, size in kinds})[:2])
        raise AdvspaceError(f"images must be pictures of one size and one mode, got {told}; resize or convert them")
    return torch.stack([_pixels(value) for value in values])


def _pixels(picture: "Image") -> Tensor:
    if picture.mode not in MODES:
        raise AdvspaceError(
            f"images must be PIL pictures of mode {', '.join(MODES)}, got {picture.mode}; "
            "convert each of them: picture.convert('RGB')"
        )
    grey = picture.mode != "RGB"
    pixels = torch.from_numpy(np.array(picture.convert("L") if grey else picture, np.float32)) / WHITE
    return pixels[None] if grey else pixels.permute(2, 0, 1)
