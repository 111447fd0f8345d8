"""How often the verdict is right on regions of known shape: ``python benchmarks/verdict.py 200``.

Each row is a region of the laboratory.  Its draws come in pairs of mirror images, around a point at the boundary
(`tight`) or 5 % beyond it (`deep`).  A region counts as flat if its exact shares differ by at most .03 from those of a
flat boundary and at most 1 % of the rays come back; as closing or non-convex if they differ by .10 or 3 % come back.
What lies between is indifferent: any word is right.
"""

import argparse
from collections import Counter
from collections.abc import Iterator

import numpy as np
import torch
from scipy.special import ndtr

from advspace.statistics.interval import Floats
from advspace.statistics.rays import Rays
from advspace.statistics.shape import CANNOT_TELL, CLOSING, FLAT, NON_CONVEX, TOLERANCE, shape_of
from advspace.statistics.shape_catalogue import BULGING, CORNER, LAYER, WRAPPING, Catalogue
from advspace.statistics.shape_kind import FACES, SCATTERED, WORTH, kind_of
from advspace_plugins.model.lab.model import Lab

SCALES = 2.0 ** np.arange(-5, 6)
RANGES = {"far": len(SCALES), "near": int((SCALES <= 2).sum())}
TIGHT, DEEP = 2.0**-16, 0.05
TRUE_RAYS = 20_000
HEAD = "| region | truth | flat | closing | non-convex | cannot tell | right | wrong | kind | told | wrong |"
COARSER = {
    BULGING: {CLOSING},
    CORNER: {CLOSING, FACES},
    LAYER: {CLOSING, FACES},
    WRAPPING: {NON_CONVEX},
    SCATTERED: {NON_CONVEX},
    FLAT: set(),
}


def regions() -> Iterator[tuple[str, Lab, str]]:
    """Name, region and kind."""
    yield "half-space", Lab(), FLAT
    for size in (1.0, 3.0, 10.0, 30.0, 100.0, 1000.0):
        yield f"ball {size:g}", Lab(region="ball", size=size), BULGING
    for size in (1.001, 3.0, 10.0, 30.0, 100.0, 1000.0):
        yield f"outside {size:g}", Lab(region="outside", size=size), WRAPPING
    for curved, size in ((2, 1.0), (2, 3.0), (8, 1.0), (8, 3.0)):
        yield f"cylinder {curved}, {size:g}", Lab(region="cylinder", curved=curved, size=size), BULGING
    for size in (0.1, 0.25, 0.5, 1.0, 2.0, 5.0):
        yield f"slab {size:g}", Lab(region="slab", size=size), LAYER
    for size in (0.1, 0.5, 1.0):
        yield f"wedge {size:g}", Lab(region="wedge", size=size), CORNER
    for angle in (60.0, 120.0, 150.0):
        yield f"corner {angle:g}", Lab(region="corner", angle=angle), CORNER
    yield "corner 240", Lab(region="corner", angle=240.0), WRAPPING
    for size in (0.05, 0.25, 1.0):
        yield f"stripes {size:g}", Lab(region="stripes", size=size), SCATTERED
    for size in (0.25, 0.5, 1.0):
        yield f"ring {size:g}", Lab(region="ring", size=size), SCATTERED


