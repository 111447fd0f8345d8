"""Where the noise of a probe comes from: seeded blocks, handed out in chunks that fit in memory.

Noise is drawn in blocks of a fixed number of draws, each from its own generator.  So the numbers do not depend on the
batch, the chunk, the order, the worker or the number of draws asked for, for any noise whatever: a noise only ever
sees blocks of one size.  (torch's own normal numbers change with the chunk when an image's size is not a multiple of
16.)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import torch

from advspace.noise import Noise
from advspace.seed import generator_of
from advspace.shapes import Draws, Image

BLOCK = 50


@dataclass(frozen=True)
class Stream:
    """Where one image's noise comes from.

    Args:
        key: What tells this stream from all others: the run's seed, the image's id, the noise's name.
        per_forward: The most draws handed out at once; bounds the memory, changes no number.
    """

    key: tuple[str | int, ...]
    per_forward: int = 1000

    def chunks(self, noise: Noise, distortion: Image, scale: float, draws: int, center: str) -> Iterator[Draws]:
        """Hand out `draws` noise images in chunks of at most `per_forward`.

        The first k of n draws are the same for every n.
        """
        group = max(1, self.per_forward // BLOCK)
        count = ceil(draws / BLOCK)
        for first in range(0, count, group):
            blocks = [
                noise.sample(
                    distortion,
                    scale,
                    BLOCK,
                    generator_of(*self.key, center, float(scale), block, device=distortion.device),
                )
                for block in range(first, min(first + group, count))
            ]
            ready = torch.cat(blocks)[: draws - first * BLOCK]
            yield from (ready[start : start + self.per_forward] for start in range(0, len(ready), self.per_forward))
