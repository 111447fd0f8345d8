"""The attack contract, and how an attack's claims are checked."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import torch
from torch import nn

from advspace import box
from advspace.shapes import Flags, Images, Labels, Logits, PerImage


@dataclass(frozen=True)
class Adversarial:
    """What an attack made, one entry per image.

    Args:
        image: Adversarial images in the box; all NaN where the attack failed, never the clean image.
        success: Whether the model gives the target.
        reason: Why the attack failed; empty where it succeeded.
        c: Weight of the distortion in the objective at which the image was found; NaN where the attack has none.
        margin: Target logit minus the largest other logit.
        evaluations: Gradients of the model spent.
    """

    image: Images
    success: Flags
    reason: tuple[str, ...]
    c: PerImage
    margin: PerImage
    evaluations: Labels


class Attack(ABC):
    """A way to make targeted adversarial images."""

    @abstractmethod
    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Make adversarial images.

        Each image gets the same result alone and in any batch.

        Args:
            model: Frozen network, pixels in the box to logits.
            image: Correctly classified images in the box.
            label: Their classes.
            target: The classes wanted, each other than the label.
        """


def margin(logits: Logits, target: Labels) -> PerImage:
    """Target logit minus the largest other logit: positive where the model gives the target."""
    wanted = logits.gather(1, target[:, None])[:, 0]
    return wanted - logits.scatter(1, target[:, None], -torch.inf).amax(1)


def verified(adversarial: Adversarial, model: nn.Module, target: Labels) -> Adversarial:
    """Measure the margins anew and turn a success that is none into a failure with its reason."""
    inside = box.inside(adversarial.image).cpu()
    safe = adversarial.image.nan_to_num(0.0)
    with torch.no_grad():
        logits = model(safe)
    measured = margin(logits, target)
    claimed = adversarial.success.cpu()
    good = claimed & inside & (measured > 0).cpu()
    reasons = tuple(
        "" if good[i] else _reason(adversarial.reason[i], claimed[i], inside[i], int(logits[i].argmax()))
        for i in range(len(good))
    )
    keep = good.to(safe.device)[:, None, None, None]
    nan = torch.full_like(measured, torch.nan)
    return replace(
        adversarial,
        image=torch.where(keep, adversarial.image, torch.nan),
        success=good.to(safe.device),
        reason=reasons,
        margin=torch.where(good.to(safe.device), measured, nan),
    )


def _reason(given: str, claimed: torch.Tensor, inside: torch.Tensor, predicted: int) -> str:
    if not claimed:
        return given or "the attack failed without a reason"
    if not inside:
        return "the attack returned pixels outside the box"
    return f"the attack claims success but the model gives class {predicted}"
