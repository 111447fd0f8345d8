"""Make adversarial images and probe the space around them: ``python probe.py noise=empirical``."""

# ruff: noqa: E402
import os
import signal
import sys


def stop_early(number: int, frame: object) -> None:
    """Exit at a signal that comes during the imports, before which there is nothing to finish."""
    del frame
    import shlex  # above, it would be time in which a signal leaves a trace

    command = shlex.join(["python", "probe.py", *sys.argv[1:]])
    os.write(2, f"stopped; start it again with: {command}\n".encode())
    os._exit(128 + number)


if __name__ == "__main__":
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        if signal.getsignal(each) != signal.SIG_IGN:
            signal.signal(each, stop_early)

import gc

gc.disable()  # until the run begins: what imports make stays, and looking for garbage in it takes a sixth of the start

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from advspace.run.command_line import (
    begun,
    collect_garbage,
    prepare,
    refuse_plan_of_others,
    report_errors,
    reported,
    resumable,
)
from advspace.run.lightning_import import import_lightning
from advspace.run.multirun import survive_failure
from advspace.run.resume_multirun import resume_multirun


@hydra.main(version_base="1.3", config_path="conf", config_name="probe")
def main(config: DictConfig) -> float | None:
    """Run one experiment; returns what a sweep can maximise (`objective`)."""
    collect_garbage()
    return survive_failure(lambda: one_run(config))


def one_run(config: DictConfig) -> float | None:
    """One experiment, new or resumed, or the report of an old one."""
    config = begun(config, HydraConfig.get())
    if config.report:
        from advspace.run.conclude import conclude_again

        directory, overrides = reported(config, HydraConfig.get())
        return conclude_again(directory, config, overrides)
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


if __name__ == "__main__":
    report_errors(lambda: (resume_multirun(), prepare(), main()))
