"""The paper's probe: noise of growing intensity around the adversarial and around the original."""

from dataclasses import dataclass
from itertools import product
from math import isfinite
from typing import NamedTuple

from torch import nn

from advspace import AdvspaceError, Case, Noise, NoiseBlocks, Probe, ProbeRecord
from advspace.box import POLICIES
from advspace.checks import at_least, one_of
from advspace.forward.memory_format import contiguous
from advspace.probe.classify import ClassCounter
from advspace.probe.contract import CENTERS
from advspace.probe.count import enqueue, measured, record, tallies

SCALES = (0.03125, 0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


class SharedDraws(NamedTuple):
    """Centers and scales that use the same random numbers, and what these depend on."""

    centers: tuple[str, ...]
    scales: tuple[float, ...]
    where: tuple[str | float, ...]


@dataclass(frozen=True)
class Ladder(Probe):
    """Count the classes of noisy images, scale by scale.

    Both box policies see the same noise, so that their difference is the box's alone.  So do all scales and both
    centers, unless told otherwise: a probe is then a ray, and what changes along it is the scale's doing alone.

    Args:
        scales: Noise intensities, in units of the distortion's standard deviation.
        draws: Probes per scale.
        center: `adversarial`, `original` or `both`.
        box: `clip` (as the paper), `none` or `both`.
        shared_draws: Whether all scales and both centers use the same random numbers, or their own, as the paper.

    Source: Tabacof & Valle 2015, arXiv:1510.05328 (scales 2^-5 ... 2^5, 100 draws).
    """

    scales: tuple[float, ...] = SCALES
    draws: int = 100
    center: str = "both"
    box: str = "both"
    shared_draws: bool = True

    def __post_init__(self) -> None:
        at_least("draws", self.draws, 1)
        one_of("center", self.center, (*CENTERS, "both"))
        one_of("box", self.box, (*POLICIES, "both"))
        if not self.scales or len(set(self.scales)) != len(self.scales):
            raise AdvspaceError(f"scales must be one or more different numbers, got {list(self.scales)}")
        for scale in self.scales:
            if not (scale > 0 and isfinite(scale)):
                raise AdvspaceError(f"scales must be finite and > 0, got {scale}")

    def __call__(self, model: nn.Module, case: Case, noise: Noise, stream: NoiseBlocks) -> list[ProbeRecord]:
        """One record per center, scale and box policy."""
        cells = list(product(self._centers, sorted(self.scales), self._policies))
        places = {cell: index for index, cell in enumerate(cells)}
        rows = max(stream.per_forward, len(self._policies))
        counter = ClassCounter(model, case.image, len(cells), rows, stream.memory_format)
        centers = {name: contiguous(case.center(name), stream.memory_format) for name in self._centers}
        at_once = len(counter.points) // len(self._policies)
        for together in self._shared():
            for number, steps, factors in stream.steps(
                noise, case.distortion, together.scales, self.draws, together.where, at_once
            ):
                first = steps.first(max(0, measured(case.image) - number))
                for scale, factor in factors:
                    known = first.applied(factor) if len(first) else None
                    for name in together.centers:
                        by_policy = {policy: places[name, scale, policy] for policy in self._policies}
                        enqueue(counter, by_policy, centers[name], steps, factor, known)
        result = zip(cells, tallies(counter), strict=True)
        return [record(case, name, policy, scale, [tally]) for (name, scale, policy), tally in result]

    @property
    def _centers(self) -> tuple[str, ...]:
        return CENTERS if self.center == "both" else (self.center,)

    @property
    def _policies(self) -> tuple[str, ...]:
        return POLICIES if self.box == "both" else (self.box,)

    def _shared(self) -> list[SharedDraws]:
        scales = tuple(sorted(self.scales))
        if self.shared_draws:
            return [SharedDraws(self._centers, scales, ())]
        return [SharedDraws((name,), (scale,), (name, float(scale))) for name in self._centers for scale in scales]
