"""The paper's probe: noise of growing intensity around the adversarial and around the original."""

from dataclasses import dataclass
from math import isfinite

from torch import nn

from advspace import AdvspaceError, Case, Noise, Probe, ProbeRecord, Stream
from advspace.box import POLICIES
from advspace.checks import at_least, one_of
from advspace.probe import CENTERS
from advspace.tally import Tally, record, tally

SCALES = (0.03125, 0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


@dataclass(frozen=True)
class Ladder(Probe):
    """Count the classes of noisy images, scale by scale.

    Both box policies see the same noise, so that their difference is the box's alone.

    Args:
        scales: Noise intensities, in units of the distortion's standard deviation.
        draws: Probes per scale.
        center: `adversarial`, `original` or `both`.
        box: `clip` (as the paper), `none` or `both`.

    Source: Tabacof & Valle 2015, arXiv:1510.05328 (scales 2^-5 ... 2^5, 100 draws).
    """

    scales: tuple[float, ...] = SCALES
    draws: int = 100
    center: str = "both"
    box: str = "both"

    def __post_init__(self) -> None:
        at_least("draws", self.draws, 1)
        one_of("center", self.center, (*CENTERS, "both"))
        one_of("box", self.box, (*POLICIES, "both"))
        if not self.scales or len(set(self.scales)) != len(self.scales):
            raise AdvspaceError(f"scales must be one or more different numbers, got {list(self.scales)}")
        for scale in self.scales:
            if not (scale > 0 and isfinite(scale)):
                raise AdvspaceError(f"scales must be finite and > 0, got {scale}")

    def __call__(self, model: nn.Module, case: Case, noise: Noise, stream: Stream) -> list[ProbeRecord]:
        """One record per center, scale and box policy."""
        centers = CENTERS if self.center == "both" else (self.center,)
        return [
            found
            for center in centers
            for scale in sorted(self.scales)
            for found in self._at(model, case, noise, stream, center, scale)
        ]

    def _at(
        self, model: nn.Module, case: Case, noise: Noise, stream: Stream, center: str, scale: float
    ) -> list[ProbeRecord]:
        policies = POLICIES if self.box == "both" else (self.box,)
        middle = case.center(center)
        found: dict[str, list[Tally]] = {policy: [] for policy in policies}
        for chunk in stream.chunks(noise, case.distortion, scale, self.draws, center):
            for policy in policies:
                found[policy].append(tally(model, middle, chunk, policy))
        return [record(case, center, policy, scale, tallies) for policy, tallies in found.items()]
