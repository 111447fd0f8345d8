"""The settings of a run that belong to no plugin."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, get_type_hints

from omegaconf import DictConfig, OmegaConf

from advspace.checks import above, at_least, one_of
from advspace.errors import AdvspaceError
from advspace.forward.batch_size import AUTO

HARMLESS = (
    *("trainer", "tracking", "batch_size", "draws_per_forward", "cache", "analysis", "figures", "objective"),
    "verbose",
)
"""Settings that change no table of a run; they may differ when it is resumed."""
PRECISIONS = ("32-true", "bf16-mixed")
HALF = 0.5
"""Half of the widest interval that a share can have."""


@dataclass(frozen=True)
class Range:
    """The values that a setting takes, beyond its type; a part of its annotation.

    Args:
        words: The range in words.
        check: Takes name and value of the setting; raises an AdvspaceError if the value is out of the range.
    """

    words: str
    check: Callable[[str, Any], None]


def _draws_per_forward(name: str, value: int | str) -> None:
    if isinstance(value, str):
        one_of(name, value, (AUTO,))
    else:
        at_least(name, value, 1)


def _half_width(name: str, value: bool | float) -> None:
    if isinstance(value, bool):
        return
    above(name, value, 0)
    if value > HALF:
        raise AdvspaceError(f"{name} must be true, or half of the wanted interval of a share, <= {HALF}; got {value}")


COUNT = Range(">= 1", lambda name, value: at_least(name, value, 1))
FORWARD = Range("auto or >= 1", _draws_per_forward)
PRECISION = Range(" or ".join(PRECISIONS), lambda name, value: one_of(name, value, PRECISIONS))
HALF_WIDTH = Range(f"true, false or <= {HALF}", _half_width)


def ranges(schema: type) -> dict[str, Range]:
    """The ranges of a dataclass's settings, by name; a setting without a range takes all values of its type."""
    hints = get_type_hints(schema, include_extras=True)
    found = {name: getattr(hint, "__metadata__", ()) for name, hint in hints.items()}
    return {name: each for name, extras in found.items() for each in extras if isinstance(each, Range)}


def check_ranges(schema: type, given: Mapping[str, Any]) -> None:
    """Check settings against the ranges of a dataclass.

    Args:
        schema: The dataclass.
        given: Settings of the right types, by name; those that are absent are not checked.

    Raises:
        AdvspaceError: a setting is out of its range.
    """
    for name, each in ranges(schema).items():
        if name in given:
            each.check(name, given[name])


@dataclass(frozen=True)
class Settings:
    """The settings of an experiment that belong to no plugin.

    Args:
        seed: Seed of all random numbers except those of the training.
        images: Correctly classified test images to attack.
        targets_per_image: Random targets of each image.
        batch_size: Images attacked at once; does not change the results.
        draws_per_forward: Probes in one forward pass; does not change the results.
        precision: Of the model while it is probed, `32-true` or `bf16-mixed`; attacks are always `32-true`.
        target: `random`, `least_likely`, `runner_up`, `untargeted`, or a class by number or name.
        cache: Folder of weights and adversarial images for other runs, or `off`.

    Raises:
        AdvspaceError: a setting is out of its range.
    """

    seed: int
    images: Annotated[int, COUNT]
    targets_per_image: Annotated[int, COUNT]
    batch_size: Annotated[int, COUNT]
    draws_per_forward: Annotated[int | str, FORWARD]
    precision: Annotated[str, PRECISION]
    target: str | int
    cache: str

    def __post_init__(self) -> None:
        check_ranges(type(self), vars(self))

    @classmethod
    def of(cls, config: DictConfig) -> "Settings":
        """Read the settings from a composed config.

        Raises:
            AdvspaceError: a setting is out of its range.
        """
        values: dict[str, Any] = {field.name: config[field.name] for field in fields(cls)}
        return cls(**values)


@dataclass(frozen=True)
class ProbeConfig(Settings):
    """All settings of `conf/probe.yaml`, with their types and ranges; those of plugins are in their constructors.

    Args:
        dataset: The labelled images.
        model: The network that is attacked.
        attack: How adversarial images are made, and where they stop.
        noise: The distribution of the noise.
        probe: Which points are classified around an image.
        analysis: What is computed from the tables.
        trainer: Arguments of Lightning's Trainer: the devices.
        tracking: Where the run is logged.
        figures: The look of the figures.
        verbose: Show all estimates and sentences on the terminal; the report always has them.
        objective: Names of estimates; a sweep maximises the first that a run has.
        resume: Directory of a run or multirun to finish.
        report: Directory of a run or multirun to analyse again, from its tables.
        plan: Half interval of mean shares: a pilot says how many images it needs; true is 0.05.
    """

    dataset: Any
    model: Any
    attack: Any
    noise: Any
    probe: Any
    analysis: Any
    trainer: Any
    tracking: Any
    figures: Any
    verbose: bool
    objective: list[str]
    resume: str | None
    report: str | None
    plan: Annotated[bool | int | float, HALF_WIDTH]  # OmegaConf takes no whole number for a float here


@dataclass(frozen=True)
class TrainConfig:
    """All settings of `conf/train.yaml`, with their types; those of plugins are in their constructors.

    Args:
        dataset: The labelled images.
        model: The network that is trained.
        trainer: Arguments of Lightning's Trainer: the devices.
        tracking: Where the run is logged.
        cache: Folder of weights for other runs, or `off`.
        test: Report the test error of given or kept weights, and train nothing.
        resume: Directory of a training to finish.
    """

    dataset: Any
    model: Any
    trainer: Any
    tracking: Any
    cache: str
    test: bool
    resume: str | None


@dataclass(frozen=True)
class TrainerSettings:
    """The settings `trainer.*` that our configs name; `+trainer.NAME=...` adds any other of Lightning's Trainer.

    Args:
        accelerator: `cpu`, `gpu`, `auto`, or another name that Lightning knows.
        devices: Devices of one machine; more than 1 with `strategy=ddp`.
        num_nodes: Machines.
        strategy: `auto`, or `ddp` for several devices.
        precision: Of the training: `32-true` or `bf16-mixed`.
    """

    accelerator: str
    devices: Any
    num_nodes: int
    strategy: str
    precision: str


def plain(config: DictConfig) -> dict[str, Any]:
    """A config as nested dicts, with all interpolations resolved."""
    container: Any = OmegaConf.to_container(config, resolve=True)
    return dict(container)
