"""The attack contract: images with labels and targets in, adversarial images out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, TypeVar

import torch
from torch import nn

from advspace.attack.stop import Scores, Stop
from advspace.forward.few_rows import filled
from advspace.shapes import Aims, Flags, Images, Labels, Logits, PerImage

A = TypeVar("A", bound="Adversarial")
UNTARGETED = -1
"""The target that means any class other than the label."""


@dataclass(frozen=True)
class Adversarial:
    """The result of an attack, one entry per image.

    Args:
        image: Adversarial images in the box; all NaN where the attack failed, never the clean image.
        success: Whether the model predicts the target.
        reason: Why the attack failed; empty where it succeeded.
        c: Weight of the distortion in the objective that gave the image; NaN if the attack has no such weight.
        margin: Largest logit of a target class minus the largest other logit.
        evaluations: Number of gradients computed.
        extra: Additional columns of the attack for the table of images.
        forwards: Number of passes without gradients; None if the attack does not count them, and the framework does.
        padding: Other images that the network computed; the framework counts them (`advspace.attack.counting`).
    """

    image: Images
    success: Flags
    reason: tuple[str, ...]
    c: PerImage
    margin: PerImage
    evaluations: Labels
    extra: Mapping[str, PerImage] = field(default_factory=dict)
    forwards: PerImage | None = None
    padding: PerImage | None = None


def joined(parts: Sequence[A]) -> A:
    """Concatenate the results of the parts of a batch, in order; there must be at least one part."""
    return replace(
        parts[0], **{item.name: _joined([getattr(part, item.name) for part in parts]) for item in fields(parts[0])}
    )


def nothing(image: Images) -> Adversarial:
    """The result of an attack on an empty batch.

    Args:
        image: An empty batch with the shape, number type and device of the images.
    """
    none = image.new_zeros(0)
    return Adversarial(image, none.bool(), (), none, none, none.long())


def _joined(values: list[Any]) -> Any:
    if any(value is None for value in values):
        return None
    if isinstance(values[0], torch.Tensor):
        return torch.cat(values)
    if isinstance(values[0], tuple):
        return tuple(entry for value in values for entry in value)
    return {name: torch.cat([value[name] for value in values]) for name in values[0]}


@dataclass(frozen=True)
class Problem:
    """The problem that an attack solves.

    Args:
        model: Frozen network, pixels in the box to logits.
        image: Clean images in the box.
        label: True classes.
        target: Target classes; `UNTARGETED` for any class except the label.
    """

    model: nn.Module
    image: Images
    label: Labels
    target: Labels


class Attack(ABC):
    """A way to make adversarial images.

    Afterwards the framework applies the stop rule of the run: it moves the images to the boundary, or a share beyond
    it.  An attack needs no code for this.
    """

    default_stop: ClassVar[Stop] = Stop()
    """The stop rule if the run sets none (`attack.stop`): images are probed as they are."""

    def about(self, ids: Sequence[str]) -> "Attack":
        """The same attack, with the ids of the images in the next call; most attacks do not use ids.

        An attack that uses ids must not be cached: its `depends_on` is None.

        Args:
            ids: Ids of the images in the next call, in order.
        """
        del ids
        return self

    @property
    def depends_on(self) -> Mapping[str, Any] | None:
        """All that its results depend on, except model, image, label and target: by default its settings.

        It is part of the cache key.  An attack that reads files adds their contents; an attack that uses another
        library adds the library's version.  An attack that cannot list its dependencies returns None and is not cached.
        Values are texts, numbers, None, and lists, tuples and dicts of them; with other values nothing is cached.
        """
        return getattr(self, "__dict__", None)

    @abstractmethod
    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Make adversarial images.

        The result of an image must not depend on the other images of the batch.

        Args:
            model: Frozen network, pixels in the box to logits.
            image: Correctly classified images in the box.
            label: True classes.
            target: Target classes, different from the labels; `UNTARGETED` for any class except the label.
        """

    def score_at(self, problem: Problem) -> Scores:
        """The score of success, by which the stop rule finds the boundary.

        By default it is the margin of the target classes.  An attack with a stricter goal overrides it.

        Args:
            problem: The whole batch that was attacked.

        Returns:
            A function of one point per image.  Its value is in logits, and positive where the point reaches the goal.
        """

        def score(point: Images) -> PerImage:
            logits = answer(problem.model, point)
            return margin(logits, aims(problem.label, problem.target, logits.shape[1]))

        return score

    def after_stop(self, problem: Problem, made: Adversarial, stop: Stop) -> Adversarial:
        """Process images after the stop rule has moved them, such as by rounding; by default nothing is done.

        Args:
            problem: The whole batch that was attacked.
            made: Result of the attack with the moved images; failures are NaN.
            stop: The stop rule.

        Returns:
            The result with changed images, failures, gradients or columns; it is verified afterwards.
        """
        del problem, stop
        return made


def aims(label: Labels, target: Labels, classes: int) -> Aims:
    """Which classes count as success: the target, or all classes except the label if the target is `UNTARGETED`.

    Args:
        label: True classes.
        target: Target classes.
        classes: Number of classes.
    """
    number = torch.arange(classes, device=target.device)
    free = (target == UNTARGETED)[:, None]
    return torch.where(free, number != label[:, None], number == target[:, None])


def margin(logits: Logits, wanted: Aims) -> PerImage:
    """Largest logit of a target class minus the largest other logit: positive where the attack has succeeded."""
    best = logits.masked_fill(~wanted, -torch.inf).amax(1)
    return best - logits.masked_fill(wanted, -torch.inf).amax(1)


def answer(model: nn.Module, image: Images) -> Logits:
    """The model's logits without gradients; an image's logits do not depend on its batch."""
    with torch.no_grad():
        logits: Logits = model(filled(model, image))[: len(image)]
    return logits
