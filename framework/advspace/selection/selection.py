"""The images to attack: the first correctly classified ones in a seeded random order."""

from dataclasses import dataclass, replace

import torch
from torch import nn

from advspace.dataset.contract import UNLABELLED, Batch, Split
from advspace.errors import AdvspaceError
from advspace.model.contract import checked_logits
from advspace.seed import generator_of
from advspace.selection.target import choose_targets, random_targets, target_class
from advspace.shapes import Flags, Labels, Logits


@dataclass(frozen=True)
class Selection:
    """The attacks to make, one row per attack; attacks on one image are adjacent.

    Args:
        indices: Index of the image in the split.
        ids: Id of the image.
        labels: Class of the image; the model's own prediction if the image has no label.
        targets: Target class of the attack.
        misclassified: Ids of the images that were skipped because the model misclassifies them.
        on_target: Ids of the images that were skipped because they are of the target class.
        unreadable: Ids of the images that were skipped because the split could not read them.
    """

    indices: list[int]
    ids: list[str]
    labels: list[int]
    targets: list[int]
    misclassified: list[str]
    on_target: list[str]
    unreadable: list[str]

    @property
    def images(self) -> int:
        """Number of different images."""
        return len(set(self.ids))

    def turn(self, position: int) -> int:
        """Number of the attack at `position` among the attacks on its image, from 0."""
        first = position
        while first > 0 and self.ids[first - 1] == self.ids[position]:
            first -= 1
        return position - first


def select(
    network: nn.Module,
    split: Split,
    classes: list[str],
    *,
    images: int,
    target: str | int,
    seed: int,
    batch_size: int = 32,
) -> Selection:
    """Choose up to `images` correctly classified images at random, and a target for each.

    It reads no more images than a choice one by one.

    Args:
        network: Frozen network.
        split: Images to choose from.
        classes: Names of the classes.
        images: Largest number of images.
        target: Rule for the targets.
        seed: The run's seed; it alone determines the random order.
        batch_size: Images classified at once; does not change the result.

    Raises:
        AdvspaceError: no image can be attacked, or the model cannot take the images.
    """
    order = torch.randperm(len(split), generator=generator_of(seed, "selection")).tolist()
    fixed = target_class(target, classes)
    chosen = Selection([], [], [], [], [], [], [])
    looked = 0
    while looked < len(order) and len(chosen.ids) < images:
        indices = order[looked : looked + min(batch_size, images - len(chosen.ids))]
        looked += len(indices)
        batch = split.__getitems__(indices)
        readable = [index for index in indices if split.ids[index] in batch.ids]
        chosen.unreadable.extend(split.ids[index] for index in indices if index not in readable)
        if readable:
            logits = checked_logits(network, batch.image, len(classes))
            batch = _labelled(batch, logits)
            targets = choose_targets(target, logits, batch.label, batch.ids, classes, seed)
            _add(chosen, readable, batch, targets, right=logits.argmax(1) == batch.label, fixed=fixed)
    if not chosen.ids:
        raise AdvspaceError(
            f"none of the {len(order)} images can be attacked: {len(chosen.misclassified)} are misclassified, "
            f"{len(chosen.on_target)} are of the target class, {len(chosen.unreadable)} cannot be read; "
            "train the model longer or choose other weights or images"
        )
    return chosen


def with_targets(selection: Selection, classes: int, per_image: int, seed: int) -> Selection:
    """The same images with several random targets each; the first target stays the same.

    Args:
        selection: Images with one random target each.
        classes: Number of classes.
        per_image: Targets per image, at most `classes` - 1.
        seed: The run's seed.
    """
    positions = [position for position in range(len(selection.ids)) for _ in range(per_image)]
    targets = (
        random_targets(label, id_, classes, seed, per_image)
        for id_, label in zip(selection.ids, selection.labels, strict=True)
    )
    return replace(
        selection,
        indices=[selection.indices[position] for position in positions],
        ids=[selection.ids[position] for position in positions],
        labels=[selection.labels[position] for position in positions],
        targets=[target for several in targets for target in several],
    )


def _labelled(batch: Batch, logits: Logits) -> Batch:
    """The batch, with the model's prediction as the label of each image without one."""
    return batch._replace(label=torch.where(batch.label == UNLABELLED, logits.argmax(1), batch.label))


def _add(
    chosen: Selection, indices: list[int], batch: Batch, targets: Labels, *, right: Flags, fixed: int | None
) -> None:
    """Add the images of a batch to `chosen`: those that can be attacked, and the ids of those that cannot."""
    for position, (index, id_, label) in enumerate(zip(indices, batch.ids, batch.label.tolist(), strict=True)):
        if not right[position]:
            chosen.misclassified.append(id_)
        elif label == fixed:
            chosen.on_target.append(id_)
        else:
            chosen.indices.append(index)
            chosen.ids.append(id_)
            chosen.labels.append(label)
            chosen.targets.append(int(targets[position]))
