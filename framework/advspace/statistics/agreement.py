"""What n values that are equal, but for a few, say about the mean of their population."""

from dataclasses import dataclass

from advspace.statistics.clopper_pearson import upper_bound


@dataclass(frozen=True)
class Agreement:
    """The mean of bounded values of which most are equal: their variance says little, or there is none.

    The share of the population with another value has an upper limit by Clopper & Pearson, and these other values lie
    within the bounds.  So the interval holds for each population within the bounds; without bounds it is infinite.

    Args:
        value: The value that most have; if all have it, it is their mean.
        count: Number of values, >= 1.
        bounds: Lowest and highest possible value.
        others: Number of other values.
    """

    value: float
    count: int
    bounds: tuple[float, float]
    others: int = 0

    @property
    def mean(self) -> float:
        """The mean if all values are equal."""
        return self.value

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Ends of the equal-tailed interval.

        Args:
            confidence: Smallest coverage, in (0, 1).

        Source: Clopper & Pearson 1934.
        """
        share, (low, high) = self._share((1 - confidence) / 2), self.bounds
        return self.value - share * (self.value - low), self.value + share * (high - self.value)

    def above(self, value: float) -> float:
        """One-sided p-value of equal values against the hypothesis that the true mean is at most `value`.

        By Markov's inequality, n values at `mean` have a chance of at most ((value - low) / (mean - low))^n.
        """
        return self._chance(self.value - value, self.value - self.bounds[0])

    def below(self, value: float) -> float:
        """One-sided p-value of equal values against the hypothesis that the true mean is at least `value`."""
        return self._chance(value - self.value, self.bounds[1] - self.value)

    def _share(self, tail: float) -> float:
        return float(upper_bound(self.others, self.count, tail))

    def _chance(self, distance: float, room: float) -> float:
        if distance <= 0 or room == float("inf"):
            return 1.0
        return float(max(0.0, 1 - distance / room) ** self.count)
