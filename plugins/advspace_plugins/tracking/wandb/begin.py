"""How a wandb run begins: online or offline, with the user's environment variables before our defaults."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from netrc import NetrcParseError, netrc
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlparse

from advspace.checks import one_of
from advspace.errors import AdvspaceError, cause, one_line, warn

if TYPE_CHECKING:
    from pytorch_lightning.loggers import WandbLogger

MODES = ("auto", "online", "offline", "disabled")
WANDB_MODES = {
    **{mode: mode for mode in ("online", "offline", "disabled", "shared")},
    **{"run": "online", "dryrun": "offline"},
}
"""Values of WANDB_MODE, with wandb's older names."""
TIMEOUT = 30
"""Time to wait for the server, seconds."""
STEP = "trainer/global_step"
"""The axis that Lightning gives to all curves; it sets it up only in a run that it begins itself."""
FORMER_HOST = "api.wandb.ai"
"""wandb's former address; keys stored for it are still valid."""


def mode_of(asked: str) -> str:
    """How to track: `auto` leaves it to WANDB_MODE, and else to whether wandb has a key.

    Args:
        asked: One of `MODES`.

    Raises:
        AdvspaceError: WANDB_MODE is unknown.
    """
    variable = os.environ.get("WANDB_MODE")
    if asked != "auto":
        return asked
    if variable:
        one_of("WANDB_MODE", variable, WANDB_MODES)
        return WANDB_MODES[variable]
    return "online" if logged_in() else "offline"


@contextmanager
def home_for_wandb(directory: Path) -> Iterator[None]:
    """Let wandb keep its own files in the run directory within the block, if there is no home that can be written.

    Args:
        directory: The run directory.
    """
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


def begun(init: Mapping[str, Any], config: Mapping[str, Any], mode: str, timeout: float | None) -> "WandbLogger":
    """A logger with a wandb run that has begun; offline if the server cannot be reached.

    Args:
        init: Arguments of `wandb.init`, such as `project` and `dir`.
        config: All settings of the run.
        mode: How to track.
        timeout: Time to wait for the server, seconds; None for WANDB_INIT_TIMEOUT, or 30.

    Raises:
        AdvspaceError: wandb cannot begin.
    """
    import wandb

    try:
        return _started(init, config, mode, timeout)
    except (wandb.errors.CommError, wandb.errors.UsageError, TimeoutError) as error:
        if mode == "offline":
            raise _cannot_begin(error) from error
        warn(f"wandb cannot be reached ({cause(error)}); the run is logged offline, send it later with 'wandb sync'")
        return begun(init, config, "offline", timeout)
    except Exception as error:
        raise _cannot_begin(error) from error


def _cannot_begin(error: Exception) -> AdvspaceError:
    return AdvspaceError(f"wandb cannot begin ({one_line(error)}); set WANDB_DIR to another folder, or tracking=off")


def _started(init: Mapping[str, Any], config: Mapping[str, Any], mode: str, timeout: float | None) -> "WandbLogger":
    """A logger with a wandb run that has begun.

    The run is begun here, because Lightning would give wandb a setting that wandb warns about (`anonymous`).
    """
    import wandb
    from pytorch_lightning.loggers import WandbLogger

    ours: dict[str, Any] = {"silent": True, "console": "off", "init_timeout": TIMEOUT}
    settings: dict[str, Any] = {"mode": mode} | {
        name: value for name, value in ours.items() if f"WANDB_{name.upper()}" not in os.environ
    }
    if timeout is not None:
        settings["init_timeout"] = timeout
    resume: Literal["allow"] | None = None if mode == "offline" else "allow"  # offline, wandb before 0.31 warns of it
    with _without_launcher():
        run: Any = wandb.init(**init, resume=resume, settings=wandb.Settings(**settings))
        run.define_metric(STEP)
        run.define_metric("*", step_metric=STEP, step_sync=True)
        run.config.update(dict(config))
    return WandbLogger(experiment=run)


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
