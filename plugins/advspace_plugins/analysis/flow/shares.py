"""Mean shares of groups of classes over images, with intervals that hold for all classes together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advspace.analysis.curves import Curve
from advspace.statistics.bands import mean_interval
from advspace.statistics.interval import Floats
from advspace.statistics.multinomial import entropy, leader, together
from advspace_plugins.analysis.flow.counts import Counts

ORIGINAL, TARGET = 0, 1
"""Indices of the groups of the original and of the target class; named classes and all others together follow."""


@dataclass(frozen=True, eq=False)
class Flow:
    """Mean shares of one curve over images, at each scale.

    Args:
        curve: Center, box policy, scales and attacks.
        mean: Mean shares, of shape (scales, groups).
        low: Lower ends, which hold at one scale for all classes together with 95 %.
        high: Upper ends.
        edges: Sum of the first groups, of shape (scales, groups - 1), with its interval by itself: mean, low, high.
        ahead: For each group the interval of its share minus that of the center's class: low, high.
        leaders: For each attack and scale the class that certainly leads; -1 for none.
        leads: Attacks that each group certainly leads, of shape (scales, groups).
        entropy: Mean entropy over images in bits, of shape (scales,), with its 95 % interval: mean, low, high.
        bits: Largest possible entropy.
    """

    curve: Curve
    mean: Floats
    low: Floats
    high: Floats
    edges: Floats
    ahead: Floats
    leaders: NDArray[np.int64]
    leads: NDArray[np.int64]
    entropy: Floats
    bits: float

    @property
    def own(self) -> int:
        """The group of the center's class."""
        return ORIGINAL if self.curve.kept == "original" else TARGET


def flow_of(counts: Counts, named: Sequence[int]) -> Flow:
    """Average the shares over images.

    Args:
        counts: Counts of a curve.
        named: The other classes that have a group of their own.
    """
    shares = counts.groups(named)
    own = ORIGINAL if counts.curve.kept == "original" else TARGET
    sums = np.clip(shares.cumsum(2)[..., :-1], 0, 1)
    differences = (1 + shares - shares[..., [own]]) / 2  # in [0, 1], for the score interval
    confidence = together(0.95, counts.classes + 2)
    bits = float(np.log2(max(2, counts.classes)))
    entropies = counts.by_image(np.clip(entropy(counts.counts) / bits, 0, 1))[..., None]
    (low, high), ahead = _intervals([shares, differences], confidence)
    edges, spread = _intervals([sums, entropies], 0.95)
    leaders = leader(counts.counts)
    return Flow(
        curve=counts.curve,
        mean=shares.mean(0),
        low=low,
        high=high,
        edges=np.stack([sums.mean(0), *edges]),
        ahead=2 * np.stack(ahead) - 1,
        leaders=leaders,
        leads=_leads(counts, leaders, named),
        entropy=bits * np.stack([entropies.mean(0), *spread])[..., 0],
        bits=bits,
    )


def _intervals(values: Sequence[Floats], confidence: float) -> list[tuple[Floats, Floats]]:
    """Intervals of means over images, each of values of shape (images, scales, groups); one resampling serves all."""
    low, high = mean_interval(np.hstack([each.reshape(len(each), -1) for each in values]), confidence)
    ends = np.cumsum([each[0].size for each in values])[:-1]
    parts = zip(np.split(low, ends), np.split(high, ends), values, strict=True)
    return [(lower.reshape(each.shape[1:]), upper.reshape(each.shape[1:])) for lower, upper, each in parts]


def _leads(counts: Counts, leaders: NDArray[np.int64], named: Sequence[int]) -> NDArray[np.int64]:
    """Number of attacks that each group certainly leads, at each scale."""
    original, target = leaders == counts.labels[:, None], leaders == counts.targets[:, None]
    others = (leaders >= 0) & ~original & ~target
    chosen = [others & (leaders == index) for index in named]
    rest = others & ~np.isin(leaders, list(named))
    return np.asarray(np.stack([original, target, *chosen, rest], axis=2).sum(0))
