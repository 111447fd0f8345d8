"""The draws that `probe.until` saves: ``python benchmarks/until.py``.

Cells are simulated: each has a share p and draws in blocks of 50, and ends by the rule.  The shares are those of a flat
boundary, p = Phi(m / s), at distances m of 1/8 to 8 and eleven scales s = 2^-5 ... 2^5.  `of a fixed number` compares
with the draws of a design without looking that gives every cell what the hardest one needs.  `misses` is the share of
cells whose interval at the end does not hold p.
"""

import numpy as np
from scipy.stats import norm

from advspace.probe.until import Until
from advspace.statistics.interval import wilson
from advspace.statistics.sequential import confidence_sequence

BLOCK, RUNS = 50, 60
SHARES = norm.cdf(np.outer(2.0 ** np.arange(-3, 4), 2.0 ** np.arange(-5, 6)).ravel())


def ended(until: Until, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True share, hits and draws of each cell when it ends."""
    truth = np.tile(SHARES, RUNS)
    rng, active = np.random.default_rng(0), np.ones(len(truth), bool)
    hits, draws = np.zeros(len(truth), int), np.zeros(len(truth), int)
    while active.any() and draws.max() < most:
        hits[active] += rng.binomial(BLOCK, truth[active])
        draws[active] += BLOCK
        active[active] = ~until.reached(hits[active], draws[active])
    return truth, hits, draws


def main() -> None:
    print("| until | at most | mean draws | of a fixed number | not ended | misses |")
    print("|---|---|---|---|---|---|")
    rules = (("width:0.05", 400, wilson), ("decided:0.5", 10_000, confidence_sequence))
    for text, most, interval in (*rules, ("decided:0.5", 100_000, confidence_sequence)):
        truth, hits, draws = ended(Until.of(text), most)
        low, high = interval(hits, draws)
        missed = ((truth < low) | (truth > high)).mean()
        late = (~Until.of(text).reached(hits, draws)).mean()
        print(f"| {text} | {most} | {draws.mean():.0f} | 1 / {most / draws.mean():.1f} | {late:.3f} | {missed:.3f} |")


if __name__ == "__main__":
    main()
