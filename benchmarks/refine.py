"""What `probe.refine` is worth: ``python benchmarks/refine.py [samples]``.

Images are drawn from the populations of `coverage.py` and probed with 100 draws per scale that share their random
numbers, on a ladder of octaves, without and with the scales that `probe.refine` adds.  The table has, in octaves: the
root mean square error of the half scale of a single attack; and, of the half scale of the mean curve, its bias, the
median width of its 95 % interval, and the share of these intervals that hold the truth.
"""

import sys
from collections.abc import Iterator

import numpy as np
from coverage import DRAWS, FINE, POPULATIONS, Population, crossings, truth

from advspace.probe.refine import HALVINGS
from advspace.statistics.half_scale import HalfScale, half_scale
from advspace.statistics.half_scale_interval import half_scale_interval
from advspace.statistics.interval import Floats
from advspace.statistics.uneven_curves import UnevenCurves

PARTS, IMAGES = 2**HALVINGS, (5, 25)
SCALES = 2.0 ** np.arange(-5, 5 + 1 / PARTS / 2, 1 / PARTS)
ALIKE: dict[str, Population] = {
    "all images the same step": crossings(0.02, 0.0),
    "very steep, images alike": crossings(0.05, 0.05),
}


def main() -> None:
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{samples} samples, {DRAWS} draws per scale, octaves\n")
    print("| population | images | attacks | refined | bias | refined | width | refined | holds | refined |")
    print("|---" * 10 + "|")
    for name, population in (ALIKE | POPULATIONS).items():
        for images in IMAGES:
            plain, refined = (zip(*way, strict=True) for way in zip(*drawn(population, images, samples), strict=True))
            true = float(np.log2(half_scale(FINE, truth(population, 1, FINE)).scale))
            columns = zip(told(true, *plain), told(true, *refined), strict=True)
            print(f"| {name} | {images} | {' | '.join(f'{a} | {b}' for a, b in columns)} |", flush=True)


Found = tuple[float, HalfScale, HalfScale, HalfScale]
"""Mean square error of the attacks, half scale of the mean curve, both ends of its interval."""


def drawn(population: Population, images: int, samples: int) -> Iterator[tuple[Found, Found]]:
    """What is found without and with the added scales, sample by sample."""
    rng = np.random.default_rng(images)
    for _ in range(samples):
        chances = population(rng, images, 1, SCALES)[:, 0]
        kept = (rng.random((images, DRAWS, 1)) < chances[:, None]).mean(1)  # a draw is the same at every scale
        own = [half_scale(SCALES, each) for each in chances]
        octaves = np.where(np.arange(len(SCALES)) % PARTS, np.nan, kept)
        yield found(own, octaves), found(own, refined(kept))


def refined(kept: Floats) -> Floats:
    """The shares at the octaves and at the scales between them where half is lost; NaN at the others."""
    result = np.full_like(kept, np.nan)
    result[:, ::PARTS] = kept[:, ::PARTS]
    for shares, seen in zip(kept, result, strict=True):
        lost = np.flatnonzero(shares[::PARTS] <= 0.5)
        if not len(lost) or not lost[0]:
            continue
        low, high = PARTS * (lost[0] - 1), PARTS * lost[0]
        while high - low > 1:
            middle = (low + high) // 2
            seen[middle] = shares[middle]
            low, high = (low, middle) if shares[middle] <= 0.5 else (middle, high)
    return result


def found(own: list[HalfScale], shares: Floats) -> Found:
    """Errors of the attacks, and the half scale of the mean curve with its interval."""
    seen = ~np.isnan(shares).all(0)
    curves = UnevenCurves(SCALES[seen], shares[:, seen], np.where(np.isnan(shares[:, seen]), np.nan, DRAWS))
    pairs = [(one, other) for one, other in zip(curves.half_scales(), own, strict=True) if one.censored == ""]
    square = float(np.mean([np.log2(one.scale / other.scale) ** 2 for one, other in pairs])) if pairs else np.nan
    ends = half_scale_interval(curves.scales, curves.filled, curves.trials)
    return square, half_scale(curves.scales, curves.filled.mean(0), curves.trials), *ends


def told(
    true: float, squares: tuple[float, ...], halves: tuple[HalfScale, ...], *ends: tuple[HalfScale, ...]
) -> list[str]:
    """Error of the attacks, bias, width, and coverage, as texts."""
    error = np.log2([half.scale for half in halves]) - true
    low, high = (np.array([end.scale for end in side]) for side in ends)
    open_low, open_high = (np.array([end.censored != "" for end in side]) for side in ends)
    held = (open_low | (np.log2(low) <= true)) & (open_high | (true <= np.log2(high)))
    rms, width = np.sqrt(np.nanmean(squares)), np.median(np.log2(high / low))
    return [f"{rms:.3f}", f"{error.mean():+.3f}", f"{width:.2f}", f"{held.mean():.3f}"]


if __name__ == "__main__":
    main()
