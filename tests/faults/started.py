"""Programs in processes of their own: begun from nothing, or forked where the imports are done already."""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WARM = "faults.warm"
"""The module that a forked process has imported."""
ENVIRONMENT = {"WANDB_API_KEY": "", "OMP_NUM_THREADS": "1", "WANDB__SERVICE_WAIT": "600"}
PATIENCE = 300
"""Seconds after which a process counts as hung."""


@dataclass
class Started:
    """A process, and the files of what it says."""

    process: Any
    out: Path
    err: Path
    started: float

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self.process.exitcode if hasattr(self.process, "exitcode") else self.process.poll()

    def wait(self, seconds: float = PATIENCE) -> int | None:
        """Its exit status; None if it hangs: then it is killed."""
        end = time.monotonic() + seconds
        while self.status() is None:
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                return None
            time.sleep(0.02)
        return self.status()

    def said(self) -> str:
        return self.err.read_text(errors="replace")


def begin(command: str, folder: Path) -> Started:
    """Start a command of the shell, in the folder of the programs."""
    out, err = folder / "out.txt", folder / "err.txt"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with out.open("w") as to_out, err.open("w") as to_err:
        started = time.time()
        process = subprocess.Popen(
            ["bash", "-c", command],
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT, "PATH": path},
            stdout=to_out,
            stderr=to_err,
            preexec_fn=hear_interrupts,
        )
    return Started(process, out, err, started)


def fork(arguments: Sequence[str], folder: Path) -> Started:
    """Start a program in a process that has done the imports, which take most of the time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([WARM])
    out, err = folder / "out.txt", folder / "err.txt"
    err.write_text("")
    started = time.time()
    process = context.Process(target=program, args=(list(arguments), str(out), str(err), ENVIRONMENT))
    process.start()
    return Started(process, out, err, started)


def program(arguments: list[str], out: str, err: str, environment: Mapping[str, str]) -> None:
    """Run `<program>.py <arguments>` as Python does."""
    hear_interrupts()
    os.environ.update(environment)
    os.chdir(ROOT)
    for path, number in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), number)
    sys.argv = arguments
    runpy.run_path(str(ROOT / arguments[0]), run_name="__main__")


def hear_interrupts() -> None:
    """Undo what a shell does to jobs in the background: they, and all they start, are deaf to SIGINT."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
