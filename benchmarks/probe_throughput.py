"""Probing against the network's own forward pass: ``python benchmarks/probe_throughput.py [--device cuda]``.

Rounds are interleaved, figures are medians, one thread on a CPU.  Per network: the plain forward pass on images made
before, in both layouts and precisions and in the best of several sizes of pass; and the ladder as a run does it.
``--quick`` takes a laptop a minute.  Weights are random, which changes no time.
"""

import argparse
import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import torch
from torch import nn

from advspace import Case, Stream
from advspace.allocator import keep_freed_memory
from advspace.layout import lay_out, layout_of
from advspace.model import freeze
from advspace.pass_size import probes_at_once
from advspace.predict import computing_in
from advspace_plugins.model.convnet import ConvNet
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.probe.ladder import Ladder

FP32, BF16 = "32-true", "bf16-mixed"
MNIST, PHOTOGRAPH = (1, 28, 28), (3, 224, 224)


@dataclass(frozen=True)
class Bench:
    """One network.

    Args:
        name: In the table.
        network: In torch's own layout.
        shape: Of an image.
        draws: Per scale; twenty-two cells of both box policies are timed.
        sizes: Of a plain forward pass, to find the best of.
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


def timed(work: Callable[[], object], device: torch.device) -> float:
    """Seconds that `work` takes; on a CPU those of this process, so that its neighbours count less."""
    clock = time.perf_counter if device.type == "cuda" else time.process_time
    started = clock()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return clock() - started


def plain(network: nn.Module, ready: list[torch.Tensor]) -> None:
    """The forward pass and nothing else."""
    with torch.no_grad():
        for images in ready:
            network(images)


def probed(bench: Bench, network: nn.Module, device: torch.device, precision: str) -> Callable[[], object]:
    """The ladder around one adversarial, as a run does it."""
    generator = torch.Generator(device).manual_seed(0)
    image = torch.rand(bench.shape, generator=generator, device=device)
    distortion = 0.01 * torch.randn(bench.shape, generator=generator, device=device)
    case = Case("a", image, (image + distortion).clamp(0, 1), 0, 1)
    scales = tuple(2.0**k for k in range(-5, 6)) if bench.shape == MNIST else (0.25, 4.0)
    ladder = Ladder(scales=scales, draws=bench.draws)
    stream = Stream((0,), probes_at_once("auto", network, bench.shape, device, precision))

    def probe() -> None:
        with computing_in(network, device, precision):
            ladder(network, case, Gaussian(), stream)

    return probe


@dataclass(frozen=True)
class Way:
    """One thing that is timed: plain forward passes of some size, or probing in such."""

    layout: str
    precision: str
    size: int
    probing: bool = False


def ways(bench: Bench, device: torch.device) -> dict[Way, tuple[Callable[[], object], int]]:
    """What to time, and how many images each classifies."""
    network = freeze(bench.network).to(device)
    turned = copy.deepcopy(network).to(memory_format=torch.channels_last)
    found: dict[Way, tuple[Callable[[], object], int]] = {}
    for precision in (FP32, BF16):
        for layout, one in (("NCHW", network), ("NHWC", turned)):
            for size in sorted({*bench.sizes, pass_of(bench, one, device, precision)}):
                ready = ready_made(bench.shape, size, layout_of(one), device)
                found[Way(layout, precision, size)] = (lambda o=one, r=ready: plain(o, r)), size * len(ready)  # type: ignore[misc]
        ours = copy.deepcopy(network)
        lay_out(ours, device, precision)
        layout = "NHWC" if layout_of(ours) == torch.channels_last else "NCHW"
        found[Way(layout, precision, pass_of(bench, ours, device, precision), probing=True)] = (
            probed(bench, ours, device, precision),
            (44 if bench.shape == MNIST else 8) * bench.draws,
        )
    return found


def pass_of(bench: Bench, network: nn.Module, device: torch.device, precision: str) -> int:
    """Rows of a forward pass that both box policies fill equally."""
    return probes_at_once("auto", network.to(device), bench.shape, device, precision) // 2 * 2


def ready_made(
    shape: tuple[int, int, int], size: int, layout: torch.memory_format, device: torch.device
) -> list[torch.Tensor]:
    """Images for several forward passes."""
    count = max(1, (2000 if shape == MNIST else 24) // size)
    return [torch.rand((size, *shape), device=device).contiguous(memory_format=layout) for _ in range(count)]


def measured(bench: Bench, device: torch.device, rounds: int) -> list[dict[Way, float]]:
    """Microseconds per image of every way, round by round; a first round warms up."""
    timed_ways = ways(bench, device)
    found = []
    for _ in range(rounds + 1):
        row = {}
        for way, (work, images) in timed_ways.items():
            with torch.autocast(device.type, torch.bfloat16, enabled=way.precision == BF16):
                row[way] = timed(work, device) / images * 1e6
        found.append(row)
    return found[1:]


def told(bench: Bench, found: list[dict[Way, float]]) -> str:
    """A row of the table; ratios are medians over rounds of the ratio within a round."""
    middle = {way: median(row[way] for row in found) for way in found[0]}
    probing = {way.precision: way for way in middle if way.probing}
    base = best(middle, "NCHW", FP32)
    cells = [f"{middle[way]:,.1f}" for way in (base, best(middle, "NHWC", FP32), best(middle, "NHWC", BF16))]
    for precision in (FP32, BF16):
        way = probing[precision]
        cells.append(f"{middle[way]:,.1f}")
        for same in (Way(way.layout, precision, way.size), best(middle, way.layout, precision)):
            cells.append(f"{100 * median(row[same] / row[way] for row in found):.1f} %")
        cells.append(f"{median(row[base] / row[way] for row in found):.2f}")
    return f"| {bench.name} | " + " | ".join(cells) + " |"


def best(middle: dict[Way, float], layout: str, precision: str) -> Way:
    """The fastest size of a plain forward pass."""
    return min(
        (way for way in middle if (way.layout, way.precision) == (layout, precision) and not way.probing),
        key=middle.__getitem__,
    )


PROBED = ("probing", "of plain", "of best", "x NCHW")
COLUMNS = ("network", "plain NCHW", "NHWC", "NHWC bf16", *PROBED, *(f"{name} (bf16)" for name in PROBED))
HEAD = f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", help="networks whose name contains this")
    parser.add_argument("--as-it-is", action="store_true", help="without advspace.allocator")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    device = torch.device(given.device)
    if device.type == "cpu" and not given.as_it_is:
        keep_freed_memory()
    print(HEAD)
    for bench in benches(device, quick=given.quick):
        if given.only is None or given.only.lower() in bench.name.lower():
            print(told(bench, measured(bench, device, given.rounds)), flush=True)


if __name__ == "__main__":
    main()
