"""The paper's probe: noise of growing intensity around the adversarial and around the original."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import isfinite
from typing import ClassVar

from torch import nn

from advspace import AdvspaceError, Case, Cell, Noise, NoiseBlocks, Probe, ProbeCounter, ProbeResult
from advspace.box import POLICIES
from advspace.checks import at_least, one_of
from advspace.noise.blocks import Key
from advspace.probe.contract import CENTERS, Measure, Row, kept_class
from advspace.probe.refine import HALVINGS, REFINED, middles, refined_rows
from advspace.probe.until import Until
from advspace.shapes import Image
from advspace_plugins.probe.boundary import TIGHT, Boundary, to_boundary
from advspace_plugins.probe.line import line
from advspace_plugins.probe.linearised import linearised

PLACES = {"both": CENTERS, "all": (*CENTERS, TIGHT)} | {name: (name,) for name in (*CENTERS, TIGHT)}
"""Centers by the setting `center`."""
SCALES = (0.03125, 0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


@dataclass(frozen=True)
class Ladder(Probe):
    """Count the classes of noisy images, scale by scale.

    Both box policies use the same noise, so their difference is the effect of the clip alone.  By default, all scales
    and both centers use the same noise too: each probe is a ray, and only the scale changes along it.

    Args:
        scales: Noise intensities, in units of the distortion's standard deviation.
        draws: Probes per scale.
        center: `adversarial`, `original` or `both`; `tight`, the adversarial moved back along its distortion to the
            boundary; or `all` three.  With `tight` there is a table `boundary` too: lengths, and the angle between
            distortion and gradient.
        box: `clip` (as in the paper), `none` or `both`.
        shared_draws: Use the same random numbers for all scales and both centers; false draws new ones for each, as in
            the paper.
        pairs: Let draws come in pairs, one the mirror image of the other about the noise's mean (antithetic draws).
            Intervals of single cells then hold where a draw is kept less often if its mirror image is.
        until: End a cell before `draws` when it is known well enough: `width:0.05` when half of Wilson's interval is at
            most 0.05; `decided:0.5` when the share kept is known to be above or below 0.5.  Looked at every 50 draws.
        line: Points between the original (0) and the adversarial (1) that are probed too, each for its own class: the
            table `line`.
        linearised: Most rival classes whose gradients are kept at each center, in the table `linearised`; 0 keeps none.
        refine: Add three scales to the curve of each attack, between the two of the ladder where it falls to one half:
            the table `refined`, which half scales are read from.
        keep_labels: Most labels of draws of one attack that are kept, in the table `labels`; 0 keeps none.

    Source: Tabacof & Valle 2015, arXiv:1510.05328 (scales 2^-5 ... 2^5, 100 draws).
    """

    measure: ClassVar[Measure] = Measure(centers=(*CENTERS, TIGHT))

    scales: tuple[float, ...] = SCALES
    draws: int = 100
    center: str = "both"
    box: str = "both"
    shared_draws: bool = True
    pairs: bool = False
    until: str = ""
    line: tuple[float, ...] = ()
    linearised: int = 0
    refine: bool = False
    keep_labels: int = 100_000

    def __post_init__(self) -> None:
        at_least("draws", self.draws, 1)
        at_least("keep_labels", self.keep_labels, 0)
        if self.until:
            Until.of(self.until).warn_if_out_of_reach(self.draws)
        at_least("linearised", self.linearised, 0)
        one_of("center", self.center, tuple(PLACES))
        if any(not 0 <= share <= 1 for share in self.line) or len(set(self.line)) != len(self.line):
            raise AdvspaceError(f"line must be different numbers between 0 and 1, got {list(self.line)}")
        one_of("box", self.box, (*POLICIES, "both"))
        if not self.scales or len(set(self.scales)) != len(self.scales):
            raise AdvspaceError(f"scales must be one or more different numbers, got {list(self.scales)}")
        for scale in self.scales:
            if not (scale > 0 and isfinite(scale)):
                raise AdvspaceError(f"scales must be finite and > 0, got {scale}")

    def __call__(self, model: nn.Module, case: Case, noise: Noise, blocks: NoiseBlocks) -> ProbeResult:
        """One record per center, scale and box policy; and the tables of single draws and of the settings."""
        counter = ProbeCounter(model, case, blocks, labelled=True)
        boundary = to_boundary(model, case, blocks) if TIGHT in self._centers else None
        own = {TIGHT: boundary.tight} if boundary else {}
        ordered = product(self._centers, sorted(self.scales), self._policies)
        places = [(center, box, scale) for center, scale, box in ordered]
        self._add_noise(counter, noise, self._cells(counter, places, own))
        ladder = records = counter.records()
        for _ in range(HALVINGS if self.refine else 0):
            self._add_noise(counter, noise, self._cells(counter, middles(records), own))
            records = counter.records()
        tables = counter.draw_tables(shared=self.shared_draws, most=self.keep_labels)
        if self.refine:
            tables[REFINED] = refined_rows(ladder, records[len(ladder) :])
        return ProbeResult(ladder, tables | self._own_tables(model, case, noise, blocks, boundary))

    def _cells(
        self, counter: ProbeCounter, places: Iterable[tuple[str, str, float]], own: Mapping[str, Image]
    ) -> list[Cell]:
        """Cells by center, box policy and scale; `own` has the images of centers that are not the case's."""
        return [counter.cell(*place, around=own.get(place[0])) for place in places]

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

    def _own_tables(
        self, model: nn.Module, case: Case, noise: Noise, blocks: NoiseBlocks, boundary: Boundary | None
    ) -> dict[str, Sequence[Row]]:
        """The tables that settings ask for: `boundary`, `linearised`, `line`."""
        tables: dict[str, Sequence[Row]] = {"boundary": [boundary.row]} if boundary else {}
        if self.linearised:
            around: dict[str, Image] = {name: case.center(name) for name in CENTERS}
            around |= {TIGHT: boundary.tight} if boundary else {}
            kept = {name: kept_class(case, name) for name in self._centers}
            rows = (linearised(model, name, around[name], kept[name], self.linearised) for name in kept)
            tables["linearised"] = [row for row in rows if row is not None]
        if self.line:
            cells = list(product(self._policies, sorted(self.scales)))
            tables["line"] = line(model, case, noise, blocks, self.line, cells, self.draws, pairs=self.pairs)
        return tables

    @property
    def _centers(self) -> tuple[str, ...]:
        return PLACES[self.center]

    @property
    def _policies(self) -> tuple[str, ...]:
        return POLICIES if self.box == "both" else (self.box,)
