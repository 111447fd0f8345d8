"""CPU time and memory of the curves of many attacks: ``python benchmarks/curves.py [attacks]``.

The bands of all places and outcomes are made with one resampling of the images, drawn in parts, and with a resampling
for each of them, drawn whole, as it was until version 0.1.  Both take turns; times are medians of three rounds.
"""

import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

from advspace.statistics.bands import mean_bands
from advspace.statistics.interval import Floats

Way = Callable[[Sequence[Floats]], object]
ROUNDS, PLACES, OUTCOMES, SCALES, RESAMPLES = 3, 4, 3, 11, 2000


def main() -> None:
    attacks = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    cells = [np.random.default_rng(cell).random((attacks, SCALES)) for cell in range(PLACES * OUTCOMES)]
    ways: dict[str, Way] = {"one resampling, in parts": mean_bands, "each its own": each}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    memory = dict.fromkeys(ways, 0.0)
    for _ in range(ROUNDS):
        for name, bands in ways.items():
            before, start = peak(), time.process_time()
            bands(cells)
            seconds[name].append(time.process_time() - start)
            memory[name] = max(memory[name], peak() - before)
    first = statistics.median(seconds["one resampling, in parts"])
    print(f"{attacks} attacks, {PLACES} places, {OUTCOMES} outcomes, {SCALES} scales, one thread\n")
    print("| bands | CPU, relative | memory, MB |")
    print("|---|---|---|")
    for name in ways:
        print(f"| {name} | {statistics.median(seconds[name]) / first:.1f} | {memory[name]:.0f} |")


def each(cells: Sequence[Floats]) -> None:
    """The pointwise bands and the half scale of each place, with a whole resampling for each."""
    for shares in [*cells, *cells[::OUTCOMES]]:
        counts = np.random.default_rng(0).multinomial(len(shares), np.full(len(shares), 1 / len(shares)), RESAMPLES)
        np.quantile(counts @ shares / len(shares), [0.025, 0.975], axis=0)


def peak() -> float:
    """Largest memory of the process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
