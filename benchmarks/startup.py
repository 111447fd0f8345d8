"""The cost of starting: help, tab completion, imports, and a default run stage by stage, relative to `import torch`.

    python benchmarks/startup.py               # this checkout
    python benchmarks/startup.py . ../before   # two of them, each with its own .venv, in the same rounds

CPU seconds, user and system, of the process and of its finished children, on one thread, with bytecode cached.  Each
round runs each command once, so the load of the machine is the same for all.  The table has medians over rounds of the
ratio to `import torch` in the same round and checkout.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
TORCH = "import torch"
COMPLETED = "python probe.py noise="
RUNS = {
    "run, kept weights, no tracking": ("tracking=off", "cache=kept"),
    "run, all anew, no tracking": ("tracking=off", "cache=new"),
    "run, all anew, wandb offline": ("tracking=wandb", "tracking.wandb.mode=offline", "cache=new"),
}


@dataclass(frozen=True)
class Checkout:
    """A checkout with its virtual environment, and a folder for its bytecode and its runs."""

    root: Path
    scratch: Path

    def seconds(self, *arguments: str) -> float:
        """CPU seconds of Python with some arguments."""
        process = subprocess.Popen(
            [str(self.root / ".venv" / "bin" / "python"), *arguments],
            cwd=self.scratch,
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise RuntimeError(f"python {' '.join(arguments)} failed in {self.root}")
        return usage.ru_utime + usage.ru_stime

    def _environment(self) -> Mapping[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WANDB"))}
        return inherited | {
            "OMP_NUM_THREADS": "1",
            "PYTHONPYCACHEPREFIX": str(self.scratch / "bytecode"),
            "COMP_LINE": COMPLETED,
            "COMP_POINT": str(len(COMPLETED)),
        }

    def packages(self) -> list[str]:
        """All modules and packages directly below the roots of the two distributions."""
        roots = (self.root / "framework" / "advspace", self.root / "plugins" / "advspace_plugins")
        return [
            f"{root.name}.{path.stem}"
            for root in roots
            for path in sorted(root.iterdir())
            if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
        ]

    def run(self, *settings: str) -> dict[str, float]:
        """CPU seconds of a default run, whole and by stage."""
        for folder in ("run", "new"):
            shutil.rmtree(self.scratch / folder, ignore_errors=True)
        stages = self.scratch / "stages.json"
        program = (str(HERE / "startup_stages.py"), str(stages), str(self.root / "probe.py"))
        whole = self.seconds(*program, "hydra.run.dir=run", *settings)
        parts = json.loads(stages.read_text())
        return {"whole": whole, "beside attack and probe": whole - parts["attack"] - parts["probe"]} | parts


def measured(checkout: Checkout, *, packages: bool, runs: bool) -> Iterator[tuple[str, float]]:
    """One round: each command with its CPU seconds."""
    program = str(checkout.root / "probe.py")
    yield TORCH, checkout.seconds("-c", TORCH)
    yield "--help", checkout.seconds(program, "--help")
    yield "tab completion", checkout.seconds(program, "-sc", "query=bash")
    for name in checkout.packages() if packages else ():
        yield f"import {name}", checkout.seconds("-c", f"import {name}")
    for title, settings in RUNS.items() if runs else ():
        yield from ((f"{title}: {stage}", seconds) for stage, seconds in checkout.run(*settings).items())


def main() -> None:
    """Measure the checkouts that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", nargs="*", type=Path, default=[HERE.parent])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--packages", action="store_true", help="also the import of each first-level module")
    parser.add_argument("--runs", action="store_true", help="also default runs, by stage")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        checkouts = [
            Checkout(root.resolve(), Path(folder) / str(index)) for index, root in enumerate(options.checkouts)
        ]
        for checkout in checkouts:
            checkout.scratch.mkdir()
        kept: dict[str, list[list[float]]] = defaultdict(lambda: [[] for _ in checkouts])
        for number in range(1 + options.rounds):  # the first fills the caches
            for index, checkout in enumerate(checkouts):
                result = dict(measured(checkout, packages=options.packages, runs=options.runs))
                for name, seconds in result.items() if number else ():
                    kept[name][index].append(seconds / result[TORCH])
                if number:
                    kept["seconds of import torch"][index].append(result[TORCH])
        show(kept, options.checkouts)


def show(kept: Mapping[str, Sequence[Sequence[float]]], checkouts: Sequence[Path]) -> None:
    """Print a table of medians, in units of `import torch`."""
    print("|".join(["", " in units of `import torch` ", *(f" {root} " for root in checkouts), ""]))
    print("|---" * (1 + len(checkouts)) + "|")
    for name, columns in kept.items():
        print("|".join(["", f" {name} ", *(f" {median(column):.2f} " if column else "  " for column in columns), ""]))


if __name__ == "__main__":
    sys.exit(main())
