"""The command line: a user's error gives a message of one sentence and a non-zero exit status."""

import gc
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hydra.conf import HydraConf
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from advspace.errors import AdvspaceError
from advspace.files.os_errors import os_sentence
from advspace.installation import typed
from advspace.lightning import check_trainer, first_process
from advspace.pasted import command_line, resume_command
from advspace.registry.config import add_configs, share_store
from advspace.run.checked_config import checked
from advspace.run.hydra_errors import hydra_sentence, misread
from advspace.run.identity import adopt
from advspace.run.resume import resumed_config
from advspace.run.shadowed import refuse_shadowed
from advspace.run_directory import RunDirectory
from advspace.settings import plain
from advspace.signals import Stopped, Told, hear, ignore, stop_within

STORED = (".hydra", ".hydra-resumed")
"""Where Hydra stores the config of a new run, and of one that has begun."""
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
    OmegaConf.register_new_resolver("typed_program", command_line, replace=True)
    add_configs()
    share_store()


def collect_garbage() -> None:
    """Let Python look for garbage again, where a program switched that off to start; not in what its imports made."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def begun(config: DictConfig, hydra: HydraConf | Any, program: str = "probe") -> DictConfig:
    """The checked config of a job, in the folder where the user typed its command.

    Hydra's `hydra.job.chdir` moves a job into its own directory.  There, relative paths would mean something else.

    Args:
        config: The composed config.
        hydra: Hydra's own config.
        program: Name of the program, `probe` or `train`.

    Raises:
        AdvspaceError: a setting is unknown, has the wrong type, is not finite or refers to nothing; the config is
            stored where no program looks for it; or a config folder of the user has a file with the name of ours.
    """
    os.chdir(hydra.runtime.cwd)
    refuse_shadowed(hydra.runtime.config_sources)
    elsewhere = hydra.output_subdir not in STORED and first_process()  # Lightning's own processes store none
    if elsewhere and not any(config.get(key) for key in ("report", "plan", "resume")):
        raise AdvspaceError(
            f"hydra.output_subdir must stay {STORED[0]}, got {hydra.output_subdir}; "
            "report= and resume= read the run's config there, so leave the setting out"
        )
    return checked(config, program)


def _run_directory(resume: str | None, report: str | None, plan: bool | float, new: str) -> str:
    """The directory of a run; a command with `report=` or `plan=`, or with nothing to resume, makes no directory."""
    if report or plan or _missing(resume):
        return "."
    return resume or new


def _hydra_directory(
    resume: str | None, report: str | None, plan: bool | float, directory: str | None = None
) -> str | None:
    """Where Hydra stores the config; that of a run which has begun stays what it was."""
    if report or plan or _missing(resume):
        return None
    begun = directory is not None and RunDirectory(Path(directory)).identity.exists()
    return STORED[1] if resume or begun else STORED[0]


def _missing(resume: str | None) -> bool:
    """Whether there is no run in the directory to resume."""
    return bool(resume) and not RunDirectory(Path(str(resume))).config.is_file()


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
        config = checked(resumed_config(config, list(hydra.overrides.task)), program)
        adopt(directory, plain(config))
    check_trainer(plain(config.trainer))
    return config, directory, resume_command(directory, program)


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


def refuse_plan_of_others(config: DictConfig, hydra: HydraConf | Any) -> None:
    """Refuse `plan=` for several runs, or for one that has begun.

    Raises:
        AdvspaceError: the command is a multirun, or has `resume=`.
    """
    if config.resume or hydra.mode == RunMode.MULTIRUN:
        raise AdvspaceError(f"plan is for one new run; remove {'resume' if config.resume else '-m'}")


def report_errors(main: Callable[[], object]) -> None:
    """Run `main`; print a user's error as one sentence, and any other error with its stack trace.

    With HYDRA_FULL_ERROR=1 every error has its stack trace.  A signal that stops the program gives the exit status
    128 + its number.
    """
    hear()
    command = shlex.join(typed())
    try:
        _report_errors(main)
        ignore()
    except Told as stop:
        sys.exit(stop.status)
    except (Stopped, KeyboardInterrupt) as stop:  # a library may set its own handler of Ctrl-C
        say(f"stopped; start it again with: {command}")
        sys.exit(getattr(stop, "status", 128 + signal.SIGINT))


def _report_errors(main: Callable[[], object]) -> None:
    if os.environ.get("HYDRA_FULL_ERROR") and PLAIN not in os.environ:
        main()
        return
    os.environ[PLAIN] = "1"  # other processes of this run inherit both
    os.environ["HYDRA_FULL_ERROR"] = "1"  # else Hydra prints its own trace and exits
    try:
        with one_sentence():
            main()
    finally:
        del os.environ["HYDRA_FULL_ERROR"], os.environ[PLAIN]


@contextmanager
def one_sentence() -> Iterator[None]:
    """End the program with one sentence if there is a user's error in the block, unless the user wants to see traces.

    A job does this too: Hydra prints a line of its own for any error that leaves a job, except for an exit.
    """
    try:
        yield
    except Exception as error:
        if stop := stop_within(error):
            raise stop from None
        text = sentence(error) if PLAIN in os.environ else None
        if text is None:
            raise
        sys.exit(f"error: {text}")


def sentence(error: Exception) -> str | None:
    """The message of an error that the user can fix, in one line; None for other errors."""
    text = _message(error)
    return text and "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _message(error: Exception) -> str | None:
    if isinstance(error, AdvspaceError):
        return str(error)
    if isinstance(error, HydraException | OmegaConfBaseException):
        return hydra_sentence(error)
    if isinstance(error, OSError):
        return os_sentence(error)
    return misread(error) or None


def say(text: str) -> None:
    """Print a message to the error stream, where the progress bars are; only in the first process."""
    if first_process():
        say_anyway(text)


def say_anyway(text: str) -> None:
    """Print a message to the error stream in any process."""
    print(text, file=sys.stderr, flush=True)
