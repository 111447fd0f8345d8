"""The class counts of every attack at every scale, and their shares by role: original, target, each other class."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from advspace import FinishedRun
from advspace.analysis.curves import Curve
from advspace.records.tables import CASE
from advspace.statistics.interval import Floats

NAMED = 3
"""Most other classes that are shown by name."""
LEAST_GAIN = 0.05
"""Smallest gain of a class that is shown by name."""


@dataclass(frozen=True, eq=False)
class Counts:
    """The probes of a curve by class.

    Args:
        curve: Center, box policy, scales and attacks.
        counts: Draws per class, of shape (attacks, scales, classes).
        labels: Class of the original of each attack.
    """

    curve: Curve
    counts: NDArray[np.int64]
    labels: NDArray[np.int64]

    @property
    def classes(self) -> int:
        """Number of classes of the network."""
        return int(self.counts.shape[2])

    @property
    def targets(self) -> NDArray[np.int64]:
        """Class of the adversarial of each attack."""
        return np.asarray(self.curve.targets, dtype=np.int64)

    @property
    def kept(self) -> NDArray[np.int64]:
        """The class of the center of each attack."""
        return self.labels if self.curve.kept == "original" else self.targets

    @cached_property
    def roles(self) -> tuple[Floats, Floats, Floats]:
        """Shares of original and target, of shape (images, scales), and of every class as neither of them.

        The third has the shape (images, scales, classes).  An image's share is the mean over its attacks.
        """
        shares = self.counts / self.counts.sum(2, keepdims=True)
        rows = np.arange(len(shares))
        original, target = shares[rows, :, self.labels], shares[rows, :, self.targets]
        shares[rows, :, self.labels] = shares[rows, :, self.targets] = 0
        return self.by_image(original), self.by_image(target), self.by_image(shares)

    def by_image(self, values: Floats) -> Floats:
        """Mean over the attacks of each image; one row per attack in, one row per image out."""
        images = np.unique(np.asarray(self.curve.image_ids), return_inverse=True)[1]
        sums = np.zeros((images.max() + 1, *values.shape[1:]))
        np.add.at(sums, images, values)
        means: Floats = sums / np.bincount(images).reshape(-1, *[1] * (values.ndim - 1))
        return means

    def groups(self, named: Sequence[int]) -> Floats:
        """Shares of original, target, each named class, and all others together: (images, scales, groups)."""
        original, target, others = self.roles
        chosen = others[:, :, list(named)]
        rest = np.clip(others.sum(2) - chosen.sum(2), 0, 1)
        return np.concatenate([original[..., None], target[..., None], chosen, rest[..., None]], axis=2)


def counts_of(run: FinishedRun) -> list[Counts]:
    """The counts of each curve of a run; records of one attack at one scale are added.

    Args:
        run: A run with probes.
    """
    import pandas as pd

    labels = run.images.set_index(CASE)["label"]
    result = []
    for curve in run.curves:
        rows = run.probes[(run.probes["center"] == curve.center) & (run.probes["box"] == curve.box)]
        attacks = pd.MultiIndex.from_arrays([curve.image_ids, curve.targets], names=CASE)
        row = attacks.get_indexer(pd.MultiIndex.from_frame(rows[CASE]))
        column = pd.Index(curve.scales).get_indexer(pd.Index(rows["scale"]))
        common = (row >= 0) & (column >= 0)
        each = np.stack(rows["class_counts"].to_list())
        counts = np.zeros((len(attacks), len(curve.scales), each.shape[1]), np.int64)
        np.add.at(counts, (row[common], column[common]), each[common])
        result.append(Counts(curve, counts, labels.loc[attacks].to_numpy(np.int64)))
    return result


def gaining(counts: Sequence[Counts], most: int = NAMED) -> list[int]:
    """The other classes whose mean share rises most above that at the lowest scale, in any curve."""
    means = [each.roles[2].mean(0) for each in counts]
    gains = np.max([(mean - mean[0]).max(0) for mean in means], axis=0)
    first = np.argsort(-gains, kind="stable")[:most]
    return [int(index) for index in first if gains[index] >= LEAST_GAIN]
