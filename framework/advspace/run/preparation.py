"""What a run has before its first attack: its surroundings, a network with weights, images and targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from advspace.errors import DamagedError
from advspace.forward.out_of_memory import ShrinkingBatch
from advspace.lightning import ALONE, in_multirun
from advspace.model.examine import examined
from advspace.model.weights import digest
from advspace.registry.components import Components
from advspace.run.messages import say
from advspace.run_directory import RunDirectory
from advspace.selection.plan import Plan, read_plan, write_plan
from advspace.selection.selection import Selection, select, with_targets
from advspace.settings import Settings
from advspace.training.store import Ready, folder_of, ready_network

SELECTED = 32
"""Images classified at once to select those to attack."""


@dataclass(frozen=True)
class Surroundings:
    """The environment of a run: it does not change the results.

    Args:
        trainer: Arguments of Lightning's Trainer.
        stored: The settings for summary and report; None to read them from the run directory.
        loggers: Lightning's loggers for a training.
        resume: The command that resumes the run after an interruption; empty if there is none.
    """

    trainer: Mapping[str, Any] = field(default_factory=lambda: dict(ALONE))
    stored: dict[str, Any] | None = None
    loggers: Sequence[Any] = ()
    resume: str = ""

    @property
    def speaks(self) -> bool:
        """Whether a run says how it goes; a job of a multirun does so with `verbose=true` only."""
        return bool(self.resume) and (not in_multirun() or bool((self.stored or {}).get("verbose")))


def ready_network_of(components: Components, settings: Settings, directory: Path, around: Surroundings) -> Ready:
    """The network of a run, examined: with the weights given, kept ones, or trained now.

    Raises:
        AdvspaceError: the weights, the data or the network cannot be used.
    """
    names = (components.names["dataset"], components.names["model"])

    def train_now() -> Any:
        from advspace.training.train import train

        say(f"no weights yet for {names[1]} on {names[0]}: training")
        trained = train(components.model, components.dataset, {**around.trainer, **ALONE}, around.loggers)
        say(str(trained.report))
        return trained.network, trained.says

    ready = ready_network(components.model, components.dataset, names, folder_of(settings.cache, directory), train_now)
    if around.speaks:
        say(f"weights of {names[1]}: {ready.source}" + (f" in {ready.path}" if ready.path else ""))
    return replace(ready, network=examined(ready.network, components.dataset.shape))


def planned(
    components: Components, settings: Settings, ready: Ready, directory: Path, around: Surroundings
) -> Selection:
    """The images and targets of a run, from its plan or selected now; then the plan is written.

    Raises:
        AdvspaceError: no image can be attacked.
    """
    weights = digest(ready.network)
    plan = _read_plan(directory, weights)
    if plan is None:
        classes = list(components.dataset.classes)
        split = components.dataset.split("test")
        chosen = partial(
            select, ready.network, split, classes, images=settings.images, target=settings.target, seed=settings.seed
        )
        selection = ShrinkingBatch("batch_size", SELECTED).run(lambda rows: chosen(batch_size=rows))
        if settings.targets_per_image > 1:
            selection = with_targets(selection, len(classes), settings.targets_per_image, settings.seed)
        plan = Plan(selection, weights, classes, components.probe.measure)
        write_plan(directory, plan)
    count = plan.selection.images
    if count < settings.images and around.resume:
        say(f"only {count} images can be attacked, of {settings.images} wanted")
    return plan.selection


def _read_plan(directory: Path, weights: str) -> Plan | None:
    """The plan of a run; None if there is none, or a damaged one: the same images are selected again."""
    try:
        return read_plan(directory, weights)
    except DamagedError:
        say(f"{RunDirectory(directory).plan} is damaged: the images are selected again")
        return None
