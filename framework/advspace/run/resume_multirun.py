"""`resume=<multirun directory>`: its own command again, in the same directory, where every run goes on."""

from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Quote, QuotedString
from hydra.errors import HydraException

from advspace.errors import AdvspaceError
from advspace.run_directory import MultirunDirectory, RunDirectory
from advspace.settings import HARMLESS

GIVEN_ANEW = ("hydra.mode", "hydra.sweep.dir")


def resumed_arguments(arguments: list[str]) -> list[str]:
    """The arguments of the multirun that `arguments` resume; `arguments` if they resume none.

    Args:
        arguments: Arguments of the program.

    Raises:
        AdvspaceError: they change the results of the runs.
    """
    resumed = [argument for argument in arguments if argument.startswith("resume=")]
    directory = _directory(resumed[0]) if len(resumed) == 1 else None
    if directory is None or not _is_multirun(directory):
        return arguments
    others = [argument for argument in arguments if argument not in resumed]
    changed = [argument for argument in others if argument.split("=")[0].split(".")[0] not in HARMLESS]
    if changed:
        raise AdvspaceError(
            f"resume: the settings come from {MultirunDirectory(directory).command}; remove {' '.join(changed)} "
            f"(only {', '.join(HARMLESS)} may change)"
        )
    task, hydra = (MultirunDirectory(directory).read_overrides(part) for part in ("task", "hydra"))
    kept = [override for override in hydra if override.split("=")[0] not in GIVEN_ANEW]
    place = QuotedString(str(directory), Quote.double).with_quotes()
    return ["--multirun", *kept, f"hydra.sweep.dir={place}", *task, *others]


def _directory(argument: str) -> Path | None:
    try:
        return Path(str(OverridesParser.create().parse_override(argument).value()))
    except HydraException:  # Hydra says what is wrong with it
        return None


def _is_multirun(directory: Path) -> bool:
    return MultirunDirectory(directory).command.is_file() and not RunDirectory(directory).config.exists()
