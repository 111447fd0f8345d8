"""The check of an attack's results."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import torch
from torch import nn

from advspace import box
from advspace.attack.contract import UNTARGETED, Adversarial, aims, answer, margin
from advspace.attack.counting import counted_rows, padded_by
from advspace.shapes import Flags, Labels, PerImage

CHECKS = 2
"""Forward passes of a check: the image, and the image rounded."""


@dataclass(frozen=True, kw_only=True)
class Verified(Adversarial):
    """The result of an attack, checked with the model.

    Args:
        reached: Class that the model predicts for the adversarial; `UNTARGETED` where the attack failed.
        survives_8bit: Whether the adversarial still succeeds after rounding to 256 grey levels, as in a PNG.
        depth: Distance beyond the boundary, as a share of the boundary's distance from the image; NaN where
            no stop rule has looked for the boundary.
    """

    reached: Labels
    survives_8bit: Flags
    depth: PerImage


def verified(made: Adversarial, model: nn.Module, label: Labels, target: Labels) -> Verified:
    """Measure the margins, and turn each wrong claim of success into a failure with a reason.

    The two forward passes of the check are added to the result's.
    """
    safe = made.image.nan_to_num(0.0)
    with counted_rows(model) as rows:
        logits, rounded = (answer(model, images) for images in (safe, box.rounded(safe)))
    wanted = aims(label, target, logits.shape[1])
    measured = margin(logits, wanted)
    inside, claimed = box.inside(made.image), made.success.to(safe.device)
    good = claimed & inside & (measured > 0)
    reached = logits.argmax(1)
    facts = zip(made.reason, claimed.tolist(), inside.tolist(), good.tolist(), reached.tolist(), strict=True)
    spent = made if made.forwards is None else replace(made, forwards=made.forwards + CHECKS)
    spent = padded_by(spent, made, rows.count)
    kept = {name.name: getattr(spent, name.name) for name in fields(Adversarial)}
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
        depth=torch.full(good.shape, torch.nan, dtype=torch.float64, device=good.device),
    )


def without(made: Verified, failures: Mapping[int, str]) -> Verified:
    """The same result with some successes as failures.

    Args:
        made: The result.
        failures: The reason of each failure, by row.
    """
    if not failures:
        return made
    good = made.success.clone()
    good[list(failures)] = False
    return replace(
        made,
        image=torch.where(good[:, None, None, None], made.image, torch.nan),
        success=good,
        reason=tuple(failures.get(row, reason) for row, reason in enumerate(made.reason)),
        c=torch.where(good, made.c, torch.nan),
        margin=torch.where(good, made.margin, torch.nan),
        reached=torch.where(good, made.reached, UNTARGETED),
        survives_8bit=good & made.survives_8bit,
        depth=torch.where(good, made.depth, torch.nan),
    )


def _reason(given: str, claimed: bool, inside: bool, good: bool, predicted: int) -> str:
    if good:
        return ""
    if not claimed:
        return given or "the attack failed without a reason"
    if not inside:
        return "the attack returned pixels outside the box"
    return f"the attack claims success but the model gives class {predicted}"
