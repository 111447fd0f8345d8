"""Points of a cell -> class counts -> record, for all probes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

import torch
from torch import nn

from advspace.box import CLIP, HIGH, LOW
from advspace.clauses import owner_of
from advspace.errors import AdvspaceError, ProbeError
from advspace.forward.affine import AffineNetwork
from advspace.forward.memory_format import contiguous
from advspace.noise.blocks import BLOCK, Key, NoiseBlocks
from advspace.noise.contract import Noise
from advspace.noise.offsets import Offsets
from advspace.probe.cells import Cell, by_scale
from advspace.probe.classify import ClassCounter
from advspace.probe.contract import CENTERS, Case, ProbeRecord, Row, kept_class
from advspace.probe.draws import draw_tables
from advspace.probe.fill import Filling, NoiseFiller
from advspace.probe.measure import Measurements, measure, measured_draws
from advspace.probe.record import records
from advspace.probe.until import Until
from advspace.shapes import Draws, Image


class ProbeCounter:
    """Counts the classes of points around the centers of a case, and makes one record per cell.

    A cell is one center, box policy and scale.  Points of all cells share full forward passes; noise that is not
    clipped needs none if the network is affine.  The offsets after the box policy are measured on the first points of
    each cell: 25, or more if images have less than 800 values.

    Args:
        model: Frozen network, pixels to logits.
        case: The image and its adversarial.
        blocks: Random numbers, and the number of points in a forward pass.
        labelled: Whether to keep the class of each point, for `draw_tables`.
    """

    def __init__(self, model: nn.Module, case: Case, blocks: NoiseBlocks, *, labelled: bool = False) -> None:
        self.case = case
        self.blocks = blocks
        rows, memory_format = blocks.per_forward, blocks.memory_format
        self._counter = ClassCounter(model, case.image, rows, memory_format, labelled=labelled)
        self._measurements = Measurements()
        self._filler = NoiseFiller(self._counter, self._measurements)
        self._affine = AffineNetwork.of(model)
        self._measured = measured_draws(case.image)
        self._centers = {name: contiguous(case.center(name), blocks.memory_format) for name in CENTERS}
        self._distortion = case.distortion
        self._cells: list[Cell] = []
        self._points: list[int] = []  # per cell
        self._drawn: list[tuple[Noise, torch.Tensor]] = []  # with the sum of each noise image

    def cell(
        self,
        center: str,
        box: str,
        scale: float,
        *,
        around: Image | None = None,
        extra: Mapping[str, str | int | float] | None = None,
    ) -> Cell:
        """Begin a cell, which gives one record.

        Args:
            center: `adversarial`, `original`, or a name of the probe's own.
            box: `clip` clips the points to the box; `none` and names of the probe's own do not change them.
            scale: Standard deviation of the points, in units of the distortion's; or a distance, >= 0.
            around: The image of a center of the probe's own.
            extra: Additional columns of the record.

        Raises:
            AdvspaceError: a center of the probe's own has no `around`, or a center of the case has one.
        """
        if (center in CENTERS) == (around is not None):
            raise AdvspaceError(
                f"around must be the image of a center of the probe's own, got center={center!r} "
                f"{'without' if around is None else 'with'} an image; {' and '.join(CENTERS)} are the case's"
            )
        image = self._centers[center] if around is None else contiguous(around, self.blocks.memory_format)
        result = Cell(self._counter.cell(), center, box, scale, image, extra or {})
        self._cells.append(result)
        self._points.append(0)
        return result

    def add(self, cell: Cell, points: Draws, unboxed: Draws | None = None) -> None:
        """Add points to a cell; any number of them.

        Args:
            cell: Cell of this counter.
            points: Images; a cell with the box policy `clip` clips them to the box.
            unboxed: The same points before the probe's own box policy, if it has one.

        Raises:
            AdvspaceError: the points do not have the shape of the case's images.
        """
        shape = self.case.image.shape
        if points.shape[1:] != shape:
            expected = ", ".join(map(str, shape))
            raise AdvspaceError(f"points must have the shape [draws, {expected}], got {list(points.shape)}")
        self._filler.finish()
        before, first = points if unboxed is None else unboxed, 0
        while first < len(points):
            part = slice(first, first + self._counter.free)
            self._add(cell, points[part], before[part])
            first = part.stop

    def add_noise(
        self, cells: Sequence[Cell], noise: Noise, draws: int, key: Key = (), *, pairs: bool = False, start: int = 0
    ) -> None:
        """Add points to cells: the center of each plus noise of its scale, with the same random numbers for all cells.

        Args:
            cells: Cells of this counter, at least one.
            noise: The distribution; an `affine` one uses one set of noise images for all scales.
            draws: Points per cell, with those that the cells have already.
            key: Additional key of the random numbers; different keys give different numbers.
            pairs: Let each second point be the mirror image of the one before about the noise's mean.
            start: Points that the cells have already, from earlier calls; a multiple of `advspace.noise.blocks.BLOCK`.

        Raises:
            AdvspaceError: `pairs` of a noise that is not symmetric.
        """
        groups = by_scale([cell for cell in cells if cell.box == CLIP or not self._affine], self._counter.rows)
        unclipped = [cell for cell in cells if cell.box != CLIP]
        at_once = self._counter.rows // max((len(group) for scale in groups.values() for group in scale), default=1)
        blocks = replace(self.blocks, per_forward=at_once)
        scales = tuple(dict.fromkeys(cell.scale for cell in cells))
        for first, offsets, factors in blocks.offsets(
            noise, self._distortion, scales, draws, key, pairs=pairs, start=start
        ):
            self._drawn.append((noise, offsets.total))
            measured = min(len(offsets), max(0, self._measured - first))
            for scale, factor in factors:
                for group in groups.get(scale, ()):
                    self._filler.add(Filling(group, factor, offsets, measured))
            factor_of = dict(factors)
            without = [(cell, factor_of[cell.scale]) for cell in unclipped if cell.scale in factor_of]
            self._without_points(without, offsets, measured)
        for cell in cells:
            self._points[cell.number] += draws - start

    def add_noise_until(
        self, until: Until, cells: Sequence[Cell], noise: Noise, draws: int, key: Key = (), *, pairs: bool = False
    ) -> None:
        """Add noise as `add_noise`, block by block, to the cells that do not have enough draws yet.

        Args:
            until: When a cell has enough.
            cells: Cells of this counter, at least one.
            noise: The distribution.
            draws: Most points per cell.
            key: Additional key of the random numbers.
            pairs: Whether the draws come in pairs.

        Raises:
            AdvspaceError: `pairs` of a noise that is not symmetric.
        """
        active = list(cells)
        for start in range(0, draws, BLOCK):
            self.add_noise(active, noise, min(draws, start + BLOCK), key, pairs=pairs, start=start)
            self._filler.finish()
            counts = self._counter.counts()
            kept = [counts[cell.number][kept_class(self.case, cell.center)] for cell in active]
            enough = until.reached(kept, [self._points[cell.number] for cell in active])
            active = [cell for cell, ends in zip(active, enough, strict=True) if not ends]
            if not active:
                return

    def records(self) -> list[ProbeRecord]:
        """One record per cell, in the order of the calls of `cell`.

        Raises:
            AdvspaceError: a cell has no points, or the noise is not finite.
            ProbeError: the model gives NaN or infinite logits on points of a cell.
        """
        self._check_noise()
        empty = next((cell for cell in self._cells if not self._points[cell.number]), None)
        if empty is not None:
            raise AdvspaceError(
                f"a cell must have one point at least, got none around the {empty.center} ({empty.box}) at scale "
                f"{empty.scale}; add points to it, or leave it out"
            )
        self._filler.finish()
        counts = self._counter.counts()
        bad = [self._cells[number] for number in self._counter.not_finite()]
        if bad:
            raise ProbeError(_not_finite(bad))
        return records(self.case, self._cells, counts, self._measurements.sums(len(self._cells)))

    def draw_tables(self, *, shared: bool, most: int) -> dict[str, list[Row]]:
        """Rows of tables about single draws, for `ProbeResult.tables`; the counter must be `labelled`.

        Args:
            shared: Whether the cells of one center and box policy have the same draws at all scales.
            most: Most labels of one attack that are kept; a warning says if there are more.
        """
        self._filler.finish()
        return draw_tables(self.case, self._cells, self._counter.labels(), shared=shared, most=most)

    def _check_noise(self) -> None:
        """Check that all noise is finite; here, because a check of each block would wait for a GPU.

        Raises:
            PluginError: it is not; else the model would be blamed for its logits.
        """
        if self._drawn and not isfinite(torch.cat([totals for _, totals in self._drawn]).sum()):
            noise = next(noise for noise, totals in self._drawn if not totals.isfinite().all())
            owner_of("noise", noise).must([("give finite noise", False, f"NaN or infinity for {self.case.image_id}")])

    def _without_points(self, cells: Sequence[tuple[Cell, float]], offsets: Offsets, measured: int) -> None:
        """What needs no points: to measure cells that do not clip, and to classify them if the network is affine.

        Args:
            cells: Cells that do not clip, each with the factor of its noise.
            offsets: The noise images.
            measured: Number of first images that are measured.
        """
        if not cells:
            return
        numbers, factors = [cell.number for cell, _ in cells], [factor for _, factor in cells]
        if measured:
            self._measurements.add(numbers, offsets.first(measured).applied(factors))
        if self._affine:
            centers = torch.stack([cell.around for cell, _ in cells])
            moved = centers if offsets.base is None else centers + offsets.base
            self._counter.add_logits(numbers, self._affine.along(moved, offsets.unit, factors))

    def _add(self, cell: Cell, points: Draws, unboxed: Draws) -> None:
        """Add points that fit into one forward pass."""
        rows = self._counter.enqueue([cell.number], len(points))
        rows[0].copy_(points)
        if cell.box == CLIP:
            rows.clamp_(LOW, HIGH)
        count = min(len(points), max(0, self._measured - self._points[cell.number]))
        if count:
            before = unboxed[:count].to(rows)[None]
            self._measurements.add([cell.number], measure(cell.around[None], before, rows[:, :count]))
        self._points[cell.number] += len(points)


def _not_finite(cells: Sequence[Cell]) -> str:
    """Where the model gave NaN or infinite logits, in words."""
    places = dict.fromkeys(f"around the {cell.center} ({cell.box}) at scale {cell.scale:g}" for cell in cells)
    first, more = next(iter(places)), f", and in {len(places) - 1} other cells" if len(places) > 1 else ""
    outside = all(cell.box != CLIP for cell in cells)
    way = "it does so outside the box only: take probe.box=clip" if outside else "lower probe.scales"
    return f"the model gives NaN or infinite logits on a probe {first}{more}; check its preprocessing, or {way}"
