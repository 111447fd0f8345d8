"""Check images that other libraries or the user made: which are adversarial, and what is wrong with the others.

Attacks of other libraries seldom report a failure.  They return the clean image, a black image, their last attempt, or
an image of a class that is not the target.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from advspace import Adversarial, aims, answer, margin
from advspace.box import HIGH, LOW, clip
from advspace.shapes import Images, Labels

ROUNDING = 1e-6
"""Pixels may be outside the box by this much; they are clipped silently."""


@dataclass(frozen=True)
class ExternalImages:
    """Images made elsewhere, one per clean image.

    Args:
        image: The images; any value where there is a reason.
        reason: Why there is no image; empty where there is one.
        evaluations: Gradients spent.
    """

    image: Images
    reason: list[str]
    evaluations: Labels

    def checked(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Return the images that are adversarial, and the reason why the others are not.

        Args:
            model: Frozen network.
            image: Clean images.
            label: Their classes.
            target: Classes wanted.
        """
        result = _clipped(self.image.to(image))
        logits = answer(model, result.nan_to_num(0.0))
        won = margin(logits, aims(label, target, logits.shape[1]))
        pictures = zip(self.reason, _faults(result, image), strict=True)
        answers = zip((won > 0).tolist(), logits.argmax(1).tolist(), strict=True)
        reason = [
            given or fault or ("" if reached else f"an image of class {predicted} was handed over")
            for (given, fault), (reached, predicted) in zip(pictures, answers, strict=True)
        ]
        good = torch.tensor([not text for text in reason], dtype=torch.bool, device=image.device)
        nothing = torch.full_like(won, torch.nan)
        return Adversarial(
            image=torch.where(good[:, None, None, None], result, torch.nan),
            success=good,
            reason=tuple(reason),
            c=nothing,
            margin=torch.where(good, won, nothing),
            evaluations=self.evaluations,
        )


def _clipped(result: Images) -> Images:
    near = ((result >= LOW - ROUNDING) & (result <= HIGH + ROUNDING)).flatten(1).all(1)
    return torch.where(near[:, None, None, None], clip(result), result)


def _faults(result: Images, image: Images) -> list[str]:
    """Faults of the pixels alone.  Foolbox returns a black image if it fails, so black is a fault in any class."""
    conditions = (
        (~torch.isfinite(result), "pixels that are not numbers were handed over", Tensor.any),
        ((result < LOW) | (result > HIGH), "pixels outside the box were handed over", Tensor.any),
        (result == image, "the clean image was handed over", Tensor.all),
        (result == LOW, "a black image was handed over", Tensor.all),
    )
    faults = [""] * len(result)
    for pixels, text, any_or_all in conditions:
        for row, holds in enumerate(pixels.flatten(1)):
            faults[row] = faults[row] or (text if bool(any_or_all(holds)) else "")
    return faults
