"""Which images are attacked: the first correctly classified ones in a seeded order."""

from dataclasses import dataclass

import torch
from torch import nn

from advspace.dataset import Split
from advspace.errors import AdvspaceError
from advspace.model import checked_logits
from advspace.seed import generator_of
from advspace.target import choose_targets, target_class


@dataclass(frozen=True)
class Selection:
    """The images to attack.

    Args:
        indices: Their places in the split.
        ids: Their ids.
        targets: The class each attack aims at.
        misclassified: Ids of the images passed over because the model errs on them.
        on_target: Ids of the images passed over because they are of the target class already.
    """

    indices: list[int]
    ids: list[str]
    targets: list[int]
    misclassified: list[str]
    on_target: list[str]


def select(
    network: nn.Module,
    split: Split,
    classes: list[str],
    *,
    images: int,
    target: str | int,
    seed: int,
    batch_size: int = 256,
) -> Selection:
    """Choose up to `images` correctly classified images at random, and a target for each.

    Args:
        network: Frozen network.
        split: Images to choose from.
        classes: Names of the classes.
        images: How many are wanted.
        target: Rule for the targets.
        seed: The run's seed; the choice depends on nothing else.
        batch_size: Images classified at once; changes nothing.

    Raises:
        AdvspaceError: no image is classified correctly, or the model and the images do not fit.
    """
    order = torch.randperm(len(split), generator=generator_of(seed, "selection")).tolist()
    fixed = target_class(target, classes)
    chosen = Selection([], [], [], [], [])
    for first in range(0, len(order), batch_size):
        indices = order[first : first + batch_size]
        batch = split.__getitems__(indices)
        logits = checked_logits(network, batch.image, len(classes))
        targets = choose_targets(target, logits, batch.label, batch.ids, classes, seed)
        right = (logits.argmax(1) == batch.label).tolist()
        for place, index in enumerate(indices):
            if len(chosen.indices) == images:
                return chosen
            if not right[place]:
                chosen.misclassified.append(batch.ids[place])
            elif fixed is not None and int(batch.label[place]) == fixed:
                chosen.on_target.append(batch.ids[place])
            else:
                chosen.indices.append(index)
                chosen.ids.append(batch.ids[place])
                chosen.targets.append(int(targets[place]))
    if not chosen.indices:
        raise AdvspaceError(
            f"none of the {len(order)} images can be attacked: {len(chosen.misclassified)} are misclassified, "
            f"{len(chosen.on_target)} are of the target class; train the model longer or choose other weights"
        )
    return chosen
