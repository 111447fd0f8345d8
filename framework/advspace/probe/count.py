"""What the probes of one cell add up to: classes, and what was really added."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

import torch
from torch import nn

from advspace.box import HIGH, LOW, POLICIES
from advspace.checks import one_of
from advspace.noise.offsets import Applied, Offsets, norms
from advspace.probe.classify import ClassCounter
from advspace.probe.contract import Case, ProbeRecord
from advspace.shapes import Draws, Image

MEASURED_DRAWS, MEASURED_VALUES = 100, 100_000


@dataclass(frozen=True)
class Tally:
    """Sums over probes.

    Args:
        class_counts: Probes per class.
        total: Sum of what was added, over pixels and measured probes.
        square: Sum of its squares.
        norms: Sum of its Euclidean norms, over measured probes.
        moved: Pixels that the box moved.
        measured: How many probes were measured.
        pixels: Pixels of an image, channels counted.
    """

    class_counts: torch.Tensor
    total: float
    square: float
    norms: float
    moved: float
    measured: int
    pixels: int

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.class_counts + other.class_counts,
            self.total + other.total,
            self.square + other.square,
            self.norms + other.norms,
            self.moved + other.moved,
            self.measured + other.measured,
            self.pixels,
        )


def measured(center: Image) -> int:
    """On how many draws of a cell what was really added is measured: more would cost time and add no digit."""
    return max(MEASURED_DRAWS, ceil(MEASURED_VALUES / center.numel()))


def enqueue(
    counter: ClassCounter,
    cells: dict[str, int],
    center: Image,
    steps: Offsets,
    factor: float = 1.0,
    known: Applied | None = None,
) -> None:
    """Put `center` with noise into a ballot, under each box policy.

    Args:
        counter: Where to; has room for all of it in one forward pass.
        cells: Cell by box policy; both policies see the same noise.
        center: The image, in the layout of the counter's points.
        steps: The noise.
        factor: What multiplies it.
        known: How long the first of it are, which are measured; None for none.
    """
    in_order = [cells[policy] for policy in ("none", "clip") if policy in cells]  # clipped noise is made of the other
    asked, *more = counter.rows(in_order, len(steps))
    steps.add_to(center, factor, asked)
    if "none" in cells and known is not None:
        counter.measure(cells["none"], known)
    if "clip" in cells:
        measured = 0 if known is None else len(known.total)
        before = asked[:measured] if more else asked[:measured].clone()
        points = torch.clamp(asked, LOW, HIGH, out=more[0] if more else asked)
        if measured:
            counter.measure(cells["clip"], _left(before, points[:measured], center))


def _left(asked: Draws, points: Draws, center: Image) -> Applied:
    """What a clip left of the noise."""
    scratch = torch.empty_like(asked)
    moved = torch.ne(asked, points, out=scratch).sum((1, 2, 3))
    applied = torch.sub(points, center, out=scratch)
    return Applied(applied.sum((1, 2, 3)), norms(applied), moved)


def tallies(counter: ClassCounter) -> list[Tally]:
    """Classify what is still in the ballot, and sum up cell by cell.

    Raises:
        AdvspaceError: the model gives logits that are not finite.
    """
    pixels = counter.points[0].numel()
    return [
        Tally(counts, total, square, lengths, moved, int(measured), pixels)
        for counts, (total, lengths, square, moved, measured) in zip(counter.counts(), counter.applied(), strict=True)
    ]


def tally(model: nn.Module, center: Image, noise: Draws, policy: str) -> Tally:
    """Classify `center + noise` under a box policy, in one forward pass.

    Raises:
        AdvspaceError: the policy is unknown, or the model gives logits that are not finite.
    """
    one_of("box", policy, POLICIES)
    counter = ClassCounter(model, center, 1, len(noise))
    steps = Offsets.of(noise)
    enqueue(counter, {policy: 0}, center, steps, known=steps.applied(1.0))
    return tallies(counter)[0]


def record(case: Case, center: str, policy: str, scale: float, tallies: Iterable[Tally]) -> ProbeRecord:
    """Sum the tallies of one cell into its record."""
    first, *rest = tallies
    whole = sum(rest, start=first)
    counts = whole.class_counts.tolist()
    draws = sum(counts)
    values = whole.measured * whole.pixels
    mean = whole.total / values
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
        noise_sd=max(whole.square / values - mean**2, 0.0) ** 0.5,
        noise_l2=whole.norms / whole.measured,
        clipped=whole.moved / values,
    )
