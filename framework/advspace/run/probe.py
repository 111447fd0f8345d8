"""The straight line: dataset, model, attack, noise, probe, records, figures, tracking."""

from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from advspace.lightning import first_process
from advspace.model.weights import digest
from advspace.records.tables import done_cases, drop_unfinished
from advspace.registry.components import Components
from advspace.registry.required import write_plugins
from advspace.run.command_line import say, say_anyway
from advspace.run.conclude import conclude
from advspace.run.terminal import show
from advspace.selection.plan import Plan, read_plan, write_plan
from advspace.selection.selection import Selection, select, with_targets
from advspace.selection.target import check_targets_per_image, target_class
from advspace.settings import Settings, plain
from advspace.tracking import Tracking, open_logger
from advspace.training.store import Ready, folder_of, ready_network


def run_probe(config: DictConfig, directory: Path, command: str) -> dict[str, Any]:
    """Make adversarial images, probe around them, and leave tables, figures and a summary.

    Args:
        config: A composed `conf/probe.yaml`.
        directory: The run directory; what it already holds of this run is kept, not made again.
        command: How the run can be gone on with after an interruption.

    Returns:
        The summary, as in `summary.json`; nothing in the further ones of several processes.

    Raises:
        AdvspaceError: a setting, a plugin, the data or the weights are refused; tells which and why.
        KeyboardInterrupt: the user stopped the run.
    """
    settings, components = Settings.of(config), Components.of(config)
    target_class(settings.target, list(components.dataset.classes))
    check_targets_per_image(settings.target, settings.targets_per_image, list(components.dataset.classes))
    write_plugins(directory, config)
    with open_logger(config, directory) as tracking:
        ready = _ready(config, settings, components, directory, tracking)
        selection = _selection(settings, components, ready, directory)
        try:
            _attack_and_probe(config, settings, components, ready, selection, directory)
        except BaseException as error:
            done = len(done_cases(directory))
            tell = say_anyway if isinstance(error, Exception) else say  # an interrupt stops all processes at once
            tell(f"stopped: {done} of {len(selection.ids)} attacks are done; go on with: {command}")
            raise
        return {} if not first_process() else _report(config, components, selection, directory, tracking)


def objective(summary: dict[str, Any]) -> float | None:
    """What a sweep over runs can maximise: the scale at which half of the adversarial's probes are lost.

    Of the unclipped probes where there are any, else of the clipped ones, else of those of the first other box policy;
    None where nothing was probed around the adversarial.
    """
    halves = {
        curve["box"]: float(curve["half_scale"]["scale"])
        for curve in summary.get("curves", [])
        if curve["center"] == "adversarial"
    }
    return next((halves[box] for box in ("none", "clip", *halves) if box in halves), None)


def _ready(
    config: DictConfig, settings: Settings, components: Components, directory: Path, tracking: Tracking
) -> Ready:
    def train_now() -> Any:
        from advspace.lightning import ALONE
        from advspace.training.train import train

        say(f"no weights yet for {components.names['model']} on {components.names['dataset']}: training")
        trained = train(components.model, components.dataset, plain(config.trainer) | ALONE, tracking.logger)
        say(str(trained.report))
        return trained.network, trained.says

    names = (components.names["dataset"], components.names["model"])
    ready = ready_network(components.model, components.dataset, names, folder_of(settings.cache, directory), train_now)
    say(f"weights of {names[1]}: {ready.source}" + (f" in {ready.path}" if ready.path else ""))
    return ready


def _selection(settings: Settings, components: Components, ready: Ready, directory: Path) -> Selection:
    weights = digest(ready.network)
    plan = read_plan(directory, weights)
    if plan is None:
        classes = list(components.dataset.classes)
        split = components.dataset.split("test")
        chosen = select(
            ready.network, split, classes, images=settings.images, target=settings.target, seed=settings.seed
        )
        if settings.targets_per_image > 1:
            chosen = with_targets(chosen, len(classes), settings.targets_per_image, settings.seed)
        plan = Plan(chosen, weights, classes)
        write_plan(directory, plan)
    result = plan.selection.images
    if result < settings.images:
        say(f"only {result} images can be attacked, of {settings.images} wanted")
    return plan.selection


def _attack_and_probe(
    config: DictConfig, settings: Settings, components: Components, ready: Ready, selection: Selection, directory: Path
) -> None:
    if first_process():
        drop_unfinished(directory)
    done = done_cases(directory)
    cases = zip(selection.ids, selection.targets, strict=True)
    todo = [index for index, case in enumerate(cases) if case not in done]
    if done:
        say(f"{len(done)} of {len(selection.ids)} attacks are done already")
    if todo:
        from advspace.attack.cache import AdversarialCache
        from advspace.run.batches import Pending
        from advspace.run.predict import AttackAndProbe, predict

        pending = Pending(components.dataset.split("test"), selection, todo)
        task = AttackAndProbe(ready.network, components, settings, directory)
        predict(task, pending, plain(config.trainer))
        cache: AdversarialCache = task.cache
        if cache.folder is not None:
            hits, made = cache.hits, cache.made
            say(f"adversarial images: {hits} found in {cache.folder}, {made} attacked now")


def _report(
    config: DictConfig, components: Components, selection: Selection, directory: Path, tracking: Tracking
) -> dict[str, Any]:
    summary, images, probes = conclude(directory, plain(config), selection, list(components.dataset.classes))
    tracking.log_run(summary, images, probes, directory)
    show(summary, directory)
    return summary
