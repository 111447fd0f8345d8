"""Search c for each image of a batch: a geometric bracket, then the Illinois method on log c."""

from dataclasses import dataclass

import torch
from torch import Tensor

from advspace_plugins.attack.refusals import LARGEST, SMALLEST
from advspace_plugins.attack.shapes import Mask, Scalars

SOLVES = 40
GROWTH = 2.0
EDGE = (0.05, 0.95)


@dataclass
class CSearch:
    """State of each image's search: the largest c that succeeded, the smallest that failed, the margins there.

    The margin at the end of a solve decreases with c, and is nearly linear in log c.  The next c is the zero of that
    line, kept inside the bracket.  If one end moves twice in a row, the margin of the other end is halved (Illinois),
    so that the other end moves next.

    Args:
        epsilon: The search ends when the ends of the bracket differ by this share.
        low: Largest c that succeeded; NaN before the first success.
        high: Smallest c that failed; NaN before the first failure.
        low_margin: Margin at `low`.
        high_margin: Margin at `high`.
        side: Which end moved last: 1 the low one, -1 the high one.
        solves: Solves so far.
    """

    epsilon: float
    low: Scalars
    high: Scalars
    low_margin: Scalars
    high_margin: Scalars
    side: Scalars
    solves: Scalars

    @classmethod
    def first(cls, like: Scalars, epsilon: float) -> "CSearch":
        """The state before any solve."""
        nan, zero = torch.full_like(like, torch.nan), torch.zeros_like(like)
        return cls(epsilon, nan, nan.clone(), zero, zero.clone(), zero.clone(), zero.clone())

    def update(self, solved: Mask, weight: Scalars, margin: Scalars) -> Mask:
        """Take the margins at the ends of some solves; returns where the largest successful c increased."""
        reached = margin > 0
        won, lost = solved & reached, solved & ~reached
        better = won & ~(weight <= self.low)
        worse = lost & ~(weight >= self.high)
        self.low, self.low_margin = torch.where(better, weight, self.low), torch.where(better, margin, self.low_margin)
        self.high, self.high_margin = (
            torch.where(worse, weight, self.high),
            torch.where(worse, margin, self.high_margin),
        )
        self.high_margin = torch.where(won & (self.side > 0), self.high_margin / 2, self.high_margin)
        self.low_margin = torch.where(lost & (self.side < 0), self.low_margin / 2, self.low_margin)
        self.side = torch.where(won, 1.0, torch.where(lost, -1.0, self.side))
        self.solves = self.solves + solved
        return better

    @property
    def closed(self) -> Mask:
        """Where c is precise enough, or the search must end."""
        narrow = (self.high / self.low).log() <= self.epsilon
        return narrow | self.exhausted | (self.solves >= SOLVES)

    @property
    def exhausted(self) -> Mask:
        """Where c has left its range without a success, or without a failure."""
        return (self.low.isnan() & (self.high < SMALLEST)) | (self.high.isnan() & (self.low > LARGEST))

    def next(self) -> Scalars:
        """The c to try next."""
        low, width = self.low.log(), (self.high / self.low).log()
        share = self.low_margin / (self.low_margin - self.high_margin).clamp_min(torch.finfo(width.dtype).tiny)
        edge = (0.4 * self.epsilon / width).clamp(max=0.5)
        share = torch.minimum(torch.maximum(share.clamp(*EDGE), edge), 1 - edge)
        inside = (low + share * width).exp()
        outside = torch.where(self.low.isnan(), self.high / GROWTH, self.low * GROWTH)
        return torch.where(inside.isnan(), outside, inside)

    def keep(self, rows: Tensor) -> None:
        """Keep some images only."""
        for name, held in vars(self).items():
            if isinstance(held, Tensor):
                setattr(self, name, held[rows])
