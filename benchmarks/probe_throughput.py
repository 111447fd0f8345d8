"""Probing against the network's own forward pass: ``python benchmarks/probe_throughput.py [--device cuda]``.

Rounds are interleaved, figures are medians, one thread on a CPU.  For each network: the plain forward pass on images
made before, in both memory formats and precisions, with the best of several batch sizes; and the ladder as in a run.
``--quick`` takes a minute on a laptop.  Weights are random; times do not depend on them.
"""

import argparse
import copy
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

import torch
from clock import timed
from torch import nn

from advspace import Case, NoiseBlocks
from advspace.forward.full_precision import full_precision
from advspace.forward.prepare import Prepared, prepare
from advspace.model.contract import freeze
from advspace_plugins.model.convnet import ConvNet
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.probe.ladder import SCALES, Ladder

FP32, BF16 = "32-true", "bf16-mixed"
FORMATS = {"NCHW": torch.contiguous_format, "NHWC": torch.channels_last}
MNIST, PHOTOGRAPH = (1, 28, 28), (3, 224, 224)


@dataclass(frozen=True)
class Bench:
    """One network.

    Args:
        name: Name in the table.
        network: The network, in torch's default memory format.
        shape: Shape of an image.
        draws: Draws per scale, center and box policy.
        sizes: Batch sizes of a plain forward pass; the best counts.
    """

    name: str
    network: nn.Module
    shape: tuple[int, int, int]
    draws: int
    sizes: tuple[int, ...]


def benches(device: torch.device, *, quick: bool) -> list[Bench]:
    """The networks of the table."""
    import timm
    from torchvision import models

    few = 10 if quick else 50
    small, large = (100, 200, 500, 1000), (3, 6, 12)
    if device.type == "cuda":
        small, large, few = (1000, 4000), (100, 500, 1000), 1000
    nets: dict[str, Callable[[], nn.Module]] = {
        "SqueezeNet": models.squeezenet1_1,
        "MobileNetV2": lambda: timm.create_model("mobilenetv2_100"),
        "ResNet-18": lambda: timm.create_model("resnet18"),
    }
    if device.type == "cuda":
        nets["VGG-11"] = lambda: timm.create_model("vgg11")
        nets["ResNet-50"] = lambda: timm.create_model("resnet50")
    return [
        Bench("logistic, MNIST", Logistic().network(MNIST, 10), MNIST, 1000, small),
        Bench("convnet, MNIST", ConvNet().network(MNIST, 10), MNIST, 100 if quick else 500, small[:3]),
        *(Bench(name, make(), PHOTOGRAPH, few, large) for name, make in nets.items()),
    ]


def plain(network: nn.Module, ready: Sequence[torch.Tensor]) -> None:
    """The forward pass and nothing else."""
    with torch.no_grad():
        for images in ready:
            network(images)


def probed(bench: Bench, prepared: Prepared) -> Callable[[nn.Module], object]:
    """The ladder around one adversarial, as in a run."""
    generator = torch.Generator(prepared.device).manual_seed(0)
    image = torch.rand(bench.shape, generator=generator, device=prepared.device)
    distortion = 0.01 * torch.randn(bench.shape, generator=generator, device=prepared.device)
    case = Case("a", image, (image + distortion).clamp(0, 1), 0, 1)
    ladder = Ladder(draws=bench.draws)
    blocks = NoiseBlocks((0,), prepared.rows, prepared.memory_format)

    def probe(network: nn.Module) -> None:
        with prepared.autocast():
            ladder(network, case, Gaussian(), blocks)

    return probe


