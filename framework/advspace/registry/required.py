"""The packages of a run's plugins, stored at its start: a resumed run can then name a missing package."""

from pathlib import Path

from omegaconf import DictConfig

from advspace.errors import PluginError
from advspace.files.atomic import write_text
from advspace.files.untrusted import json_text, read_json
from advspace.lightning import first_process
from advspace.registry.registry import RUN_KINDS, installed, version
from advspace.run_directory import RunDirectory


def write_plugins(directory: Path, config: DictConfig) -> None:
    """Store distribution and version of each plugin in `config`, unless the run has stored them before.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    path = RunDirectory(directory).plugins
    if path.exists() or not first_process():
        return
    names = {kind: config[kind].plugin for kind in RUN_KINDS if kind in config}
    noted = {kind: {"name": name, "from": version(kind, name)} for kind, name in names.items()}
    write_text(path, json_text(noted))


def require_plugins(directory: Path, config: DictConfig) -> None:
    """Check that all plugins of a stored config are installed.

    Args:
        directory: The run directory.
        config: The config stored there.

    Raises:
        PluginError: a plugin is not installed; the message names the package to install.
    """
    for kind in (kind for kind in RUN_KINDS if kind in config):
        name = config[kind].plugin
        if name not in installed(kind):
            raise PluginError(f"the run in {directory} used {kind} '{name}'{_remedy(directory, kind, name)}")


def _remedy(directory: Path, kind: str, name: str) -> str:
    path = RunDirectory(directory).plugins
    noted = read_json(path) if path.exists() else {}
    origin = noted.get(kind) or {}
    if origin.get("name") != name:
        return ", which no installed package has; install the package that it came from"
    package, _, release = origin["from"].rpartition(" ")
    return f" of {package} {release}, which is not installed; install it (pip install {package}=={release})"
