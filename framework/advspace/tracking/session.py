"""A run of Weights & Biases: how it begins and ends; by default online only if the user is logged in."""

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from netrc import NetrcParseError, netrc
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from omegaconf import DictConfig

from advspace.checks import one_of
from advspace.comparison.membership import current_sweep
from advspace.errors import AdvspaceError, one_line, warn
from advspace.lightning import first_process
from advspace.settings import TrackingSettings, plain
from advspace.tracking.log import Tracking, not_at_the_end

if TYPE_CHECKING:
    import pytorch_lightning as pl

WANDB_MODES = {
    **{mode: mode for mode in ("online", "offline", "disabled", "shared")},
    **{"run": "online", "dryrun": "offline"},
}
"""Values of WANDB_MODE, with wandb's older names."""
PROJECT = "advspace"
TIMEOUT = 30
"""Time to wait for the server, seconds."""
FORMER_HOST = "api.wandb.ai"
"""wandb's former address; keys stored for it are still valid."""


@contextmanager
def open_logger(config: DictConfig, directory: Path) -> Iterator[Tracking]:
    """Open a wandb run in the run directory within the block, in the first process only.

    The command line counts first, then the user's environment variables for wandb, then our defaults.

    Raises:
        AdvspaceError: a setting or WANDB_MODE is unknown, or wandb cannot begin.
    """
    settings = TrackingSettings(**plain(config.tracking))
    mode = _mode(settings)
    if mode == "disabled" or not first_process():
        yield Tracking(None)
        return
    with _home_for_wandb(directory):
        logger = _logger(config, directory, mode)
        offline = _offline_folder(logger)
        try:
            yield Tracking(logger)
        finally:
            _finish()
            if offline:
                command = f"wandb sync {shlex.quote(str(offline))}"
                print(f"wandb keeps this run in {offline}; send it with: {command}", file=sys.stderr, flush=True)


def _mode(settings: TrackingSettings) -> str:
    """How to track: `auto` leaves it to WANDB_MODE, and else to whether wandb has a key."""
    asked = os.environ.get("WANDB_MODE")
    if settings.mode != "auto":
        return settings.mode
    if asked:
        one_of("WANDB_MODE", asked, WANDB_MODES)
        return WANDB_MODES[asked]
    return "online" if logged_in() else "offline"


@contextmanager
def _home_for_wandb(directory: Path) -> Iterator[None]:
    """Let wandb keep its own files in the run directory within the block, if there is no home that can be written."""
    if os.access(os.path.expanduser("~"), os.W_OK | os.X_OK):
        yield
        return
    ours = {f"WANDB_{name}_DIR": str(directory / "wandb" / name.lower()) for name in ("CACHE", "CONFIG", "DATA")}
    before = dict(os.environ)
    os.environ.update({name: folder for name, folder in ours.items() if name not in before})
    try:
        yield
    finally:
        for name in ours.keys() - before.keys():
            del os.environ[name]


def _offline_folder(logger: "pl.loggers.WandbLogger") -> Path | None:
    """The folder of an offline run; None for an online run."""
    run = logger.experiment
    return Path(run.dir).parent if run.settings.mode == "offline" else None


def _finish() -> None:
    import wandb

    with not_at_the_end():
        wandb.finish()


def logged_in() -> bool:
    """Whether there is a key for wandb in WANDB_API_KEY or in the user's netrc file."""
    if os.environ.get("WANDB_API_KEY"):
        return True
    import wandb

    host = urlparse(wandb.Settings().base_url).hostname or ""
    hosts = (host,) if os.environ.get("WANDB_BASE_URL") else (host, FORMER_HOST)
    try:
        known = netrc(os.environ.get("NETRC"))
    except (OSError, NetrcParseError):
        return False
    return any(known.authenticators(name) for name in hosts)


def _logger(config: DictConfig, directory: Path, mode: str) -> "pl.loggers.WandbLogger":
    """A wandb logger; offline if the server cannot be reached.

    Raises:
        AdvspaceError: wandb cannot begin.
    """
    import wandb

    try:
        return _started(config, directory, mode)
    except (wandb.errors.CommError, wandb.errors.AuthenticationError, wandb.errors.UsageError) as error:
        if mode == "offline":
            raise _cannot_begin(error) from error
        first = str(error).splitlines()[0]
        warn(f"wandb cannot be reached ({first}); the run is logged offline, send it later with 'wandb sync'")
        return _logger(config, directory, "offline")
    except Exception as error:
        raise _cannot_begin(error) from error


def _cannot_begin(error: Exception) -> AdvspaceError:
    return AdvspaceError(f"wandb cannot begin ({one_line(error)}); set WANDB_DIR to another folder, or tracking=off")


def _started(config: DictConfig, directory: Path, mode: str) -> "pl.loggers.WandbLogger":
    """A wandb logger with a started run."""
    import pytorch_lightning as pl
    import wandb

    tracking, sweep, user = TrackingSettings(**plain(config.tracking)), current_sweep(), os.environ
    ours: dict[str, Any] = {"silent": True, "console": "off", "init_timeout": TIMEOUT}
    settings: dict[str, Any] = {"mode": mode} | {
        name: value for name, value in ours.items() if f"WANDB_{name.upper()}" not in user
    }
    if tracking.timeout is not None:
        settings["init_timeout"] = tracking.timeout
    logger = pl.loggers.WandbLogger(
        project=tracking.project or user.get("WANDB_PROJECT") or PROJECT,
        entity=tracking.entity,
        group=tracking.group or user.get("WANDB_RUN_GROUP") or (sweep.group if sweep else None),
        name=tracking.name or user.get("WANDB_NAME") or (sweep.run if sweep else None),
        save_dir=user.get("WANDB_DIR") or str(directory),
        settings=wandb.Settings(**settings),
    )
    with _without_launcher():
        logger.experiment.config.update(plain(config))
    return logger


@contextmanager
def _without_launcher() -> Iterator[None]:
    """Start a wandb run within the block without importing wandb's launcher, which takes as long as the rest of wandb.

    wandb imports it to read inputs that were staged with it; if it was not imported before, there are none.  With a
    wandb release that does this in another way, the start is only slower.
    """
    import wandb

    name = "_detect_and_apply_job_inputs"
    asking = vars(wandb.Run).get(name)
    if asking is None or "wandb.sdk.launch" in sys.modules:
        yield
        return
    setattr(wandb.Run, name, lambda run: None)
    try:
        yield
    finally:
        setattr(wandb.Run, name, asking)
