"""Make adversarial images and probe the space around them: ``python probe.py noise=empirical``."""

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from advspace.run.command_line import prepare, report_errors, reported, resumable
from advspace.run.multirun import survive_failure


@hydra.main(version_base="1.3", config_path="conf", config_name="probe")
def main(config: DictConfig) -> float | None:
    """Run one experiment; returns the scale at which half of the adversarial's probes are lost."""
    return survive_failure(lambda: one_run(config))


def one_run(config: DictConfig) -> float | None:
    """One experiment, new or resumed, or the report of an old one."""
    if config.report:
        from advspace.run.conclude import conclude_again

        return conclude_again(reported(config, HydraConfig.get()))
    from advspace.run.probe import objective, run_probe

    config, directory, command = resumable(config, HydraConfig.get())
    return objective(run_probe(config, directory, command))


if __name__ == "__main__":
    report_errors(lambda: (prepare(), main()))
