"""The command line: plugins made selectable, the directory of a run, and the checked config of a job."""

import gc
import os
from pathlib import Path
from typing import Any

from hydra.conf import HydraConf
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from advspace.errors import AdvspaceError
from advspace.lightning import check_trainer, first_process
from advspace.pasted import resume_command
from advspace.registry.config import add_configs, share_store
from advspace.run.checked_config import checked
from advspace.run.identity import adopt
from advspace.run.resume import resumed_config
from advspace.run.shadowed import refuse_shadowed
from advspace.run_directory import RunDirectory
from advspace.settings import plain

STORED = (".hydra", ".hydra-resumed")
"""Where Hydra stores the config of a new run, and of one that has begun."""
REPORTABLE = ("report", "analysis", "figures")
"""Settings that a command with `report=` can change."""


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
