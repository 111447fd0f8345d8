"""Where the random numbers of a probe come from: seeded blocks of noise images, in parts that fit in memory.

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

Key = tuple[str | int | float, ...]
"""What random numbers depend on."""
Factors = list[tuple[float, float]]
"""Scales, and what each multiplies a noise by."""


@dataclass(frozen=True)
class NoiseBlocks:
    """Where the random numbers come from for the probes around one adversarial.

    Args:
        key: What they depend on: the run's seed, the image's id, the noise's name.
        per_forward: The most probes classified at once; bounds the memory, changes no number.
        memory_format: In which the network's forward pass is fastest; of the noise images too.
    """

    key: Key
    per_forward: int = 1000
    memory_format: torch.memory_format = torch.contiguous_format

    def generator(self, *key: str | int | float, device: torch.device | str = "cpu") -> torch.Generator:
        """Random numbers for what a probe draws itself; the same in every run of the same seed.

        Args:
            key: What they are for: other keys give other numbers.
            device: Where they are drawn; devices of other types give other numbers.
        """
        return generator_of(*self.key, *key, device=device)

    def offsets(
        self, noise: Noise, distortion: Image, scales: tuple[float, ...], draws: int, key: Key = ()
    ) -> Iterator[tuple[int, Offsets, Factors]]:
        """Hand out `draws` noise images at every scale, all from the same random numbers.

        The first k of n draws are the same for every n.

        Args:
            noise: Distribution; where it is `affine`, it is drawn once and scaled.
            distortion: What the noise is measured by.
            scales: In units of the distortion's standard deviation.
            draws: Noise images per scale.
            key: What else the random numbers depend on.

        Yields:
            The number of the first draw handed out, at most `per_forward` noise images, and the scales that they serve
            with what each multiplies them by.
        """
        for first, numbers in _groups(draws, self.per_forward):
            for whole, factors in self._families(noise, distortion, scales, numbers, key):
                parts = whole.first(draws - first).contiguous(self.memory_format).split(self.per_forward)
                yield from ((first + index * self.per_forward, part, factors) for index, part in enumerate(parts))

    def _families(
        self, noise: Noise, distortion: Image, scales: tuple[float, ...], numbers: range, key: Key
    ) -> Iterator[tuple[Offsets, Factors]]:
        """Noise images of some blocks, and the scales that they serve with what each multiplies them by."""
        if not noise.affine:
            for scale in scales:
                yield Offsets.of(self._drawn(noise, distortion, scale, numbers, key)), [(scale, 1.0)]
            return
        base = noise.sample(distortion, 0.0, 1, self.generator(device=distortion.device))[0]
        drawn = self._drawn(noise, distortion, 1.0, numbers, key)
        yield Offsets.of(drawn - base, base) if base.any() else Offsets.of(drawn), [(scale, scale) for scale in scales]

    def _drawn(self, noise: Noise, distortion: Image, scale: float, numbers: range, key: Key) -> Draws:
        generators = (self.generator(*key, number, device=distortion.device) for number in numbers)
        return torch.cat([noise.sample(distortion, scale, BLOCK, generator) for generator in generators])


def _groups(draws: int, most: int) -> Iterator[tuple[int, range]]:
    """The number of the first draw, and the blocks, of each group of at most `most` draws or of one block."""
    group, count = max(1, most // BLOCK), ceil(draws / BLOCK)
    return ((first * BLOCK, range(first, min(first + group, count))) for first in range(0, count, group))
