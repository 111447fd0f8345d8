"""The straight line: dataset, model, attack, noise, probe, records, figures, tracking."""

from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from advspace.lightning import first_process
from advspace.model.weights import digest
from advspace.records.tables import done_cases, drop_unfinished
from advspace.registry.components import Parts
from advspace.registry.required import write_origins
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
    settings, parts = Settings.of(config), Parts.of(config)
    target_class(settings.target, list(parts.dataset.classes))
    check_targets_per_image(settings.target, settings.targets_per_image, list(parts.dataset.classes))
    write_origins(directory, config)
    with open_logger(config, directory) as tracking:
        ready = _ready(config, settings, parts, directory, tracking)
        selection = _selection(settings, parts, ready, directory)
        try:
            _attack_and_probe(config, settings, parts, ready, selection, directory)
        except BaseException as error:
            done = len(done_cases(directory))
            tell = say_anyway if isinstance(error, Exception) else say  # an interrupt stops all processes at once
            tell(f"stopped: {done} of {len(selection.ids)} attacks are done; go on with: {command}")
            raise
        return {} if not first_process() else _report(config, parts, selection, directory, tracking)


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


def _ready(config: DictConfig, settings: Settings, parts: Parts, directory: Path, tracking: Tracking) -> Ready:
    def train_now() -> Any:
        from advspace.lightning import ALONE
        from advspace.training.train import train

        say(f"no weights yet for {parts.names['model']} on {parts.names['dataset']}: training")
        trained = train(parts.model, parts.dataset, plain(config.trainer) | ALONE, tracking.logger)
        say(str(trained.report))
        return trained.network, trained.says

    names = (parts.names["dataset"], parts.names["model"])
    ready = ready_network(parts.model, parts.dataset, names, folder_of(settings.cache, directory), train_now)
    say(f"weights of {names[1]}: {ready.source}" + (f" in {ready.path}" if ready.path else ""))
    return ready


def _selection(settings: Settings, parts: Parts, ready: Ready, directory: Path) -> Selection:
    weights = digest(ready.network)
    plan = read_plan(directory, weights)
    if plan is None:
        classes = list(parts.dataset.classes)
        split = parts.dataset.split("test")
        chosen = select(
            ready.network, split, classes, images=settings.images, target=settings.target, seed=settings.seed
        )
        if settings.targets_per_image > 1:
            chosen = with_targets(chosen, len(classes), settings.targets_per_image, settings.seed)
        plan = Plan(chosen, weights, classes)
        write_plan(directory, plan)
    found = plan.selection.images
    if found < settings.images:
        say(f"only {found} images can be attacked, of {settings.images} wanted")
    return plan.selection


def _attack_and_probe(
    config: DictConfig, settings: Settings, parts: Parts, ready: Ready, selection: Selection, directory: Path
) -> None:
    if first_process():
        drop_unfinished(directory)
    done = done_cases(directory)
    cases = zip(selection.ids, selection.targets, strict=True)
    todo = [place for place, case in enumerate(cases) if case not in done]
    if done:
        say(f"{len(done)} of {len(selection.ids)} attacks are done already")
    if todo:
        from advspace.run.batches import Chosen
        from advspace.run.predict import AttackAndProbe, predict

        chosen = Chosen(parts.dataset.split("test"), selection, todo)
        task = AttackAndProbe(ready.network, parts, settings, directory)
        predict(task, chosen, plain(config.trainer))
        if task.shared.folder is not None:
            found, made = task.shared.found, task.shared.made
            say(f"adversarial images: {found} found in {task.shared.folder}, {made} attacked now")


def _report(
    config: DictConfig, parts: Parts, selection: Selection, directory: Path, tracking: Tracking
) -> dict[str, Any]:
    summary, images, probes = conclude(directory, plain(config), selection, list(parts.dataset.classes))
    tracking.log_run(summary, images, probes, directory)
    show(summary, directory)
    return summary
