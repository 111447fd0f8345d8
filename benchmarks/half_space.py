"""Coverage of the boundary's estimates on regions of known shape: ``python benchmarks/half_space.py``.

Around a center in each region of the laboratory, probes are drawn at the eleven scales of the paper, which share their
draws, and the boundary is fitted to the counts, again and again.  The table has the mean estimate as a share of the
truth (the difference, where the truth is 0), the share of the 95 % intervals that hold the truth, and how often the
tests at 5 % reject a flat boundary, no corner, and the form of the curve.
"""

import argparse
from math import isclose

import numpy as np
import torch
from numpy.typing import NDArray

from advspace.model.known_answer import KnownAnswer
from advspace.statistics.boundary_profile import NAMES, Profiles, boundary_profiles
from advspace.statistics.interval import Floats
from advspace.statistics.shared_draws import covariance_of_joint, covariance_of_pairs
from advspace_plugins.model.lab.model import Lab

SCALES = 2.0 ** np.arange(-5, 6)
COVERED = "half_space", "ball", "outside", "cylinder", "corner"
OTHERS = "wedge", "slab", "stripes", "ring"
ROUND = {"ball": 10.0, "outside": 10.0, "cylinder": 10.0}
INSIDE = 1


def region(name: str, side: int, depth: float) -> tuple[KnownAnswer, torch.Tensor]:
    """A region of the laboratory at distance 1, and a center `depth` inside."""
    known = Lab(region=name, size=ROUND.get(name)).known_answer((1, side, side), 2)
    network: torch.nn.Module = known  # type: ignore[assignment]
    axis = network.weight[1] if hasattr(network, "weight") else network.axes[0]
    return known, (0.5 + (1 + depth) * axis).reshape(1, side, side)


def kept(network: KnownAnswer, center: torch.Tensor, draws: int, seed: int, *, pairs: bool) -> NDArray[np.bool_]:
    """Whether each draw is inside at each scale; shape (scales, draws)."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn((draws // (1 + pairs), *center.shape), generator=generator)
    noise = torch.stack([noise, -noise], 1).flatten(0, 1) if pairs else noise
    with torch.no_grad():
        return np.stack([network(center + float(s) * noise).argmax(1) == INSIDE for s in sigma_of(center)])  # type: ignore[operator]


def sigma_of(center: torch.Tensor) -> Floats:
    """The scales in pixel values: the distortion reaches from the middle of the box to the center."""
    return SCALES * float((center - 0.5).square().mean().sqrt())


def profiles(each: NDArray[np.bool_], sigma: Floats, *, pairs: bool) -> Profiles:
    """The fits of many repeats; `each` has the shape (repeats, scales, draws)."""
    draws, counts = each.shape[2], each.sum(2, dtype=np.float64)
    if pairs:
        covariance = np.stack([covariance_of_pairs(one) for one in each])
    else:
        joint = np.stack([one.astype(np.float64) @ one.T for one in each])
        covariance = covariance_of_joint(joint, np.full(len(each), float(draws)))
    return boundary_profiles(np.tile(sigma, (len(each), 1)), counts, np.full_like(counts, draws), covariance)


def row(name: str, draws: int, depth: float, side: int, repeats: int, *, pairs: bool) -> str:
    """One row of the table."""
    network, center = region(name, side, 0.0 if name == "corner" else depth)
    each = np.stack([kept(network, center, draws, seed, pairs=pairs) for seed in range(repeats)])
    result, truth = profiles(each, sigma_of(center), pairs=pairs), dict(network.shape(center))
    fitted = ~np.isnan(result.values[:, 0])
    cells = [name, f"{depth:g}", "yes" if pairs else "no", str(draws), f"{fitted.mean():.2f}"]
    for column, unknown in enumerate(NAMES):
        low, high = result.interval(unknown)
        true, mean = truth.get(unknown, float("nan")), float(np.nanmean(result.values[:, column]))
        error = mean - true if isclose(true, 0, abs_tol=1e-6) else mean / true
        holds = ((low <= true) & (true <= high))[fitted].mean()
        cells.append("" if np.isnan(true) else f"{error:.3f}, {holds:.2f}")
    tests = result.p_zero("kappa"), result.p_zero("c0"), result.misfit
    return f"| {' | '.join([*cells, *(f'{(p < 0.05).mean():.2f}' for p in tests)])} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--draws", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--depths", type=float, nargs="+", default=[0.05, 0.001])
    parser.add_argument("--side", type=int, default=8)
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--regions", nargs="+", default=[*COVERED, *OTHERS])
    given = parser.parse_args()
    torch.set_num_threads(1)
    names = " | ".join(f"{name}: mean, coverage" for name in NAMES)
    print(f"| region | depth | pairs | draws | fits | {names} | not flat | corner | form rejected |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name in given.regions:
        for depth in given.depths:
            for draws in given.draws:
                print(row(name, draws, depth, given.side, given.repeats, pairs=given.pairs), flush=True)


if __name__ == "__main__":
    main()
