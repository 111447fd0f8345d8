"""Salt and pepper: a few pixels move far, the others stay."""

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import torch

from advspace import AdvspaceError, Noise
from advspace.noise.contract import blank, spread
from advspace.shapes import Draws, Image


@dataclass(frozen=True)
class SaltPepper(Noise):
    """Each pixel of each channel moves, independently, with probability `share`: up (salt) or down (pepper).

    Mean zero and the standard deviation determine both step sizes.  Let s be the salt's part of the moved pixels, and
    k = scale x sd / sqrt(share s (1 - s)).  Salt adds (1 - s) k, pepper subtracts s k.  The mean is
    share (s (1 - s) k - (1 - s) s k) = 0, the variance share s (1 - s) k^2 = (scale x sd)^2.

    Args:
        share: Probability that a pixel moves, > 0 and <= 1; at 1 every pixel does.
        salt: Part of the moved pixels that become lighter, > 0 and < 1.
    """

    affine: ClassVar[bool] = True

    share: float = 0.1
    salt: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise AdvspaceError(f"share must be > 0 and <= 1, got {self.share}")
        if not 0 < self.salt < 1:
            raise AdvspaceError(f"salt must be > 0 and < 1, got {self.salt}")

    def sample(self, distortion: Image, scale: float, draws: int, generator: torch.Generator) -> Draws:
        """Draw salt, pepper or nothing for every pixel."""
        step = spread(distortion, scale) / sqrt(self.share * self.salt * (1 - self.salt))
        chance = blank(distortion, draws).uniform_(0, 1, generator=generator)
        salt, moved = (chance < self.share * self.salt).to(chance), (chance < self.share).to(chance)
        return step * (salt - self.salt * moved)
