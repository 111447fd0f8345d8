"""Images that others made, and what is wrong with those that are no adversarials.

Attacks of other libraries seldom say that they failed: they hand back the clean image, a black one, the last thing they
tried, or an image of another class than the one asked for.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from advspace import Adversarial, aims, answer, margin
from advspace.attack.stop import Stop
from advspace.box import HIGH, LOW, clip
from advspace.checks import above, at_least, one_of
from advspace.shapes import Aims, Images, Labels, PerImage

GIVEN = "given"
STOPS = (GIVEN, "tight", "overshoot")
ROUNDING = 1e-6
"""Pixels may be outside the box by this much, which is put right without a word."""


@dataclass(frozen=True)
class Depth:
    """Where images that others made are probed.

    Args:
        stop: `given`: as they are; `tight` moves them back to the boundary, `overshoot` a share of the distance beyond
            it, as our own attacks do, so that regions can be compared at one depth.
        tolerance: Largest margin (in logits) of a `tight` adversarial.
        overshoot: Share of the boundary distance that `overshoot` goes beyond it.

    Raises:
        AdvspaceError: a setting is out of its range.
    """

    stop: str
    tolerance: float
    overshoot: float

    def __post_init__(self) -> None:
        one_of("stop", self.stop, STOPS)
        above("tolerance", self.tolerance, 0)
        at_least("overshoot", self.overshoot, 0)

    def moved(self, image: Images, adversarial: Images, model: nn.Module, wanted: Aims) -> Images:
        """The adversarials where they are to be probed."""
        if self.stop == GIVEN:
            return adversarial

        def score_at(point: Images) -> PerImage:
            return margin(answer(model, point), wanted)

        return Stop(self.stop, self.tolerance, self.overshoot).apply(image, adversarial, score_at)


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

    def checked(self, model: nn.Module, image: Images, label: Labels, target: Labels, depth: Depth) -> Adversarial:
        """Claim as adversarial what is one, and say of the others what they are.

        Args:
            model: Frozen network.
            image: Clean images.
            label: Their classes.
            target: Classes wanted.
            depth: Where the adversarials are to be.
        """
        result = _put_right(self.image.to(image))
        logits = answer(model, result.nan_to_num(0.0))
        wanted = aims(label, target, logits.shape[1])
        pictures = zip(self.reason, _faults(result, image), strict=True)
        answers = zip((margin(logits, wanted) > 0).tolist(), logits.argmax(1).tolist(), strict=True)
        reason = [
            given or fault or ("" if won else f"an image of class {predicted} was handed over")
            for (given, fault), (won, predicted) in zip(pictures, answers, strict=True)
        ]
        good = torch.tensor([not why for why in reason], dtype=torch.bool, device=image.device)
        adversarial = torch.where(good[:, None, None, None], result, torch.nan)
        if good.any():
            adversarial[good] = depth.moved(image[good], result[good], model, wanted[good])
        won = margin(answer(model, adversarial.nan_to_num(0.0)), wanted)
        nothing = torch.full_like(won, torch.nan)
        return Adversarial(
            image=adversarial,
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
