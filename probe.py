"""Make adversarial images and probe the space around them: ``python probe.py noise=empirical``."""

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from advspace.command import prepare, resumable, tell_plainly


@hydra.main(version_base="1.3", config_path="conf", config_name="probe")
def main(config: DictConfig) -> float | None:
    """Run one experiment; returns the scale at which half of the adversarial's probes are lost."""
    from advspace.run import objective, run_probe

    config, directory, command = resumable(config, HydraConfig.get())
    return objective(run_probe(config, directory, command))


if __name__ == "__main__":
    tell_plainly(lambda: (prepare(), main()))
