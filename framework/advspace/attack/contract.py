"""The attack contract, and how an attack's claims are checked."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, TypeVar

import torch
from torch import nn

from advspace.attack.stop import Scores, Stop
from advspace.forward.padding import padded
from advspace.shapes import Aims, Flags, Images, Labels, Logits, PerImage

A = TypeVar("A", bound="Adversarial")
UNTARGETED = -1
"""As a target: any class other than the label."""


@dataclass(frozen=True)
class Adversarial:
    """What an attack made, one entry per image.

    Args:
        image: Adversarial images in the box; all NaN where the attack failed, never the clean image.
        success: Whether the model gives the target.
        reason: Why the attack failed; empty where it succeeded.
        c: Weight of the distortion in the objective at which the image was found; NaN where the attack has none.
        margin: Largest logit that was wanted minus the largest other.
        evaluations: Gradients of the model spent.
        extra: More columns of an attack's own for the table of images.
    """

    image: Images
    success: Flags
    reason: tuple[str, ...]
    c: PerImage
    margin: PerImage
    evaluations: Labels
    extra: Mapping[str, PerImage] = field(default_factory=dict)


def joined(parts: Sequence[A]) -> A:
    """One result for a whole batch from those of its parts, in order; there is one part at least."""
    return replace(
        parts[0], **{item.name: _joined([getattr(part, item.name) for part in parts]) for item in fields(parts[0])}
    )


def nothing(image: Images) -> Adversarial:
    """What an attack makes of an empty batch.

    Args:
        image: No images, of the right shape, number type and device.
    """
    none = image.new_zeros(0)
    return Adversarial(image, none.bool(), (), none, none, none.long())


def _joined(values: list[Any]) -> Any:
    if isinstance(values[0], torch.Tensor):
        return torch.cat(values)
    if isinstance(values[0], tuple):
        return tuple(entry for value in values for entry in value)
    return {name: torch.cat([value[name] for value in values]) for name in values[0]}


@dataclass(frozen=True)
class Problem:
    """What an attack is asked to solve.

    Args:
        model: Frozen network, pixels in the box to logits.
        image: Clean images in the box.
        label: Their classes.
        target: The classes wanted, `UNTARGETED` where any but the label will do.
    """

    model: nn.Module
    image: Images
    label: Labels
    target: Labels


class Attack(ABC):
    """A way to make adversarial images.

    After it the framework moves them to where the run wants them: to the boundary, or a share beyond it.  An attack
    need not know of that.
    """

    default_stop: ClassVar[Stop] = Stop()
    """Where its images are probed unless the run says otherwise (`attack.stop`): as they are."""

    def about(self, ids: Sequence[str]) -> "Attack":
        """The same attack, told the ids of the images that come next; most know an image by its pixels alone.

        One that goes by ids keeps nothing for other runs: its `depends_on` is None.

        Args:
            ids: Of the images of the next call, in order.
        """
        del ids
        return self

    @property
    def depends_on(self) -> Mapping[str, Any] | None:
        """All that its results depend on beside model, image, label and target: by default its settings.

        Adversarial images are kept and found again by it.  An attack that reads files or leans on another library adds
        what it read and the library's version; one that cannot say gives None, and nothing of it is kept.  Values are
        texts, numbers, None, and lists, tuples and dicts of them; with any other nothing is kept either.
        """
        return getattr(self, "__dict__", None)

    @abstractmethod
    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Make adversarial images.

        Each image gets the same result alone and in any batch.

        Args:
            model: Frozen network, pixels in the box to logits.
            image: Correctly classified images in the box.
            label: Their classes.
            target: The classes wanted, each other than the label; `UNTARGETED` where any other class will do.
        """

    def score_at(self, problem: Problem) -> Scores:
        """What tells a point that reaches the goal from one that does not; the stop rule finds the boundary by it.

        By default the margin of the wanted classes.  An attack that wants more than them overrides it.

        Args:
            problem: The whole batch that was attacked.

        Returns:
            A function of one point per image: positive where it reaches the goal, in logits.
        """

        def score(point: Images) -> PerImage:
            logits = answer(problem.model, point)
            return margin(logits, aims(problem.label, problem.target, logits.shape[1]))

        return score

    def after_stop(self, problem: Problem, made: Adversarial, stop: Stop) -> Adversarial:
        """Finish images that the stop rule has moved, such as by rounding; by default there is nothing to do.

        Args:
            problem: The whole batch that was attacked.
            made: What the attack made of it, its images where the rule stops; failures are NaN.
            stop: The rule.

        Returns:
            The same with other images, failures, gradients or columns; it is measured afterwards.
        """
        del problem, stop
        return made


def aims(label: Labels, target: Labels, classes: int) -> Aims:
    """Which classes count as success: the target's alone, or all but the label where it is `UNTARGETED`.

    Args:
        label: True classes.
        target: Classes wanted.
        classes: How many classes there are.
    """
    number = torch.arange(classes, device=target.device)
    free = (target == UNTARGETED)[:, None]
    return torch.where(free, number != label[:, None], number == target[:, None])


def margin(logits: Logits, wanted: Aims) -> PerImage:
    """Largest logit of a wanted class minus the largest other: positive where the attack has succeeded."""
    best = logits.masked_fill(~wanted, -torch.inf).amax(1)
    return best - logits.masked_fill(wanted, -torch.inf).amax(1)


def answer(model: nn.Module, image: Images) -> Logits:
    """The model's logits without gradients, the same for an image in any batch."""
    with torch.no_grad():
        logits: Logits = model(padded(image))[: len(image)]
    return logits
