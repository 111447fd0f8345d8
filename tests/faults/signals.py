"""Signals at random moments in every phase of real processes.

    python tests/faults/signals.py --count 200 --seed 0

A run gets up to six signals in turn; after each it goes on with the command that it told, from a shell or with the
imports done.  At its end it must hold what an unbroken run holds.
"""

import json
import os
import random
import re
import shlex
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from faults.command import run
from faults.results import Results, compared, results
from faults.started import Started, begin, fork
from faults.tally import Tally

SETTINGS = (
    *("images=8", "batch_size=2", "model.epochs=8", "probe.draws=20", "probe.scales=[1,4]"),
    *("analysis=[attacks,half_scale]",),
)
NUMBERS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
MOST = 6
"""Most signals of one run."""
TOLD = re.compile(r"^stopped(: .*)?; (go on with|start it again with): (python (probe|train)\.py .*)$")
NOT_OURS = re.compile(r"Traceback(?!(.|\n)*(probe\.py|advspace))")
"""A trace from before the first line of the program."""


@dataclass(frozen=True)
class Place:
    """Where a run works.

    Args:
        folder: Folder of everything.
    """

    folder: Path

    @property
    def run(self) -> Path:
        """The run directory."""
        return self.folder / "run"

    @property
    def cache(self) -> Path:
        """The cache."""
        return self.folder / "cache"

    def latest(self, *names: str) -> float:
        """When the newest of some files was written; 0 if there is none."""
        return max((_time(path) for name in names for path in self.folder.glob(name)), default=0.0)


