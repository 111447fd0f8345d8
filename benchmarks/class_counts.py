"""What counts of classes say, and how often it is wrong: ``python benchmarks/class_counts.py [samples]``.

Prints three tables in Markdown.  Certificates: half-spaces, where the true radius is the distance m, so that the bound
is as tight as it can be; the best radius of eleven scales that share their draws.  Shares and leading classes of
multinomial samples.  Entropies of the same samples.
"""

import sys
from math import log2

import numpy as np

from advspace.statistics.certified_radius import certified_radius, largest_radius
from advspace.statistics.interval import Floats
from advspace.statistics.multinomial import entropy, goodman, leader

SCALES = 2.0 ** np.arange(-5, 6)
DRAWS = (100, 1000, 10_000)
SELECTION = 10
SHARES: dict[str, list[float]] = {
    "ten even classes": [0.1] * 10,
    "one of a half, nine others": [0.5, *9 * [0.5 / 9]],
    "two equal, eight rare": [0.45, 0.45, *8 * [0.0125]],
    "one of .91, nine of .01": [0.91, *9 * [0.01]],
    "one of a half, 999 others": [0.5, *999 * [0.5 / 999]],
}
AT_ONCE = 500


def main() -> None:
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    rng = np.random.default_rng(0)
    print("| alpha | draws | wrong certificates | median radius / m | no certificate |\n|---|---|---|---|---|")
    for alpha in (0.05, 0.001):
        for draws in DRAWS:
            radii = best_radii(rng, samples, draws, alpha)
            wrong, abstained = (radii > 1).mean(), (radii == 0).mean()
            cap = f"{float(largest_radius(draws - SELECTION, alpha / len(SCALES))):.2f}"
            print(f"| {alpha} | {draws} (cap {cap} sd) | {wrong:.4f} | {np.median(radii):.2f} | {abstained:.4f} |")
    print("\n| classes | draws | all shares held | false leader | a leader | entropy, bias | without correction |")
    print("|---" * 7 + "|")
    for name, shares in SHARES.items():
        for draws in DRAWS:
            print(f"| {name} | {draws} | " + " | ".join(row(rng, np.array(shares), samples, draws)) + " |")


def best_radii(rng: np.random.Generator, samples: int, draws: int, alpha: float) -> Floats:
    """The best radius of each sample, in units of the distance m, which is anywhere between two scales."""
    result = []
    for _ in range(samples):
        scales = SCALES * 2 ** rng.uniform(-0.5, 0.5)
        kept = scales[:, None] * rng.normal(size=draws) < 1
        chosen = kept[:, :SELECTION].sum(1) > SELECTION / 2  # the class of the center; the other one is never right
        others = kept[:, SELECTION:]
        hits = np.where(chosen, others.sum(1), (~others).sum(1))
        radii = scales * certified_radius(hits, others.shape[1], alpha / len(SCALES))
        result.append(np.where(~chosen & (radii > 0), 2.0, radii).max())
    return np.array(result)


def row(rng: np.random.Generator, shares: Floats, samples: int, draws: int) -> list[str]:
    """Coverage of all shares, share of samples with a false and with any leader, and both biases in bits."""
    covered, false, leading, corrected, plain = [], [], [], [], []
    for _ in range(-(-samples // AT_ONCE)):
        counts = rng.multinomial(draws, shares, size=AT_ONCE)
        low, high = goodman(counts)
        covered.append(((low <= shares) & (shares <= high)).all(1))
        first = leader(counts)
        alone = shares == shares.max() if (shares == shares.max()).sum() == 1 else np.zeros(len(shares), bool)
        leading.append(first >= 0)
        false.append((first >= 0) & ~alone[first])
        each = counts / draws
        corrected.append(entropy(counts))
        plain.append(-np.where(each > 0, each * np.log2(np.maximum(each, 1e-300)), 0).sum(1))
    truth = -sum(share * log2(share) for share in shares)
    means = [f"{np.concatenate(values).mean():.3f}" for values in (covered, false, leading)]
    return [*means, *(f"{np.concatenate(values).mean() - truth:+.3f}" for values in (corrected, plain))]


if __name__ == "__main__":
    main()
