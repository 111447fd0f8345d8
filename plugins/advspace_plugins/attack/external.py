"""Images that others made, and what is wrong with those that are no adversarials.

Attacks of other libraries seldom say that they failed: they hand back the clean image, a black one, the last thing they
tried, or an image of another class than the one asked for.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from advspace import Adversarial, aims, answer, margin
from advspace.box import HIGH, LOW, clip
from advspace.shapes import Images, Labels

ROUNDING = 1e-6
"""Pixels may be outside the box by this much, which is put right without a word."""


@dataclass(frozen=True)
class ExternalImages:
    """What others made of some images.

    Args:
        image: One per image; anything where there is a reason.
        reason: Why there is none; empty where there is one.
        evaluations: Gradients spent.
    """

    image: Images
    reason: list[str]
    evaluations: Labels

    def checked(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Claim as adversarial what is one, and say of the others what they are.

        Args:
            model: Frozen network.
            image: Clean images.
            label: Their classes.
            target: Classes wanted.
        """
        result = _put_right(self.image.to(image))
        logits = answer(model, result.nan_to_num(0.0))
        won = margin(logits, aims(label, target, logits.shape[1]))
        pictures = zip(self.reason, _faults(result, image), strict=True)
        answers = zip((won > 0).tolist(), logits.argmax(1).tolist(), strict=True)
        reason = [
            given or fault or ("" if there else f"an image of class {predicted} was handed over")
            for (given, fault), (there, predicted) in zip(pictures, answers, strict=True)
        ]
        good = torch.tensor([not why for why in reason], dtype=torch.bool, device=image.device)
        nothing = torch.full_like(won, torch.nan)
        return Adversarial(
            image=torch.where(good[:, None, None, None], result, torch.nan),
            success=good,
            reason=tuple(reason),
            c=nothing,
            margin=torch.where(good, won, nothing),
            evaluations=self.evaluations,
        )


def _put_right(result: Images) -> Images:
    near = ((result >= LOW - ROUNDING) & (result <= HIGH + ROUNDING)).flatten(1).all(1)
    return torch.where(near[:, None, None, None], clip(result), result)


def _faults(result: Images, image: Images) -> list[str]:
    """What an image shows by itself; a black one is how Foolbox says that it found nothing, whatever its class."""
    facts = (
        (~torch.isfinite(result), "pixels that are not numbers were handed over", Tensor.any),
        ((result < LOW) | (result > HIGH), "pixels outside the box were handed over", Tensor.any),
        (result == image, "the clean image was handed over", Tensor.all),
        (result == LOW, "a black image was handed over", Tensor.all),
    )
    faults = [""] * len(result)
    for shown, words, ruled in facts:
        for row, there in enumerate(shown.flatten(1)):
            faults[row] = faults[row] or (words if bool(ruled(there)) else "")
    return faults
