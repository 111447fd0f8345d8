"""How often the intervals of differences hold: ``python benchmarks/paired_coverage.py [--simulations 1000]``.

Prints coverage of the 95 % interval of a paired mean, the error of two one-sided tests where the true difference is the
margin, and coverage of the unpaired interval, by population and number of images; then how often Holm's adjustment of
five tests rejects any of five true hypotheses.  Populations are differences of half scales in octaves, less their mean.
"""

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from advspace.statistics.equivalence import p_equivalent, p_zero
from advspace.statistics.multiplicity import holm
from advspace.statistics.paired import paired_mean, unpaired_mean

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Floats]
IMAGES = (5, 10, 25, 100)
MARGINS = {5: 4.0, 10: 1.6, 25: 0.8, 100: 0.4}
"""Margins at which the power against equivalence is not small."""
TESTS = 5


def of_targets(rng: np.random.Generator, images: int) -> Floats:
    """One to five targets per image, averaged; targets of one image are alike."""
    targets = rng.integers(1, 6, images)
    return np.array([(rng.normal() + rng.standard_t(4, count)).mean() for count in targets])


POPULATIONS: dict[str, Draw] = {
    "normal": lambda rng, n: rng.normal(size=n),
    "skewed (exponential)": lambda rng, n: rng.exponential(size=n) - 1,
    "heavy (Student's t, 3)": lambda rng, n: rng.standard_t(3, n),
    "1 to 5 targets per image": of_targets,
    "very skewed (log-normal)": lambda rng, n: rng.lognormal(0, 1, n) - np.exp(0.5),
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulations", type=int, default=1000)
    simulations = parser.parse_args().simulations
    print("| population | images | paired | unpaired | TOST at the margin, upper / lower |\n|---|---|---|---|---|")
    for name, draw in POPULATIONS.items():
        for images in IMAGES:
            print(f"| {name} | {images} | {row(draw, images, simulations)} |", flush=True)
    print(f"\n| population | images | any of {TESTS} rejected |\n|---|---|---|")
    for name in ("normal", "skewed (exponential)", "heavy (Student's t, 3)"):
        for images in IMAGES:
            print(f"| {name} | {images} | {familywise(POPULATIONS[name], images, simulations // 2):.3f} |", flush=True)


def row(draw: Draw, images: int, simulations: int) -> str:
    """Coverage of paired and unpaired interval, and error of the two one-sided tests at each end of the margin."""
    rng, margin = np.random.default_rng(images), MARGINS[images]
    counts = np.zeros(4)
    for _ in range(simulations):
        values = draw(rng, images)
        low, high = paired_mean(values).interval()
        other_low, other_high = unpaired_mean(values, draw(rng, 2 * images) / 2).interval()
        ends = (p_equivalent(paired_mean(values + end), margin) <= 0.05 for end in (margin, -margin))
        counts += [low <= 0 <= high, other_low <= 0 <= other_high, *ends]
    paired, unpaired, upper, lower = counts / simulations
    return f"{paired:.3f} | {unpaired:.3f} | {upper:.3f} / {lower:.3f}"


def familywise(draw: Draw, images: int, simulations: int) -> float:
    """How often any of several true hypotheses is rejected; the tests share images, so they are not independent."""
    rng, rejected = np.random.default_rng(images), 0
    for _ in range(simulations):
        common = draw(rng, images)
        p_values = [p_zero(paired_mean(common / 2 + draw(rng, images))) for _ in range(TESTS)]
        rejected += bool(holm(np.array(p_values)).min() <= 0.05)
    return rejected / simulations


if __name__ == "__main__":
    main()
