"""How often intervals hold the truth: ``python benchmarks/coverage.py [samples]``.

Populations of images whose mean curve is known; samples of them are probed with 100 draws per scale.  Prints tables in
Markdown: of half scales, and of mean shares at each scale and of whole curves.  Nominal coverage is 95 %.
"""

import sys
from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from advspace.statistics.bands import mean_bands
from advspace.statistics.half_scale import half_scale
from advspace.statistics.half_scale_interval import half_scale_interval
from advspace.statistics.interval import Floats

DRAWS, IMAGES = 100, (5, 10, 25, 100)
LADDERS = {"octaves": 2.0 ** np.arange(-5, 6), "quarters": 2.0 ** np.arange(-5, 5.01, 0.25)}
FINE = 2.0 ** np.arange(-7, 7.001, 0.02)
Population = Callable[[np.random.Generator, int, int, Floats], Floats]
"""Generator, images, targets, scales -> probability that a probe is kept, of shape (images, targets, scales)."""


def varied(rng: np.random.Generator, images: int, targets: int, spread: float) -> Floats:
    """Normal numbers of attacks; those of an image differ by half as much as images do."""
    own = rng.normal(0, spread, (images, 1, 1)) + np.zeros((1, targets, 1))
    return own + rng.normal(0, spread / 2, own.shape) if targets > 1 else own


def crossings(width: float, spread: float, middle: float = 0.37) -> Population:
    """Curves that fall around a scale of their own, over `width` octaves."""
    return lambda rng, images, targets, scales: ndtr(
        (middle + varied(rng, images, targets, spread) - np.log2(scales)) / width
    )


def half_spaces(distance: float, spread: float) -> Population:
    """Linear classifiers of several classes."""
    return lambda rng, images, targets, scales: ndtr(
        distance * np.exp(varied(rng, images, targets, spread)) / scales - distance
    )


def balls(distance: float, curvature: float, spread: float) -> Population:
    return lambda rng, images, targets, scales: ndtr(
        distance * np.exp(varied(rng, images, targets, spread)) / scales - curvature * scales
    )


def partly_never(share: float) -> Population:
    """Some images never lose half."""

    def population(rng: np.random.Generator, images: int, targets: int, scales: Floats) -> Floats:
        never = rng.random((images, 1, 1)) < share
        return ndtr((np.where(never, 8.0, 0.2 + varied(rng, images, targets, 0.5)) - np.log2(scales)) / 0.4)

    return population


POPULATIONS: dict[str, Population] = {
    "each image a step, half scales differ": crossings(0.02, 1.5),
    "steep, half scales differ": crossings(0.2, 1.0),
    "moderate": crossings(0.7, 0.7),
    "flat, images alike": crossings(2.0, 0.3),
    "steep, images alike": crossings(0.3, 0.15),
    "half-spaces": half_spaces(0.8, 0.8),
    "balls": balls(0.3, 0.9, 0.3),
    "a fifth never loses half": partly_never(0.2),
    "near the end of the ladder": crossings(1.0, 1.5, 4.6),
    "at its beginning": crossings(1.0, 1.5, -4.7),
}


def main() -> None:
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{samples} samples, {DRAWS} draws per scale\n\n## Half scales\n")
    print("| population | targets | ladder | " + " | ".join(f"{images} images" for images in IMAGES) + " |")
    print("|---" * (3 + len(IMAGES)) + "|")
    for name, population in POPULATIONS.items():
        for targets in (1, 5) if name in ("moderate", "steep, half scales differ") else (1,):
            for ladder, scales in LADDERS.items():
                found = [f"{of_half_scales(population, targets, scales, images, samples):.3f}" for images in IMAGES]
                print(f"| {name} | {targets} | {ladder} | {' | '.join(found)} |", flush=True)
    print("\n## Mean curves, octaves: pointwise (least of the scales, mean over the scales), simultaneous\n")
    print("| population | " + " | ".join(f"{images} images" for images in IMAGES) + " |")
    print("|---" * (1 + len(IMAGES)) + "|")
    for name, population in POPULATIONS.items():
        found = [of_bands(population, LADDERS["octaves"], images, samples // 3) for images in IMAGES]
        print(f"| {name} | {' | '.join(found)} |", flush=True)


def truth(population: Population, targets: int, scales: Floats) -> Floats:
    """Mean curve of 20,000 images."""
    rng = np.random.default_rng(0)
    return np.mean([population(rng, 500, targets, scales).mean((0, 1)) for _ in range(40)], axis=0)


def drawn(population: Population, targets: int, scales: Floats, images: int, samples: int) -> Floats:
    rng = np.random.default_rng([images, targets, len(scales)])
    chances = population(rng, images * samples, targets, scales)
    return (rng.binomial(DRAWS, chances) / DRAWS).mean(1).reshape(samples, images, -1)


def of_half_scales(population: Population, targets: int, scales: Floats, images: int, samples: int) -> float:
    true = half_scale(FINE, truth(population, targets, FINE)).scale
    held = 0
    for shares in drawn(population, targets, scales, images, samples):
        low, high = half_scale_interval(scales, shares, images * targets * DRAWS)
        held += (low.censored == "below" or low.scale <= true) and (high.censored == "above" or true <= high.scale)
    return held / samples


def of_bands(population: Population, scales: Floats, images: int, samples: int) -> str:
    true, slack = truth(population, 1, scales), 1e-4
    each, whole = [], []
    for shares in drawn(population, 1, scales, images, samples):
        (band,) = mean_bands([shares])
        each.append((band.low <= true + slack) & (true <= band.high + slack))
        whole.append(((band.simultaneous_low <= true + slack) & (true <= band.simultaneous_high + slack)).all())
    return f"{np.mean(each, axis=0).min():.2f}, {np.mean(each):.2f}; {np.mean(whole):.2f}"


if __name__ == "__main__":
    main()
