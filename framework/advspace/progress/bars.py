"""Progress bars on the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from advspace.lightning import in_multirun
from advspace.progress.notebook import NotebookBars
from advspace.progress.ticks import listening


@contextmanager
def progress_bars(images: int, note: str = "") -> Iterator[None]:
    """Show progress bars for attacked and probed images, with rate, time left and a note."""
    with new_bars() as bars:
        tasks = {
            "attack": bars.add_task("attack", total=images, unit="images", done=0, note=note),
            "probe": bars.add_task("probe", total=images, unit="probes", done=0, note=note),
        }

        def show(stage: str, count: int) -> None:
            counted = tasks["probe" if stage == "draws" else stage]
            if stage != "draws":
                bars.advance(counted, count)
            if stage != "probe":
                bars.update(counted, done=bars.tasks[counted].fields["done"] + count)

        with listening(show):
            yield


def new_bars() -> Progress:
    """Bars with counts, rate, time left and a note; each task has `unit`, `done` and `note`."""
    console = Console(stderr=True)
    kind = NotebookBars if console.is_jupyter else Progress
    return kind(
        TextColumn("{task.description:<6}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        console=console,
        transient=in_multirun(),
        disable=in_multirun() and not console.is_terminal,  # they would leave empty lines
    )


class _Rate(ProgressColumn):
    """Units done per second."""

    def render(self, task: Task) -> Text:
        """Text of one bar's rate."""
        done, unit = task.fields["done"], task.fields["unit"]
        return Text(f"{done / task.elapsed:,.1f} {unit}/s" if done and task.elapsed else "", style="cyan")
