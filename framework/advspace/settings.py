"""The settings of a run that belong to no plugin."""

from dataclasses import dataclass, field, fields
from typing import Any

from omegaconf import DictConfig, OmegaConf

from advspace.checks import at_least, one_of
from advspace.forward.batch_size import AUTO

HARMLESS = (
    *("trainer", "tracking", "batch_size", "draws_per_forward", "cache", "analysis", "figures", "objective"),
    "verbose",
)
"""Settings that change no table of a run; they may differ when it is resumed."""
PRECISIONS = ("32-true", "bf16-mixed")


@dataclass(frozen=True)
class Settings:
    """Top level of `conf/probe.yaml`.

    Args:
        seed: Seed of all random numbers except those of the training.
        images: Number of correctly classified images to attack.
        targets_per_image: Number of random targets of each image.
        batch_size: Attacks in one batch; does not change the results.
        draws_per_forward: Probes in one forward pass, or `auto`; limits the memory, does not change the results.
        precision: Precision of the model while it is probed: `32-true` or `bf16-mixed`; attacks are always `32-true`.
        target: Rule for the targets, or a class.
        cache: Folder of trained weights and adversarial images shared with other runs, or `off` to share none.
    """

    seed: int
    images: int
    targets_per_image: int
    batch_size: int
    draws_per_forward: int | str
    precision: str
    target: str | int
    cache: str

    def __post_init__(self) -> None:
        at_least("images", self.images, 1)
        at_least("targets_per_image", self.targets_per_image, 1)
        at_least("batch_size", self.batch_size, 1)
        if isinstance(self.draws_per_forward, str):
            one_of("draws_per_forward", self.draws_per_forward, (AUTO,))
        else:
            at_least("draws_per_forward", self.draws_per_forward, 1)
        one_of("precision", self.precision, PRECISIONS)

    @classmethod
    def of(cls, config: DictConfig) -> "Settings":
        """Read the settings from a composed config.

        Raises:
            AdvspaceError: a count is below 1, or the precision is unknown.
        """
        values: dict[str, Any] = {field.name: config[field.name] for field in fields(cls)}
        return cls(**values)


@dataclass(frozen=True)
class ProbeConfig(Settings):
    """Types of the whole `conf/probe.yaml`; each group of settings has types of its own.

    Args:
        verbose: Whether the terminal shows all that the analyses say; else their main estimates.
        objective: Names of estimates; a sweep maximises the first that a run has.
        resume: Directory of a run to finish.
        report: Directory of a run or multirun whose report is made again.
        plan: True, or half of the interval wanted for mean shares: a pilot says what a run needs.
    """

    dataset: Any = None
    model: Any = None
    attack: Any = None
    noise: Any = None
    probe: Any = None
    analysis: Any = None
    trainer: Any = None
    tracking: Any = None
    figures: Any = None
    verbose: bool = False
    objective: list[str] = field(default_factory=list)
    resume: str | None = None
    report: str | None = None
    plan: bool | float = False


@dataclass(frozen=True)
class TrainConfig:
    """Types of the whole `conf/train.yaml`.

    Args:
        cache: Folder of trained weights shared with other runs, or `off` to share none.
        test: Whether to report the test error of weights that exist, and to train nothing.
        resume: Directory of a training to finish.
    """

    dataset: Any = None
    model: Any = None
    trainer: Any = None
    tracking: Any = None
    cache: str = "cache"
    test: bool = False
    resume: str | None = None


def plain(config: DictConfig) -> dict[str, Any]:
    """A config as nested dicts, with all interpolations resolved."""
    container: Any = OmegaConf.to_container(config, resolve=True)
    return dict(container)