class Center:
    """A point of a region on the way from the middle of the box, and its draws."""

    def __init__(self, lab: Lab, side: int, depth: float) -> None:
        self.shape, self.sigma = (1, side, side), SCALES * (1 + depth) / side
        self.network = lab.known_answer(self.shape, 2)
        axis = self.network.weight[1] if hasattr(self.network, "weight") else self.network.axes[0]
        self.center = (0.5 + (1 + depth) * axis).view(self.shape)

    def kept(self, draws: int, generator: torch.Generator) -> np.ndarray:
        """Whether each draw is kept at each scale, in pairs."""
        noise = torch.randn(draws // 2, *self.shape, generator=generator)
        noise = torch.stack((noise, -noise), 1).flatten(0, 1)
        return np.stack([self.network(self.center + float(s) * noise).argmax(1).numpy() == 1 for s in self.sigma], 1)

    def exact(self) -> Floats:
        """Exact shares."""
        return self.network.share(self.center, 1, self.sigma)


def right(apart: Floats, returning: float, twice: float, kind: str, name: str) -> tuple[set[str] | None, set[str]]:
    """The right shapes, None if any is; and the right kinds or coarser words."""
    largest = float(np.abs(apart).max())
    kinds = {kind} | COARSER[kind]
    if kind == SCATTERED and (twice < 0.02 or name.startswith("ring")):  # only the first piece is in this range
        kinds |= {LAYER, CLOSING, FACES} | ({WRAPPING, BULGING} if name.startswith("ring") else set())
    if largest <= 0.03 and returning <= 0.01:
        return {FLAT}, {FLAT}
    if returning >= 0.03 or apart.max() >= 0.10:
        return {NON_CONVEX} | ({CLOSING} if apart.min() <= -0.05 else set()), kinds
    if apart.min() <= -0.10:
        return {CLOSING} | ({NON_CONVEX} if returning > 0.003 else set()), kinds
    return None, kinds | {FLAT}


def row(name: str, lab: Lab, kind: str, side: int, depth: float, range_: str, draws: int, repeats: int) -> str:
    """A row of the table: the shapes told, and how often the kind was right, coarser, or wrong."""
    center, count = Center(lab, side, depth), RANGES[range_]
    deviation, scales = (1 + depth) / side, SCALES[:count]
    nearest = 1.01 * depth / deviation / scales
    catalogue = _catalogue(count, 1.01 * depth / deviation) if draws >= WORTH else None
    generator = torch.Generator().manual_seed(draws)
    true = Rays.of(center.kept(TRUE_RAYS, generator)[:, :count], pairs=False)
    apart = center.exact()[:count] - ndtr(depth / center.sigma[:count])
    shapes, kinds = right(apart, true.returning / TRUE_RAYS, true.lost_twice / TRUE_RAYS, kind, name)
    told, finer = Counter[str](), Counter[str]()
    for _ in range(repeats):
        rays = Rays.of(center.kept(draws, generator)[:, :count], pairs=True)
        shape = shape_of(rays, nearest)
        told[shape.kind] += 1
        if catalogue is not None:
            finer[kind_of(shape, rays, nearest, scales, catalogue)] += 1
    cannot = told[CANNOT_TELL] / repeats
    good = sum(told[shape] for shape in shapes) / repeats if shapes else 1 - cannot
    words = [f"{told[shape] / repeats:.2f}" for shape in (FLAT, CLOSING, NON_CONVEX, CANNOT_TELL)]
    level2 = ["", ""]
    if finer:
        fine = sum(finer[word] for word in kinds) / repeats
        level2 = [f"{finer[kind] / repeats:.2f}", f"{max(0.0, 1 - fine - finer[CANNOT_TELL] / repeats):.3f}"]
    truth = "any" if shapes is None else " or ".join(sorted(shapes))
    columns = [name, truth, *words, f"{good:.2f}", f"{max(0.0, 1 - good - cannot):.3f}", kind, *level2]
    return f"| {' | '.join(columns)} |"


_made: dict[tuple[int, float], Catalogue] = {}


def _catalogue(count: int, deepest: float) -> Catalogue:
    if (count, deepest) not in _made:
        _made[count, deepest] = Catalogue.of(SCALES[:count], deepest, TOLERANCE)
    return _made[count, deepest]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repeats", type=int, nargs="?", default=200)
    parser.add_argument("--draws", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--side", type=int, nargs="+", default=[8, 28])
    parser.add_argument("--centers", nargs="+", default=["tight", "deep"])
    parser.add_argument("--ranges", nargs="+", default=["far", "near"])
    given = parser.parse_args()
    torch.set_num_threads(1)
    for side in given.side:
        for center in given.centers:
            for draws in given.draws:
                for range_ in given.ranges:
                    print(f"\n{side**2} dimensions, {center}, {draws} draws, {range_}, {given.repeats} repeats\n")
                    print(HEAD)
                    print("|---|---|---|---|---|---|---|---|---|---|---|")
                    depth = TIGHT if center == "tight" else DEEP
                    for name, lab, kind in regions():
                        print(row(name, lab, kind, side, depth, range_, draws, given.repeats), flush=True)


if __name__ == "__main__":
    main()
