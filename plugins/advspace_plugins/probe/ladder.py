"""The paper's probe: noise of growing intensity around the adversarial and around the original."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import isfinite

from torch import nn

from advspace import AdvspaceError, Case, Cell, Noise, NoiseBlocks, Probe, ProbeCounter, ProbeResult
from advspace.box import POLICIES
from advspace.checks import at_least, one_of
from advspace.noise.blocks import Key
from advspace.probe.contract import CENTERS
from advspace.probe.refine import HALVINGS, REFINED, middles, refined_rows
from advspace.probe.until import Until

SCALES = (0.03125, 0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


@dataclass(frozen=True)
class Ladder(Probe):
    """Count the classes of noisy images, scale by scale.

    Both box policies use the same noise, so their difference is the effect of the clip alone.  By default, all scales
    and both centers use the same noise too: each probe is a ray, and only the scale changes along it.

    Args:
        scales: Noise intensities, in units of the distortion's standard deviation.
        draws: Probes per scale.
        center: `adversarial`, `original` or `both`.
        box: `clip` (as in the paper), `none` or `both`.
        shared_draws: Use the same random numbers for all scales and both centers; false draws new ones for each, as in
            the paper.
        pairs: Let draws come in pairs, one the mirror image of the other about the noise's mean (antithetic draws).
            Intervals of single cells then hold where a draw is kept less often if its mirror image is.
        until: End a cell before `draws` when it is known well enough: `width:0.05` when half of Wilson's interval is at
            most 0.05; `decided:0.5` when the share kept is known to be above or below 0.5.  Looked at every 50 draws.
        refine: Add three scales to the curve of each attack, between the two of the ladder where it falls to one half:
            the table `refined`, which half scales are read from.
        keep_labels: Most labels of draws of one attack that are kept, in the table `labels`; 0 keeps none.

    Source: Tabacof & Valle 2015, arXiv:1510.05328 (scales 2^-5 ... 2^5, 100 draws).
    """

    scales: tuple[float, ...] = SCALES
    draws: int = 100
    center: str = "both"
    box: str = "both"
    shared_draws: bool = True
    pairs: bool = False
    until: str = ""
    refine: bool = False
    keep_labels: int = 100_000

    def __post_init__(self) -> None:
        at_least("draws", self.draws, 1)
        at_least("keep_labels", self.keep_labels, 0)
        if self.until:
            Until.of(self.until).warn_if_out_of_reach(self.draws)
        one_of("center", self.center, (*CENTERS, "both"))
        one_of("box", self.box, (*POLICIES, "both"))
        if not self.scales or len(set(self.scales)) != len(self.scales):
            raise AdvspaceError(f"scales must be one or more different numbers, got {list(self.scales)}")
        for scale in self.scales:
            if not (scale > 0 and isfinite(scale)):
                raise AdvspaceError(f"scales must be finite and > 0, got {scale}")

    def __call__(self, model: nn.Module, case: Case, noise: Noise, blocks: NoiseBlocks) -> ProbeResult:
        """One record per center, scale and box policy; and the tables `joint`, `labels` and `refined`."""
        counter = ProbeCounter(model, case, blocks, labelled=True)
        places = product(self._centers, sorted(self.scales), self._policies)
        self._add_noise(counter, noise, [counter.cell(center, box, scale) for center, scale, box in places])
        ladder = records = counter.records()
        for _ in range(HALVINGS if self.refine else 0):
            self._add_noise(counter, noise, [counter.cell(*middle) for middle in middles(records)])
            records = counter.records()
        tables = counter.draw_tables(shared=self.shared_draws, most=self.keep_labels)
        if self.refine:
            tables[REFINED] = refined_rows(ladder, records[len(ladder) :])
        return ProbeResult(ladder, tables)

    def _add_noise(self, counter: ProbeCounter, noise: Noise, cells: Sequence[Cell]) -> None:
        """Fill cells with noise; those with the same random numbers together."""
        shared = defaultdict[Key, list[Cell]](list)
        for cell in cells:
            shared[() if self.shared_draws else (cell.center, float(cell.scale))].append(cell)
        until = Until.of(self.until) if self.until else None
        for key, same in shared.items():
            if until:
                counter.add_noise_until(until, same, noise, self.draws, key, pairs=self.pairs)
            else:
                counter.add_noise(same, noise, self.draws, key, pairs=self.pairs)

    @property
    def _centers(self) -> tuple[str, ...]:
        return CENTERS if self.center == "both" else (self.center,)

    @property
    def _policies(self) -> tuple[str, ...]:
        return POLICIES if self.box == "both" else (self.box,)
