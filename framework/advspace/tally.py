"""Count what the model says of a set of probes."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn

from advspace.box import confine
from advspace.errors import AdvspaceError
from advspace.probe import Case, ProbeRecord
from advspace.progress import tick
from advspace.shapes import Draws, Image


@dataclass(frozen=True)
class Tally:
    """Sums over probes: counts per class, and the moments of what was really added."""

    class_counts: torch.Tensor
    total: float = 0.0
    square: float = 0.0
    norms: float = 0.0
    moved: float = 0.0
    pixels: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.class_counts + other.class_counts,
            self.total + other.total,
            self.square + other.square,
            self.norms + other.norms,
            self.moved + other.moved,
            self.pixels + other.pixels,
        )


def tally(model: nn.Module, center: Image, noise: Draws, policy: str) -> Tally:
    """Classify `center + noise` under a box policy.

    Raises:
        AdvspaceError: the model gives logits that are not finite.
    """
    asked = center + noise
    points = confine(asked, policy)
    with torch.no_grad():
        logits = model(points)
    if not torch.isfinite(logits).all():
        raise AdvspaceError("the model gives NaN or infinite logits on a probe; check its weights, or lower the scale")
    tick("draws", len(points))
    added = (points - center).flatten(1).double()
    squares = added.square().sum(1)
    return Tally(
        class_counts=torch.bincount(logits.argmax(1), minlength=logits.shape[1]).cpu(),
        total=added.sum().item(),
        square=squares.sum().item(),
        norms=squares.sqrt().sum().item(),
        moved=(points != asked).sum().item() if policy != "none" else 0.0,
        pixels=added.numel(),
    )


def record(case: Case, center: str, policy: str, scale: float, tallies: Iterable[Tally]) -> ProbeRecord:
    """Sum the tallies of one cell into its record."""
    first, *rest = tallies
    whole = sum(rest, start=first)
    counts = whole.class_counts.tolist()
    draws = sum(counts)
    mean = whole.total / whole.pixels
    return ProbeRecord(
        image_id=case.image_id,
        target=case.target,
        center=center,
        box=policy,
        scale=scale,
        draws=draws,
        n_target=counts[case.target],
        n_original=counts[case.label],
        n_other=draws - counts[case.target] - counts[case.label],
        class_counts=counts,
        noise_mean=mean,
        noise_sd=max(whole.square / whole.pixels - mean**2, 0.0) ** 0.5,
        noise_l2=whole.norms / draws,
        clipped=whole.moved / whole.pixels,
    )
