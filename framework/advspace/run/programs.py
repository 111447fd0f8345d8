"""The programs that Hydra composes: `probe` and `train`."""

import sys
from collections.abc import Callable, Mapping

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from advspace.installation import config_directory
from advspace.run.command_line import (
    begun,
    collect_garbage,
    prepare,
    refuse_plan_of_others,
    reported,
    resumable,
)
from advspace.run.lightning_import import import_lightning
from advspace.run.multirun import survive_failure
from advspace.run.resume_multirun import resumed_arguments


def run_program(name: str, arguments: list[str]) -> None:
    """Run a program once, or once for each job of a multirun.

    Args:
        name: `probe` or `train`.
        arguments: Its overrides and options.  Hydra reads them from `sys.argv`.  There the words that the user typed
            come back in each job, because Lightning starts further processes with them.
    """
    words = list(sys.argv)

    @hydra.main(version_base="1.3", config_path=config_directory(), config_name=name)
    def main(config: DictConfig) -> float | None:
        sys.argv[:] = words
        collect_garbage()
        return survive_failure(lambda: PROGRAMS[name](config))

    sys.argv[1:] = resumed_arguments(arguments)
    prepare()
    main()


def probe(config: DictConfig) -> float | None:
    """One experiment, new or resumed, or the report of an old one; returns what a sweep can maximise (`objective`)."""
    config = begun(config, HydraConfig.get())
    if config.report:
        from advspace.run.conclude import conclude_again

        directory, overrides = reported(config, HydraConfig.get())
        conclude_again(directory, config, overrides)
        return None
    import_lightning()
    if config.plan:
        from advspace.run.needs import show_pilot
        from advspace.run.pilot import run_pilot

        refuse_plan_of_others(config, HydraConfig.get())
        show_pilot(run_pilot(config))
        return None
    from advspace.run.probe import objective, run_probe

    config, directory, command = resumable(config, HydraConfig.get())
    conclusion = run_probe(config, directory, command)
    return None if conclusion is None else objective(conclusion.findings.headline, list(config.objective))


def train(config: DictConfig) -> float:
    """One training, new or resumed; returns its test error."""
    config = begun(config, HydraConfig.get(), "train")
    import_lightning()
    from advspace.run.train import run_train

    return run_train(*resumable(config, HydraConfig.get(), "train"))


PROGRAMS: Mapping[str, Callable[[DictConfig], float | None]] = {"probe": probe, "train": train}
