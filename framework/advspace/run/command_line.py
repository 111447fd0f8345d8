"""The command line: a user's error gives a message of one sentence and a non-zero exit status."""

import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hydra.conf import HydraConf
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from advspace.errors import AdvspaceError
from advspace.lightning import first_process
from advspace.os_errors import os_sentence
from advspace.registry.config import add_configs, share_store
from advspace.run.hydra_errors import hydra_sentence
from advspace.run.resume import resumed_config
from advspace.run_directory import RunDirectory
from advspace.signals import Stopped, hear

REPORTABLE = ("report", "analysis", "figures")
"""Settings that a command with `report=` can change."""
PLAIN = "ADVSPACE_TELLS_PLAINLY"
"""Environment variable that marks HYDRA_FULL_ERROR as set by us, not by the user."""


def prepare() -> None:
    """Make plugins selectable, and let a resumed run write into its old directory without losing its config.

    Raises:
        PluginError: two packages claim one plugin name.
    """
    OmegaConf.register_new_resolver("run_directory", _run_directory, replace=True)
    OmegaConf.register_new_resolver("hydra_directory", _hydra_directory, replace=True)
    add_configs()
    share_store()


def collect_garbage() -> None:
    """Let Python look for garbage again, where a program switched that off to start; not in what its imports made."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _run_directory(resume: str | None, report: str | None, new: str) -> str:
    """The directory of a run; a command with `report=` makes no directory."""
    return "." if report else resume or new


def _hydra_directory(resume: str | None, report: str | None, directory: str | None = None) -> str | None:
    """Where Hydra stores the config; that of a run which has begun stays what it was."""
    if report:
        return None
    begun = directory is not None and RunDirectory(Path(directory)).identity.exists()
    return ".hydra-resumed" if resume or begun else ".hydra"


def resumable(config: DictConfig, hydra: HydraConf | Any, program: str = "probe") -> tuple[DictConfig, Path, str]:
    """The config of a run, its directory, and the command that resumes it.

    Args:
        config: The composed config.
        hydra: Hydra's own config.
        program: Name of the program, `probe` or `train`.

    Raises:
        AdvspaceError: there is no run to resume, or the command changes its results.
    """
    directory = Path(hydra.runtime.output_dir)
    if config.resume:
        config = resumed_config(config, list(hydra.overrides.task))
    return config, directory, f"python {program}.py resume={directory}"


def reported(config: DictConfig, hydra: HydraConf | Any) -> tuple[Path, list[str]]:
    """The directory to report on again, and the command's overrides.

    Args:
        config: The composed config.
        hydra: Hydra's own config.

    Raises:
        AdvspaceError: the command changes a setting that is not `REPORTABLE`.
    """
    overrides = [str(each) for each in hydra.overrides.task]
    others = [each for each in overrides if each.lstrip("+~").split("=")[0].split(".")[0] not in REPORTABLE]
    if others or hydra.mode == RunMode.MULTIRUN:
        raise AdvspaceError(
            f"report makes the report of a directory again; beside it only {' and '.join(REPORTABLE[1:])} can be set; "
            f"remove {' '.join(others) or '-m'}"
        )
    return Path(config.report), overrides


def report_errors(main: Callable[[], object]) -> None:
    """Run `main`; print a user's error as one sentence, and any other error with its stack trace.

    With HYDRA_FULL_ERROR=1 every error has its stack trace.  A signal that stops the program gives the exit status
    128 + its number.
    """
    hear()
    try:
        _report_errors(main)
    except Stopped as stop:
        sys.exit(stop.status)
    except KeyboardInterrupt:  # of a library that sets its own handler
        sys.exit(128 + signal.SIGINT)


def _report_errors(main: Callable[[], object]) -> None:
    if os.environ.get("HYDRA_FULL_ERROR") and PLAIN not in os.environ:
        main()
        return
    os.environ[PLAIN] = "1"  # other processes of this run inherit both
    os.environ["HYDRA_FULL_ERROR"] = "1"  # else Hydra prints its own trace and exits
    try:
        main()
    except Exception as error:
        text = sentence(error)
        if text is None:
            raise
        sys.exit(f"error: {text}")
    finally:
        del os.environ["HYDRA_FULL_ERROR"], os.environ[PLAIN]


def sentence(error: Exception) -> str | None:
    """The message of an error that the user can fix; None for other errors."""
    if isinstance(error, AdvspaceError):
        return str(error)
    if isinstance(error, HydraException | OmegaConfBaseException):
        return hydra_sentence(error)
    if isinstance(error, OSError):
        return os_sentence(error)
    return None


def say(text: str) -> None:
    """Print a message to the error stream, where the progress bars are; only in the first process."""
    if first_process():
        say_anyway(text)


def say_anyway(text: str) -> None:
    """Print a message to the error stream in any process."""
    print(text, file=sys.stderr, flush=True)
