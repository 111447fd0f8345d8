"""The attack's own work on small nets: ``OMP_NUM_THREADS=1 python benchmarks/small_nets.py --other CHECKOUT``.

A tick is one step of the attack around one gradient of the batch.  Its cost is the CPU time of the attack beyond the
model's forward and backward passes, divided by the number of these passes.  Torch operations are counted in a run of
their own.  Two checkouts take turns, each in a process of its own, and must give the same bits.
"""

import argparse
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from attack import Trial, trial
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from advspace.forward.prepare import prepare
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.model.convnet import ConvNet
from advspace_plugins.model.logistic import Logistic

BATCHES, IMAGES = (1, 2, 4, 8), 8
HERE = Path(__file__).resolve().parents[1]


class Operations(TorchDispatchMode):
    """Count torch's operations by name."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.counts[func.overloadpacket.__name__] += 1
        return func(*args, **(kwargs or {}))


def cases(cache: Path) -> dict[str, Trial]:
    """Problems with prepared models, as in a run."""
    made = {
        "digits logistic": trial(Digits(), Logistic(), IMAGES, cache),
        "digits convnet": trial(Digits(padding=8), ConvNet(), IMAGES, cache),
    }
    for case in made.values():
        ready = prepare(case.model, case.image.shape[1:], torch.device("cpu"))
        object.__setattr__(case, "model", ready.network)
    return made


def attacked(case: Trial, batch: int) -> Tensor:
    """All images, `batch` at a time."""
    parts = [slice(first, first + batch) for first in range(0, IMAGES, batch)]
    made = [LBFGSB()(case.model, case.image[part], case.label[part], case.target[part]).image for part in parts]
    return torch.cat(made)


def passes(case: Trial, batch: int) -> tuple[Counter[tuple[int, bool]], int, str]:
    """Passes of the model by rows, with a gradient or without; torch's operations beside them; the results' digest."""
    seen: Counter[tuple[int, bool]] = Counter()
    operations = Operations()

    def begins(module: object, inputs: tuple[Tensor]) -> None:
        seen[len(inputs[0]), torch.is_grad_enabled()] += 1

    with case.model.register_forward_pre_hook(begins), operations:
        images = attacked(case, batch)
    counts = operations.counts
    with Operations() as model:
        for (rows, gradient), number in seen.items():
            for _ in range(number):
                one_pass(case, rows, gradient)
    counts.subtract(model.counts)
    return seen, counts.total(), hashlib.sha256(images.numpy().tobytes()).hexdigest()


def one_pass(case: Trial, rows: int, gradient: bool) -> None:
    """A pass of the model alone."""
    image = case.image[:rows]
    with torch.set_grad_enabled(gradient):
        point = image.requires_grad_(gradient)
        logits = case.model(point)
        if gradient:
            torch.autograd.grad(logits, point, torch.ones_like(logits))
    image.requires_grad_(False)


def measured(case: Trial, batch: int, rounds: int) -> dict[str, object]:
    """Milliseconds a tick of attack and model, operations a tick, and the digest of the results."""
    seen, operations, digest = passes(case, batch)
    ticks = sum(number for (_, gradient), number in seen.items() if gradient)
    own, models = [], []
    for _ in range(rounds):
        whole = seconds(lambda: attacked(case, batch))
        model = sum(
            seconds(lambda rows=rows, gradient=gradient: one_pass(case, rows, gradient), number)
            for (rows, gradient), number in seen.items()
        )
        own.append(1000 * (whole - model) / ticks)
        models.append(1000 * model / ticks)
    return {"attack": own, "model": models, "operations": operations / ticks, "digest": digest}


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """CPU time of some repetitions."""
    start = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - start


def worker(cache: Path, rounds: int) -> None:
    torch.set_num_threads(1)
    result = {f"{name}, {b}": measured(case, b, rounds) for name, case in cases(cache).items() for b in BATCHES}
    print(json.dumps(result))


def asked(checkout: Path, arguments: list[str]) -> dict[str, dict[str, Any]]:
    """The measurements of one checkout's code, in a process of its own."""
    paths = [checkout / "framework", checkout / "plugins"]
    start = f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}; import runpy; sys.argv = sys.argv[1:]; "
    start += f"sys.path.insert(0, {str(HERE / 'benchmarks')!r}); runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-c", start, __file__, "--worker", *arguments]
    made = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ).stdout
    result: dict[str, dict[str, Any]] = json.loads(made.splitlines()[-1])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("cache"), help="folder with trained weights")
    parser.add_argument("--other", type=Path, default=HERE, help="another checkout, measured in turns")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        worker(given.cache, given.rounds)
        return
    arguments = ["--cache", str(given.cache), "--rounds", "2"]
    turns = [(asked(given.other, arguments), asked(HERE, arguments)) for _ in range(given.rounds)]
    print(f"{platform.machine()}, torch {torch.__version__}, one thread; medians of {given.rounds} turns\n")
    print("| net, batch | model, ms a tick | attack before | now | ratio | operations before | now | same bits |")
    print("|---" * 8 + "|")
    for name in turns[0][0]:
        before, now = ([turn[side][name] for turn in turns] for side in (0, 1))
        old, new, net = (
            statistics.median([min(one[k]) for one in side])
            for side, k in ((before, "attack"), (now, "attack"), (now, "model"))
        )
        same = "yes" if len({one["digest"] for one in before + now}) == 1 else "no"
        print(
            f"| {name} | {net:.3f} | {old:.3f} | {new:.3f} | {new / old:.2f} | {before[0]['operations']:.0f} "
            f"| {now[0]['operations']:.0f} | {same} |"
        )


if __name__ == "__main__":
    main()
