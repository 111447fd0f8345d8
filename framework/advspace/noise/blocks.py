"""The random numbers of a probe: seeded blocks of noise images, in parts that fit in memory.

Noise is drawn in blocks of a fixed number of draws.  Each block has its own generator, and a noise gets only blocks of
one size, or of half this size if draws come in pairs.  So the numbers do not depend on the batch, the part, the order,
the worker or the number of draws.  (torch's normal numbers depend on the number of draws when an image's size is not a
multiple of 16.)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import torch

from advspace.errors import AdvspaceError
from advspace.noise.contract import Noise, blank
from advspace.noise.offsets import Offsets
from advspace.of_last import of_last
from advspace.seed import generator_of
from advspace.shapes import Draws, Image

BLOCK = 50

Key = tuple[str | int | float, ...]
"""All that the random numbers depend on."""
Factors = list[tuple[float, float]]
"""Scales, each with the factor that multiplies the noise."""


@dataclass(frozen=True)
class NoiseBlocks:
    """The random numbers for the probes around one adversarial.

    Args:
        key: All that they depend on: the run's seed, the image's id, the noise's name.
        per_forward: Most probes in one forward pass; limits the memory and changes no number.
        memory_format: Memory format of the network's forward pass and of the noise images.
    """

    key: Key
    per_forward: int = 1000
    memory_format: torch.memory_format = torch.contiguous_format

    def generator(self, *key: str | int | float, device: torch.device | str = "cpu") -> torch.Generator:
        """A generator for a probe's own random numbers; the same in every run with the same seed.

        Args:
            key: Use of the numbers; different keys give different numbers.
            device: Device of the generator; different types of devices give different numbers.
        """
        return generator_of(*self.key, *key, device=device)

    def offsets(
        self,
        noise: Noise,
        distortion: Image,
        scales: tuple[float, ...],
        draws: int,
        key: Key = (),
        *,
        pairs: bool = False,
        start: int = 0,
    ) -> Iterator[tuple[int, Offsets, Factors]]:
        """Yield `draws` noise images at every scale, all from the same random numbers.

        The first k of n draws are the same for every n.

        Args:
            noise: Distribution; an `affine` one is drawn once and scaled.
            distortion: Distortion that the scales refer to.
            scales: Scales, in units of the distortion's standard deviation.
            draws: Noise images per scale.
            key: Additional key of the random numbers.
            pairs: Let draws 1, 3, 5, ... be the mirror images of draws 0, 2, 4, ... about the mean (antithetic draws).
                Each draw keeps its distribution.
            start: Index of the first draw wanted, a multiple of `BLOCK`; draws before it are left out.

        Yields:
            Index of the first draw, at most `per_forward` noise images, and the scales that use these images, each with
            its factor.

        Raises:
            AdvspaceError: `pairs` of a noise that is not symmetric.
        """
        if pairs and not noise.symmetric:
            raise AdvspaceError(
                f"pairs needs a noise that is symmetric about its mean (symmetric = True), got {type(noise).__name__}; "
                "set probe.pairs=false, or take another noise"
            )
        for first, numbers in _groups(start, draws, self.per_forward):
            for whole, factors in self._families(noise, distortion, scales, numbers, key, pairs):
                parts = whole.first(draws - first).contiguous(self.memory_format).split(self.per_forward)
                yield from ((first + index * self.per_forward, part, factors) for index, part in enumerate(parts))

    def _families(
        self,
        noise: Noise,
        distortion: Image,
        scales: tuple[float, ...],
        numbers: range,
        key: Key,
        pairs: bool,
    ) -> Iterator[tuple[Offsets, Factors]]:
        """Noise images of some blocks, and the scales that use them, each with its factor."""
        if not noise.affine:
            for scale in scales:
                drawn = self._drawn(noise, distortion, scale, numbers, key, None, pairs)
                yield Offsets.of(drawn), [(scale, 1.0)]
            return
        base = _base(noise, distortion)
        drawn = self._drawn(noise, distortion, 1.0, numbers, key, base, pairs)
        yield Offsets.of(drawn, base), [(scale, scale) for scale in scales]

    def _drawn(
        self,
        noise: Noise,
        distortion: Image,
        scale: float,
        numbers: range,
        key: Key,
        base: Image | None,
        pairs: bool,
    ) -> Draws:
        """The noise images of some blocks, minus `base`."""
        result, every = blank(distortion, BLOCK * len(numbers)), 2 if pairs else 1
        for index, number in enumerate(numbers):
            part = result[index * BLOCK : (index + 1) * BLOCK]
            generator = self.generator(*key, number, device=distortion.device)
            drawn, first = noise.sample(distortion, scale, BLOCK // every, generator), part[::2] if pairs else part
            first.copy_(drawn) if base is None else torch.sub(drawn, base, out=first)
            if pairs:
                torch.neg(first, out=part[1::2])
        if pairs and base is None and (mean := _base(noise, distortion)) is not None:
            result[1::2].add_(2 * mean)  # a mirror image about the mean, not about zero
        return result


@of_last
def _base(noise: Noise, distortion: Image) -> Image | None:
    """The mean of a noise, the same at every scale, as an image; None if it is zero."""
    base = noise.sample(distortion, 0.0, 1, torch.Generator(distortion.device))[0]
    return base if base.any() else None


def _groups(start: int, draws: int, most: int) -> Iterator[tuple[int, range]]:
    """Index of the first draw, and indices of the blocks, of each group of at most `most` draws or of one block."""
    group, count = max(1, most // BLOCK), ceil(draws / BLOCK)
    begins = range(start // BLOCK, count, group)
    return ((first * BLOCK, range(first, min(first + group, count))) for first in begins)
