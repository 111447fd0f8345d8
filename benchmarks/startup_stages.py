"""Run a program with a timer around each stage of it; `startup.py` calls this in the Python of a checkout.

    python benchmarks/startup_stages.py FILE probe.py ...  # FILE gets the seconds of CPU time by stage, as JSON

Time is counted for the innermost stage only, and imports are a stage of their own.  So the seconds add up to those of
the process.
"""

import atexit
import builtins
import importlib
import json
import runpy
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from operator import attrgetter
from pathlib import Path
from time import process_time
from typing import Any

STAGES = {
    "run: other": ("run.probe:run_probe", "run:run_probe"),
    "training": ("training.train:train", "training:train"),
    "weights, images, targets": ("run.probe:_ready", "run.probe:_planned", "run:_ready", "run:_selection"),
    "Lightning": ("run.predict:predict", "predict:predict"),
    "rows and tables": ("run.predict:AttackAndProbe.predict_step", "predict:AttackAndProbe.predict_step"),
    "attack": ("run.predict:AttackAndProbe._attacked", "predict:AttackAndProbe._attacked"),
    "probe": ("run.predict:AttackAndProbe._probed", "predict:AttackAndProbe._probed"),
    "analyses": ("run.conclude:analyse", "run.conclude:summarise", "conclusion:curves", "conclusion:summarise"),
    "figures": ("figures:draw_charts", "figures:draw_figures"),
    "report": ("report:write_report",),
    "wandb: open": ("tracking.session:_open", "tracking:_logger", "tracking:logged_in"),
    "wandb: log": ("tracking.session:Tracking.log", "tracking:Tracking.log_run"),
}
"""Functions that begin each stage, in this checkout and in earlier ones."""


class Clock:
    """CPU seconds by stage, counted for the innermost stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.stages = ["composing"]
        self.since = 0.0

    def count(self) -> None:
        """Add the time since the last call to the current stage."""
        now = process_time()
        self.seconds[self.stages[-1]] += now - self.since
        self.since = now

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with its time counted for `stage`."""

        @wraps(function)
        def within(*arguments: Any, **named: Any) -> Any:
            self.count()
            self.stages.append(stage)
            try:
                return function(*arguments, **named)
            finally:
                self.count()
                self.stages.pop()

        return within


class Watch:
    """Puts a timer around each stage when its module has been imported, and around imports of new modules."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.doors = {(stage, f"advspace.{door}") for stage, doors in STAGES.items() for door in doors}

    def importing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """An import function with a timer for modules that are not imported yet."""
        timed = self.clock.timed("imports", function)

        def called(name: str, *arguments: Any, **named: Any) -> Any:
            if name in sys.modules:
                return function(name, *arguments, **named)
            result = timed(name, *arguments, **named)
            for stage, door in [each for each in self.doors if each[1].partition(":")[0] in sys.modules]:
                self.open(stage, door)
            return result

        return called

    def open(self, stage: str, door: str) -> None:
        """Put the timer around a stage, if its module is ready."""
        module, _, path = door.partition(":")
        *owners, name = path.split(".")
        owner: Any = sys.modules[module]
        try:
            owner = attrgetter(".".join(owners))(owner) if owners else owner
            setattr(owner, name, self.clock.timed(stage, getattr(owner, name)))
        except AttributeError:  # of another checkout, or its import is not finished
            return
        self.doors.remove((stage, door))


def main() -> None:
    """Run the program that the command line names."""
    file, program, *arguments = sys.argv[1:]
    clock = Clock()
    watch = Watch(clock)
    builtins.__import__ = watch.importing(builtins.__import__)
    importlib.import_module = watch.importing(importlib.import_module)
    atexit.register(lambda: (clock.count(), Path(file).write_text(json.dumps(clock.seconds))))
    sys.argv[:] = [program, *arguments]
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
