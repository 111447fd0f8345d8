"""The form of a dataset, its splits and their batches, clause by clause."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from advspace import box
from advspace.clauses import Clause, tensor_form
from advspace.dataset.contract import UNLABELLED, Batch, Split


def shape_form(shape: Any) -> Iterator[Clause]:
    """Clauses for the shape of the images."""
    whole = isinstance(shape, tuple | list) and all(isinstance(side, int) and side > 0 for side in shape)
    yield "have a shape of channels, height and width", whole and len(shape) == 3, shape


def classes_form(classes: Any) -> Iterator[Clause]:
    """Clauses for the names of the classes."""
    texts = isinstance(classes, Sequence) and not isinstance(classes, str) and all(isinstance(c, str) for c in classes)
    different = texts and len(set(classes)) == len(classes) > 1
    yield "name two classes or more, each by a different text", different, classes


def split_form(split: Any, name: str) -> Iterator[Clause]:
    """Clauses for a split and the ids of its images."""
    yield f"give its {name} split as an advspace.Split", isinstance(split, Split), type(split).__name__
    ids = split.ids
    unique = isinstance(ids, Sequence) and len(ids) == len(split) == len(set(ids))
    texts = unique and all(isinstance(id_, str) for id_ in ids)
    yield f"give every image of its {name} split a unique text as id", texts, list(ids[:3])


def batch_form(
    batch: Any, asked: Sequence[str], shape: Sequence[int], classes: int, *, pixels: bool
) -> Iterator[Clause]:
    """Clauses for a batch.

    Args:
        batch: What a split returned.
        asked: Ids of the images that were asked for, in order.
        shape: Shape of an image.
        classes: Number of classes.
        pixels: Whether to look at each pixel.
    """
    yield "give several images as a Batch", isinstance(batch, Batch), type(batch).__name__
    given = set(batch.ids)
    known = [id_ for id_ in asked if id_ in given]
    yield f"give a batch the ids that were asked for ({', '.join(asked[:3])}, ...)", batch.ids == known, batch.ids[:3]
    yield from tensor_form("images", batch.image, torch.empty(0), (len(known), *shape))
    label = batch.label
    whole = isinstance(label, torch.Tensor) and not label.is_floating_point() and label.shape == (len(known),)
    yield "give one whole number as label of each image", whole, label
    valid = (label == UNLABELLED) | ((label >= 0) & (label < classes))
    yield f"give labels from 0 to {classes - 1}, or UNLABELLED", valid.all(), label[~valid].tolist()
    if pixels:
        inside = box.inside(batch.image)
        outside = [id_ for id_, good in zip(batch.ids, inside.tolist(), strict=True) if not good]
        yield "keep pixels in the box [0, 1]", not outside, f"others in {', '.join(outside)}"
