"""Programs run by tests: in this process, or in a process of their own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from in_process import run_in_process

ROOT = Path(__file__).parents[1]


@pytest.fixture
def with_cache(own_cache):
    """Arguments of a program, and the cache that shares the trained weights unless they name another."""

    def added(arguments):
        own = any(argument in ("--help", "-c") or argument.startswith(("cache=", "report=")) for argument in arguments)
        return [*arguments] if own else [*arguments, f"cache={own_cache()}"]

    return added


@pytest.fixture
def call(with_cache, no_plugin_configs, tmp_path):
    """Run a program to its end as `start` does, but in this process: for all that needs no process of its own."""

    def called(program, *arguments, environment=None):
        return run_in_process(
            ROOT / f"{program}.py", with_cache(arguments), tmp_path, NOT_LOGGED_IN | (environment or {})
        )

    return called


@pytest.fixture
def start(with_cache, tmp_path):
    """Start a program in a process of its own; it writes below `tmp_path` and shares the trained weights.

    This takes seconds: for what only a process can show.
    """

    def started(program, *arguments, environment=None):
        return subprocess.Popen(
            [sys.executable, str(ROOT / f"{program}.py"), *with_cache(arguments)],
            cwd=tmp_path,
            env={**os.environ, **NOT_LOGGED_IN, "OMP_NUM_THREADS": "1", **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hear_interrupts,
        )

    return started


NOT_LOGGED_IN = {"WANDB_API_KEY": ""}


def hear_interrupts():
    """Undo what a shell does to jobs in the background: they, and all they start, are deaf to SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def call_process(start):
    """Start a program in a process of its own and wait for its end, however long a busy machine takes."""

    def called(program, *arguments, environment=None):
        process = start(program, *arguments, environment=environment)
        out, err = process.communicate()
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    return called


def one_sentence(done):
    """The last line of what a refused command said; fails unless it is the only complaint."""
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]
