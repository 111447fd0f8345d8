"""The attack contract, and how an attack's claims are checked."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

import torch
from torch import nn

from advspace import box
from advspace.shapes import Aims, Flags, Images, Labels, Logits, PerImage
from advspace.steady import filled_up

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


@dataclass(frozen=True, kw_only=True)
class Verified(Adversarial):
    """What an attack made, as measured by us.

    Args:
        reached: Class that the model gives on the adversarial; `UNTARGETED` where the attack failed.
        survives_8bit: Whether the adversarial still succeeds when rounded to 256 grey levels, as a PNG is.
    """

    reached: Labels
    survives_8bit: Flags


def joined(parts: Sequence[A]) -> A:
    """One result for a whole batch from those of its parts, in order; there is one part at least."""
    return replace(
        parts[0], **{item.name: _joined([getattr(part, item.name) for part in parts]) for item in fields(parts[0])}
    )


def _joined(values: list[Any]) -> Any:
    if isinstance(values[0], torch.Tensor):
        return torch.cat(values)
    if isinstance(values[0], tuple):
        return tuple(entry for value in values for entry in value)
    return {name: torch.cat([value[name] for value in values]) for name in values[0]}


class Attack(ABC):
    """A way to make adversarial images."""

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
        logits: Logits = model(filled_up(image))[: len(image)]
    return logits


def verified(made: Adversarial, model: nn.Module, label: Labels, target: Labels) -> Verified:
    """Measure the margins anew and turn a success that is none into a failure with its reason."""
    safe = made.image.nan_to_num(0.0)
    logits, rounded = (answer(model, images) for images in (safe, box.rounded(safe)))
    wanted = aims(label, target, logits.shape[1])
    measured = margin(logits, wanted)
    inside, claimed = box.inside(made.image), made.success.to(safe.device)
    good = claimed & inside & (measured > 0)
    reached = logits.argmax(1)
    facts = zip(made.reason, claimed.tolist(), inside.tolist(), good.tolist(), reached.tolist(), strict=True)
    kept = {name.name: getattr(made, name.name) for name in fields(Adversarial)}
    return Verified(
        **kept
        | {
            "image": torch.where(good[:, None, None, None], made.image, torch.nan),
            "success": good,
            "reason": tuple(_reason(*fact) for fact in facts),
            "margin": torch.where(good, measured, torch.nan),
        },
        reached=torch.where(good, reached, UNTARGETED),
        survives_8bit=good & (margin(rounded, wanted) > 0),
    )


def _reason(given: str, claimed: bool, inside: bool, good: bool, predicted: int) -> str:
    if good:
        return ""
    if not claimed:
        return given or "the attack failed without a reason"
    if not inside:
        return "the attack returned pixels outside the box"
    return f"the attack claims success but the model gives class {predicted}"
