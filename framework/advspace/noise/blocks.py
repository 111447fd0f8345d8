"""Where the noise of a probe comes from: seeded blocks, handed out in parts that fit in memory.

Noise is drawn in blocks of a fixed number of draws, each from its own generator.  So the numbers do not depend on the
batch, the part, the order, the worker or the number of draws asked for, for any noise whatever: a noise only ever
sees blocks of one size.  (torch's own normal numbers change with the part when an image's size is not a multiple of
16.)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import torch

from advspace.noise.contract import Noise
from advspace.noise.offsets import Offsets
from advspace.seed import generator_of
from advspace.shapes import Draws, Image

BLOCK = 50

Factors = list[tuple[float, float]]
"""Scales, and what each multiplies a noise by."""


@dataclass(frozen=True)
class NoiseBlocks:
    """Where one image's noise comes from.

    Args:
        key: What tells this stream from all others: the run's seed, the image's id, the noise's name.
        per_forward: The most probes classified at once; bounds the memory, changes no number.
        memory_format: In which the network's forward pass is fastest; of the noise that is added to a center.
    """

    key: tuple[str | int, ...]
    per_forward: int = 1000
    memory_format: torch.memory_format = torch.contiguous_format

    def chunks(self, noise: Noise, distortion: Image, scale: float, draws: int, center: str) -> Iterator[Draws]:
        """Hand out `draws` noise images in chunks of at most `per_forward`, for this scale and center alone.

        The first k of n draws are the same for every n.
        """
        for first, blocks in _groups(draws, self.per_forward):
            drawn = self._drawn(noise, distortion, scale, blocks, (center, float(scale)))[: draws - first]
            yield from (drawn[start : start + self.per_forward] for start in range(0, len(drawn), self.per_forward))

    def steps(
        self,
        noise: Noise,
        distortion: Image,
        scales: tuple[float, ...],
        draws: int,
        where: tuple[str | float, ...] = (),
        most: int | None = None,
    ) -> Iterator[tuple[int, Offsets, Factors]]:
        """Hand out `draws` noise images at every scale, all from the same random numbers.

        Args:
            noise: Distribution; where it is `affine`, it is drawn once and scaled.
            distortion: What the noise is measured by.
            scales: In units of the distortion's standard deviation.
            draws: Noise images per scale.
            where: What else the random numbers depend on.
            most: How many to hand out at once.

        Yields:
            The number of the first draw handed out, the noise images, and the scales that they serve with what each
            multiplies them by.
        """
        most = most or self.per_forward
        for first, blocks in _groups(draws, most):
            for whole, factors in self._families(noise, distortion, scales, blocks, where):
                ready = whole.first(draws - first).contiguous(self.memory_format)
                yield from ((first + number * most, part, factors) for number, part in enumerate(ready.split(most)))

    def _families(
        self,
        noise: Noise,
        distortion: Image,
        scales: tuple[float, ...],
        blocks: range,
        where: tuple[str | float, ...],
    ) -> Iterator[tuple[Offsets, Factors]]:
        """Noise images, and the scales that they serve with what each multiplies them by."""
        if not noise.affine:
            for scale in scales:
                yield Offsets.of(self._drawn(noise, distortion, scale, blocks, where)), [(scale, 1.0)]
            return
        base = noise.sample(distortion, 0.0, 1, generator_of(*self.key, device=distortion.device))[0]
        drawn = self._drawn(noise, distortion, 1.0, blocks, where)
        yield Offsets.of(drawn - base, base) if base.any() else Offsets.of(drawn), [(scale, scale) for scale in scales]

    def _drawn(
        self, noise: Noise, distortion: Image, scale: float, blocks: range, where: tuple[str | float, ...]
    ) -> Draws:
        device = distortion.device
        drawn = [
            noise.sample(distortion, scale, BLOCK, generator_of(*self.key, *where, block, device=device))
            for block in blocks
        ]
        return torch.cat(drawn)


def _groups(draws: int, most: int) -> Iterator[tuple[int, range]]:
    """The number of the first draw, and the blocks, of each group of at most `most` draws or of one block."""
    group, count = max(1, most // BLOCK), ceil(draws / BLOCK)
    return ((first * BLOCK, range(first, min(first + group, count))) for first in range(0, count, group))