class Beside(nn.Module):
    """The network that is probed; after each pass, a plain network classifies as many ready images.

    Both networks thus run under the same load of the machine.

    Args:
        network: The network that is probed.
        other: The plain network.
        ready: Images for a plain pass.
    """

    def __init__(self, network: nn.Module, other: nn.Module, ready: torch.Tensor) -> None:
        super().__init__()
        self.network, self.other, self.ready = network, other, ready
        self.spent = 0.0

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Compute the logits, then time the other network."""
        logits: torch.Tensor = self.network(images)
        self.spent += timed(lambda: self.other(self.ready[: len(images)]), images.device)
        return logits


class Way(NamedTuple):
    """A plain forward pass: memory format of the images, precision, batch size."""

    memory_format: str
    precision: str
    size: int


class Timing(NamedTuple):
    """Microseconds per image in one round: of plain passes, and of probing with the plain pass beside it."""

    plain: dict[Way, float]
    beside: dict[Way, tuple[float, float]]


class Timed:
    """One network in both memory formats, with images made before.

    Args:
        bench: The network.
        device: The device.
    """

    def __init__(self, bench: Bench, device: torch.device) -> None:
        self.bench, self.device = bench, device
        network = freeze(bench.network).to(device)
        last = copy.deepcopy(network).to(memory_format=torch.channels_last)
        self.networks = {"NCHW": network, "NHWC": last}
        self.ours = {precision: prepare(network, bench.shape, device, precision) for precision in (FP32, BF16)}
        # as many as probing makes; photographs: enough to exceed the caches
        count = probes(bench) if bench.shape == MNIST else max(24, *bench.sizes)
        made = torch.rand((count, *bench.shape), device=device)
        self.images = {name: made.contiguous(memory_format=form) for name, form in FORMATS.items()}
        # an even number: both box policies have equal shares of a pass
        self.sizes = {precision: ours.rows // 2 * 2 for precision, ours in self.ours.items()}

    def rounds(self, count: int) -> list[Timing]:
        """Time every way, round by round; the first round is a warm-up."""
        ways = [
            Way(name, precision, size)
            for name in self.networks
            for precision in (FP32, BF16)
            for size in sorted({*self.bench.sizes, self.sizes[precision]})
        ]
        result = []
        for _ in range(count + 1):
            beside = {self._ours(precision): self._beside(precision) for precision in self.ours}
            result.append(Timing({way: self._plain(way) for way in ways}, beside))
        return result[1:]

    def _plain(self, way: Way) -> float:
        """Microseconds per image of forward passes alone."""
        images = self.images[way.memory_format]
        ready = images[: len(images) // way.size * way.size].split(way.size)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=way.precision == BF16):
            return (
                timed(lambda: plain(self.networks[way.memory_format], ready), self.device) / way.size / len(ready) * 1e6
            )

    def _beside(self, precision: str) -> tuple[float, float]:
        """Microseconds per image of probing as in a run, and of the plain pass beside it."""
        ours, way = self.ours[precision], self._ours(precision)
        both = Beside(ours.network, self.networks[way.memory_format], self.images[way.memory_format][: way.size])
        probe = probed(self.bench, ours)
        spent = timed(lambda: probe(both), self.device)
        each = 1e6 / probes(self.bench)
        return (spent - both.spent) * each, both.spent * each

    def _ours(self, precision: str) -> Way:
        """The plain pass that probing is compared with."""
        last = self.ours[precision].memory_format == torch.channels_last
        return Way("NHWC" if last else "NCHW", precision, self.sizes[precision])


def probes(bench: Bench) -> int:
    """Number of points that the ladder classifies, over all scales, centers and box policies."""
    return len(SCALES) * 4 * bench.draws


def row_of(bench: Bench, result: list[Timing]) -> str:
    """A row of the table; ratios are medians over rounds of the ratio within a round."""
    middle = {way: median(row.plain[way] for row in result) for way in result[0].plain}
    base = best(middle, "NCHW", FP32)
    cells = [f"{middle[way]:,.1f}" for way in (base, best(middle, "NHWC", FP32), best(middle, "NHWC", BF16))]
    for way in result[0].beside:
        top = best(middle, way.memory_format, way.precision)
        of_plain = median(row.beside[way][1] / row.beside[way][0] for row in result)
        cells.append(f"{median(row.beside[way][0] for row in result):,.1f}")
        cells.append(f"{100 * of_plain:.1f} %")
        cells.append(f"{100 * of_plain * median(row.plain[top] / row.plain[way] for row in result):.1f} %")
        cells.append(f"{median(row.plain[base] / row.beside[way][0] for row in result):.2f}")
    return f"| {bench.name} | " + " | ".join(cells) + " |"


def best(middle: dict[Way, float], memory_format: str, precision: str) -> Way:
    """The fastest size of a plain forward pass."""
    ways = (way for way in middle if (way.memory_format, way.precision) == (memory_format, precision))
    return min(ways, key=middle.__getitem__)


PROBED = ("probing", "of plain", "of best", "x NCHW")
COLUMNS = ("network", "plain NCHW", "NHWC", "NHWC bf16", *PROBED, *(f"{name} (bf16)" for name in PROBED))
HEAD = f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", help="networks whose name contains this")
    parser.add_argument("--as-it-is", action="store_true", help="without advspace.forward.allocator")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    device = torch.device(given.device)
    if given.as_it_is:
        os.environ["MALLOC_TRIM_THRESHOLD_"] = "131072"  # advspace changes nothing if one such variable is set
    print(HEAD)
    with full_precision():
        for bench in benches(device, quick=given.quick):
            if given.only is None or given.only.lower() in bench.name.lower():
                print(row_of(bench, Timed(bench, device).rounds(given.rounds)), flush=True)


if __name__ == "__main__":
    main()