def _time(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


PHASES: dict[str, tuple[tuple[str, ...], float]] = {
    "imports": ((), 4.0),
    "setting up": (("run/.locks/*.json",), 0.5),
    "training": (("cache/weights/*.lock",), 1.0),
    "attack": (("run/plan.json",), 0.6),
    "probing": (("run/images.parquet/part-*",), 0.6),
    "analyses": (("run/tensors/part-*6.safetensors",), 0.3),
    "figures": (("run/analysis/*",), 0.8),
    "report": (("run/summary.json",), 0.5),
    "tracking": (("run/wandb/*", "run/report.html"), 2.0),
    "the end": (("run/report.html",), 0.5),
}
"""The files after which a phase begins, and the most seconds until the signal."""


@dataclass
class Chain:
    """One run with its signals.

    Args:
        place: Where it works.
        dice: Source of chance.
        tally: What is counted.
        wanted: What an unbroken run holds.
    """

    place: Place
    dice: random.Random
    tally: Tally
    wanted: Results
    killed: bool = False
    """Whether a kill may have left temporary files, which the next run removes."""

    def play(self) -> int:
        """Break the run, finish it and compare; returns the number of signals."""
        tracked = self.dice.random() < 0.3
        tracking = "tracking.wandb.mode=offline" if tracked else "tracking=off"
        first = ["probe.py", *SETTINGS, tracking, f"hydra.run.dir={self.place.run}", f"cache={self.place.cache}"]
        command, sent, phases = shlex.join(["python", *first]), 0, []
        for _ in range(self.dice.randint(2, MOST)):
            phase = self.dice.choice([each for each in PHASES if tracked or each != "tracking"])
            ended, number, shell = self._broken(command, phase)
            sent += ended is not None
            if ended is None:  # it was faster than the signal
                continue
            phases.append((phase, signal.Signals(number).name, "shell" if shell else "fork"))
            told = self._checked(ended, number, phase, command)
            begun = (self.place.run / "identity.json").exists()
            resume = f"python probe.py resume={self.place.run}"
            command = told or (resume if begun and self.dice.random() < 0.7 else command)
        self._finished(command, phases)
        return sent

    def _broken(self, command: str, phase: str) -> tuple[Started | None, int, bool]:
        """Start a command and send it a signal; None where it ended before."""
        shell = phase == "imports" or self.dice.random() < 0.25
        process = begin(command, self.place.folder) if shell else fork(shlex.split(command)[1:], self.place.folder)
        names, longest = PHASES[phase]
        while process.status() is None and names and self.place.latest(*names) < process.started:
            time.sleep(0.004)
        time.sleep(self.dice.uniform(0.1 if phase == "imports" else 0, longest))
        number = self.dice.choice(NUMBERS)
        if process.status() is not None:
            return None, number, shell
        os.kill(process.pid, number)
        return process, number, shell

    def _checked(self, process: Started, number: int, phase: str, command: str) -> str | None:
        """Check how a process ended; returns the command that it told."""
        status, outcomes = process.wait(), set()
        said = process.said()
        lines = said.strip().splitlines()
        told = TOLD.match(lines[-1]) if lines else None
        done = status == 0 and (self.place.run / "report.html").exists()
        if status is None:
            outcomes.add("hangs")
        elif "Traceback" in said or "Exception ignored" in said:
            outcomes.add("told" if NOT_OURS.search(said) and phase == "imports" else "tracebacks")
        elif number == signal.SIGKILL:
            outcomes |= set() if status == -number or done else {"untold"}
        elif told and status == 128 + number:
            outcomes.add("told")
        elif not done and not (phase == "imports" and status == -number and not said):
            outcomes.add("untold")
        self.killed |= number == signal.SIGKILL
        outcomes |= set() if self.killed else self._half_files()
        self.tally.add(phase, outcomes, f"{signal.Signals(number).name}: {command} -> {status}", said)
        return told.group(3) if told else None

    def _half_files(self) -> set[str]:
        """`untold` if a file of the run is there that is not whole; in the cache, another run may be writing."""
        left = list(self.place.run.glob("**/.*.part"))
        for path in self.place.run.glob("*.json"):
            try:
                json.loads(path.read_text())
            except ValueError:
                left.append(path)
        return {"untold"} if left else set()

    def _finished(self, command: str, phases: list[tuple[str, str, str]]) -> None:
        """Run a command to its end, and compare what the run holds."""
        shell = self.dice.random() < 0.25
        process = begin(command, self.place.folder) if shell else fork(shlex.split(command)[1:], self.place.folder)
        status = process.wait()
        said = process.said()
        if status is None:
            outcomes = {"hangs"}
        elif status != 0:
            outcomes = {"tracebacks" if "Traceback" in said else "lost"}
        else:
            outcomes = compared(results(self.place.run), self.wanted) | self._half_files()
        self.tally.add("(finished runs)", outcomes, f"after {phases}: {command} -> {status}", said)


def campaign(count: int, seed: int, show: bool = False) -> Tally:
    """Send `count` signals.

    Args:
        count: Number of signals.
        seed: Seed of chance; the moments depend on the machine too.
        show: Whether to print each try.
    """
    tally, dice = Tally("signals", show), random.Random(seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        unbroken = Place(folder / "unbroken")
        unbroken.folder.mkdir()
        whole = shlex.join(["python", "probe.py", *SETTINGS, "tracking=off", f"hydra.run.dir={unbroken.run}"])
        process = begin(f"{whole} cache={unbroken.cache}", unbroken.folder)
        if process.wait() != 0:
            raise SystemExit(process.said())
        wanted, sent, number = results(unbroken.run), 0, 0
        while sent < count:
            place = Place(folder / f"chain-{number}")
            place.folder.mkdir()
            if dice.random() < 0.5:  # with weights and adversarials of the unbroken run, half of the time
                shutil.copytree(unbroken.cache / "weights", place.cache / "weights")
            sent += Chain(place, dice, tally, wanted).play()
            shutil.rmtree(place.folder)
            number += 1
            if number % 5 == 0:
                print(f"{tally}\n", flush=True)
    return tally


if __name__ == "__main__":
    run(campaign, __doc__, 40)
