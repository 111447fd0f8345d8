"""Run a program inside of the tests: its own `main`, arguments, output and exit code, without a process of its own."""

import gc
import io
import logging
import os
import runpy
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from hydra.core.hydra_config import HydraConfig

from advspace.signals import STOPPING


def run_in_process(
    program: Path, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as if it had been started, except that warnings are errors, as in all of our tests.

    Plugins that it makes selectable stay so.

    Args:
        program: Its file.
        arguments: What follows it on the command line.
        folder: Where it is started.
        environment: Variables beside those of the tests.
    """
    out, err = io.StringIO(), io.StringIO()
    command = patch.object(sys, "argv", [str(program), *arguments])
    garbage = patch.object(gc, "disable", lambda: None)  # it would take for good what there is now
    border = (_in_folder(folder), _same_environment(environment), _same_logging(), _same_signals(), _same_hydra())
    with ExitStack() as stack:
        for each in (command, garbage, redirect_stdout(out), redirect_stderr(err), *border):
            stack.enter_context(each)
        code = _exit_code(program)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def _exit_code(program: Path) -> int:
    """Run `program` as `__main__`; what Python prints of the exception that ends it is printed too."""
    try:
        runpy.run_path(str(program), run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    return 0


@contextmanager
def _in_folder(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _same_environment(more: Mapping[str, str]) -> Iterator[None]:
    """Put back what a program sets; it begins without HYDRA_FULL_ERROR, by which it would show its traces."""
    with patch.dict(os.environ, more):
        os.environ.pop("HYDRA_FULL_ERROR", None)
        yield


@contextmanager
def _same_logging() -> Iterator[None]:
    """Put back the handlers that Hydra replaces by its own, among them those of pytest."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        yield
    finally:
        for handler in [each for each in root.handlers if each not in before]:
            handler.close()
        root.handlers[:] = before
        root.setLevel(level)


@contextmanager
def _same_signals() -> Iterator[None]:
    """Put back the handlers of signals, which a program makes its own."""
    before, hook = {number: signal.getsignal(number) for number in STOPPING}, sys.unraisablehook
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _same_hydra() -> Iterator[None]:
    """Put back what Hydra knows of the job that runs; a multirun leaves it set."""
    hydra = HydraConfig.instance()
    before = hydra.cfg
    try:
        yield
    finally:
        hydra.cfg = before
