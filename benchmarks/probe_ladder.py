"""The ladder on a regression, beside the forward pass of its folded network: ``python benchmarks/probe_ladder.py``.

A regression costs nearly nothing, so what is measured is everything else: drawing, adding, clipping, measuring and
counting.  In each round the network classifies as many images as the ladder, ready in memory, in passes of the same
size; then the ladder runs.  CPU time of this process, one thread, medians of the ratio within a round.  The last column
is the part of the tables `joint` and `labels`.
"""

import argparse
from statistics import median

import torch
from clock import now, timed

from advspace import Case, Noise, NoiseBlocks
from advspace.forward.prepare import Prepared, prepare
from advspace.model.contract import freeze
from advspace.probe.count import ProbeCounter
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.noise.empirical import Empirical
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.probe.ladder import Ladder

CPU = torch.device("cpu")
SHAPE = (1, 28, 28)
WAYS: dict[str, tuple[Ladder, Noise]] = {
    "both boxes, shared draws (default)": (Ladder(), Gaussian()),
    "clip only, shared draws": (Ladder(box="clip"), Gaussian()),
    "clip, own draws, Gaussian (the paper)": (Ladder(box="clip", shared_draws=False), Gaussian(mean="distortion")),
    "clip, own draws, empirical (the paper)": (Ladder(box="clip", shared_draws=False), Empirical(mean="distortion")),
    "both boxes, 1,000 draws": (Ladder(draws=1000), Gaussian()),
}


def case_of(generator: torch.Generator) -> Case:
    """An image, and an adversarial that is no solution of anything: times do not depend on it."""
    image = torch.rand(SHAPE, generator=generator)
    return Case("a", image, (image + 0.01 * torch.randn(SHAPE, generator=generator)).clamp(0, 1), 0, 1)


def plain(prepared: Prepared, images: torch.Tensor) -> None:
    """The forward pass and nothing else."""
    with torch.no_grad():
        for part in images.split(prepared.rows):
            prepared.network(part)


class DrawTables:
    """Notes the time that the tables of single draws take."""

    def __init__(self) -> None:
        self.spent, self._original = 0.0, ProbeCounter.draw_tables

    def __call__(self, counter: ProbeCounter, *, shared: bool, most: int) -> object:
        """Make the tables."""
        started = now(CPU)
        result = self._original(counter, shared=shared, most=most)
        self.spent += now(CPU) - started
        return result


def row(name: str, prepared: Prepared, rounds: int) -> str:
    """A row of the table."""
    ladder, noise = WAYS[name]
    case, blocks = case_of(torch.Generator().manual_seed(0)), NoiseBlocks((0,), prepared.rows, prepared.memory_format)
    tables = DrawTables()
    ProbeCounter.draw_tables = lambda self, **given: tables(self, **given)  # type: ignore[method-assign, assignment]
    count = sum(record.draws for record in ladder(prepared.network, case, noise, blocks).records)
    images, result = torch.rand(count, *SHAPE), []
    for _ in range(rounds):
        alone = timed(lambda: plain(prepared, images), CPU)
        tables.spent = 0.0
        probing = timed(lambda: ladder(prepared.network, case, noise, blocks), CPU)
        result.append((alone, probing, tables.spent))
    each = [1e6 * median(column) / count for column in list(zip(*result, strict=True))[:2]]
    share, kept = (median(one / other for one, other in pairs) for pairs in _ratios(result))
    ProbeCounter.draw_tables = tables._original  # type: ignore[method-assign]
    return f"| {name} | {each[0]:.2f} | {each[1]:.2f} | {100 * share:.0f} % | {100 * kept:.1f} % |"


def _ratios(result: list[tuple[float, float, float]]) -> list[list[tuple[float, float]]]:
    return [[(alone, probing) for alone, probing, _ in result], [(spent, probing) for _, probing, spent in result]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    torch.manual_seed(0)
    prepared = prepare(freeze(Logistic().network(SHAPE, 10)), SHAPE, CPU)
    print("| probing a regression, MNIST | pass, us per image | probing | of the pass | joint and labels |")
    print("|---|---|---|---|---|")
    for name in WAYS:
        print(row(name, prepared, rounds), flush=True)


if __name__ == "__main__":
    main()
